//! Writing clips: H.264 for what people look at, lossless FFV1 for masks.

use std::path::{Path, PathBuf};

use ffmpeg_next::codec;
use ffmpeg_next::encoder;
use ffmpeg_next::error::EAGAIN;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, color, format, frame};

use crate::media::container::start_ffmpeg;
use crate::media::filter::Coder;

/// What kind of pictures a clip holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// RGB8 in, H.264 4:2:0 out; 0 to 51, larger is coarser (x264's constant rate factor).
    Color { rate_factor: u8 },
    /// Gray8 in, FFV1 out: every byte is kept.
    Mask,
}

/// What a clip is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClipFormat {
    pub picture: Picture,
    /// Pixels; both are even for [`Picture::Color`].
    pub width: u32,
    pub height: u32,
    /// Frames a second as a fraction.
    pub rate: [u32; 2],
}

/// Why a clip could not be written.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    #[error(
        "Could not write the clip: this system's libavcodec has no encoder {name:?}\nFile: {path:?}"
    )]
    NoEncoder { path: PathBuf, name: &'static str },
    #[error(
        "Could not write the clip: {width} x {height} pixels are not even in both directions\nFile: {path:?}"
    )]
    OddSize {
        path: PathBuf,
        width: u32,
        height: u32,
    },
    #[error("Could not write the clip: {source}\nFile: {path:?}")]
    Encode { path: PathBuf, source: Error },
}

/// A clip in the making. The file is whole only after [`Self::finish`]; the same frames give the same
/// bytes, whatever the processor and the number of its cores.
pub struct ClipWriter {
    path: PathBuf,
    out: format::context::Output,
    encoder: encoder::Video,
    coder: Option<Coder>,
    given: frame::Video,
    rate: Rational,
    num_pushed: i64,
}

impl ClipWriter {
    /// Begins a file; its ending says the container, `.mp4` or `.mkv`.
    pub fn create(path: &Path, wanted: ClipFormat) -> Result<Self, EncodeError> {
        start_ffmpeg();
        let ClipFormat { width, height, .. } = wanted;
        let (name, pixel) = match wanted.picture {
            Picture::Color { .. } => ("libx264", format::Pixel::YUV420P),
            Picture::Mask => ("ffv1", format::Pixel::GRAY8),
        };
        if pixel == format::Pixel::YUV420P && (width % 2 == 1 || height % 2 == 1) {
            return Err(EncodeError::OddSize {
                path: path.to_owned(),
                width,
                height,
            });
        }
        let codec = encoder::find_by_name(name).ok_or_else(|| EncodeError::NoEncoder {
            path: path.to_owned(),
            name,
        })?;
        Self::open(path, wanted, codec, pixel).map_err(|source| EncodeError::Encode {
            path: path.to_owned(),
            source,
        })
    }

    fn open(
        path: &Path,
        wanted: ClipFormat,
        codec: ffmpeg_next::Codec,
        pixel: format::Pixel,
    ) -> Result<Self, Error> {
        let ClipFormat { width, height, .. } = wanted;
        let rate = Rational(wanted.rate[0] as i32, wanted.rate[1] as i32);
        let mut out = format::output(path)?;
        let needs_header = out.format().flags().contains(format::Flags::GLOBAL_HEADER);
        let mut encoder = codec::context::Context::new_with_codec(codec)
            .encoder()
            .video()?;
        encoder.set_width(width);
        encoder.set_height(height);
        encoder.set_format(pixel);
        encoder.set_time_base(rate.invert());
        encoder.set_frame_rate(Some(rate));
        let mut flags = codec::Flags::BITEXACT;
        if needs_header {
            flags |= codec::Flags::GLOBAL_HEADER;
        }
        encoder.set_flags(flags);
        let mut options = Dictionary::new();
        // One thread: x264's bits depend on their number.
        options.set("threads", "1");
        let given_pixel = match wanted.picture {
            Picture::Color { rate_factor } => {
                encoder.set_colorspace(color::Space::BT709);
                encoder.set_color_range(color::Range::MPEG);
                encoder.set_gop(2 * (wanted.rate[0] / wanted.rate[1].max(1)).max(1));
                options.set("preset", "veryfast");
                options.set("crf", &rate_factor.to_string());
                options.set(
                    "x264-params",
                    "cpu-independent=1:threads=1:lookahead-threads=1",
                );
                format::Pixel::RGB24
            }
            Picture::Mask => {
                encoder.set_color_range(color::Range::JPEG);
                options.set("level", "3");
                options.set("slices", "4");
                options.set("slicecrc", "1");
                format::Pixel::GRAY8
            }
        };
        let encoder = encoder.open_with(options)?;
        {
            let mut stream = out.add_stream(codec)?;
            stream.set_parameters(&encoder);
            stream.set_time_base(rate.invert());
            stream.set_avg_frame_rate(rate);
        }
        let mut muxing = Dictionary::new();
        muxing.set("fflags", "+bitexact");
        if path.extension().is_some_and(|ending| ending == "mp4") {
            muxing.set("movflags", "+faststart");
        }
        // Options that the muxer does not know are given back; none of them matters then.
        drop(out.write_header_with(muxing)?);
        let coder = match wanted.picture {
            Picture::Color { .. } => Some(Coder::new((width, height))?),
            Picture::Mask => None,
        };
        Ok(Self {
            path: path.to_owned(),
            out,
            encoder,
            coder,
            given: frame::Video::new(given_pixel, width, height),
            rate,
            num_pushed: 0,
        })
    }

