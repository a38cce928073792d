//! What the panes show. Changed only by `App`, never by a pane.

mod jobs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seam_engine::faces::TrackId;
use seam_engine::media::FrameId;

use crate::data::Datasets;
use crate::evaluation::Evaluations;
use crate::evidence::Evidence;
use crate::frame_times::FrameTimes;
use crate::inspect::{Peek, Suspicion};
use crate::logging::Ring;
use crate::maps::Maps;
pub use crate::media_file::{AnalysisState, FileId, Intake, MediaFile};
use crate::models::Models;
use crate::paint::Paint;
use crate::pair::Pair;
use crate::playback::Playback;
use crate::queue::Queue;
use crate::settings::Settings;
use crate::shell::ShellState;
pub use crate::state::jobs::{Job, JobKind};
use crate::training::Training;
use crate::viewport::{TimeView, Zoom};

/// Everything on screen.
#[derive(Debug, Default)]
pub struct State {
    pub files: Vec<MediaFile>,
    pub selected: Option<FileId>,
    pub person: Option<TrackId>,
    pub jobs: Vec<Job>,
    pub playback: Playback,
    pub zoom: Zoom,
    /// The visible part of time; `None` is the whole clip.
    pub time_view: Option<TimeView>,
    pub shown: Option<Shown>,
    /// The clip that is compared with the selected one.
    pub pair: Option<Pair>,
    /// Small pictures of the files, of those that have one.
    pub posters: BTreeMap<FileId, egui::TextureId>,
    /// Why there is no frame of the selected file.
    pub player_error: Option<String>,
    pub settings: Settings,
    pub maps: Maps,
    pub peek: Peek,
    pub paint: Paint,
    pub queue: Queue,
    pub models: Models,
    pub training: Training,
    pub shell: ShellState,
    pub datasets: Datasets,
    pub evaluations: Evaluations,
    /// Where the program keeps what belongs to the user.
    pub data_dir: Option<PathBuf>,
    pub asks_to_close: bool,
    /// The window closes when all work has stopped.
    pub is_closing: bool,
    pub frame_times: FrameTimes,
    pub log: Ring,
    /// The window's clock, in seconds.
    pub now_secs: f64,
    /// Number of the next file that is opened.
    pub next_file: u32,
}

/// The frame on screen, named by its own id and not by what was wished for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    pub frame: FrameId,
    /// Size of the frame in pixels.
    pub width: u32,
    pub height: u32,
    pub texture: egui::TextureId,
}

impl State {
    /// Adds a file to the list and selects it; one that is there already is only selected.
    pub fn add_file(&mut self, path: &Path) -> (FileId, bool) {
        if let Some(file) = self.files.iter().find(|file| file.path == path) {
            return (file.id, false);
        }
        let id = FileId(self.next_file);
        self.next_file += 1;
        let name = path.file_name().unwrap_or(path.as_os_str());
        self.files.push(MediaFile {
            id,
            path: path.to_owned(),
            name: name.to_string_lossy().into_owned(),
            hash: None,
            intake: Intake::Reading(None),
            analysis: AnalysisState::NotAsked,
            evidence: Evidence::default(),
            faces: None,
            digest: None,
            suspicion: Suspicion::default(),
            warnings: Vec::new(),
            left_at_nanos: 0,
        });
        (id, true)
    }

    pub fn select(&mut self, id: FileId) {
        if self.selected == Some(id) || self.file(id).is_none() {
            return;
        }
        self.playback.is_playing = false;
        let left_at = self.playback.position_nanos;
        let before_id = self.selected;
        if let Some(before) = self.selected.and_then(|id| self.file_mut(id)) {
            before.left_at_nanos = left_at;
        }
        self.playback.position_nanos = self.file(id).map_or(0, |file| file.left_at_nanos);
        self.playback.region = None;
        self.peek.wish = None;
        self.selected = Some(id);
        self.person = None;
        self.zoom = Zoom::Fit;
        self.time_view = None;
        self.shown = None;
        self.player_error = None;
        self.maps.full = None;
        self.selected_in_pair(before_id);
    }

    /// Takes a file off the list and selects its neighbor. Gives its place and all that was found.
    pub fn remove(&mut self, id: FileId) -> Option<(usize, MediaFile)> {
        let at = self.files.iter().position(|file| file.id == id)?;
        if self.selected == Some(id) {
            let neighbor = self
                .files
                .get(at + 1)
                .or(self.files.get(at.wrapping_sub(1)));
            match neighbor.map(|file| file.id) {
                Some(neighbor) => self.select(neighbor),
                None => {
                    self.selected = None;
                    self.shown = None;
                    self.player_error = None;
                }
            }
        }
        self.pair.take_if(|pair| pair.second == id);
        Some((at, self.files.remove(at)))
    }

    pub fn seek(&mut self, pts_nanos: i64) {
        let Self {
            files,
            selected,
            playback,
            ..
        } = self;
        let file = files.iter().find(|file| Some(file.id) == *selected);
        playback.seek(pts_nanos, file.map_or(&[], MediaFile::frames));
    }

    pub fn file(&self, id: FileId) -> Option<&MediaFile> {
        self.files.iter().find(|file| file.id == id)
    }

    pub fn file_mut(&mut self, id: FileId) -> Option<&mut MediaFile> {
        self.files.iter_mut().find(|file| file.id == id)
    }

    pub fn selected_file(&self) -> Option<&MediaFile> {
        self.file(self.selected?)
    }

    /// Presentation times of the selected file's frames; empty while they are not known.
    pub fn frames(&self) -> &[i64] {
        self.selected_file().map_or(&[], MediaFile::frames)
    }
}
