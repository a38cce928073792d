//! The program behind the window: polls the engine, keeps the playhead going, runs commands.

mod annotate;
mod around;
mod data;
#[cfg(test)]
mod data_tests;
mod evaluation;
mod files;
#[cfg(test)]
mod files_tests;
mod inspect;
mod models;
mod timing;
mod train;
mod work;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Context, ViewportCommand};
use seam_engine::Engine;

use crate::bench::Bench;
use crate::clip::Clip;
use crate::command::{Action, Command, CommandQueue};
use crate::data::shelf::Shelf;
use crate::dialog::{Asked, FileDialog};
use crate::dropped::Sorting;
use crate::evaluation::clerk::Clerk;
use crate::inspect::{InspectCommand, Inspector};
use crate::layout::Layout;
use crate::logging::Ring;
use crate::maps::before::Before;
use crate::maps::looks::Looks;
use crate::models::keeper::Keeper;
use crate::paint::{attention, overlay};
use crate::pair::second::Second;
use crate::posters::Posters;
use crate::queue::room::Room;
use crate::recent::Recent;
use crate::settings::{self, Settings};
use crate::shell::ShellCommand;
use crate::state::{AnalysisState, JobKind, State};
use crate::training::room::TrainRoom;
use crate::viewport::Zoom;
use crate::{keys, layout, panes, shell, theme};

/// Background work asks for a repaint at most this often, so that drawing leaves the cores to it.
const WAKE_INTERVAL: Duration = Duration::from_millis(60);

/// The window and all it holds.
pub struct App {
    engine: Engine,
    state: State,
    commands: CommandQueue,
    layout: Layout,
    clip: Clip,
    second: Second,
    posters: Posters,
    looks: Looks,
    before: Before,
    room: Room,
    train_room: TrainRoom,
    recent: Recent,
    sorting: Vec<Sorting>,
    inspector: Inspector,
    shelf: Shelf,
    clerk: Clerk,
    keeper: Keeper,
    dialog: Option<(Asked, FileDialog)>,
    may_close: bool,
    logic_time: Duration,
    bench: Option<Bench>,
}

impl App {
    /// Opens the window's program with these files; `log` feeds the log pane.
    ///
    /// # Errors
    ///
    /// When a thread could not be started.
    pub fn new(
        cc: &eframe::CreationContext<'_>,
        files: Vec<PathBuf>,
        log: Ring,
    ) -> std::io::Result<Self> {
        theme::apply(&cc.egui_ctx);
        // Text is scaled by the window's own commands.
        cc.egui_ctx
            .options_mut(|options| options.zoom_with_keyboard = false);
        let mut state = State {
            log,
            data_dir: annotate::data_dir(),
            settings: cc
                .storage
                .and_then(|storage| eframe::get_value::<Settings>(storage, settings::KEY))
                .unwrap_or_default(),
            ..State::default()
        };
        if let Some(card) = &cc.wgpu_render_state {
            state.paint.max_texture_px = overlay::install(card);
        }
        let mut commands = CommandQueue::default();
        if !files.is_empty() {
            commands.push(Command::Shell(ShellCommand::OpenAny(files)));
        }
        let engine_ctx = cc.egui_ctx.clone();
        let mut app = Self {
            engine: Engine::new(move || engine_ctx.request_repaint_after(WAKE_INTERVAL)),
            state,
            commands,
            layout: cc
                .storage
                .and_then(|storage| eframe::get_value(storage, layout::KEY))
                .unwrap_or_default(),
            clip: Clip::new(&cc.egui_ctx)?,
            second: Second::new(&cc.egui_ctx)?,
            posters: Posters::new(&cc.egui_ctx)?,
            looks: Looks::new(&cc.egui_ctx)?,
            before: Before::new(&cc.egui_ctx)?,
            room: Room::new(&cc.egui_ctx)?,
            train_room: TrainRoom::new(&cc.egui_ctx)?,
            recent: Recent::new(&cc.egui_ctx)?,
            sorting: Vec::new(),
            inspector: Inspector::new(&cc.egui_ctx)?,
            shelf: Shelf::new(&cc.egui_ctx)?,
            clerk: Clerk::new(&cc.egui_ctx)?,
            keeper: Keeper::new(&cc.egui_ctx)?,
            dialog: None,
            may_close: false,
            logic_time: Duration::ZERO,
            bench: None,
        };
        app.recall_datasets();
        Ok(app)
    }

