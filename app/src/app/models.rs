//! What commands of the pane of models make the program do.

use std::path::{Path, PathBuf};

use egui::Context;
use seam_engine::Request;
use seam_engine::detectors::library::ImportWeightsSettings;
use seam_engine::methods::self_test::SelfTestSettings;
use seam_engine::train::runs;

use crate::app::App;
use crate::dialog::Asked;
use crate::models::{ModelsAsk, ModelsCommand};
use crate::state::JobKind;
use crate::workspace::Workspace;

impl App {
    pub(super) fn models(&mut self, ctx: &Context, command: ModelsCommand) {
        let models = &mut self.state.models;
        let settings = &mut self.state.settings;
        match command {
            ModelsCommand::Look => self.look_at_models(),
            ModelsCommand::Select(dir) => models.selected = Some(dir),
            ModelsCommand::AskWeights => self.ask(ctx, Asked::Models(ModelsAsk::Weights)),
            ModelsCommand::AskFolder => self.ask(ctx, Asked::Models(ModelsAsk::Folder)),
            ModelsCommand::Chosen(ModelsAsk::Weights, file) => self.import_weights(file),
            ModelsCommand::Chosen(ModelsAsk::Folder, folder) => {
                if !settings.model_folders.contains(&folder) {
                    settings.model_folders.push(folder);
                }
                self.look_at_models();
            }
            ModelsCommand::CloseFolder(folder) => {
                settings.model_folders.retain(|own| *own != folder);
                self.look_at_models();
            }
            ModelsCommand::SelfTest(dirs) => self.self_test(dirs),
            ModelsCommand::SetInScans(dir, is_used) => {
                settings.models_in_scans.retain(|own| *own != dir);
                if is_used {
                    // The newest wish for a method counts.
                    settings.models_in_scans.insert(0, dir);
                }
            }
            ModelsCommand::ForgetImport => models.imported = None,
        }
    }

    /// Imports what was opened or dropped where it is a file of weights.
    pub(super) fn opens_weights(&mut self, path: &Path) -> bool {
        let ending = path.extension().and_then(|ending| ending.to_str());
        // Those of a model of ours are opened with their folder.
        let is_ours = path.with_file_name("card.json").is_file();
        if !path.is_file() || is_ours || !matches!(ending, Some("safetensors" | "pth" | "pt")) {
            return false;
        }
        self.state.settings.workspace = Workspace::Train;
        self.import_weights(path.to_owned());
        true
    }

    fn look_at_models(&mut self) {
        let state = &mut self.state;
        let opened = state.settings.model_folders.iter().cloned();
        let folders = opened.chain(runs::usual_folder()).collect();
        state.models.begin_reading();
        self.keeper.read(folders);
    }

    fn import_weights(&mut self, file: PathBuf) {
        if self.state.models.importing.is_some() {
            return;
        }
        let wish = ImportWeightsSettings {
            file: file.clone(),
            architecture: None,
            out: None,
        };
        let job = self.submit(None, JobKind::ImportWeights, Request::ImportWeights(wish));
        self.state.models.importing = job.map(|job| (job, file));
    }

    fn self_test(&mut self, dirs: Vec<PathBuf>) {
        let state = &mut self.state;
        if state.models.testing.is_some() {
            return;
        }
        let usable = state.models.all().iter();
        let usable = usable.filter(|model| model.fault.is_none());
        let all = || usable.map(|model| model.dir.clone()).collect();
        let dirs = if dirs.is_empty() { all() } else { dirs };
        if dirs.is_empty() {
            return;
        }
        state.models.notice = None;
        let settings = SelfTestSettings {
            models: dirs.clone(),
            device: state.settings.scan(PathBuf::new()).device,
        };
        let job = self.submit(None, JobKind::SelfTest, Request::SelfTest(settings));
        self.state.models.testing = job.map(|job| (job, dirs));
    }
}
