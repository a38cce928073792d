//! Clips made on the spot with the program `ffmpeg`, where it is installed, so that these hold also
//! without the folder of clips.

use std::path::Path;

use seam_engine::job::JobContext;
use seam_engine::media::{MediaInfo, probe};

use crate::seek::check_seeks;
use crate::support::{ffmpeg, hash_of, open, read_through};

const SOURCE: &str = "testsrc2=size=192x144:rate=25:duration=3";

/// Makes a clip and hands it to the test; skips, saying so, where it cannot be made.
fn with_clip(name: &str, arguments: &[&str], test: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let mut all = vec!["-f", "lavfi", "-i", SOURCE];
    all.extend(arguments);
    all.push(path.to_str().unwrap());
    if ffmpeg(&all).is_some() {
        test(&path);
    }
}

fn info(path: &Path) -> MediaInfo {
    probe::probe(path, hash_of(path), &mut JobContext::detached()).unwrap()
}

#[test]
fn seeks_are_exact_with_b_frames() {
    let arguments = [
        "-c:v", "libx264", "-bf", "3", "-g", "12", "-pix_fmt", "yuv420p",
    ];
    with_clip("b.mp4", &arguments, |path| check_seeks(path, 20));
}

#[test]
fn seeks_are_exact_with_open_groups_of_pictures() {
    let arguments = [
        "-c:v",
        "libx264",
        "-x264-params",
        "open-gop=1:keyint=10:bframes=3",
    ];
    with_clip("open.mkv", &arguments, |path| check_seeks(path, 20));
    let arguments = ["-c:v", "mpeg2video", "-bf", "2", "-g", "10"];
    with_clip("open.ts", &arguments, |path| check_seeks(path, 20));
}

#[test]
fn seeks_are_exact_without_later_key_frames() {
    let arguments = [
        "-c:v",
        "libx264",
        "-x264-params",
        "intra-refresh=1:keyint=20",
    ];
    with_clip("refresh.mkv", &arguments, |path| check_seeks(path, 20));
    let arguments = ["-c:v", "mpeg4", "-bf", "2", "-g", "300"];
    with_clip("long.avi", &arguments, |path| check_seeks(path, 20));
}

#[test]
fn seeks_are_exact_with_interlaced_pictures() {
    let arguments = [
        "-vf",
        "interlace",
        "-c:v",
        "mpeg2video",
        "-flags",
        "+ilme+ildct",
        "-g",
        "10",
    ];
    with_clip("interlaced.ts", &arguments, |path| {
        check_seeks(path, 20);
        assert!(info(path).video.interlaced);
    });
}

#[test]
fn a_variable_rate_is_noticed_and_exact() {
    let filter = "select='not(mod(n,3))+not(mod(n,7))'";
    let arguments = [
        "-vf", filter, "-vsync", "vfr", "-c:v", "libx264", "-bf", "2", "-g", "8",
    ];
    with_clip("vfr.mp4", &arguments, |path| {
        check_seeks(path, 20);
        let video = info(path).video;
        assert!(video.variable_rate);
        // Multiples of 3 or 7 below 75.
        assert_eq!(video.frames_decoded, 32);
    });
}

#[test]
fn an_edit_list_hides_frames() {
    let arguments = ["-c:v", "libx264", "-g", "25", "-bf", "2"];
    with_clip("whole.mp4", &arguments, |path| {
        let cut = path.with_file_name("cut.mp4");
        let (from, to) = (path.to_str().unwrap(), cut.to_str().unwrap());
        if ffmpeg(&["-ss", "0.5", "-i", from, "-c", "copy", to]).is_some() {
            check_seeks(&cut, 20);
            assert!(info(&cut).video.frames_decoded < 75);
        }
    });
}

#[test]
fn a_change_of_size_in_mid_stream_is_survived() {
    with_clip("a.ts", &["-c:v", "mpeg2video", "-g", "5"], |path| {
        let second = path.with_file_name("b.ts");
        let source = "testsrc2=size=96x80:rate=25:duration=1";
        let to = second.to_str().unwrap();
        if ffmpeg(&["-f", "lavfi", "-i", source, "-c:v", "mpeg2video", to]).is_none() {
            return;
        }
        let both = path.with_file_name("both.ts");
        let bytes = [
            std::fs::read(path).unwrap(),
            std::fs::read(&second).unwrap(),
        ]
        .concat();
        std::fs::write(&both, bytes).unwrap();
        let all = read_through(&mut *open(&both));
        let sizes = |size: (u32, u32)| all.iter().filter(|it| (it.1, it.2) == size).count();
        assert!(sizes((192, 144)) >= 74, "{}", sizes((192, 144)));
        assert!(sizes((96, 80)) >= 24, "{}", sizes((96, 80)));
    });
}

#[test]
fn pixel_aspect_and_rate_are_told() {
    let arguments = ["-vf", "setsar=4/3", "-c:v", "libx264", "-g", "10", "-an"];
    with_clip("wide.mp4", &arguments, |path| {
        let info = info(path);
        assert_eq!((info.video.width, info.video.height), (256, 144));
        assert_eq!(info.video.pixel_aspect, (4, 3));
        assert_eq!(info.video.frames_decoded, 75);
        assert_eq!(info.video.frames_claimed, Some(75));
        assert!((info.video.fps_mean - 25.0).abs() < 0.01, "{info:?}");
        assert!(!info.video.variable_rate && !info.video.interlaced);
        assert!(
            info.reencode_signs
                .iter()
                .any(|sign| sign.contains("libavformat"))
        );
        let frame = open(path).next_frame().unwrap().unwrap();
        assert_eq!((frame.width, frame.height), (256, 144));
    });
}

#[test]
fn a_cut_off_file_gives_what_decodes() {
    let arguments = ["-c:v", "libx264", "-g", "10", "-movflags", "+faststart"];
    with_clip("cut.mp4", &arguments, |path| {
        let bytes = std::fs::read(path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() * 6 / 10]).unwrap();
        let info = info(path);
        assert!((20..75).contains(&info.video.frames_decoded), "{info:?}");
        assert!(!info.warnings.is_empty());
        check_seeks(path, 8);
    });
}
