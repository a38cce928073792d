//! What a file is: container, streams, frames counted by decoding, signs of an earlier encoding.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::job::{Cancelled, JobContext};
use crate::media::animation::AnimationSource;
use crate::media::filter::Source;
use crate::media::still::StillFacts;
use crate::media::video::VideoSource;
use crate::media::{FrameSource as _, MediaError, MediaHash, Opened, exif, signs};

/// The stage of the job, as shown.
const COUNTING: &str = "Counting frames";

/// Facts about one file, as `seam probe --json` prints them and every record keeps them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaInfo {
    pub path: PathBuf,
    pub sha256: MediaHash,
    pub bytes: u64,
    /// Short names of the container as libavformat or the picture decoder gives them: `mov,mp4,…`, `png`.
    pub container: String,
    pub video: VideoInfo,
    /// Other streams in words: `1 audio: aac 44100 Hz stereo`.
    pub other_streams: Vec<String>,
    /// Container and stream tags that tell of the file's history: encoder, creation time, handler.
    pub tags: Vec<(String, String)>,
    /// Signs that the file was encoded more than once or by a messenger, each a sentence.
    pub reencode_signs: Vec<String>,
    /// Damage met while decoding, each a sentence.
    pub warnings: Vec<String>,
}

/// The stream that is shown and analyzed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoInfo {
    pub stream: u32,
    pub codec: String,
    pub profile: Option<String>,
    pub pixel_format: String,
    /// Size as shown: after rotation and with square pixels.
    pub width: u32,
    pub height: u32,
    /// Clockwise turn that was applied to show the picture upright: 0, 90, 180 or 270.
    pub rotation: u32,
    /// Pixel aspect ratio as stored, before it was applied.
    pub pixel_aspect: (u32, u32),
    pub interlaced: bool,
    pub color: String,
    pub is_still: bool,
    /// Counted by decoding every frame.
    pub frames_decoded: u64,
    /// What the container says, if anything: kept to show where it is wrong.
    pub frames_claimed: Option<u64>,
    pub first_pts_secs: f64,
    pub duration_secs: f64,
    pub fps_mean: f64,
    pub variable_rate: bool,
    pub bits_per_second: Option<u64>,
    /// Presentation times of all decoded frames, in order; what the player steps through.
    #[serde(skip)]
    pub pts_nanos: Vec<i64>,
    /// Bytes of the stream in each second from its start; empty for stills and where that is not known.
    #[serde(skip)]
    pub second_bytes: Vec<u32>,
}

/// Why a probe ended early.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Decodes the whole file once, without making pictures, and tells what it is. `media` was computed
/// before ([`crate::media::hash::hash_file`]).
pub fn probe(path: &Path, media: MediaHash, job: &mut JobContext) -> Result<MediaInfo, ProbeError> {
    let bytes = std::fs::metadata(path)
        .map_err(|source| MediaError::Io {
            path: path.to_owned(),
            source,
        })?
        .len();
    job.check()?;
    let mut info = match Opened::open(path, media)? {
        Opened::Still(facts, mut source) => still_info(&facts, source.take_warnings()),
        Opened::Animation(source) => animation_info(source, job)?,
        Opened::Video(source) => video_info(*source, job)?,
    };
    info.path = path.to_owned();
    info.sha256 = media;
    info.bytes = bytes;
    info.reencode_signs = signs::reencode_signs(&info);
    Ok(info)
}

pub(super) fn still_info(facts: &StillFacts, warnings: Vec<String>) -> MediaInfo {
    let profile = if facts.has_icc_profile {
        ", with a color profile that is not applied"
    } else {
        ""
    };
    let mut info = empty_info(facts.format);
    info.tags = facts.exif.as_deref().map(exif::texts).unwrap_or_default();
    info.warnings = warnings;
    info.video = VideoInfo {
        pixel_format: facts.pixel_format.clone(),
        width: facts.width,
        height: facts.height,
        rotation: facts.rotation,
        color: format!("rgb{profile}"),
        is_still: true,
        frames_decoded: 1,
        pts_nanos: vec![0],
        ..info.video
    };
    info
}

fn animation_info(
    mut source: AnimationSource,
    job: &mut JobContext,
) -> Result<MediaInfo, ProbeError> {
    let mut times = Vec::new();
    let mut size = (0, 0);
    while let Some(frame) = source.next_frame()? {
        size = (frame.width, frame.height);
        times.push(frame.id.pts_nanos);
        job.tick(COUNTING, times.len() as u64, None)?;
    }
    let mut info = empty_info("webp");
    info.video.pixel_format = "rgba".to_owned();
    (info.video.width, info.video.height) = size;
    info.video.is_still = times.len() == 1;
    set_times(&mut info.video, times, source.end_nanos());
    info.warnings = source.take_warnings();
    Ok(info)
}

