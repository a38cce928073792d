//! Crops of real items: found once, then read without decoding.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::faces::{Aligner, Landmarks};
use crate::job::{CancelToken, Signal};

/// A made-up sample: a ramp of gray with points on a grid.
pub(super) fn sample(frame_index: u32, size_px: u32) -> FaceSample {
    let side = size_px as f32;
    let points = std::array::from_fn(|at| [(at % 9 + 1) as f32, (at / 9 + 1) as f32])
        .map(|point| point.map(|v: f32| v * 0.1 * side));
    let num_bytes = 3 * size_px * size_px;
    FaceSample {
        frame_index,
        pts_secs: f64::from(frame_index) / 3.0,
        box_in_frame: FaceBox {
            x: 1.25,
            y: -0.1,
            width: 30.0,
            height: 31.0,
            confidence: 7.5,
        },
        frame_size: [64, 48],
        crop: Crop {
            size_px,
            pixels: (0..num_bytes).map(|at| (at + frame_index) as u8).collect(),
            landmarks: Landmarks {
                points,
                aligner: Aligner::BoxEstimate,
            },
            frame_from_crop: [0.1, 0.0, 2.0, 0.0, 0.1, 3.0],
        },
    }
}

fn media() -> Option<PathBuf> {
    let media = std::env::var_os("SEAM_MEDIA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/media"),
        PathBuf::from,
    );
    if !media.is_dir() {
        println!("skipped: there is no folder of real media");
        return None;
    }
    Some(media)
}

pub(super) fn item(path: &str, frames: FrameRule) -> Item {
    Item {
        path: path.to_owned(),
        frames,
        label: 0,
        source: "someone".to_owned(),
        donors: Vec::new(),
        technique: None,
        split: None,
        mask: None,
        dataset: "test".to_owned(),
        sha256: None,
        details: Default::default(),
    }
}

fn settings(frames_per_item: usize) -> CropSettings {
    CropSettings {
        rule: CropRule {
            size_px: 96,
            margin: 1.3,
            is_aligned: true,
        },
        frames_per_item,
    }
}

/// Crops, and how many times the work ticked.
fn crops(
    dir: &Path,
    item: &Item,
    settings: &CropSettings,
    cache: Option<&CropCache>,
) -> (Result<Vec<FaceSample>, CropError>, usize) {
    let manifest = Manifest {
        dir: dir.to_owned(),
        items: Vec::new(),
    };
    let mut num_ticks = 0;
    let mut tick = |_: &mut JobContext| {
        num_ticks += 1;
        Ok(())
    };
    let job = &mut JobContext::detached();
    let landmarker = Landmarker::box_estimate();
    let crops = crops_of_item(
        &manifest,
        item,
        settings,
        &landmarker,
        cache,
        job,
        &mut tick,
    );
    (crops, num_ticks)
}

fn frames(crops: &[FaceSample]) -> Vec<u32> {
    crops.iter().map(|sample| sample.frame_index).collect()
}