    fn poll(&mut self, ctx: &Context) {
        self.state.now_secs = ctx.input(|input| input.time);
        for event in self.engine.poll() {
            if let Some(bench) = &mut self.bench {
                bench.hear(&event);
            }
            for command in self.state.apply(event) {
                self.commands.push(command);
            }
        }
        self.state.forget_old_jobs();
        let answer = self
            .dialog
            .as_ref()
            .and_then(|(asked, dialog)| Some((*asked, dialog.poll()?)));
        if let Some((asked, paths)) = answer {
            self.dialog = None;
            self.commands.extend(asked.commands(paths));
        }
        if self.state.is_closing && self.engine.is_idle() {
            self.may_close = true;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        if ctx.input(|input| input.viewport().close_requested()) && !self.may_close {
            if self.engine.is_idle() {
                self.log_frame_times("The window was");
            } else {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
                self.state.asks_to_close = true;
            }
        }
    }

    fn run(&mut self, ctx: &Context, command: Command) {
        let state = &mut self.state;
        match command {
            Command::Act(action) => self.act(ctx, action),
            Command::Open(paths) => self.open(&paths),
            Command::ReadAgain(file) => self.read(file),
            Command::Analyze(file) => self.analyze(file),
            Command::Select(file) => state.select(file),
            Command::Remove(file) => self.remove_for_now(file),
            Command::CancelJob(job) => self.engine.cancel(job),
            Command::Seek(pts_nanos) => state.seek(pts_nanos),
            Command::SetSpeed(speed) => state.playback.speed = speed,
            Command::SetRegion(region) => self.set_region(region),
            Command::SelectPerson(person) => state.person = person,
            Command::SetZoom(zoom) => state.zoom = zoom,
            Command::SetTimeView(view) => state.time_view = view,
            Command::Maps(command) => state.maps.run(command),
            Command::Inspect(command) => self.inspect(command),
            Command::SaveMaps(what) => self.ask_to_save(ctx, what),
            Command::SaveMapsTo(dir) => self.save_maps(dir),
            Command::Pair(command) => state.run_pair(command),
            Command::Paint(command) => self.paint(command),
            Command::Queue(command) => self.queue(ctx, command),
            Command::Models(command) => self.models(ctx, command),
            Command::Train(command) => self.train(ctx, command),
            Command::Shell(command) => self.shell(ctx, command),
            Command::Data(command) => self.data(ctx, command),
            Command::Evaluation(command) => self.evaluation(ctx, command),
            Command::CopyText(text) => ctx.copy_text(text),
            Command::CloseAnyway(closes) => self.close_anyway(ctx, closes),
        }
    }

    fn act(&mut self, ctx: &Context, action: Action) {
        let state = &mut self.state;
        let selected = state.selected;
        match action {
            Action::OpenFiles => self.ask(ctx, Asked::Clips),
            Action::Paint(action) => self.paint_act(ctx, action),
            Action::Queue(action) => self.queue_act(ctx, action),
            Action::Train(action) => self.train_act(ctx, action),
            Action::Picture(action) => self.picture_act(ctx, action),
            Action::Pair(action) => state.act_on_pair(action),
            Action::Files(action) => self.files_act(action),
            Action::AnalyzeFile => selected.into_iter().for_each(|file| self.analyze(file)),
            Action::CancelAnalysis => {
                if let Some(AnalysisState::Running(job)) =
                    state.selected_file().map(|file| &file.analysis)
                {
                    self.engine.cancel(*job);
                }
            }
            Action::Suspect => self.inspect(InspectCommand::MarkSuspicion),
            Action::CopyHash => {
                if let Some(hash) = state.selected_file().and_then(|file| file.hash) {
                    ctx.copy_text(hash.to_string());
                }
            }
            Action::RemoveFile => {
                selected
                    .into_iter()
                    .for_each(|file| self.remove_for_now(file));
            }
            Action::ClearRegion => self.set_region(None),
            Action::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Action::ZoomToFace => {
                state.zoom = if state.zoom == Zoom::Face {
                    Zoom::Fit
                } else {
                    Zoom::Face
                };
            }
            Action::ActualSize => {
                if let Some(shown) = state.shown {
                    let center = egui::pos2(shown.width as f32, shown.height as f32) * 0.5;
                    state.zoom = Zoom::Free {
                        center: center.to_vec2().to_pos2(),
                        scale: 1.0 / ctx.pixels_per_point(),
                    };
                }
            }
            Action::ResetLayout => self.reset_layout(),
            Action::Palette => self.toggle_palette(),
            Action::Shell(action) => self.shell_act(action),
            _ => state.act(action),
        }
    }

    /// Opens a dialog, unless one is open.
    fn ask(&mut self, ctx: &Context, asked: Asked) {
        if self.dialog.is_some() {
            return;
        }
        let ctx = ctx.clone();
        match FileDialog::open(asked, move || ctx.request_repaint()) {
            Ok(dialog) => self.dialog = Some((asked, dialog)),
            Err(err) => {
                tracing::error!(target: "seam_app", "Could not open the file dialog: {err}");
            }
        }
    }
}

impl eframe::App for App {
    /// Runs even while the window is hidden, so that jobs are never kept waiting.
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        let start = Instant::now();
        let had_analysis = self
            .state
            .running()
            .any(|job| job.kind == JobKind::Analysis);
        theme::follow(ctx, self.state.settings.brightness);
        self.poll(ctx);
        self.update_shell(ctx);
        self.update_bench(ctx);
        for command in self.commands.take() {
            self.run(ctx, command);
        }
        self.clip.update(ctx, &mut self.state);
        let frame = self.clip.frame();
        self.looks.update(ctx, &mut self.state, frame.as_ref());
        self.second.update(ctx, &mut self.state, frame);
        self.posters.update(ctx, &mut self.state);
        self.room.update(ctx, &mut self.state);
        self.keeper.update(&mut self.state);
        self.shelf.update(ctx, &mut self.state);
        self.clerk.update(&mut self.state);
        self.before.update(ctx, &mut self.state);
        let answers = self.train_room.update(ctx, &mut self.state);
        self.commands.extend(answers);
        self.inspector.update(ctx, &mut self.state);
        attention::measure(&mut self.state);
        let has_analysis = self
            .state
            .running()
            .any(|job| job.kind == JobKind::Analysis);
        if had_analysis && !has_analysis {
            self.log_frame_times("While analyzing, the window was");
        }
        self.logic_time = start.elapsed();
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let start = Instant::now();
        keys::handle(ui.ctx(), &self.state, &mut self.commands);
        shell::top_bar_ui(ui, &self.state, &mut self.commands);
        shell::status_bar_ui(ui, &self.state, &mut self.commands);
        self.layout.ui(ui, &self.state, &mut self.commands);
        panes::map_full_ui(ui.ctx(), &self.state, &mut self.commands);
        shell::overlays_ui(ui, &self.state, &mut self.commands);
        let commands = self.commands.take();
        if !commands.is_empty() {
            ui.ctx().request_repaint();
        }
        for command in commands {
            self.run(ui.ctx(), command);
        }
        let drawn = self.logic_time + start.elapsed();
        self.note_frame(frame, drawn);
    }

    fn raw_input_hook(&mut self, ctx: &Context, input: &mut egui::RawInput) {
        if let Some(bench) = &mut self.bench {
            bench.play(ctx, input, &self.state, &mut self.commands);
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, settings::KEY, &self.state.settings);
        eframe::set_value(storage, layout::KEY, &self.layout);
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::panel().to_normalized_gamma_f32()
    }
}
