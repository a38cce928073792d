//! Still pictures through `image`, upright and on gray.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use image::metadata::Orientation;
use image::{
    ColorType, DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits,
    RgbImage,
};

use crate::media::filter::on_matte;
use crate::media::{Frame, FrameId, FrameSource, MediaError, MediaHash, jpeg};

/// Larger pictures are refused before anything is allocated: at up to 8 bytes a pixel plus the RGB
/// copy this is 0.8 GB, and the largest camera sensors in use are near it.
pub(super) const MAX_STILL_PX: u64 = 72_000_000;

/// A picture is a clip of one frame at time zero.
pub(super) struct StillSource {
    frame: Frame,
    is_given: bool,
    warnings: Vec<String>,
}

/// What is known of a still without its pixels.
#[derive(Clone, Debug)]
pub(super) struct StillFacts {
    /// Short name: `png`.
    pub format: &'static str,
    /// Upright.
    pub width: u32,
    pub height: u32,
    /// Clockwise, in degrees.
    pub rotation: u32,
    pub pixel_format: String,
    pub has_icc_profile: bool,
    pub exif: Option<Vec<u8>>,
}

/// Reads the header, refuses what is too large, then decodes.
pub(super) fn open(
    path: &Path,
    format: ImageFormat,
    media: MediaHash,
) -> Result<(StillFacts, StillSource), MediaError> {
    let failed = |err: ImageError| MediaError::Decode {
        path: path.to_owned(),
        reason: format!("{err}"),
    };
    let file = File::open(path).map_err(|source| MediaError::Io {
        path: path.to_owned(),
        source,
    })?;
    let mut reader = ImageReader::with_format(BufReader::new(file), format);
    // The size is checked below; the decoders' own limit on memory would name no size.
    reader.limits(Limits::no_limits());
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    check_size(path, width, height)?;
    // A damaged note about the orientation is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let facts = StillFacts {
        format: format
            .extensions_str()
            .first()
            .copied()
            .unwrap_or("picture"),
        width,
        height,
        rotation: rotation_of(orientation),
        pixel_format: format!("{:?}", decoder.original_color_type()).to_lowercase(),
        has_icc_profile: matches!(decoder.icc_profile(), Ok(Some(_))),
        exif: decoder.exif_metadata().ok().flatten(),
    };
    let (color, mut warnings) = (decoder.color_type(), Vec::new());
    let mut bytes = vec![0; decoder.total_bytes() as usize];
    if let Err(err) = decoder.read_image(&mut bytes) {
        // Rows that were read before the damage are in the buffer.
        if bytes.iter().all(|byte| *byte == 0) {
            return Err(failed(err));
        }
        warnings.push(format!(
            "The picture is damaged, a part of it is missing: {err}"
        ));
    } else if format == ImageFormat::Jpeg && !jpeg::is_whole(path) {
        // The decoder fills the rest with gray and says nothing.
        warnings.push("The file ends before the picture does, a part of it is missing".to_owned());
    }
    let mut image =
        DynamicImage::ImageRgb8(on_gray(width, height, color, bytes).ok_or_else(|| {
            MediaError::Decode {
                path: path.to_owned(),
                reason: format!("its pixels are stored as {color:?}, which is not supported"),
            }
        })?);
    image.apply_orientation(orientation);
    let rgb = image.into_rgb8();
    let facts = StillFacts {
        width: rgb.width(),
        height: rgb.height(),
        ..facts
    };
    let source = StillSource {
        warnings,
        ..StillSource::of(rgb, media)
    };
    Ok((facts, source))
}

pub(super) fn check_size(path: &Path, width: u32, height: u32) -> Result<(), MediaError> {
    let (width, height) = (u64::from(width), u64::from(height));
    if width * height <= MAX_STILL_PX {
        return Ok(());
    }
    Err(MediaError::TooLarge {
        path: path.to_owned(),
        width,
        height,
        limit_px: MAX_STILL_PX,
    })
}

/// Any pixels as RGB8 over mid gray. `None` for a kind of pixels unknown here.
fn on_gray(width: u32, height: u32, color: ColorType, bytes: Vec<u8>) -> Option<RgbImage> {
    // The larger half of 16 bits, rounded: 65535 is 257 times 255.
    let narrow = |pair: &[u8; 2]| ((u32::from(u16::from_ne_bytes(*pair)) + 128) / 257) as u8;
    let bytes = match color {
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
            bytes.as_chunks::<2>().0.iter().map(narrow).collect()
        }
        _ => bytes,
    };
    let pixels = match color {
        ColorType::Rgb8 | ColorType::Rgb16 => bytes,
        ColorType::L8 | ColorType::L16 => bytes.iter().flat_map(|&gray| [gray; 3]).collect(),
        ColorType::La8 | ColorType::La16 => {
            let (pixels, _) = bytes.as_chunks::<2>();
            let on_gray = |&[gray, alpha]: &[u8; 2]| on_matte([gray, gray, gray, alpha]);
            pixels.iter().flat_map(on_gray).collect()
        }
        ColorType::Rgba8 | ColorType::Rgba16 => {
            let (pixels, _) = bytes.as_chunks::<4>();
            pixels.iter().flat_map(|pixel| on_matte(*pixel)).collect()
        }
        ColorType::Rgb32F | ColorType::Rgba32F => float_pixels(color, &bytes),
        _ => return None,
    };
    RgbImage::from_raw(width, height, pixels)
}

