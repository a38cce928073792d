//! The pristine clip that a manipulated one was made of, frame by frame, where the manifest lists it.

use std::path::Path;

use crate::data::annotations::named_frames::hash_of;
use crate::data::annotations::{FrameError, NamedFrames};
use crate::data::crops::Footage;
use crate::data::{Item, Manifest};
use crate::faces::FaceBox;
use crate::job::JobContext;
use crate::media::{Frame, MediaHash};

/// Away from the face, frames of a pair differ by what coding makes: so many levels at most, as the mean of the colors.
const ALIKE_LEVELS: u32 = 8;

/// Share of the pixels that must be alike: some of hair and neck may be changed too.
const ALIKE_SHARE: f64 = 0.75;

/// The box of the face is widened by this on all sides, over its own side.
const MARGIN: f32 = 0.2;

/// Fewer pixels outside of the face say nothing.
const MIN_PIXELS: usize = 1000;

/// Pristine items that a manipulated one may be made of, the likeliest first: of the same source, those first whose
/// name begins the other's.
pub fn likely<'a>(manifest: &'a Manifest, item: &Item) -> Vec<&'a Item> {
    if item.label != 1 {
        return Vec::new();
    }
    let own = stem(&item.path);
    let mut likely: Vec<&Item> = manifest
        .items
        .iter()
        .filter(|other| other.label == 0 && other.source == item.source)
        .filter(|other| other.frames == item.frames)
        .collect();
    let in_common = |other: &Item| {
        let stem = stem(&other.path);
        if own.starts_with(stem) { stem.len() } else { 0 }
    };
    likely.sort_by(|a, b| in_common(b).cmp(&in_common(a)).then(a.path.cmp(&b.path)));
    likely
}

/// As [`likely`], where the name alone leaves no doubt: nothing is decoded.
pub fn by_name<'a>(manifest: &'a Manifest, item: &Item) -> Option<&'a Item> {
    let first = likely(manifest, item).into_iter().next()?;
    let (own, other) = (stem(&item.path), stem(&first.path));
    let rest = own.strip_prefix(other)?;
    // `clip-1` does not begin `clip-12`.
    let is_whole = !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    is_whole.then_some(first)
}

