//! Opening a file with libavformat: which stream is shown, and a decoder for it.

use std::fs::File;
use std::path::Path;
use std::sync::Once;
use std::time::{Duration, Instant};

use ffmpeg_next::codec::{self, decoder};
use ffmpeg_next::format::context::{Input, StreamIo};
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Dictionary, Rational, format, log, media, packet};

use crate::media::MediaError;
use crate::media::display::Turn;

/// Bytes read from the file at a time.
const READ_BYTES: usize = 1 << 17;
/// A file whose headers take longer than this is taken for a trap.
const MAX_OPEN: Duration = Duration::from_secs(20);
/// The largest frame: 8K is 33 million pixels, and a decoder holds a dozen frames of it.
pub(super) const MAX_FRAME_PX: u64 = 72_000_000;
/// Above this size fewer frames are decoded at once, because each one waits in memory.
const LARGE_FRAME_PX: u64 = 12_000_000;

/// An opened file and the decoder of the stream that is shown.
pub(super) struct Container {
    pub input: Input,
    pub decoder: decoder::Video,
    pub stream: StreamFacts,
}

/// What frames need to know of their stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamFacts {
    pub index: usize,
    /// Seconds a tick, as a fraction.
    pub time_base: (i64, i64),
    /// The container's start, which is time zero: its earliest stream's first time.
    pub start_nanos: i64,
    /// The usual distance between frames, for those without a time.
    pub interval_nanos: i64,
    pub turn: Turn,
}

/// Opens by content only: no name is given to libavformat, and no other file can be reached from a
/// playlist or reference in this one.
pub(super) fn open(path: &Path) -> Result<Container, MediaError> {
    start_ffmpeg();
    let unreadable = |reason: String| MediaError::Unreadable {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(|source| MediaError::Io {
        path: path.to_owned(),
        source,
    })?;
    let io = StreamIo::from_read_seek_with_capacity(file, READ_BYTES)
        .map_err(|err| unreadable(err.to_string()))?;
    let options: Dictionary<'_> = [("protocol_whitelist", "none")].iter().collect();
    let started = Instant::now();
    let mut is_open = false;
    let input = format::input_from_stream_with_interrupt(io, None, Some(options), move || {
        // Only the opening is timed; once it took less, reading may take as long as it likes.
        is_open |= started.elapsed() > 2 * MAX_OPEN;
        !is_open && started.elapsed() > MAX_OPEN
    })
    .map_err(|err| match err {
        ffmpeg_next::Error::Exit => unreadable("its headers have no end".to_owned()),
        ffmpeg_next::Error::InvalidData => {
            unreadable("it is no video or picture, or its beginning is damaged".to_owned())
        }
        ffmpeg_next::Error::Eof => unreadable("it ends within its headers".to_owned()),
        other => unreadable(other.to_string()),
    })?;
    let index = choose_stream(&input).map_err(|reason| MediaError::NoPicture {
        path: path.to_owned(),
        reason,
    })?;
    let stream = stream_facts(&input, index);
    let decoder = open_decoder(&input, index, path)?;
    Ok(Container {
        input,
        decoder,
        stream,
    })
}

/// To be called before anything else of libav*: fills its table of error texts, and stops it from
/// writing to standard error.
pub(super) fn start_ffmpeg() {
    static START: Once = Once::new();
    START.call_once(|| {
        // Never fails.
        ffmpeg_next::init().ok();
        log::set_level(log::Level::Quiet);
    });
}

/// The stream that libavformat thinks best, but never the cover picture of a song.
fn choose_stream(input: &Input) -> Result<usize, String> {
    let is_cover = |stream: &format::stream::Stream<'_>| {
        stream.disposition().contains(Disposition::ATTACHED_PIC)
    };
    let videos: Vec<_> = input
        .streams()
        .filter(|stream| stream.parameters().medium() == media::Type::Video)
        .collect();
    if let Some(best) = input.streams().best(media::Type::Video)
        && !is_cover(&best)
    {
        return Ok(best.index());
    }
    if let Some(stream) = videos.iter().find(|stream| !is_cover(stream)) {
        return Ok(stream.index());
    }
    Err(if !videos.is_empty() {
        "it is sound with a cover picture".to_owned()
    } else if input.nb_streams() == 0 {
        "it holds no streams".to_owned()
    } else {
        "it holds only sound or data".to_owned()
    })
}