/// Floating-point pictures hold linear light or anything else; 0 to 1 is shown.
fn float_pixels(color: ColorType, bytes: &[u8]) -> Vec<u8> {
    let values = bytes.as_chunks::<4>().0.iter().map(|value| {
        let value = f32::from_ne_bytes(*value).clamp(0.0, 1.0);
        (value * 255.0).round() as u8
    });
    let values: Vec<u8> = values.collect();
    if color == ColorType::Rgba32F {
        let (pixels, _) = values.as_chunks::<4>();
        return pixels.iter().flat_map(|pixel| on_matte(*pixel)).collect();
    }
    values
}

fn rotation_of(orientation: Orientation) -> u32 {
    match orientation {
        Orientation::NoTransforms | Orientation::FlipHorizontal => 0,
        Orientation::Rotate90 | Orientation::Rotate90FlipH => 90,
        Orientation::Rotate180 | Orientation::FlipVertical => 180,
        Orientation::Rotate270 | Orientation::Rotate270FlipH => 270,
    }
}

impl StillSource {
    /// An upright picture as a clip of one frame.
    pub(super) fn of(picture: RgbImage, media: MediaHash) -> Self {
        let id = FrameId {
            media,
            stream: 0,
            pts_nanos: 0,
            index: 0,
        };
        Self {
            frame: Frame {
                id,
                width: picture.width(),
                height: picture.height(),
                pixels: picture.into_raw(),
            },
            is_given: false,
            warnings: Vec::new(),
        }
    }
}

impl FrameSource for StillSource {
    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        Ok(self.skip_frame()?.map(|_| self.frame.clone()))
    }

    fn skip_frame(&mut self) -> Result<Option<FrameId>, MediaError> {
        let is_first = !std::mem::replace(&mut self.is_given, true);
        Ok(is_first.then_some(self.frame.id))
    }

    fn seek(&mut self, _pts_nanos: i64) -> Result<(), MediaError> {
        self.is_given = false;
        Ok(())
    }

    fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_of_pixels_become_rgb() {
        let check = |color, bytes: &[u8], expected: [u8; 3]| {
            let image = on_gray(1, 1, color, bytes.to_vec()).unwrap();
            assert_eq!(image.into_raw(), expected, "{color:?}");
        };
        let wide = |values: &[u16]| -> Vec<u8> {
            values
                .iter()
                .flat_map(|value| value.to_ne_bytes())
                .collect()
        };
        check(ColorType::L8, &[7], [7; 3]);
        check(ColorType::La8, &[7, 0], [128; 3]);
        check(ColorType::Rgba8, &[1, 2, 3, 255], [1, 2, 3]);
        check(ColorType::L16, &wide(&[65535]), [255; 3]);
        check(ColorType::Rgb16, &wide(&[0, 257, 32896]), [0, 1, 128]);
        check(ColorType::La16, &wide(&[65535, 0]), [128; 3]);
    }

    #[test]
    fn too_large_is_said_before_decoding() {
        let err = check_size(Path::new("a.png"), 65_536, 65_536).unwrap_err();
        assert!(
            matches!(err, MediaError::TooLarge { width: 65_536, .. }),
            "{err}"
        );
        assert!(check_size(Path::new("a.png"), 8000, 6000).is_ok());
    }

    #[test]
    fn a_still_is_a_clip_of_one_frame() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let image = RgbImage::from_fn(3, 2, |x, y| image::Rgb([x as u8, y as u8, 9]));
        image
            .save_with_format(file.path(), ImageFormat::Png)
            .unwrap();
        let (facts, mut source) = open(file.path(), ImageFormat::Png, MediaHash::of(b"")).unwrap();
        assert_eq!((facts.width, facts.height, facts.rotation), (3, 2, 0));
        let frame = source.next_frame().unwrap().unwrap();
        assert_eq!(frame.pixels, image.into_raw());
        assert_eq!(source.next_frame().unwrap(), None);
        source.seek(5).unwrap();
        assert_eq!(source.next_frame().unwrap(), Some(frame));
    }
}
