//! The marks that containers and pictures begin with.

use std::path::Path;

/// Endings that are given to the decoder even where the first bytes say nothing.
const ENDINGS: [&str; 26] = [
    "mp4", "mov", "mkv", "webm", "avi", "m4v", "mpg", "mpeg", "ts", "mts", "m2ts", "3gp", "wmv",
    "asf", "flv", "ogv", "mxf", "gif", "png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "y4m",
];

/// Marks at the start of a file.
const STARTS: [&[u8]; 14] = [
    b"\x1a\x45\xdf\xa3",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"FLV\x01",
    b"OggS",
    b"\x30\x26\xb2\x75",
    b"\0\0\x01\xba",
    b"\0\0\x01\xb3",
    b"\x06\x0e\x2b\x34",
    b"YUV4MPEG2",
];

/// Whether a file that begins so is a clip or a picture.
pub fn is_media(head: &[u8]) -> bool {
    let at = |from: usize, mark: &[u8]| head.get(from..from + mark.len()) == Some(mark);
    let is_riff = at(0, b"RIFF") && (at(8, b"AVI ") || at(8, b"WEBP"));
    let is_boxed = [b"ftyp", b"moov", b"mdat", b"wide"]
        .iter()
        .any(|mark| at(4, *mark));
    // MPEG transport packets have 188 bytes.
    let is_transport = at(0, b"G") && at(188, b"G") && at(376, b"G");
    is_riff || is_boxed || is_transport || STARTS.iter().any(|mark| head.starts_with(mark))
}

pub fn has_media_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|own| ENDINGS.iter().any(|known| own.eq_ignore_ascii_case(known)))
}
