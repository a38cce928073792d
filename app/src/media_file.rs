//! One entry of the media list: the file, what is known of it, and what its analysis found.

use std::path::PathBuf;
use std::sync::OnceLock;

use seam_engine::analysis::intake::FacesFound;
use seam_engine::analysis::record::{Check, CheckState, Resemblance};
use seam_engine::analysis::{Analysis, Partial};
use seam_engine::faces::TrackId;
use seam_engine::job::JobId;
use seam_engine::media::{MediaHash, MediaInfo};
use seam_engine::methods::{self, MethodInfo};

use crate::evidence::Evidence;
use crate::inspect::{Digest, Suspicion};
use crate::viewport::TimeView;

/// Names one entry of the media list while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// One entry of the media list.
#[derive(Debug)]
pub struct MediaFile {
    pub id: FileId,
    pub path: PathBuf,
    pub name: String,
    pub hash: Option<MediaHash>,
    pub intake: Intake,
    pub analysis: AnalysisState,
    pub evidence: Evidence,
    /// Who was found before anything was scored, and what the methods can see of them.
    pub faces: Option<Box<FacesFound>>,
    /// What follows from the record, once it is there.
    pub digest: Option<Box<Digest>>,
    pub suspicion: Suspicion,
    /// What went wrong without ending a job.
    pub warnings: Vec<String>,
    /// Where the playhead was when another file was selected.
    pub left_at_nanos: i64,
}

/// What is known of a file.
#[derive(Debug)]
pub enum Intake {
    /// With the facts that need no decoding, once they are there.
    Reading(Option<Box<MediaInfo>>),
    Known(Box<MediaInfo>),
    Failed(String),
}

#[derive(Debug)]
pub enum AnalysisState {
    NotAsked,
    Running(JobId),
    Done(Box<Analysis>),
    Cancelled,
    Failed(String),
}

/// Methods that will score, as far as was known when they were first asked for.
fn expected_methods<'a>() -> impl Iterator<Item = &'a str> {
    static METHODS: OnceLock<Vec<&'static MethodInfo>> = OnceLock::new();
    let methods = METHODS.get_or_init(|| methods::by_default(&[]));
    methods
        .iter()
        .map(|method| -> &'a str { method.detector.name })
}

impl MediaFile {
    pub fn info(&self) -> Option<&MediaInfo> {
        match &self.intake {
            Intake::Known(info) => Some(info),
            Intake::Reading(facts) => facts.as_deref(),
            Intake::Failed(_) => None,
        }
    }

    pub fn frames(&self) -> &[i64] {
        self.info().map_or(&[], |info| &info.video.pts_nanos)
    }

    /// The whole clip on the timeline: from the first frame to the end of the last one.
    pub fn whole_time(&self) -> Option<TimeView> {
        let frames = self.frames();
        let (Some(&first), Some(&last)) = (frames.first(), frames.last()) else {
            return self.provisional_time();
        };
        let frame = match frames {
            [.., before, last] => last - before,
            _ => 1_000_000_000,
        };
        Some(TimeView {
            start: first as f64,
            end: (last + frame) as f64,
        })
    }

    /// While frames are still being counted: room for what was followed so far, in round steps so
    /// that the timeline seldom changes its scale.
    fn provisional_time(&self) -> Option<TimeView> {
        const STEPS_SECS: [i64; 8] = [10, 30, 60, 120, 300, 600, 1800, 7200];
        let followed = self.evidence.followed_to_nanos?;
        let end = STEPS_SECS
            .iter()
            .map(|secs| secs * 1_000_000_000)
            .find(|&end| followed < end);
        Some(TimeView {
            start: 0.0,
            end: end.unwrap_or(2 * followed) as f64,
        })
    }

    /// The middle distance between frames, in nanoseconds; 40 ms while it is not known.
    pub fn frame_nanos(&self) -> i64 {
        let frames = self.frames();
        match (frames.first(), frames.last()) {
            (Some(first), Some(last)) if 1 < frames.len() => {
                ((last - first) / (frames.len() as i64 - 1)).max(1)
            }
            _ => 40_000_000,
        }
    }

    /// Methods that have a strip on the timeline: those that scored, and those of the record.
    pub fn methods(&self) -> Vec<&str> {
        let mut methods: Vec<&str> = self.evidence.methods();
        if let AnalysisState::Running(_) = self.analysis {
            // Room for the scores that are to come, so that lanes do not move when they do.
            methods.extend(expected_methods());
        }
        if let AnalysisState::Done(analysis) = &self.analysis {
            let checks = analysis.tracks.iter().flat_map(|track| &track.checks);
            methods.extend(checks.map(|check| check.method.as_str()));
        }
        methods.sort_unstable();
        methods.dedup();
        methods
    }

    /// What became of a method on a person, once the record is there.
    pub fn check_state(&self, track: TrackId, method: &str) -> Option<CheckState> {
        self.check(track, method).map(|check| check.state)
    }

    /// What the person is like if forged: only of a method that found evidence, once the record is there.
    pub fn resembles(&self, track: TrackId, method: &str) -> Option<&Resemblance> {
        self.check(track, method)?.resembles.as_ref()
    }

    fn check(&self, track: TrackId, method: &str) -> Option<&Check> {
        let AnalysisState::Done(analysis) = &self.analysis else {
            return None;
        };
        let track = analysis.tracks.iter().find(|record| record.id == track)?;
        track.checks.iter().find(|check| check.method == method)
    }

    /// An analysis begins: scores are forgotten. People who were followed through the whole clip stay, because it
    /// will find the same ones.
    pub fn begin_analysis(&mut self, job: JobId) {
        self.analysis = AnalysisState::Running(job);
        self.digest = None;
        let is_whole = self.faces.as_ref().is_some_and(|found| !found.is_sampled);
        if is_whole {
            self.evidence.forget_scores();
        } else {
            self.evidence = Evidence::default();
        }
    }

    /// Takes in what an analysis told.
    pub fn add(&mut self, partial: Partial) {
        if let Partial::Probed(info) = partial {
            // The analysis knows some facts before the intake has counted all frames.
            if matches!(self.intake, Intake::Reading(_)) {
                self.hash = Some(info.sha256);
                self.intake = Intake::Reading(Some(info));
            }
        } else {
            self.evidence.add(partial);
        }
    }
}
