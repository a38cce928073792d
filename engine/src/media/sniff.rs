//! What a file is by its first bytes; its name and extension are never asked.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use image::ImageFormat;

use crate::media::MediaError;

/// Bytes looked at.
const HEAD_BYTES: u64 = 64;

/// Who reads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One picture, read by `image`.
    Still(ImageFormat),
    /// Read by `image` too: libavcodec 5.1 cannot decode it.
    AnimatedWebp,
    /// HEIC, HEIF or AVIF. The text is the brand in words.
    Heif(&'static str),
    /// Everything else is for libavformat to find out.
    Stream,
}

pub(super) fn sniff(path: &Path) -> Result<Kind, MediaError> {
    let io = |source| MediaError::Io {
        path: path.to_owned(),
        source,
    };
    let mut head = Vec::new();
    let file = File::open(path).map_err(io)?;
    file.take(HEAD_BYTES).read_to_end(&mut head).map_err(io)?;
    if head.is_empty() {
        return Err(MediaError::Empty {
            path: path.to_owned(),
        });
    }
    Ok(kind_of(&head))
}

fn kind_of(head: &[u8]) -> Kind {
    let at = |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|b| b.starts_with(magic));
    if at(0, b"\x89PNG\r\n\x1a\n") {
        Kind::Still(ImageFormat::Png)
    } else if at(0, b"\xff\xd8\xff") {
        Kind::Still(ImageFormat::Jpeg)
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        // The extended header follows at once where there is one; its second bit says "animated".
        let is_animated = at(12, b"VP8X") && head.get(20).is_some_and(|flags| flags & 2 != 0);
        if is_animated {
            Kind::AnimatedWebp
        } else {
            Kind::Still(ImageFormat::WebP)
        }
    } else if at(0, b"BM") && head.get(14..18).is_some_and(|size| size[1..] == [0; 3]) {
        // A bitmap's second header tells its own size, which is below 256.
        Kind::Still(ImageFormat::Bmp)
    } else if at(0, b"II*\0") || at(0, b"MM\0*") {
        Kind::Still(ImageFormat::Tiff)
    } else if at(4, b"ftyp") {
        match head.get(8..12) {
            Some(b"avif" | b"avis") => Kind::Heif("AVIF"),
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1") => {
                Kind::Heif("HEIC")
            }
            _ => Kind::Stream,
        }
    } else {
        Kind::Stream
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let check = |head: &[u8], expected| assert_eq!(kind_of(head), expected, "{head:?}");
        check(b"\x89PNG\r\n\x1a\n....", Kind::Still(ImageFormat::Png));
        check(b"\xff\xd8\xff\xe0", Kind::Still(ImageFormat::Jpeg));
        check(b"RIFF....WEBPVP8 ....", Kind::Still(ImageFormat::WebP));
        check(b"RIFF....WEBPVP8X....\x02", Kind::AnimatedWebp);
        check(b"RIFF....AVI LIST", Kind::Stream);
        check(b"\0\0\0\x18ftypheic", Kind::Heif("HEIC"));
        check(b"\0\0\0\x18ftypisom", Kind::Stream);
        check(b"BM is how this sentence begins", Kind::Stream);
        check(b"I", Kind::Stream);
    }
}
