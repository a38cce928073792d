//! HEIC and AVIF stills: the tiles that [`heif`] finds, decoded by libavcodec and put together.

use std::path::Path;

use ffmpeg_next::codec::{self, decoder};
use ffmpeg_next::color::{Range, Space};
use ffmpeg_next::{Dictionary, Error, Packet, frame};
use image::{RgbImage, imageops};

use crate::media::display::Turn;
use crate::media::filter::{Converter, Source};
use crate::media::heif::{self, Codec, Coded, Turning};
use crate::media::still::{StillFacts, StillSource, check_size};
use crate::media::{MediaError, MediaHash, container};

pub(super) fn open(
    path: &Path,
    brand: &'static str,
    media: MediaHash,
) -> Result<(StillFacts, StillSource), MediaError> {
    container::start_ffmpeg();
    let unreadable = |reason: String| MediaError::Unreadable {
        path: path.to_owned(),
        reason: format!("as {brand} picture it cannot be read: {reason}"),
    };
    let bytes = std::fs::read(path).map_err(|source| MediaError::Io {
        path: path.to_owned(),
        source,
    })?;
    let coded = heif::primary(&bytes).map_err(|reason| unreadable(reason.to_owned()))?;
    check_size(path, coded.width, coded.height)?;
    let (mut picture, pixel_format) =
        decode(&coded).map_err(|err| unreadable(format!("its pixels: {err}")))?;
    let mut quarters_left = 0;
    for turning in &coded.turns {
        match turning {
            Turning::Left(quarters) => quarters_left += quarters,
            Turning::SwapSides => imageops::flip_horizontal_in_place(&mut picture),
            Turning::SwapTopAndBottom => imageops::flip_vertical_in_place(&mut picture),
        }
        picture = match turning {
            Turning::Left(1) => imageops::rotate270(&picture),
            Turning::Left(2) => imageops::rotate180(&picture),
            Turning::Left(3) => imageops::rotate90(&picture),
            _ => picture,
        };
    }
    let facts = StillFacts {
        format: if brand == "AVIF" { "avif" } else { "heic" },
        width: picture.width(),
        height: picture.height(),
        rotation: 90 * u32::from((4 - quarters_left % 4) % 4),
        pixel_format,
        has_icc_profile: false,
        exif: None,
    };
    Ok((facts, StillSource::of(picture, media)))
}

/// The whole picture before turning, and the name of its stored pixels.
fn decode(coded: &Coded) -> Result<(RgbImage, String), Error> {
    let id = match coded.codec {
        Codec::Hevc => codec::Id::HEVC,
        Codec::Av1 => codec::Id::AV1,
    };
    let codec = decoder::find(id).ok_or(Error::DecoderNotFound)?;
    let context = codec::Context::new_with_codec(codec).decoder();
    let limit = container::MAX_FRAME_PX.to_string();
    let options: Dictionary<'_> = [("max_pixels", limit.as_str())].iter().collect();
    let mut decoder = context.open_as_with(codec, options)?.video()?;
    let mut canvas = Canvas::new(coded);
    for (number, tile) in coded.tiles.iter().enumerate() {
        let bytes = [&coded.header[..], tile].concat();
        let mut packet = Packet::copy(&bytes);
        packet.set_pts(Some(number as i64));
        decoder.send_packet(&packet)?;
        canvas.take_from(&mut decoder)?;
    }
    decoder.send_eof()?;
    canvas.take_from(&mut decoder)?;
    canvas.finish()
}

struct Canvas<'a> {
    coded: &'a Coded,
    picture: RgbImage,
    converter: Converter,
    num_tiles: usize,
    pixel_format: String,
}

impl<'a> Canvas<'a> {
    fn new(coded: &'a Coded) -> Self {
        Self {
            coded,
            picture: RgbImage::new(coded.width, coded.height),
            converter: Converter::new(Turn::default()),
            num_tiles: 0,
            pixel_format: String::new(),
        }
    }

    /// Puts every frame that is ready in its place.
    fn take_from(&mut self, decoder: &mut decoder::Video) -> Result<(), Error> {
        let mut frame = frame::Video::empty();
        while decoder.receive_frame(&mut frame).is_ok() {
            let number = frame.timestamp().unwrap_or(0).unsigned_abs() as usize;
            set_color(&mut frame, self.coded.color);
            self.pixel_format = Source::of(&frame).format_name().to_owned();
            let made = self.converter.convert(&frame)?;
            let (column, row) = (number % self.coded.columns, number / self.coded.columns);
            let (x, y) = (
                column as i64 * i64::from(made.width),
                row as i64 * i64::from(made.height),
            );
            let tile = RgbImage::from_raw(made.width, made.height, made.pixels);
            // Tiles at the right and lower edge reach beyond the picture; the rest is cut off.
            imageops::replace(&mut self.picture, &tile.ok_or(Error::Bug)?, x, y);
            self.num_tiles += 1;
        }
        Ok(())
    }

    fn finish(self) -> Result<(RgbImage, String), Error> {
        if self.num_tiles < self.coded.tiles.len() {
            return Err(Error::InvalidData);
        }
        Ok((self.picture, self.pixel_format))
    }
}

/// What the file says counts before what the coded picture says; where both are silent, MIAF
/// (ISO/IEC 23000-22, 7.3.6.4) has the 601 matrix and full range.
fn set_color(frame: &mut frame::Video, color: Option<(u16, bool)>) {
    if let Some((matrix, is_full)) = color {
        frame.set_color_range(if is_full { Range::JPEG } else { Range::MPEG });
        match matrix {
            1 => frame.set_color_space(Space::BT709),
            5 | 6 => frame.set_color_space(Space::BT470BG),
            9 | 10 => frame.set_color_space(Space::BT2020NCL),
            _ => {}
        }
    }
    if frame.color_space() == Space::Unspecified {
        frame.set_color_space(Space::BT470BG);
    }
    if frame.color_range() == Range::Unspecified {
        frame.set_color_range(Range::JPEG);
    }
}
