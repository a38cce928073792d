//! The faces of a clip, found before anything is scored, and how usable they are.
//!
//! A clip is looked through frame by frame, as the analysis will do it, so that the people have the same numbers
//! there. A long or large one is only looked at here and there: nobody can be followed then.

use std::path::PathBuf;

use crate::analysis::Partial;
use crate::analysis::applicable::{self, Applicability, Picture};
use crate::analysis::read_ahead::{Decoded, read_ahead};
use crate::analysis::record::TrackRecord;
use crate::analysis::sampling::Sampler;
use crate::analysis::scan::{GATE_RULE, ScanError, follow_settings};
use crate::analysis::tally::Tally;
use crate::analysis::{Sampling, intake_sample};
use crate::faces::follow::{FaceFollower, FollowedFrame};
use crate::faces::gate::{self, FaceQuality};
use crate::faces::landmarks::Landmarker;
use crate::faces::{Aligner, Gate, TrackId, TrackedFace, align};
use crate::job::JobContext;
use crate::media::{self, Frame, MediaHash, MediaInfo, facts};

/// Pixels of a clip that is looked through whole: half a minute of 1080p.
const MOST_PIXELS: u64 = 1_500_000_000;
/// Faces of each person are measured at most so often, per second of media time.
const MEASURED_PER_SECOND: f32 = 4.0;

/// Which file to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct IntakeSettings {
    pub path: PathBuf,
    /// Of the whole file.
    pub media: MediaHash,
    /// What a probe told of the picture.
    pub picture: Picture,
    /// dlib's landmark model; `None` looks where systems keep it.
    pub landmark_model: Option<PathBuf>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct FacesFound {
    pub aligner: Aligner,
    pub frames_looked_at: u64,
    /// Whether frames were skipped, so that nobody was followed.
    pub is_sampled: bool,
    /// A person each; of a sampled clip one group of all faces.
    pub groups: Vec<FaceGroup>,
    /// What each method can see here.
    pub methods: Vec<Applicability>,
}

/// One person, or all faces of a clip in which nobody was followed.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceGroup {
    pub track: Option<TrackId>,
    /// Faces on one frame at most; 1 for a person.
    pub most_at_once: usize,
    pub first_nanos: i64,
    pub last_nanos: i64,
    /// Frames with such a face.
    pub frames: u64,
    /// Smallest, middle and largest smaller side of the box, in pixels of the frame.
    pub sizes_px: [f32; 3],
    /// Each measure at its median; `None` where none was taken.
    pub typical: Option<FaceQuality>,
    pub gate: Gate,
}

/// Looks for faces; `tell` hears of them, and of their measures, as they come. Nothing is scored.
pub fn find_faces(
    settings: &IntakeSettings,
    job: &mut JobContext,
    tell: &dyn Fn(Partial),
) -> Result<FacesFound, ScanError> {
    let (info, source) = facts::open_facts(&settings.path, settings.media)?;
    let landmarker = Landmarker::load(settings.landmark_model.as_deref())?;
    let known = media::key_times(settings.media);
    let frames = known
        .as_ref()
        .map_or(info.video.frames_claimed, |known| Some(known.frames as u64));
    let pixels = u64::from(info.video.width) * u64::from(info.video.height);
    let is_long = MOST_PIXELS < frames.unwrap_or(1).saturating_mul(pixels);
    if is_long && let Some(known) = known {
        let found = intake_sample::look_here_and_there(source, &known.keys, &landmarker, job)?;
        return Ok(found.judged(&settings.picture));
    }
    let frame_bytes = 3 * usize::try_from(pixels).unwrap_or(usize::MAX / 3);
    let decoded = read_ahead(source, frame_bytes, job.cancel_token()).map_err(ScanError::Thread)?;
    let follower = FaceFollower::new(follow_settings(&info)).map_err(ScanError::Thread)?;
    let look = Look {
        landmarker,
        sampler: Sampler::new(Sampling::PerSecond(MEASURED_PER_SECOND)),
        tally: Tally::default(),
        tell,
    };
    let found = look.through(&decoded, follower, &info, job)?;
    Ok(found.judged(&settings.picture))
}

/// One walk through the whole clip.
struct Look<'a> {
    landmarker: Landmarker,
    sampler: Sampler,
    tally: Tally,
    tell: &'a dyn Fn(Partial),
}

