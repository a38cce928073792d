//! Colors against the program `ffmpeg`, told the coding explicitly, and pictures the right way up.

use std::path::Path;

use crate::support::{ffmpeg, mean_difference, media_folder, open};

/// The first frame by `ffmpeg` with this coding of its source.
fn reference(path: &Path, coding: &str) -> Option<Vec<u8>> {
    let filter = format!("scale={coding}:flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24");
    let path = path.to_str()?;
    ffmpeg(&[
        "-i",
        path,
        "-frames:v",
        "1",
        "-vf",
        &filter,
        "-f",
        "rawvideo",
        "-",
    ])
}

#[test]
fn colors_are_those_of_ffmpeg() {
    let Some(folder) = media_folder() else {
        return;
    };
    for (name, coding) in [
        (
            "tc_bt709_full_range.mp4",
            "in_color_matrix=bt709:in_range=full",
        ),
        (
            "tc_h264_10bits.mp4",
            "in_color_matrix=bt601:in_range=limited",
        ),
        (
            "tc_h265_10bits.mp4",
            "in_color_matrix=bt601:in_range=limited",
        ),
        (
            "face_hevc_10bit.mov",
            "in_color_matrix=bt601:in_range=limited",
        ),
        ("vfr_testsrc.mp4", "in_color_matrix=bt601:in_range=limited"),
        ("tc_av1_video.mkv", "in_color_matrix=bt709:in_range=limited"),
        ("face_grayscale.mp4", "in_range=full"),
    ] {
        let path = folder.join("awkward").join(name);
        let Some(expected) = reference(&path, coding) else {
            continue;
        };
        let frame = open(&path).next_frame().unwrap().unwrap();
        let difference = mean_difference(&frame.pixels, &expected);
        // Both round; a wrong matrix or range is off by five and more.
        assert!(difference < 0.6, "{name}: {difference}");
    }
}

#[test]
fn pictures_are_upright_whatever_their_orientation() {
    let Some(folder) = media_folder() else {
        return;
    };
    let pictures = ["face_exif_3.jpg", "face_exif_6.jpg", "face_exif_8.jpg"].map(|name| {
        open(&folder.join("awkward").join(name))
            .next_frame()
            .unwrap()
            .unwrap()
    });
    for picture in &pictures {
        assert_eq!((picture.width, picture.height), (455, 569));
        let difference = mean_difference(&picture.pixels, &pictures[0].pixels);
        // The same portrait, compressed in three positions.
        assert!(difference < 4.0, "{difference}");
    }
}

#[test]
fn a_display_matrix_turns_a_clip_upright() {
    let Some(folder) = media_folder() else {
        return;
    };
    let path = folder.join("awkward/face_rotated_display_matrix.mp4");
    let turned = open(&path).next_frame().unwrap().unwrap();
    assert_eq!((turned.width, turned.height), (360, 640));
    // The clip it was made from, at half the size.
    let path = folder.join("real/lp_phone_selfie_portrait.mp4");
    let upright = open(&path).next_frame().unwrap().unwrap();
    assert_eq!((upright.width, upright.height), (720, 1280));
    let halved: Vec<u8> = (0..640 * 360)
        .flat_map(|at| upright.rgb(2 * (at % 360), 2 * (at / 360)))
        .collect();
    let difference = mean_difference(&turned.pixels, &halved);
    assert!(difference < 12.0, "{difference}");
}

#[test]
fn transparent_pictures_lie_on_gray() {
    let Some(folder) = media_folder() else {
        return;
    };
    let mut source = open(&folder.join("awkward/img_full-transparent.png"));
    let frame = source.next_frame().unwrap().unwrap();
    assert!(frame.pixels.iter().all(|&value| value == 128));
    let mut source = open(&folder.join("awkward/vp9_alpha.webm"));
    let frame = source.next_frame().unwrap().unwrap();
    assert_eq!(frame.rgb(0, 0), [128; 3]);
}