/// The first of the likely ones that really is it: as many frames, of the same size, and nearly the same pixels away
/// from the face. `frames` are some of the item, with where the face is.
pub fn verified<'a>(
    manifest: &'a Manifest,
    item: &Item,
    num_frames: u32,
    frames: &[(&Frame, FaceBox)],
    job: &mut JobContext,
) -> Result<Option<&'a Item>, FrameError> {
    for other in likely(manifest, item) {
        let path = manifest.full_path(&other.path);
        if is_it(&path, num_frames, frames, job)? {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// Files that cannot be read are not it.
fn is_it(
    path: &Path,
    num_frames: u32,
    frames: &[(&Frame, FaceBox)],
    job: &mut JobContext,
) -> Result<bool, FrameError> {
    let compare = |job: &mut JobContext| -> Result<bool, FrameError> {
        let media = hash_of(path, job)?;
        if count(path, media, job)? != num_frames {
            return Ok(false);
        }
        let mut source = NamedFrames::open(path, media)?;
        for (frame, face) in frames {
            let other = source.with_index(frame.id.index, frame.id.pts_nanos, job)?;
            let is_alike = other.is_some_and(|other| is_alike(frame, &other, face));
            if !is_alike {
                return Ok(false);
            }
        }
        Ok(!frames.is_empty())
    };
    match compare(job) {
        Err(FrameError::Cancelled(err)) => Err(err.into()),
        Err(_) => Ok(false),
        is_it => is_it,
    }
}

/// Frames by decoding them, without making pictures.
pub fn count(path: &Path, media: MediaHash, job: &mut JobContext) -> Result<u32, FrameError> {
    let mut source = Footage::of(path)?.open(media)?;
    let mut count = 0;
    while source.skip_frame()?.is_some() {
        job.check()?;
        count += 1;
    }
    Ok(count)
}

/// Away from the face the pixels are nearly the same. A face that fills the frame leaves nothing to compare, and then
/// they are not said to be.
fn is_alike(one: &Frame, other: &Frame, face: &FaceBox) -> bool {
    if (one.width, one.height) != (other.width, other.height) {
        return false;
    }
    let spare = MARGIN * face.width.max(face.height);
    let columns = face.x - spare..face.x + face.width + spare;
    let rows = face.y - spare..face.y + face.height + spare;
    let width = one.width as usize;
    let (mut alike, mut count) = (0_usize, 0_usize);
    let pairs = one.pixels.chunks_exact(3).zip(other.pixels.chunks_exact(3));
    for (at, (one, other)) in pairs.enumerate() {
        let (x, y) = ((at % width) as f32, (at / width) as f32);
        if columns.contains(&x) && rows.contains(&y) {
            continue;
        }
        let levels = one.iter().zip(other);
        let levels: u32 = levels
            .map(|(one, other)| u32::from(one.abs_diff(*other)))
            .sum();
        alike += usize::from(levels <= 3 * ALIKE_LEVELS);
        count += 1;
    }
    MIN_PIXELS <= count && ALIKE_SHARE * count as f64 <= alike as f64
}

fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::data::FrameRule;
    use crate::media::FrameId;

    fn item(path: &str, label: u8, source: &str) -> Item {
        Item {
            path: path.to_owned(),
            frames: FrameRule::Spread,
            label,
            source: source.to_owned(),
            donors: Vec::new(),
            technique: (label == 1).then(|| "swap".to_owned()),
            split: None,
            mask: None,
            dataset: "test".to_owned(),
            sha256: None,
            details: Default::default(),
        }
    }

    #[test]
    fn the_name_that_begins_the_other_is_likeliest() {
        let manifest = Manifest {
            dir: PathBuf::new(),
            items: vec![
                item("pristine/anna-1.mp4", 0, "anna"),
                item("pristine/anna-12.mp4", 0, "anna"),
                item("pristine/anna.mp4", 0, "anna"),
                item("pristine/bert-12.mp4", 0, "bert"),
            ],
        };
        let forged = item("swap/anna-12-by-bert.mp4", 1, "anna");
        let paths: Vec<&str> = likely(&manifest, &forged)
            .iter()
            .map(|item| item.path.as_str())
            .collect();
        assert_eq!(
            paths,
            [
                "pristine/anna-12.mp4",
                "pristine/anna-1.mp4",
                "pristine/anna.mp4"
            ]
        );
        let name = |path: &str| {
            let item = item(path, 1, "anna");
            by_name(&manifest, &item).map(|item| item.path.clone())
        };
        assert_eq!(
            name("swap/anna-12-by-bert.mp4").unwrap(),
            "pristine/anna-12.mp4"
        );
        assert_eq!(name("swap/anna-12.mkv").unwrap(), "pristine/anna-12.mp4");
        assert_eq!(name("swap/anna-123-by-bert.mp4"), None);
        assert!(likely(&manifest, &manifest.items[0]).is_empty());
    }

    #[test]
    fn frames_of_a_pair_are_the_same_away_from_the_face() {
        let frame = |value: &dyn Fn(u32, u32) -> u8| Frame {
            id: FrameId {
                media: MediaHash::of(b"pair"),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            width: 100,
            height: 80,
            pixels: (0..8000)
                .flat_map(|at| [value(at % 100, at / 100); 3])
                .collect(),
        };
        let face = FaceBox {
            x: 40.0,
            y: 30.0,
            width: 20.0,
            height: 20.0,
            confidence: 1.0,
        };
        let ground = |x: u32, y: u32| (x + y) as u8;
        let is_face = |x: u32, y: u32| (38..62).contains(&x) && (28..52).contains(&y);
        let pristine = frame(&ground);
        let forged = frame(&|x, y| if is_face(x, y) { 255 } else { ground(x, y) + 2 });
        let other = frame(&|x, y| ground(x, y) + 40);
        assert!(is_alike(&forged, &pristine, &face));
        assert!(!is_alike(&forged, &other, &face));
        let everywhere = FaceBox {
            x: 0.0,
            y: 0.0,
            width: 100.0,
            height: 80.0,
            confidence: 1.0,
        };
        assert!(
            !is_alike(&pristine, &pristine, &everywhere),
            "nothing is left to compare"
        );
    }
}