impl Look<'_> {
    fn through(
        mut self,
        decoded: &crossbeam_channel::Receiver<Decoded>,
        mut follower: FaceFollower,
        info: &MediaInfo,
        job: &mut JobContext,
    ) -> Result<FacesFound, ScanError> {
        let mut count = 0;
        let mut end = Ok(());
        while let Ok(next) = decoded.recv() {
            match next {
                Decoded::Frame(frame) => {
                    count += 1;
                    job.tick("Looking for faces", count, info.video.frames_claimed)?;
                    for followed in follower.push(frame) {
                        self.take(&followed);
                    }
                }
                // The probe of the same file has told of the damage.
                Decoded::Warning(_) => {}
                Decoded::End(result) => end = result,
            }
        }
        job.check()?; // A cancelled decoder ends without a word.
        if count == 0 {
            end?;
        }
        for followed in follower.finish() {
            job.check()?;
            self.take(&followed);
        }
        Ok(FacesFound {
            aligner: self.landmarker.aligner(),
            frames_looked_at: count,
            is_sampled: false,
            groups: self.tally.groups(),
            methods: Vec::new(),
        })
    }

    fn take(&mut self, followed: &FollowedFrame) {
        let frame = &followed.frame;
        let is_due = self.sampler.is_due(frame.id.pts_nanos);
        (self.tell)(Partial::Faces {
            frame: frame.id,
            faces: followed.faces.clone(),
        });
        for face in &followed.faces {
            self.tally.see(face);
            if is_due {
                self.measure(frame, face);
            }
        }
    }

    fn measure(&mut self, frame: &Frame, face: &TrackedFace) {
        let quality = quality_of(frame, face, &self.landmarker);
        self.tally.examine(face.track, quality);
        (self.tell)(Partial::Measured {
            track: face.track,
            frame: frame.id,
            quality,
        });
        if let Some(gate) = self.tally.gate(face.track) {
            let track = face.track;
            (self.tell)(Partial::Gated { track, gate });
        }
    }
}

fn quality_of(frame: &Frame, face: &TrackedFace, landmarker: &Landmarker) -> FaceQuality {
    let landmarks = landmarker.find(frame, &face.box_in_frame);
    let crop = align::crop(frame, &face.box_in_frame, &landmarks, GATE_RULE);
    gate::measure(&face.box_in_frame, &crop)
}

impl FacesFound {
    /// The same with what each installed method can see of these faces.
    fn judged(mut self, picture: &Picture) -> Self {
        let models = applicable::installed(&[]);
        self.methods = applicable::judge(picture, &self, &models);
        self
    }

    /// What the record of an analysis tells of the faces: for a clip that was analyzed unseen.
    pub fn of_record(aligner: Aligner, frames_looked_at: u64, tracks: &[TrackRecord]) -> Self {
        let groups = tracks.iter().map(|track| FaceGroup {
            track: Some(track.id),
            most_at_once: 1,
            first_nanos: (track.first_pts_secs * 1e9) as i64,
            last_nanos: (track.last_pts_secs * 1e9) as i64,
            frames: track.frames,
            sizes_px: [track.median_box_px; 3],
            typical: None,
            gate: track.gate.clone(),
        });
        Self {
            aligner,
            frames_looked_at,
            is_sampled: false,
            groups: groups.collect(),
            methods: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faces::GateState;
    use std::cell::RefCell;
    use std::path::Path;

    fn sample(name: &str) -> IntakeSettings {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample_media");
        let path = dir.join(name);
        let media = MediaHash::of(&std::fs::read(&path).unwrap());
        IntakeSettings {
            path,
            media,
            picture: Picture::default(),
            landmark_model: None,
        }
    }

    #[test]
    fn two_people_are_found_and_measured_and_nothing_is_scored() {
        let told = RefCell::new(Vec::new());
        let settings = sample("two_people.mp4");
        let mut job = JobContext::detached();
        let found = find_faces(&settings, &mut job, &|partial| {
            told.borrow_mut().push(partial);
        });
        let found = found.unwrap();
        assert_eq!((found.frames_looked_at, found.is_sampled), (125, false));
        let tracks: Vec<Option<TrackId>> = found.groups.iter().map(|group| group.track).collect();
        assert_eq!(tracks, [Some(TrackId(1)), Some(TrackId(2))]);
        for group in &found.groups {
            let [smallest, middle, largest] = group.sizes_px;
            assert!(smallest <= middle && middle <= largest);
            assert_ne!(group.gate.state, GateState::NotUsable, "{group:?}");
            assert!(group.typical.is_some());
        }
        let told = told.into_inner();
        assert!(told.iter().any(|it| matches!(it, Partial::Measured { .. })));
        assert!(!told.iter().any(|it| matches!(it, Partial::Scored { .. })));
    }

    #[test]
    fn a_long_clip_is_looked_at_here_and_there() {
        let settings = sample("two_people.mp4");
        let (_, source) = facts::open_facts(&settings.path, settings.media).unwrap();
        let landmarker = Landmarker::box_estimate();
        let mut job = JobContext::detached();
        let times = [0, 2_000_000_000, 4_000_000_000];
        let found =
            intake_sample::look_here_and_there(source, &times, &landmarker, &mut job).unwrap();
        assert!(found.is_sampled);
        assert_eq!(found.frames_looked_at, 3);
        let [all] = &found.groups[..] else {
            panic!("{found:?}");
        };
        assert_eq!((all.track, all.most_at_once, all.frames), (None, 2, 3));
    }
}
