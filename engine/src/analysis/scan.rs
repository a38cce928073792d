//! The analysis itself: decode, follow faces, score, and keep the ledger.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use crate::analysis::detect::{Detectors, millis};
use crate::analysis::read_ahead::{Decoded, read_ahead};
use crate::analysis::record::{
    Analysis, CheckState, DeviceRecord, LedgerEntry, MediaRecord, SCHEMA, SamplingRecord,
    SeamRecord,
};
use crate::analysis::sampling::Sampler;
use crate::analysis::tally::Tally;
use crate::analysis::{Partial, ScanSettings, summary};
use crate::detectors::FaceCrop;
use crate::device::{self, DeviceError};
use crate::faces::align::{self, CropRule};
use crate::faces::follow::{FaceFollower, FollowSettings, FollowedFrame};
use crate::faces::landmarks::{LandmarkError, Landmarker};
use crate::faces::{TrackedFace, gate};
use crate::job::{Cancelled, JobContext};
use crate::media::{Frame, MediaError, MediaInfo, facts, hash};

/// Side of the crop that the gate judges where no detector says otherwise.
pub(super) const GATE_RULE: CropRule = CropRule {
    size_px: 128,
    margin: 1.3,
    is_aligned: true,
};

/// Why there is no analysis at all. A detector that failed is not among these: it is a check's state.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Landmarks(#[from] LandmarkError),
    #[error("Could not start a worker thread: {0}")]
    Thread(std::io::Error),
}

/// Analyzes one file; `tell` hears of results as they come.
pub fn scan(
    settings: &ScanSettings,
    job: &mut JobContext,
    tell: &dyn Fn(Partial),
) -> Result<Analysis, ScanError> {
    let mut clock = Clock::default();
    let media = hash::hash_file::<ScanError>(&settings.path, |done, total| {
        Ok(job.tick("Hashing", done, Some(total))?)
    })?;
    clock.lap("hash", CheckState::Ran, None);
    let (mut info, source) = facts::open_facts(&settings.path, media)?;
    tell(Partial::Probed(Box::new(info.clone())));

    // Decoding begins while the models are read.
    let frame_bytes = 3 * info.video.width as usize * info.video.height as usize;
    let frames = read_ahead(source, frame_bytes, job.cancel_token()).map_err(ScanError::Thread)?;
    let device = device::choose(settings.device)?;
    let landmarker = Landmarker::load(settings.landmark_model.as_deref())?;
    let follower = FaceFollower::new(follow_settings(&info)).map_err(ScanError::Thread)?;
    let mut pass = Pass {
        detectors: Detectors::open(settings, &device, job),
        landmarker,
        sampler: Sampler::new(settings.sampling),
        tally: Tally::default(),
        frames_examined: 0,
        tell,
    };
    clock.lap("models", CheckState::Ran, None);
    pass.read(&frames, follower, &mut info, job)?;
    let aligner = pass.landmarker.aligner();
    let Pass {
        detectors,
        tally,
        frames_examined,
        ..
    } = pass;
    let finished = detectors.finish(job, tell)?;
    let no_faces = tally.is_empty().then(|| "no face was found".to_owned());
    clock.lap("faces", CheckState::Ran, no_faces);
    clock.entries.extend(finished.ledger);

    let tracks = tally.into_records(&finished.runs, &finished.absent);
    let summary = summary::summarize(&tracks, &finished.absent, aligner, &info);
    Ok(Analysis {
        schema: SCHEMA.to_owned(),
        seam: SeamRecord {
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        device: DeviceRecord {
            kind: device.kind.name().to_owned(),
            name: device.name,
        },
        media: MediaRecord::from(&info),
        sampling: SamplingRecord {
            frames_examined,
            rule: settings.sampling.rule(),
        },
        aligner,
        tracks,
        summary,
        ledger: clock.entries,
        warnings: info.warnings,
    })
}

/// Small pictures hold small faces; in large ones a small face cannot be scored anyway.
pub(super) fn follow_settings(info: &MediaInfo) -> FollowSettings {
    let defaults = FollowSettings::default();
    FollowSettings {
        detect_every: if info.video.is_still {
            1
        } else {
            defaults.detect_every
        },
        ..defaults
    }
}

/// One walk through the media.
struct Pass<'a> {
    detectors: Detectors,
    landmarker: Landmarker,
    sampler: Sampler,
    tally: Tally,
    frames_examined: u64,
    tell: &'a dyn Fn(Partial),
}

