//! Every file of the folder of clips ends in a result or a clear error.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use seam_engine::job::JobContext;
use seam_engine::media::probe::{self, ProbeError};
use seam_engine::media::{self, MediaError, MediaInfo};

use crate::support::{hash_of, media_folder};

/// Bars of the project for any one file.
const MAX_TIME: Duration = Duration::from_secs(30);
const MAX_RESIDENT_MIB: u64 = 2048;

type Expected = Result<(u64, u32, u32, u32), &'static str>;

/// Frames, width, height, rotation as `ffprobe -count_frames` and the eye say; or a part of the error.
const EXPECTED: &[(&str, Expected)] = &[
    ("animated_ghost_swap.webp", Ok((66, 464, 560, 0))),
    ("audio_only.mp4", Err("no picture in it")),
    ("audio_only_speech.m4a", Err("no picture in it")),
    ("audio_stream_broken.mp4", Ok((280, 640, 360, 0))),
    ("corrupted_decord.mp4", Ok((49, 1280, 720, 0))),
    ("dash_init_only.mp4", Err("holds no frames")),
    ("exif_Landscape_6.jpg", Ok((1, 1800, 1200, 90))),
    ("exif_Portrait_3.jpg", Ok((1, 1200, 1800, 180))),
    ("exif_Portrait_8.jpg", Ok((1, 1200, 1800, 270))),
    ("face_exif_6.jpg", Ok((1, 455, 569, 90))),
    ("face_grayscale.mp4", Ok((60, 480, 480, 0))),
    ("face_interlaced_pal.ts", Ok((75, 768, 576, 0))),
    ("face_one_frame.mp4", Ok((1, 480, 480, 0))),
    ("face_rotated_display_matrix.mp4", Ok((90, 360, 640, 90))),
    ("heif_200MP.heic", Err("too large: 16320 x 12240")),
    ("heif_RGBA_10__128x128.heif", Ok((1, 128, 128, 0))),
    ("heif_arrow.heic", Ok((1, 3024, 4032, 90))),
    ("image_sample.avif", Ok((1, 1204, 800, 0))),
    (
        "img_sdr_cosmos12920_cicp1-13-6_yuv444_full_qp10.avif",
        Ok((1, 2048, 858, 0)),
    ),
    ("heif_empty.heic", Err("it is empty")),
    ("heif_corrupted.heic", Err("HEIC")),
    ("img_16-bit-grey-alpha.png", Ok((1, 109, 96, 0))),
    (
        "img_65536-uint32-limit.png",
        Err("too large: 65536 x 65536"),
    ),
    ("img_animated-loop-3.webp", Ok((10, 370, 285, 0))),
    (
        "img_Channel_digital_image_CMYK_color.jpg",
        Ok((1, 500, 333, 0)),
    ),
    ("img_corrupt-header.jpg", Err("Could not decode")),
    ("img_giant-image.jpg", Err("too large: 20000 x 14000")),
    ("img_relax.jp2", Ok((1, 320, 240, 0))),
    ("img_truncated.jpg", Ok((1, 2725, 2225, 0))),
    ("img_truncated.png", Ok((1, 294, 240, 0))),
    ("mov_2750x1834_60fps.mov", Ok((310, 2750, 1834, 0))),
    ("mp3_with_cover.mp3", Err("sound with a cover picture")),
    ("nested_moov_bomb.mp4", Err("Could not open")),
    ("no_duration_dark.webm", Ok((74, 1280, 720, 0))),
    ("phone_rot180_vfr.mp4", Ok((25, 1280, 720, 180))),
    ("rotation_0.mov", Ok((3, 568, 320, 0))),
    ("rotation_90.mov", Ok((3, 320, 568, 90))),
    ("rotation_180.mov", Ok((3, 568, 320, 180))),
    ("rotation_270.mov", Ok((3, 320, 568, 270))),
    ("stage_show_cuts.mp4", Ok((275, 640, 360, 0))),
    ("stub_ASF.wmv", Err("Could not open")),
    ("stub_Matroska.mkv", Err("Could not open")),
    ("tc_h265_video.mp4", Ok((10, 128, 128, 0))),
    ("text_renamed.mp4", Err("no video or picture")),
    ("truncated_faststart_60pct.mp4", Ok((116, 480, 480, 0))),
    ("truncated_no_moov.mp4", Err("Could not open")),
    ("two_video_streams_subs.mp4", Ok((390, 480, 270, 0))),
    ("unordered_pts.mov", Ok((4, 50, 50, 0))),
    ("video_1x1.mp4", Ok((5, 1, 1, 0))),
    ("vfr_testsrc.mp4", Ok((300, 128, 128, 0))),
    ("zero_length.mp4", Err("it is empty")),
    ("group_boxes.csv", Err("no video or picture")),
    ("cartoon.gif", Ok((30, 314, 273, 0))),
    ("earth_60fps.avi", Ok((901, 480, 270, 0))),
    ("lp_woman_expressions.mp4", Ok((354, 512, 512, 0))),
    ("fsgan_press_720p.mp4", Ok((600, 1280, 720, 0))),
];

