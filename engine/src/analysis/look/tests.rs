//! Looks show the very crop that a scan scored.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};

use super::recent::Recent;
use super::*;
use crate::analysis::scan::scan;
use crate::analysis::{Partial, Sampling, ScanSettings, TrackScore};
use crate::detectors::known_answer::pattern;
use crate::faces::{GateState, TrackedFace};
use crate::job::JobContext;

const LIMIT: Duration = Duration::from_secs(120);

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../sample_media")
        .join(name)
}

fn looker() -> (Looker, Receiver<LookEvent>) {
    let (events_tx, events) = bounded(64);
    let looker = Looker::new(move |event| events_tx.send(event).unwrap()).unwrap();
    (looker, events)
}

/// All looks of one wish, in order.
fn looks(events: &Receiver<LookEvent>) -> Vec<Result<Arc<Look>, String>> {
    let mut looks = Vec::new();
    loop {
        match events.recv_timeout(LIMIT).unwrap() {
            LookEvent::Methods(_) => {}
            LookEvent::Looked(_, look) => looks.push(look),
            LookEvent::Done => return looks,
        }
    }
}

fn settings() -> LookSettings {
    LookSettings {
        device: Preference::Cpu,
        ..LookSettings::default()
    }
}

#[test]
fn a_look_has_the_crop_that_the_scan_scored() {
    let mut scanned = ScanSettings::new(sample("two_people.mp4"));
    scanned.methods = vec!["dadd".to_owned()];
    scanned.sampling = Sampling::PerSecond(1.0);
    scanned.device = Preference::Cpu;
    let faces = RefCell::new(Vec::<TrackedFace>::new());
    let scores = RefCell::new(Vec::<TrackScore>::new());
    scan(
        &scanned,
        &mut JobContext::detached(),
        &|partial| match partial {
            Partial::Faces { faces: seen, .. } => faces.borrow_mut().extend(seen),
            Partial::Scored { scores: new, .. } => scores.borrow_mut().extend(new),
            Partial::Probed(_) | Partial::Measured { .. } | Partial::Gated { .. } => {}
        },
    )
    .unwrap();
    let boxes: BTreeMap<_, _> = faces
        .take()
        .into_iter()
        .map(|face| ((face.frame, face.track), face.box_in_frame))
        .collect();
    let scores = scores.take();
    assert!(4 < scores.len(), "{scores:?}");

    let (looker, events) = looker();
    looker.ask(LookWish {
        settings: settings(),
        method: "dadd",
        kinds: vec![MapKind::GradCam],
        faces: scores
            .iter()
            .map(|score| LookFace {
                track: score.track,
                box_in_frame: boxes[&(score.frame, score.track)],
                picture: LookPicture::InFile {
                    path: scanned.path.clone(),
                    media: score.frame.media,
                    pts_nanos: score.frame.pts_nanos,
                },
            })
            .collect(),
    });
    let looks = looks(&events);
    assert_eq!(looks.len(), scores.len());
    for (look, scored) in looks.iter().zip(&scores) {
        let look = look.as_ref().unwrap();
        assert_eq!((look.frame, look.key.track), (scored.frame, scored.track));
        assert_eq!(look.raw, scored.raw, "bit by bit");
        assert_eq!(look.score, scored.score);
        assert_eq!(look.gate.state, GateState::Usable);
        assert_eq!(look.maps.len(), 1);
        assert_eq!(look.maps[0].width, look.crop.size_px);
    }
}

#[test]
fn a_method_without_model_and_a_missing_file_are_told() {
    let (looker, events) = looker();
    let mut wish = LookWish {
        settings: settings(),
        method: "nothing",
        kinds: Vec::new(),
        faces: vec![LookFace {
            track: TrackId(1),
            box_in_frame: FaceBox {
                x: 0.0,
                y: 0.0,
                width: 50.0,
                height: 50.0,
                confidence: 1.0,
            },
            picture: LookPicture::InFile {
                path: sample("swap.mp4"),
                media: MediaHash::of(b"swap"),
                pts_nanos: 0,
            },
        }],
    };
    looker.ask(wish.clone());
    let answers = looks(&events);
    assert!(answers[0].as_ref().unwrap_err().contains("\"nothing\""));
    wish.faces[0].picture = LookPicture::InFile {
        path: PathBuf::from("gone.mp4"),
        media: MediaHash::of(b"gone"),
        pts_nanos: 0,
    };
    looker.ask(wish);
    let answers = looks(&events);
    assert!(
        answers[0]
            .as_ref()
            .unwrap_err()
            .ends_with("File: \"gone.mp4\"")
    );
}

fn look(number: u32, size_px: u32) -> Arc<Look> {
    let face = pattern(number, size_px);
    Arc::new(Look {
        key: LookKey {
            media: MediaHash::of(b"recent"),
            pts_nanos: i64::from(number),
            track: TrackId(1),
            method: "dadd",
        },
        frame: face.frame,
        crop: face.crop,
        raw: FaceScore {
            logit: 0.0,
            parts: Vec::new(),
        },
        score: Score::from_logit(0.0).unwrap(),
        gate: Gate {
            state: GateState::Usable,
            reasons: Vec::new(),
        },
        maps: Vec::new(),
        likelihood: None,
        model: String::new(),
        took: Duration::ZERO,
    })
}

#[test]
fn recent_looks_are_kept_up_to_their_bytes() {
    let mut recent = Recent::default();
    // 12 MiB each: five fit into 64 MiB.
    let looks: Vec<_> = (0..6).map(|number| look(number, 2048)).collect();
    for look in &looks {
        recent.keep(Arc::clone(look));
    }
    assert!(recent.find(looks[0].key, &[]).is_none());
    assert!(recent.find(looks[1].key, &[]).is_some());
    assert!(recent.find(looks[1].key, &[MapKind::GradCam]).is_none());
    // The one that was looked at last stays longest.
    recent.keep(look(9, 2048));
    assert!(recent.find(looks[2].key, &[]).is_none());
    assert!(recent.find(looks[1].key, &[]).is_some());
}