    /// Adds the next frame: rows without padding, three bytes a pixel for color, one for masks.
    ///
    /// # Panics
    ///
    /// Where `pixels` has not the size of a frame.
    pub fn push(&mut self, pixels: &[u8]) -> Result<(), EncodeError> {
        let row = pixels.len() / self.given.height() as usize;
        let stride = self.given.stride(0);
        for (from, to) in pixels
            .chunks_exact(row)
            .zip(self.given.data_mut(0).chunks_mut(stride))
        {
            to[..row].copy_from_slice(from);
        }
        self.encode().map_err(|source| self.failed(source))
    }

    /// Writes what is left and closes the file; gives the number of frames.
    pub fn finish(mut self) -> Result<u32, EncodeError> {
        let mut end = || {
            self.encoder.send_eof()?;
            self.write_packets()?;
            self.out.write_trailer()
        };
        end().map_err(|source| self.failed(source))?;
        Ok(self.num_pushed as u32)
    }

    fn encode(&mut self) -> Result<(), Error> {
        // A fresh frame each time: the encoder may still hold the one before.
        let mut copy = self.given.clone();
        copy.set_pts(Some(self.num_pushed));
        let mut frame = match &mut self.coder {
            Some(coder) => coder.convert(&copy)?,
            None => copy,
        };
        frame.set_pts(Some(self.num_pushed));
        self.num_pushed += 1;
        self.encoder.send_frame(&frame)?;
        self.write_packets()
    }

    fn write_packets(&mut self) -> Result<(), Error> {
        let mut packet = Packet::empty();
        loop {
            match self.encoder.receive_packet(&mut packet) {
                Ok(()) => (),
                Err(Error::Eof | Error::Other { errno: EAGAIN }) => return Ok(()),
                Err(err) => return Err(err),
            }
            packet.set_stream(0);
            packet.set_duration(1);
            let time_base = self.out.stream(0).ok_or(Error::StreamNotFound)?.time_base();
            packet.rescale_ts(self.rate.invert(), time_base);
            packet.write_interleaved(&mut self.out)?;
        }
    }

    fn failed(&self, source: Error) -> EncodeError {
        EncodeError::Encode {
            path: self.path.clone(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{self, hash};

    const SIZE: [u32; 2] = [64, 48];

    fn format(picture: Picture) -> ClipFormat {
        ClipFormat {
            picture,
            width: SIZE[0],
            height: SIZE[1],
            rate: [25, 1],
        }
    }

    fn read(path: &Path) -> Vec<media::Frame> {
        let media = hash::hash_file::<media::MediaError>(path, |_, _| Ok(())).unwrap();
        let mut source = media::open(path, media).unwrap();
        std::iter::from_fn(|| source.next_frame().unwrap()).collect()
    }

    /// A gradient that moves by a pixel a frame.
    fn value(at: usize, frame: u32) -> u8 {
        let x = at as u32 % SIZE[0] + frame;
        (x * 3 + at as u32 / SIZE[0]) as u8 / 2 + 40
    }

    fn write(path: &Path, picture: Picture) {
        let mut writer = ClipWriter::create(path, format(picture)).unwrap();
        let channels = if picture == Picture::Mask { 1 } else { 3 };
        for frame in 0..9 {
            let count = (SIZE[0] * SIZE[1]) as usize * channels;
            let pixels: Vec<u8> = (0..count).map(|at| value(at / channels, frame)).collect();
            writer.push(&pixels).unwrap();
        }
        assert_eq!(writer.finish().unwrap(), 9);
    }

    #[test]
    fn masks_come_back_byte_by_byte() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mask.mkv");
        write(&path, Picture::Mask);
        let frames = read(&path);
        assert_eq!(frames.len(), 9);
        for (index, frame) in frames.iter().enumerate() {
            assert_eq!([frame.width, frame.height], SIZE);
            for (at, rgb) in frame.pixels.chunks_exact(3).enumerate() {
                assert_eq!(rgb, [value(at, index as u32); 3]);
            }
        }
    }

    #[test]
    fn color_comes_back_close_with_its_times_and_the_same_file_twice() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one.mp4"), dir.path().join("two.mp4"));
        for path in [&one, &two] {
            write(path, Picture::Color { rate_factor: 10 });
        }
        assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap());
        let frames = read(&one);
        assert_eq!(frames.len(), 9);
        for (index, frame) in frames.iter().enumerate() {
            assert!((frame.id.pts_secs() - 0.04 * index as f64).abs() < 1e-3);
            let difference: u64 = frame
                .pixels
                .iter()
                .enumerate()
                .map(|(at, byte)| u64::from(byte.abs_diff(value(at / 3, index as u32))))
                .sum();
            let mean = difference as f64 / frame.pixels.len() as f64;
            assert!(mean < 3.0, "frame {index} is off by {mean}");
        }
    }

    #[test]
    fn odd_sizes_are_refused() {
        let mut odd = format(Picture::Color { rate_factor: 20 });
        odd.width = 63;
        let err = ClipWriter::create(Path::new("odd.mp4"), odd).err().unwrap();
        assert!(err.to_string().ends_with("File: \"odd.mp4\""), "{err}");
    }
}