impl Pass<'_> {
    /// Decodes to the end; fills the counted facts and the warnings of `info`.
    fn read(
        &mut self,
        frames: &Receiver<Decoded>,
        mut follower: FaceFollower,
        info: &mut MediaInfo,
        job: &mut JobContext,
    ) -> Result<(), ScanError> {
        let mut pts_nanos = Vec::new();
        let mut end = Ok(());
        while let Ok(decoded) = frames.recv() {
            match decoded {
                Decoded::Frame(frame) => {
                    pts_nanos.push(frame.id.pts_nanos);
                    let total = info.video.frames_claimed;
                    job.tick("Following faces", pts_nanos.len() as u64, total)?;
                    for followed in follower.push(frame) {
                        self.take(&followed);
                    }
                }
                Decoded::Warning(text) => {
                    job.warn(text.clone());
                    info.warnings.push(text);
                }
                Decoded::End(result) => end = result,
            }
        }
        job.check()?; // A cancelled decoder ends without a word.
        if let Err(err) = end {
            if pts_nanos.is_empty() {
                return Err(err.into());
            }
            info.warnings.push(err.to_string());
        }
        for followed in follower.finish() {
            job.check()?;
            self.take(&followed);
        }
        info.count_from(pts_nanos);
        Ok(())
    }

    /// One frame with its faces: told, tallied, and scored where it is due.
    fn take(&mut self, followed: &FollowedFrame) {
        let frame = &followed.frame;
        let is_due = self.sampler.is_due(frame.id.pts_nanos);
        self.frames_examined += u64::from(is_due);
        (self.tell)(Partial::Faces {
            frame: frame.id,
            faces: followed.faces.clone(),
        });
        for face in &followed.faces {
            self.tally.see(face);
            if is_due {
                self.examine(frame, face);
            }
        }
    }

    fn examine(&mut self, frame: &Arc<Frame>, face: &TrackedFace) {
        let landmarks = self.landmarker.find(frame, &face.box_in_frame);
        let judged = align::crop(frame, &face.box_in_frame, &landmarks, GATE_RULE);
        let quality = gate::measure(&face.box_in_frame, &judged);
        let is_fit = self.tally.examine(face.track, quality);
        (self.tell)(Partial::Measured {
            track: face.track,
            frame: frame.id,
            quality,
        });
        if let Some(gate) = self.tally.gate(face.track) {
            let track = face.track;
            (self.tell)(Partial::Gated { track, gate });
        }
        if !is_fit {
            return;
        }
        for running in &mut self.detectors.running {
            let rule = running.crop_rule();
            let crop = if rule == GATE_RULE {
                judged.clone()
            } else {
                align::crop(frame, &face.box_in_frame, &landmarks, rule)
            };
            let face = FaceCrop {
                frame: frame.id,
                track: face.track,
                crop,
            };
            running.feed(face, self.tell);
        }
    }
}

/// Keeps the ledger of the steps that are not detectors.
struct Clock {
    last: Instant,
    entries: Vec<LedgerEntry>,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            last: Instant::now(),
            entries: Vec::new(),
        }
    }
}

impl Clock {
    fn lap(&mut self, check: &str, state: CheckState, reason: Option<String>) {
        let took: Duration = self.last.elapsed();
        self.last = Instant::now();
        self.entries.push(LedgerEntry {
            check: check.to_owned(),
            state,
            reason,
            millis: millis(took),
        });
    }
}
