//! Actions that change nothing but what is on screen: playing, stepping, looking.

use crate::command::{Action, PairAction, PictureAction, ShellAction, TrainAction};
use crate::maps::MapsCommand;
use crate::maps::calm::calmest;
use crate::state::{MediaFile, State};
use crate::theme::{Brightness, LikelihoodColors};
use crate::viewport::Zoom;
use crate::workspace::Workspace;

/// How far a key moves the wipe, of the picture's width.
const WIPE_STEP: f32 = 0.05;

const SECOND_NANOS: i64 = 1_000_000_000;

impl State {
    /// Runs an action that needs neither engine nor window; others are ignored.
    pub fn act(&mut self, action: Action) {
        let strongest = self.strongest_nanos();
        let calmest = self.calmest_nanos();
        let Self {
            files,
            selected,
            playback,
            settings,
            maps,
            ..
        } = self;
        let file = files.iter().find(|file| Some(file.id) == *selected);
        let frames = file.map_or(&[][..], MediaFile::frames);
        match action {
            Action::PlayPause if file.is_some() => playback.toggle(frames),
            Action::StepForward => playback.step(1, frames),
            Action::StepBack => playback.step(-1, frames),
            Action::SecondForward => playback.seek(playback.position_nanos + SECOND_NANOS, frames),
            Action::SecondBack => playback.seek(playback.position_nanos - SECOND_NANOS, frames),
            Action::GoToStart => playback.seek(i64::MIN, frames),
            Action::GoToEnd => {
                playback.is_playing = false;
                if let Some(&last) = frames.last() {
                    playback.seek(last, frames);
                }
            }
            Action::GoToStrongest => {
                if let Some(pts_nanos) = strongest {
                    playback.is_playing = false;
                    playback.seek(pts_nanos, frames);
                }
            }
            Action::GoToCalmest => {
                if let Some(pts_nanos) = calmest {
                    playback.is_playing = false;
                    playback.seek(pts_nanos, frames);
                }
            }
            Action::ToggleLoop => playback.loops = !playback.loops,
            Action::Faster => playback.change_speed(true),
            Action::Slower => playback.change_speed(false),
            Action::NormalSpeed => playback.speed = 1.0,
            Action::Fit => self.zoom = Zoom::Fit,
            Action::WholeTimeline => self.time_view = None,
            Action::ToggleBoxes => settings.shows_boxes = !settings.shows_boxes,
            Action::ToggleMaps => settings.shows_maps = !settings.shows_maps,
            Action::ToggleMapOnClip => maps.is_on_clip = !maps.is_on_clip,
            Action::ToggleResiduals => maps.shows_residuals = !maps.shows_residuals,
            Action::ToggleColors => maps.shows_colors = !maps.shows_colors,
            Action::ToggleCostliest => maps.marks_costliest = !maps.marks_costliest,
            Action::ToggleEvenColors => {
                settings.likelihood_colors = match settings.likelihood_colors {
                    LikelihoodColors::Paper => LikelihoodColors::Even,
                    LikelihoodColors::Even => LikelihoodColors::Paper,
                };
            }
            Action::WipeLeft => maps.run(MapsCommand::MoveWipe(maps.wipe - WIPE_STEP)),
            Action::WipeRight => maps.run(MapsCommand::MoveWipe(maps.wipe + WIPE_STEP)),
            Action::ToggleAnalyzeOnOpen => settings.analyze_on_open = !settings.analyze_on_open,
            Action::ToggleEveryFrame => settings.every_frame = !settings.every_frame,
            Action::ToggleCpuOnly => settings.cpu_only = !settings.cpu_only,
            Action::ShowInspect => settings.workspace = Workspace::Inspect,
            Action::ShowTrain => settings.workspace = Workspace::Train,
            Action::ShowAnnotate => settings.workspace = Workspace::Annotate,
            Action::UseDark => settings.brightness = Brightness::Dark,
            Action::UseLight => settings.brightness = Brightness::Light,
            Action::UseSystemBrightness => settings.brightness = Brightness::System,
            _ => {}
        }
    }

    /// Whether the action would do something; a menu shows it faint where not.
    pub fn can(&self, action: Action) -> bool {
        match action {
            Action::Shell(ShellAction::Undo) => self.shell.undo.can_undo(),
            Action::Shell(ShellAction::Redo) => self.shell.undo.can_redo(),
            Action::AnalyzeFile | Action::CopyHash | Action::RemoveFile => self.selected.is_some(),
            Action::ClearRegion => self.playback.region.is_some(),
            _ => true,
        }
    }

    /// Whether the action is a setting that is on.
    pub fn is_on(&self, action: Action) -> bool {
        match action {
            Action::ToggleLoop => self.playback.loops,
            Action::ToggleBoxes => self.settings.shows_boxes,
            Action::ToggleMaps => self.settings.shows_maps,
            Action::ToggleMapOnClip => self.maps.is_on_clip,
            Action::ToggleResiduals => self.maps.shows_residuals,
            Action::ToggleColors => self.maps.shows_colors,
            Action::ToggleCostliest => self.maps.marks_costliest,
            Action::ToggleEvenColors => self.settings.likelihood_colors == LikelihoodColors::Even,
            Action::ToggleAnalyzeOnOpen => self.settings.analyze_on_open,
            Action::ToggleEveryFrame => self.settings.every_frame,
            Action::ToggleCpuOnly => self.settings.cpu_only,
            Action::ShowInspect => self.settings.workspace == Workspace::Inspect,
            Action::ShowTrain => self.settings.workspace == Workspace::Train,
            Action::ShowAnnotate => self.settings.workspace == Workspace::Annotate,
            Action::UseDark => self.settings.brightness == Brightness::Dark,
            Action::UseLight => self.settings.brightness == Brightness::Light,
            Action::UseSystemBrightness => self.settings.brightness == Brightness::System,
            Action::Train(TrainAction::ToggleSmooth) => !self.settings.training.is_raw,
            Action::Train(TrainAction::ToggleLog) => self.settings.training.is_log,
            Action::Train(TrainAction::PlaySteps) => self.training.film.is_playing,
            Action::Paint(action) => self.paint.is_on(action, &self.settings),
            Action::Picture(PictureAction::Show(view)) => self.maps.view == view,
            Action::Pair(PairAction::Toggle) => self.pair.is_some(),
            Action::Fit => self.zoom == Zoom::Fit,
            Action::ZoomToFace => self.zoom == Zoom::Face,
            _ => false,
        }
    }

    /// The time of the control frame: of the selected person, or of the one whose maps are shown.
    fn calmest_nanos(&self) -> Option<i64> {
        let people = &self.selected_file()?.evidence.people;
        let shown = self.maps.frame.as_ref().map(|drawn| drawn.look.key.track);
        let track = self.person.or(shown).or(people.keys().next().copied())?;
        let mark = calmest(people.get(&track)?, self.maps.info()?.name)?;
        Some(mark.pts_nanos)
    }

    fn strongest_nanos(&self) -> Option<i64> {
        let evidence = &self.selected_file()?.evidence;
        let mark = evidence.hottest(self.person);
        mark.or_else(|| evidence.hottest(None))
            .map(|mark| mark.pts_nanos)
    }
}
