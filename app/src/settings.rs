//! What the user chose and finds again at the next start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seam_engine::analysis::{Sampling, ScanSettings};
use seam_engine::device::Preference;
use serde::{Deserialize, Serialize};

use crate::theme::{Brightness, LikelihoodColors, MaskColor};
use crate::training::TrainingSettings;
use crate::workspace::Workspace;

/// Key in eframe's storage; raised when the shape changes beyond what defaults can fill.
pub const KEY: &str = "settings-1";

/// Sizes that text can have, in percent.
pub const TEXT_PERCENT: [u16; 8] = [80, 90, 100, 110, 125, 150, 175, 200];
/// Remembered of what was opened, and of what was taken from the palette.
const MAX_RECENT: usize = 12;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Files are analyzed as soon as they are opened. Off: the user looks first, unbiased.
    pub analyze_on_open: bool,
    /// Score every frame instead of eight a second.
    pub every_frame: bool,
    pub shows_boxes: bool,
    /// The maps pane is open; looks are made only then.
    pub shows_maps: bool,
    /// Use the CPU even where a graphics card could be used.
    pub cpu_only: bool,
    /// The scale that log-likelihoods are drawn in.
    pub likelihood_colors: LikelihoodColors,
    pub brightness: Brightness,
    /// What the window is arranged for.
    pub workspace: Workspace,
    /// The workspace for marking has its sides swapped.
    pub is_left_handed: bool,
    pub mask_color: MaskColor,
    /// Of the mask over the face, 0 to 1.
    pub mask_opacity: f32,
    /// The model that learns from each folder of annotations, where the user chose one.
    pub learners: BTreeMap<PathBuf, PathBuf>,
    /// Manifests that were opened, imported or forged.
    pub datasets: Vec<PathBuf>,
    /// Where the person's own annotations are; `None` for the usual place.
    pub annotations: Option<PathBuf>,
    /// Folders whose models are listed.
    pub model_folders: Vec<PathBuf>,
    /// Models that scans run for their methods, before those that came with the program; the first one counts.
    pub models_in_scans: Vec<PathBuf>,
    pub training: TrainingSettings,
    /// Of everything in the window, in percent: one of [`TEXT_PERCENT`].
    pub text_percent: u16,
    /// Files and folders that were opened, the newest first.
    pub recent: Vec<PathBuf>,
    /// What was taken from the palette, by its words, the newest first.
    pub used: Vec<String>,
    /// The tour was taken, or offered and not wanted.
    pub was_tour_offered: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            analyze_on_open: false,
            every_frame: false,
            shows_boxes: true,
            shows_maps: true,
            cpu_only: false,
            likelihood_colors: LikelihoodColors::Paper,
            brightness: Brightness::Dark,
            workspace: Workspace::Inspect,
            is_left_handed: false,
            mask_color: MaskColor::Sky,
            mask_opacity: 0.5,
            learners: BTreeMap::new(),
            datasets: Vec::new(),
            annotations: None,
            model_folders: Vec::new(),
            models_in_scans: Vec::new(),
            training: TrainingSettings::default(),
            text_percent: 100,
            recent: Vec::new(),
            used: Vec::new(),
            was_tour_offered: false,
        }
    }
}

impl Settings {
    /// What to ask the engine for one file.
    pub fn scan(&self, path: PathBuf) -> ScanSettings {
        let mut scan = ScanSettings::new(path);
        if self.every_frame {
            scan.sampling = Sampling::EveryFrame;
        }
        if self.cpu_only {
            scan.device = Preference::Cpu;
        }
        scan.model_dirs.clone_from(&self.models_in_scans);
        scan
    }

    /// The next larger or smaller size of text.
    pub fn scale_text(&mut self, is_larger: bool) {
        let larger = TEXT_PERCENT.iter().find(|size| self.text_percent < **size);
        let smaller = TEXT_PERCENT.iter().rfind(|size| **size < self.text_percent);
        let to = if is_larger { larger } else { smaller };
        self.text_percent = *to.unwrap_or(&self.text_percent);
    }

    /// Notes that something was opened.
    pub fn opened(&mut self, path: &Path) {
        self.recent.retain(|other| other != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(MAX_RECENT);
    }

    /// Notes that something was taken from the palette.
    pub fn used(&mut self, text: &str) {
        self.used.retain(|other| other != text);
        self.used.insert(0, text.to_owned());
        self.used.truncate(MAX_RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_an_older_version_still_load() {
        let settings: Settings = serde_json::from_str(r#"{"analyze_on_open": true}"#).unwrap();
        assert!(settings.analyze_on_open);
        assert!(!Settings::default().analyze_on_open, "look before score");
        assert!(settings.shows_boxes);
    }

    #[test]
    fn what_was_opened_last_comes_first_and_once() {
        let mut settings = Settings::default();
        for number in 0..20 {
            settings.opened(Path::new(&format!("clip{number}.mp4")));
        }
        settings.opened(Path::new("clip12.mp4"));
        assert_eq!(settings.recent.len(), MAX_RECENT);
        assert_eq!(
            settings.recent[..2],
            [PathBuf::from("clip12.mp4"), "clip19.mp4".into()]
        );
    }

    #[test]
    fn text_grows_and_shrinks_in_steps_up_to_its_ends() {
        let mut settings = Settings::default();
        settings.scale_text(true);
        assert_eq!(settings.text_percent, 110);
        (0..20).for_each(|_| settings.scale_text(true));
        assert_eq!(settings.text_percent, 200);
        (0..20).for_each(|_| settings.scale_text(false));
        assert_eq!(settings.text_percent, 80);
    }

    #[test]
    fn chosen_colors_are_found_again() {
        let settings = Settings {
            likelihood_colors: LikelihoodColors::Even,
            ..Settings::default()
        };
        let text = serde_json::to_string(&settings).unwrap();
        assert!(text.contains(r#""likelihood_colors":"even""#), "{text}");
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
    }
}
