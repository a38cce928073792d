//! From a clip to a record, through the engine as the window and the command line use it.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic, and says what it skips"
)]

mod schema;

use std::path::{Path, PathBuf};

use seam_engine::analysis::record::{Analysis, CheckState};
use seam_engine::analysis::{Sampling, ScanSettings};
use seam_engine::device::Preference;
use seam_engine::media::MediaError;
use seam_engine::media::hash::hash_file;
use seam_engine::{Engine, Outcome, Request, Update};

#[test]
fn the_sample_clips_are_those_of_the_manifest() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample_media");
    let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    for clip in manifest["clips"].as_array().unwrap() {
        let path = folder.join(clip["file"].as_str().unwrap());
        let hash = hash_file::<MediaError>(&path, |_, _| Ok(())).unwrap();
        assert_eq!(clip["sha256"], hash.to_string(), "{}", path.display());
    }
}

#[test]
fn the_sample_clips_show_the_people_that_their_truth_tells_of() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample_media");
    let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let clips = manifest["clips"].as_array().unwrap();
    assert_eq!(clips.len(), 4);
    for clip in clips {
        let name = clip["file"].as_str().unwrap();
        let analysis = scan(&folder.join(name), Sampling::PerSecond(2.0));
        schema::check_scan_record(&serde_json::to_value(&analysis).unwrap());
        let faces = clip["faces"].as_array().unwrap();
        assert_eq!(analysis.tracks.len(), faces.len(), "{name}");
        for track in &analysis.tracks {
            assert_eq!(track.frames, 125, "{name}");
            assert!(
                track
                    .checks
                    .iter()
                    .all(|check| check.state == CheckState::Ran)
            );
        }
        for face in faces {
            assert_eq!(face["boxes"].as_array().unwrap().len(), 125, "{name}");
        }
    }
}

#[test]
fn a_talking_head_becomes_one_track_with_every_examined_frame_scored() {
    let Some(clip) = clip("real/lp_woman_expressions.mp4") else {
        return;
    };
    check_one_person(&scan(&clip, Sampling::PerSecond(2.0)));
}

#[test]
fn the_same_file_gives_the_same_record_but_for_times() {
    let Some(clip) = clip("multi/split_left_fake_right_real.mp4") else {
        return;
    };
    let records = [(); 2].map(|()| {
        let mut analysis = scan(&clip, Sampling::PerSecond(4.0));
        for entry in &mut analysis.ledger {
            entry.millis = 0;
        }
        serde_json::to_string(&analysis).unwrap()
    });
    assert_eq!(records[0], records[1]);
}

#[test]
fn a_clip_without_faces_cannot_be_told_of() {
    let Some(clip) = clip("awkward/tc_h264_10bits.mp4") else {
        return;
    };
    let analysis = scan(&clip, Sampling::EveryFrame);
    schema::check_scan_record(&serde_json::to_value(&analysis).unwrap());
    assert!(analysis.tracks.is_empty());
    assert!(analysis.summary.sentence.starts_with("Cannot tell"));
    let entry = analysis
        .ledger
        .iter()
        .find(|entry| entry.check == "dadd")
        .unwrap();
    assert_eq!(entry.state, CheckState::NotApplicable);
}

#[test]
fn damage_is_told_in_the_record_and_its_limits() {
    let Some(clip) = clip("awkward/corrupted_decord.mp4") else {
        return;
    };
    let analysis = scan(&clip, Sampling::PerSecond(1.0));
    assert!(!analysis.warnings.is_empty());
    let limits = analysis.summary.limits.join("\n");
    assert!(limits.contains("damaged"), "{limits}");
}

/// One person over the whole clip, and a score for every examined frame.
#[track_caller]
fn check_one_person(analysis: &Analysis) {
    schema::check_scan_record(&serde_json::to_value(analysis).unwrap());
    assert_eq!(analysis.tracks.len(), 1, "{:?}", analysis.tracks);
    let track = &analysis.tracks[0];
    assert_eq!(track.frames, analysis.media.video.frames_decoded);
    let check = track
        .checks
        .iter()
        .find(|check| check.method == "dadd")
        .unwrap();
    assert_eq!(check.state, CheckState::Ran, "{:?}", check.reason);
    assert_eq!(check.frames.len() as u64, analysis.sampling.frames_examined);
    for frame in &check.frames {
        assert_eq!(frame.parts.len(), 9, "one logit for each sub-task");
    }
}

fn scan(clip: &Path, sampling: Sampling) -> Analysis {
    let settings = ScanSettings {
        sampling,
        device: Preference::Cpu,
        ..ScanSettings::new(clip.to_owned())
    };
    let mut engine = Engine::new(|| ());
    engine.submit(Request::Analyze(settings)).unwrap();
    while let Some(event) = engine.wait() {
        if let Update::Finished(outcome) = event.update {
            match outcome {
                Outcome::Analyzed(analysis) => return *analysis,
                outcome => panic!("{outcome:?}"),
            }
        }
    }
    panic!("the job ended without an outcome");
}

/// A clip of the shared media folder; `None`, said aloud, where the folder is not there.
fn clip(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SEAM_MEDIA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/media"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if !path.exists() {
        println!("skipped: there is no {}", path.display());
        return None;
    }
    Some(path)
}