fn stream_facts(input: &Input, index: usize) -> StreamFacts {
    let mut facts = StreamFacts {
        index,
        time_base: (1, 1000),
        start_nanos: 0,
        interval_nanos: 40_000_000,
        turn: Turn::default(),
    };
    let starts = input.streams().filter_map(|stream| {
        let is_timed = matches!(
            stream.parameters().medium(),
            media::Type::Video | media::Type::Audio
        ) && !stream.disposition().contains(Disposition::ATTACHED_PIC);
        // The smallest number stands for "not known".
        let start = Some(stream.start_time()).filter(|&start| is_timed && start != i64::MIN)?;
        Some(nanos_of(start, fraction(stream.time_base())?))
    });
    facts.start_nanos = starts.min().unwrap_or(0);
    let Some(stream) = input.stream(index) else {
        return facts;
    };
    if let Some(time_base) = fraction(stream.time_base()) {
        facts.time_base = time_base;
    }
    if let Some((num, den)) = fraction(stream.avg_frame_rate()) {
        facts.interval_nanos = (1_000_000_000 * i128::from(den) / i128::from(num)) as i64;
    }
    facts.turn = stream
        .side_data()
        .find(|data| data.kind() == packet::side_data::Type::DisplayMatrix)
        .and_then(|data| Turn::of_matrix(data.data()))
        .unwrap_or_default();
    facts
}

fn open_decoder(input: &Input, index: usize, path: &Path) -> Result<decoder::Video, MediaError> {
    let unreadable = |reason: String| MediaError::Unreadable {
        path: path.to_owned(),
        reason,
    };
    let stream = input
        .stream(index)
        .ok_or_else(|| unreadable("its streams changed while opening".to_owned()))?;
    let id = stream.parameters().id();
    let name = id.name();
    // Only libvpx decodes the second picture that holds the alpha of VP8 and VP9.
    let has_alpha = stream
        .metadata()
        .get("alpha_mode")
        .is_some_and(|v| v == "1");
    let with_alpha = match id {
        codec::Id::VP8 if has_alpha => decoder::find_by_name("libvpx"),
        codec::Id::VP9 if has_alpha => decoder::find_by_name("libvpx-vp9"),
        _ => None,
    };
    let codec = with_alpha
        .or_else(|| decoder::find(id))
        .ok_or_else(|| unreadable(format!("no decoder for {name} is installed")))?;
    let open = |threads: usize| -> Result<decoder::Video, ffmpeg_next::Error> {
        let mut decoder = codec::Context::from_parameters(stream.parameters())?.decoder();
        decoder.set_packet_time_base(stream.time_base());
        let (threads, limit) = (threads.to_string(), MAX_FRAME_PX.to_string());
        let options: Dictionary<'_> = [
            ("threads", threads.as_str()),
            ("max_pixels", limit.as_str()),
        ]
        .iter()
        .collect();
        decoder.open_as_with(codec, options)?.video()
    };
    let failed = |err: ffmpeg_next::Error| unreadable(format!("its {name} video: {err}"));
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(16);
    let decoder = open(threads).map_err(failed)?;
    let (width, height) = (u64::from(decoder.width()), u64::from(decoder.height()));
    if width * height > MAX_FRAME_PX {
        return Err(MediaError::TooLarge {
            path: path.to_owned(),
            width,
            height,
            limit_px: MAX_FRAME_PX,
        });
    }
    if width * height > LARGE_FRAME_PX && threads > 2 {
        return open(2).map_err(failed);
    }
    Ok(decoder)
}

/// Ticks to nanoseconds, rounded to the nearest.
pub(super) fn nanos_of(ticks: i64, (num, den): (i64, i64)) -> i64 {
    let scaled = i128::from(ticks) * i128::from(num) * 1_000_000_000;
    let den = i128::from(den);
    let rounded = (2 * scaled + den).div_euclid(2 * den);
    i64::try_from(rounded).unwrap_or(if rounded < 0 {
        i64::MIN / 2
    } else {
        i64::MAX / 2
    })
}

/// A fraction above zero.
fn fraction(rational: Rational) -> Option<(i64, i64)> {
    (rational.0 > 0 && rational.1 > 0).then_some((i64::from(rational.0), i64::from(rational.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_become_the_nearest_nanosecond() {
        assert_eq!(nanos_of(1, (1, 90_000)), 11_111);
        assert_eq!(nanos_of(2, (1, 90_000)), 22_222);
        assert_eq!(nanos_of(5, (1, 90_000)), 55_556);
        assert_eq!(nanos_of(-5, (1, 90_000)), -55_556);
        assert_eq!(nanos_of(30, (1001, 30_000)), 1_001_000_000);
        assert_eq!(nanos_of(i64::MAX, (1, 1)), i64::MAX / 2);
    }
}
