//! Colors against the definition in ITU-R BT.601 and BT.709, and pictures the right way up.

use std::path::Path;

use crate::support::{ffmpeg, mean_difference, media_folder, open};

/// How a clip stores its colors, as known from its making.
struct Coding {
    bits: u32,
    is_full_range: bool,
    /// Weights of red and blue in luma.
    red: f64,
    blue: f64,
}

impl Coding {
    /// The first frame in RGB, computed from what `ffmpeg` decodes, with chroma at full size.
    fn reference(&self, path: &Path) -> Option<Vec<u8>> {
        let format = if self.bits == 8 {
            "yuv444p"
        } else {
            "yuv444p10le"
        };
        let range = if self.is_full_range {
            "full"
        } else {
            "limited"
        };
        let filter = format!(
            "scale=in_range={range}:out_range={range}:flags=bilinear+accurate_rnd,format={format}"
        );
        let path = path.to_str()?;
        let raw = ffmpeg(&[
            "-i",
            path,
            "-frames:v",
            "1",
            "-vf",
            &filter,
            "-f",
            "rawvideo",
            "-",
        ])?;
        let values: Vec<f64> = if self.bits == 8 {
            raw.iter().map(|&value| f64::from(value)).collect()
        } else {
            let (pairs, _) = raw.as_chunks::<2>();
            pairs
                .iter()
                .map(|&pair| f64::from(u16::from_le_bytes(pair)))
                .collect()
        };
        let size = values.len() / 3;
        Some(
            (0..size)
                .flat_map(|i| self.rgb(values[i], values[size + i], values[2 * size + i]))
                .collect(),
        )
    }

    fn rgb(&self, y: f64, cb: f64, cr: f64) -> [u8; 3] {
        let one = f64::from(1 << (self.bits - 8));
        let (low, y_span, c_span) = if self.is_full_range {
            (0.0, 255.0, 255.0)
        } else {
            (16.0, 219.0, 224.0)
        };
        let luma = (y / one - low) / y_span;
        let (cb, cr) = ((cb / one - 128.0) / c_span, (cr / one - 128.0) / c_span);
        let red = luma + 2.0 * (1.0 - self.red) * cr;
        let blue = luma + 2.0 * (1.0 - self.blue) * cb;
        let green = (luma - self.red * red - self.blue * blue) / (1.0 - self.red - self.blue);
        [red, green, blue].map(|value| (255.0 * value).round().clamp(0.0, 255.0) as u8)
    }
}

#[test]
fn colors_are_those_of_the_definition() {
    let Some(folder) = media_folder() else {
        return;
    };
    for (name, bits, is_full_range, (red, blue)) in [
        ("tc_bt709_full_range.mp4", 8, true, (0.2126, 0.0722)),
        ("tc_h264_10bits.mp4", 10, false, (0.299, 0.114)),
        ("tc_h265_10bits.mp4", 10, false, (0.299, 0.114)),
        ("face_hevc_10bit.mov", 10, false, (0.299, 0.114)),
        ("vfr_testsrc.mp4", 8, false, (0.299, 0.114)),
        ("tc_av1_video.mkv", 8, false, (0.2126, 0.0722)),
        ("face_grayscale.mp4", 8, true, (0.299, 0.114)),
    ] {
        let path = folder.join("awkward").join(name);
        let coding = Coding {
            bits,
            is_full_range,
            red,
            blue,
        };
        let Some(expected) = coding.reference(&path) else {
            continue;
        };
        let frame = open(&path).next_frame().unwrap().unwrap();
        let difference = mean_difference(&frame.pixels, &expected);
        // Rounding twice; a wrong matrix or range is off by five and more.
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
