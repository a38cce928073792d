//! Where the frames of an item lie: in one file, or in a folder of numbered pictures.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use crate::data::crops::CropError;
use crate::job::{Cancelled, JobContext};
use crate::media::{self, Frame, FrameId, FrameSource, MediaError, MediaHash, hash};

/// Time between two pictures of a folder, which does not tell it: 25 frames a second.
const PICTURE_NANOS: i64 = 40_000_000;

/// Pictures are known by these endings, so that notes beside them are no frames.
const PICTURE_ENDINGS: [&str; 11] = [
    "png", "jpg", "jpeg", "bmp", "webp", "tif", "tiff", "gif", "heic", "heif", "avif",
];

/// An item on disk.
#[derive(Debug)]
pub(crate) enum Footage {
    /// A clip, an animation or a picture.
    File(PathBuf),
    /// Frames as pictures, by name; numbers in names count as numbers.
    Folder {
        path: PathBuf,
        pictures: Vec<PathBuf>,
    },
}

impl Footage {
    pub fn of(path: &Path) -> Result<Self, CropError> {
        if !path.is_dir() {
            return Ok(Self::File(path.to_owned()));
        }
        let pictures = pictures_of(path).map_err(|source| MediaError::Io {
            path: path.to_owned(),
            source,
        })?;
        let path = path.to_owned();
        if pictures.is_empty() {
            return Err(CropError::NoPictures { path });
        }
        Ok(Self::Folder { path, pictures })
    }

    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Folder { path, .. } => path,
        }
    }

    pub fn is_one_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// SHA-256 of the file; for a folder, of the names and hashes of its pictures.
    pub fn hash(
        &self,
        job: &mut JobContext,
        tick: &mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>,
    ) -> Result<MediaHash, CropError> {
        let mut hash_one = |path: &Path| hash::hash_file::<CropError>(path, |_, _| Ok(tick(job)?));
        match self {
            Self::File(path) => hash_one(path),
            Self::Folder { pictures, .. } => {
                let mut list = String::new();
                for picture in pictures {
                    let name = picture.file_name().unwrap_or_default();
                    list += &format!("{} {name:?}\n", hash_one(picture)?);
                }
                Ok(MediaHash::of(list.as_bytes()))
            }
        }
    }

    pub fn open(&self, media: MediaHash) -> Result<Box<dyn FrameSource>, MediaError> {
        match self {
            Self::File(path) => media::open(path, media),
            Self::Folder { pictures, .. } => Ok(Box::new(FolderSource {
                pictures: pictures.clone(),
                media,
                next: 0,
                warnings: Vec::new(),
            })),
        }
    }
}

/// The pictures of a folder as a clip.
struct FolderSource {
    pictures: Vec<PathBuf>,
    media: MediaHash,
    next: usize,
    warnings: Vec<String>,
}

impl FolderSource {
    fn id(&self, at: usize) -> FrameId {
        FrameId {
            media: self.media,
            stream: 0,
            pts_nanos: at as i64 * PICTURE_NANOS,
            index: at as u32,
        }
    }
}

impl FrameSource for FolderSource {
    /// Pictures that cannot be read are warned of and passed over; they keep their numbers.
    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        while let Some(path) = self.pictures.get(self.next) {
            let at = self.next;
            self.next += 1;
            let opened = media::open(path, self.media).and_then(|mut source| {
                let frame = source.next_frame()?;
                Ok((frame, source.take_warnings()))
            });
            match opened {
                Ok((Some(frame), warnings)) => {
                    self.warnings.extend(warnings);
                    let id = self.id(at);
                    return Ok(Some(Frame { id, ..frame }));
                }
                Ok((None, _)) => self.warnings.push(format!("No picture in {path:?}")),
                Err(err) => self.warnings.push(err.to_string()),
            }
        }
        Ok(None)
    }

    fn skip_frame(&mut self) -> Result<Option<FrameId>, MediaError> {
        if self.pictures.len() <= self.next {
            return Ok(None);
        }
        self.next += 1;
        Ok(Some(self.id(self.next - 1)))
    }

    fn seek(&mut self, pts_nanos: i64) -> Result<(), MediaError> {
        let last = self.pictures.len().saturating_sub(1);
        self.next = (pts_nanos.max(0) / PICTURE_NANOS) as usize;
        self.next = self.next.min(last);
        Ok(())
    }

    fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }
}

fn pictures_of(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut pictures = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let is_picture = PICTURE_ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known));
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
        if is_picture && !is_hidden && path.is_file() {
            pictures.push(path);
        }
    }
    pictures.sort_by(|a, b| by_name(&a.to_string_lossy(), &b.to_string_lossy()).then(a.cmp(b)));
    Ok(pictures)
}

/// Compares names with runs of digits as numbers: `2.png` comes before `10.png`.
fn by_name(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    loop {
        let (Some(a), Some(b)) = (one.chars().next(), other.chars().next()) else {
            return one.len().cmp(&other.len());
        };
        if a.is_ascii_digit() && b.is_ascii_digit() {
            let (number, rest) = split_number(one);
            let (other_number, other_rest) = split_number(other);
            let order = number
                .len()
                .cmp(&other_number.len())
                .then(number.cmp(other_number));
            if order.is_ne() {
                return order;
            }
            (one, other) = (rest, other_rest);
        } else if a == b {
            (one, other) = (&one[a.len_utf8()..], &other[b.len_utf8()..]);
        } else {
            return a.cmp(&b);
        }
    }
}

/// The digits at the start without leading zeros, and the rest.
fn split_number(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let check = |one, other, order| assert_eq!(by_name(one, other), order, "{one} {other}");
        check("2.png", "10.png", Ordering::Less);
        check("f002.png", "f010.png", Ordering::Less);
        check("a10", "a9", Ordering::Greater);
        check("a1b2", "a1b10", Ordering::Less);
        check("b1", "a2", Ordering::Greater);
        check("a", "a1", Ordering::Less);
    }

    #[test]
    fn a_folder_is_a_clip_whose_broken_pictures_keep_their_numbers() {
        let dir = tempfile::tempdir().unwrap();
        for (name, level) in [("10.png", 10), ("2.png", 2)] {
            let picture = image::RgbImage::from_pixel(4, 3, image::Rgb([level; 3]));
            picture.save(dir.path().join(name)).unwrap();
        }
        fs::write(dir.path().join("5.png"), "broken").unwrap();
        fs::write(dir.path().join("note.txt"), "no frame").unwrap();
        let footage = Footage::of(dir.path()).unwrap();
        let job = &mut JobContext::detached();
        let mut tick = |_: &mut JobContext| Ok(());
        let media = footage.hash(job, &mut tick).unwrap();
        let mut source = footage.open(media).unwrap();
        let mut seen = Vec::new();
        while let Some(frame) = source.next_frame().unwrap() {
            seen.push((frame.id.index, frame.pixels[0], frame.id.pts_nanos));
        }
        assert_eq!(seen, [(0, 2, 0), (2, 10, 2 * PICTURE_NANOS)]);
        assert_eq!(source.take_warnings().len(), 1);
        source.seek(PICTURE_NANOS).unwrap();
        assert_eq!(source.skip_frame().unwrap().unwrap().index, 1);

        fs::rename(dir.path().join("2.png"), dir.path().join("3.png")).unwrap();
        let renamed = Footage::of(dir.path())
            .unwrap()
            .hash(job, &mut tick)
            .unwrap();
        assert_ne!(renamed, media);
    }

    #[test]
    fn an_empty_folder_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let err = Footage::of(dir.path()).unwrap_err();
        assert!(err.to_string().contains("no pictures"), "{err}");
    }
}