#[test]
fn every_file_ends_in_a_result_or_a_clear_error() {
    let Some(folder) = media_folder() else {
        return;
    };
    let mut num_expected = 0;
    for path in files(&folder) {
        let started = Instant::now();
        let result = look(&path);
        assert!(
            started.elapsed() < MAX_TIME,
            "{path:?} took {:?}",
            started.elapsed()
        );
        if let Some(mib) = peak_resident_mib() {
            assert!(
                mib < MAX_RESIDENT_MIB,
                "{path:?} brought memory to {mib} MiB"
            );
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Some((_, expected)) = EXPECTED.iter().find(|(known, _)| *known == name) {
            num_expected += 1;
            check(&name, result, expected);
        }
    }
    assert_eq!(num_expected, EXPECTED.len());
}

fn check(name: &str, result: Result<MediaInfo, String>, expected: &Expected) {
    match (result, expected) {
        (Ok(info), Ok(expected)) => {
            let video = &info.video;
            let found = (
                video.frames_decoded,
                video.width,
                video.height,
                video.rotation,
            );
            assert_eq!(found, *expected, "{name}");
            assert_eq!(video.pts_nanos.len() as u64, video.frames_decoded, "{name}");
        }
        (Err(text), Err(part)) => assert!(text.contains(part), "{name}: {text}"),
        (found, _) => panic!("{name}: expected {expected:?}, found {found:?}"),
    }
}

/// Probes, and reads the first frame where the probe found one. Errors end with the path.
fn look(path: &Path) -> Result<MediaInfo, String> {
    let hash = hash_of(path);
    match probe::probe(path, hash, &mut JobContext::detached()) {
        Ok(info) => {
            let frame = media::open(path, hash)
                .unwrap()
                .next_frame()
                .unwrap()
                .unwrap();
            let told = (info.video.width, info.video.height);
            assert_eq!((frame.width, frame.height), told, "{path:?}");
            Ok(info)
        }
        Err(ProbeError::Media(err)) => {
            let text = err.to_string();
            assert!(text.ends_with(&format!("\nFile: {path:?}")), "{text}");
            let reason = text.lines().next().unwrap();
            assert!(!reason.ends_with(": ") && reason.len() > 20, "{text}");
            let again = media::open(path, hash)
                .err()
                .map(|err: MediaError| err.to_string());
            assert_eq!(again.as_deref(), Some(text.as_str()));
            Err(text)
        }
        Err(ProbeError::Cancelled(_)) => panic!("nobody cancelled"),
    }
}

#[test]
fn damage_is_told() {
    let Some(folder) = media_folder() else {
        return;
    };
    for (name, word) in [
        ("img_truncated.png", "missing"),
        ("img_truncated.jpg", "missing"),
        ("truncated_faststart_60pct.mp4", "182 frames"),
    ] {
        let info = look(&folder.join("awkward").join(name)).unwrap();
        let is_told = info.warnings.iter().any(|warning| warning.contains(word));
        assert!(is_told, "{name}: {:?}", info.warnings);
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The largest memory this process ever held, where the system tells.
fn peak_resident_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()
        .map(|kib| kib / 1024)
}