/// What the container and the first frame tell.
pub(super) fn describe_video(source: &VideoSource) -> MediaInfo {
    let mut info = source.decoding.container.describe();
    let stream = source.stream();
    if let Some(frame) = source.peek() {
        let shown = Source::of(frame);
        let video = &mut info.video;
        video.pixel_format = shown.format_name().to_owned();
        (video.width, video.height) = shown.shown_size(stream.turn);
        video.pixel_aspect = shown.pixel_aspect;
        video.color = shown.color();
    }
    info
}

fn video_info(mut source: VideoSource, job: &mut JobContext) -> Result<MediaInfo, ProbeError> {
    let mut info = describe_video(&source);
    let claimed = info.video.frames_claimed;
    let mut count = 0;
    while source.skip_frame()?.is_some() {
        count += 1;
        job.tick(COUNTING, count, claimed.map(|claimed| claimed.max(count)))?;
    }
    let entries = source.entries();
    info.video.interlaced = entries.iter().any(|entry| entry.is_interlaced);
    let times: Vec<i64> = entries.iter().map(|entry| entry.nanos).collect();
    let last = times.last().copied().unwrap_or(0);
    let end = last
        + source
            .last_duration_nanos()
            .unwrap_or_else(|| usual_interval(&times));
    set_times(&mut info.video, times, end);
    let is_picture = info.container.ends_with("_pipe") || info.container == "image2";
    info.video.is_still = count == 1 && (is_picture || info.container == "gif");
    if info.video.duration_secs > 0.0 && !info.video.is_still {
        let bits = 8.0 * source.decoding.packet_bytes as f64;
        info.video.bits_per_second = Some((bits / info.video.duration_secs).round() as u64);
        info.video.second_bytes = source.decoding.second_bytes.clone();
    }
    info.warnings = source.take_warnings();
    if let Some(claimed) = claimed.filter(|&claimed| claimed != count) {
        info.warnings.push(format!(
            "The container says {claimed} frames, {count} could be decoded"
        ));
    }
    Ok(info)
}

/// Fills in all that follows from the frames' times.
pub(super) fn set_times(video: &mut VideoInfo, times: Vec<i64>, end_nanos: i64) {
    let (first, count) = (times.first().copied().unwrap_or(0), times.len());
    video.frames_decoded = count as u64;
    video.first_pts_secs = first as f64 * 1e-9;
    video.duration_secs = (end_nanos - first) as f64 * 1e-9;
    if video.duration_secs > 0.0 {
        video.fps_mean = count as f64 / video.duration_secs;
    }
    video.variable_rate = is_variable(&times);
    video.pts_nanos = times;
}

/// Whether distances between frames differ by more than rounding to the container's ticks explains:
/// a tenth of the usual one, and at least 1.5 ms (Matroska counts milliseconds).
fn is_variable(times: &[i64]) -> bool {
    let usual = usual_interval(times);
    let tolerance = (usual / 10).max(1_500_000);
    times
        .windows(2)
        .any(|pair| (pair[1] - pair[0] - usual).abs() > tolerance)
}

/// The median distance between neighbors; zero for a single frame.
pub(super) fn usual_interval(times: &[i64]) -> i64 {
    let mut intervals: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    intervals.sort_unstable();
    intervals.get(intervals.len() / 2).copied().unwrap_or(0)
}

/// A description of nothing yet.
pub(super) fn empty_info(container: &str) -> MediaInfo {
    MediaInfo {
        path: PathBuf::new(),
        sha256: MediaHash::of(b""),
        bytes: 0,
        container: container.to_owned(),
        video: VideoInfo {
            stream: 0,
            codec: container.to_owned(),
            profile: None,
            pixel_format: String::new(),
            width: 0,
            height: 0,
            rotation: 0,
            pixel_aspect: (1, 1),
            interlaced: false,
            color: "rgb".to_owned(),
            is_still: false,
            frames_decoded: 0,
            frames_claimed: None,
            first_pts_secs: 0.0,
            duration_secs: 0.0,
            fps_mean: 0.0,
            variable_rate: false,
            bits_per_second: None,
            pts_nanos: Vec::new(),
            second_bytes: Vec::new(),
        },
        other_streams: Vec::new(),
        tags: Vec::new(),
        reencode_signs: Vec::new(),
        warnings: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_to_milliseconds_is_no_variable_rate() {
        let steady: Vec<i64> = (0..90)
            .map(|i| (i * 1_000_000 / 30 + 500) / 1000 * 1_000_000)
            .collect();
        assert!(!is_variable(&steady));
        let mut gap = steady;
        gap[40..].iter_mut().for_each(|time| *time += 33_000_000);
        assert!(is_variable(&gap));
        assert!(!is_variable(&[0]));
        assert!(!is_variable(&[]));
    }

    #[test]
    fn times_tell_duration_and_rate() {
        let mut video = empty_info("test").video;
        set_times(
            &mut video,
            vec![40_000_000, 80_000_000, 120_000_000],
            160_000_000,
        );
        assert_eq!(video.frames_decoded, 3);
        assert!((video.fps_mean - 25.0).abs() < 1e-9);
        assert!((video.first_pts_secs - 0.04).abs() < 1e-12);
        assert!(!video.variable_rate);
    }
}