#[test]
fn a_clip_gives_the_frames_of_its_rule_and_its_cached_crops_are_the_same() {
    let Some(media) = media() else { return };
    let dir = tempfile::tempdir().unwrap();
    let cache = CropCache::open(dir.path(), 1 << 30).unwrap();
    let clip = "real/lp_halfsecond.mp4";
    let check = |rule, num_frames: usize, is_wanted: &dyn Fn(u32) -> bool| {
        let item = item(clip, rule);
        let (fresh, slow) = crops(&media, &item, &settings(3), Some(&cache));
        let (cached, fast) = crops(&media, &item, &settings(3), Some(&cache));
        let fresh = fresh.unwrap();
        assert_eq!(frames(&fresh).len(), num_frames, "{rule:?}");
        assert!(
            fresh.iter().all(|sample| is_wanted(sample.frame_index)),
            "{rule:?}"
        );
        assert_eq!(fresh, cached.unwrap());
        // Hashing ticks once for each piece of the file; decoding would tick for each frame too.
        assert_eq!(fast, 1, "{rule:?}");
        assert!(1 < slow);
        fresh
    };
    let spread = check(FrameRule::Spread, 3, &|_| true);
    assert!(frames(&spread).is_sorted());
    check(FrameRule::Only(7), 1, &|index| index == 7);
    check(FrameRule::Between(4, 9), 3, &|index| {
        (4..9).contains(&index)
    });
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3);
    // Other settings are other crops.
    let (more, _) = crops(
        &media,
        &item(clip, FrameRule::Spread),
        &settings(2),
        Some(&cache),
    );
    assert_eq!(more.unwrap().len(), 2);

    let past = item(clip, FrameRule::Only(9000));
    let err = crops(&media, &past, &settings(3), Some(&cache))
        .0
        .unwrap_err();
    assert!(err.to_string().contains("no frame 9000"), "{err}");
    let mut other = item(clip, FrameRule::Spread);
    other.sha256 = Some(MediaHash::of(b"other").to_string());
    let err = crops(&media, &other, &settings(3), None).0.unwrap_err();
    assert!(matches!(err, CropError::OtherFile { .. }), "{err}");
}

#[test]
fn a_folder_of_pictures_gives_what_the_picture_gives() {
    let Some(media) = media() else { return };
    let picture = "real/mesonet_real00772.jpg";
    let (still, _) = crops(
        &media,
        &item(picture, FrameRule::Spread),
        &settings(2),
        None,
    );
    let still = still.unwrap();
    assert_eq!(still.len(), 1);
    let dir = tempfile::tempdir().unwrap();
    for name in ["1.jpg", "2.jpg", "10.jpg"] {
        fs::copy(media.join(picture), dir.path().join(name)).unwrap();
    }
    let (folder, _) = crops(
        dir.path(),
        &item(".", FrameRule::Only(2)),
        &settings(2),
        None,
    );
    let folder = folder.unwrap();
    assert_eq!(frames(&folder), [2]);
    assert_eq!(folder[0].crop, still[0].crop);
    assert_eq!(folder[0].box_in_frame, still[0].box_in_frame);
}

#[test]
fn that_there_is_no_face_is_kept_too() {
    let dir = tempfile::tempdir().unwrap();
    let gray = image::RgbImage::from_pixel(120, 90, image::Rgb([128; 3]));
    gray.save(dir.path().join("gray.png")).unwrap();
    let cache = CropCache::open(&dir.path().join("cache"), 1 << 20).unwrap();
    let item = item("gray.png", FrameRule::Spread);
    for round in 0..2 {
        let (crops, num_ticks) = crops(dir.path(), &item, &settings(2), Some(&cache));
        assert!(matches!(crops, Err(CropError::NoFace { .. })));
        assert_eq!(num_ticks == 1, round == 1, "{num_ticks} ticks");
    }
}

#[test]
fn a_missing_file_is_named_and_a_cancelled_job_stops() {
    let dir = tempfile::tempdir().unwrap();
    let err = crops(
        dir.path(),
        &item("no.mp4", FrameRule::Spread),
        &settings(2),
        None,
    )
    .0;
    let text = err.unwrap_err().to_string();
    assert!(
        text.ends_with("no.mp4\"") && text.contains("\nFile: "),
        "{text}"
    );

    fs::write(dir.path().join("a.mp4"), "not a clip").unwrap();
    let token = CancelToken::default();
    token.cancel();
    let mut job = JobContext::new(token, |_: Signal| ());
    let manifest = Manifest {
        dir: dir.path().to_owned(),
        items: Vec::new(),
    };
    let err = crops_of_item(
        &manifest,
        &item("a.mp4", FrameRule::Spread),
        &settings(2),
        &Landmarker::box_estimate(),
        None,
        &mut job,
        &mut |job| job.check(),
    );
    assert!(matches!(err, Err(CropError::Cancelled(_))));
}
