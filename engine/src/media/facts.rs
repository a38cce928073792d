//! What is known of a file before it is decoded, for those who decode it anyway.

use std::path::Path;

use crate::media::probe::{self, MediaInfo};
use crate::media::{FrameSource, MediaError, MediaHash, Opened, signs};

/// Opens a file as [`crate::media::open`] does, and tells what needs no decoding of the whole: until
/// [`MediaInfo::count_from`] is called, nothing was counted, and the times are zero.
pub fn open_facts(
    path: &Path,
    media: MediaHash,
) -> Result<(MediaInfo, Box<dyn FrameSource>), MediaError> {
    let bytes = std::fs::metadata(path).map_err(|source| MediaError::Io {
        path: path.to_owned(),
        source,
    })?;
    let (mut info, source): (MediaInfo, Box<dyn FrameSource>) = match Opened::open(path, media)? {
        Opened::Still(facts, mut source) => (
            probe::still_info(&facts, source.take_warnings()),
            Box::new(source),
        ),
        Opened::Animation(source) => {
            let mut info = probe::empty_info("webp");
            (info.video.width, info.video.height) = source.size();
            (info, Box::new(source))
        }
        Opened::Video(source) => (probe::describe_video(&source), source),
    };
    info.path = path.to_owned();
    info.sha256 = media;
    info.bytes = bytes.len();
    info.reencode_signs = signs::reencode_signs(&info);
    Ok((info, source))
}

impl MediaInfo {
    /// Fills in what follows from the times of all decoded frames, in order. The last frame is taken
    /// to last as long as is usual in the file.
    pub fn count_from(&mut self, pts_nanos: Vec<i64>) {
        let last = pts_nanos.last().copied().unwrap_or(0);
        let end = last + probe::usual_interval(&pts_nanos);
        if !self.video.is_still {
            probe::set_times(&mut self.video, pts_nanos, end);
        }
    }
}
