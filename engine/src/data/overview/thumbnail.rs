//! Small pictures of a few items: one of each technique in each split.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::data::crops::{CropError, Footage, place_in};
use crate::data::overview::split_place;
use crate::data::{FrameRule, Item, Manifest, Split};
use crate::job::{Cancelled, JobContext};
use crate::media::facts::open_facts;
use crate::media::{Frame, FrameSource, MediaHash};

/// Pictures at most.
pub const MAX_THUMBNAILS: usize = 24;

/// The longer side of a picture in pixels; smaller frames stay as they are.
pub const THUMBNAIL_PX: u32 = 192;

/// With fewer kinds of items than this, some have several pictures.
const ENOUGH: usize = 8;

/// Frames that are skipped at most: of long clips a frame near the start stands for the middle.
const MAX_SKIPPED: u32 = 240;

/// A frame from the middle of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Thumbnail {
    /// As the manifest has it.
    pub path: String,
    /// Where it lies.
    pub file: PathBuf,
    pub split: Option<Split>,
    /// 1 is manipulated.
    pub label: u8,
    pub technique: Option<String>,
    pub picture: Result<Picture, String>,
}

/// RGB8, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Width and height in pixels.
    pub size_px: [u32; 2],
    pub rgb: Vec<u8>,
    /// Of the same size: 255 where the frame is manipulated. `None` without a mask.
    pub mask: Option<Vec<u8>>,
    pub frame_index: u32,
    pub pts_nanos: i64,
}

/// Pictures of evenly chosen items; those that cannot be read say why.
pub(super) fn thumbnails(
    manifest: &Manifest,
    job: &mut JobContext,
) -> Result<Vec<Thumbnail>, Cancelled> {
    let chosen = chosen(&manifest.items);
    let total = Some(chosen.len() as u64);
    let mut made = Vec::with_capacity(chosen.len());
    for (item, done) in chosen.into_iter().zip(0..) {
        job.tick("Reading pictures", done, total)?;
        let picture = match picture(manifest, item, job) {
            Ok(picture) => Ok(picture),
            Err(CropError::Cancelled(err)) => return Err(err),
            Err(err) => Err(err.to_string()),
        };
        made.push(Thumbnail {
            path: item.path.clone(),
            file: manifest.full_path(&item.path),
            split: item.split,
            label: item.label,
            technique: item.technique.clone().filter(|_| item.label == 1),
            picture,
        });
    }
    Ok(made)
}

/// By technique and then by split, pristine items first.
fn chosen(items: &[Item]) -> Vec<&Item> {
    let mut kinds: BTreeMap<(u8, Option<&str>, u8), Vec<&Item>> = BTreeMap::new();
    for item in items {
        let technique = item.technique.as_deref().filter(|_| item.label == 1);
        let kind = (item.label, technique, split_place(item.split));
        kinds.entry(kind).or_default().push(item);
    }
    let each = (ENOUGH / kinds.len().max(1)).clamp(1, 4);
    let kinds: Vec<Vec<&Item>> = kinds.into_values().collect();
    let kinds = spread(&kinds, MAX_THUMBNAILS);
    kinds.flat_map(|kind| spread(kind, each).copied()).collect()
}

/// At most so many, evenly from the list's middle outwards.
fn spread<T>(all: &[T], most: usize) -> impl Iterator<Item = &T> {
    let count = all.len().min(most);
    (0..count).map(move |at| &all[(2 * at + 1) * all.len() / (2 * count)])
}

fn picture(manifest: &Manifest, item: &Item, job: &mut JobContext) -> Result<Picture, CropError> {
    let footage = Footage::of(&manifest.full_path(&item.path))?;
    let (wanted, mut source) = middle(&footage, item, job)?;
    let frame = frame_at(source.as_mut(), wanted, job)?.ok_or_else(|| CropError::NoFrames {
        path: footage.path().to_owned(),
        rule: item.frames,
    })?;
    let size_px = small_size([frame.width, frame.height]);
    let mask = mask_of(manifest, item, &footage, frame.id.index, job)?;
    Ok(Picture {
        rgb: shrunk(&frame, size_px),
        mask: mask.map(|mask| {
            let rgb = shrunk(&mask, size_px);
            let brightest = |pixel: &[u8]| pixel.iter().copied().max().unwrap_or(0);
            rgb.chunks_exact(3).map(brightest).collect()
        }),
        size_px,
        frame_index: frame.id.index,
        pts_nanos: frame.id.pts_nanos,
    })
}

/// The number of a frame in the middle, and where frames come from.
fn middle(
    footage: &Footage,
    item: &Item,
    job: &JobContext,
) -> Result<(u32, Box<dyn FrameSource>), CropError> {
    let media = MediaHash::of(footage.path().as_os_str().as_encoded_bytes());
    let known = match item.frames {
        FrameRule::Only(index) => Some(index),
        FrameRule::Between(first, end) => Some(first + (end - first) / 2),
        FrameRule::Spread => None,
    };
    if let (None, Footage::File(path)) = (known, footage) {
        let (info, mut source) = open_facts(path, media)?;
        if info.video.is_still {
            return Ok((0, source));
        }
        if let Some(claimed) = info.video.frames_claimed {
            let middle = u32::try_from(claimed / 2).unwrap_or(u32::MAX);
            return Ok((middle.min(MAX_SKIPPED), source));
        }
        let mut count = 0;
        while count < 2 * MAX_SKIPPED && source.skip_frame()?.is_some() {
            job.check()?;
            count += 1;
        }
        return Ok((count / 2, footage.open(media)?));
    }
    let middle = match (known, footage) {
        (Some(index), _) => index,
        (None, Footage::Folder { pictures, .. }) => pictures.len() as u32 / 2,
        (None, Footage::File(_)) => 0,
    };
    Ok((middle, footage.open(media)?))
}

/// The frame of this number, or the last one before it.
fn frame_at(
    source: &mut dyn FrameSource,
    wanted: u32,
    job: &JobContext,
) -> Result<Option<Frame>, CropError> {
    for _ in 0..wanted {
        job.check()?;
        let Some(id) = source.skip_frame()? else {
            // Fewer frames than the container says.
            source.seek(i64::MAX)?;
            break;
        };
        if wanted <= id.index + 1 {
            break;
        }
    }
    Ok(source.next_frame()?)
}

/// `None` where the item has no mask, or its mask cannot be read: the clip is shown without it.
fn mask_of(
    manifest: &Manifest,
    item: &Item,
    footage: &Footage,
    frame_index: u32,
    job: &JobContext,
) -> Result<Option<Frame>, CropError> {
    let Some(path) = item.mask.as_deref().filter(|_| item.label == 1) else {
        return Ok(None);
    };
    let read = || -> Result<Option<Frame>, CropError> {
        let masks = Footage::of(&manifest.full_path(path))?;
        let Some(place) = place_in(&masks, footage, frame_index) else {
            return Ok(None);
        };
        let mut source = masks.open(MediaHash::of(path.as_bytes()))?;
        let frame = frame_at(source.as_mut(), place, job)?;
        Ok(frame.filter(|frame| frame.id.index == place))
    };
    match read() {
        Err(CropError::Cancelled(err)) => Err(err.into()),
        Err(_) => Ok(None),
        Ok(frame) => Ok(frame),
    }
}

fn small_size([width, height]: [u32; 2]) -> [u32; 2] {
    let longer = width.max(height).max(1);
    if longer <= THUMBNAIL_PX {
        return [width, height];
    }
    let scaled = |side: u32| (side * THUMBNAIL_PX).div_ceil(longer).max(1);
    [scaled(width), scaled(height)]
}

/// Each pixel is the mean of those that it stands for.
fn shrunk(frame: &Frame, [width, height]: [u32; 2]) -> Vec<u8> {
    let ends = |at: u32, small: u32, large: u32| {
        let first = u64::from(at) * u64::from(large) / u64::from(small);
        let end = (u64::from(at) + 1) * u64::from(large) / u64::from(small);
        first as usize..(end.max(first + 1) as usize).min(large.max(1) as usize)
    };
    let mut rgb = Vec::with_capacity(3 * width as usize * height as usize);
    for y in 0..height {
        let rows = ends(y, height, frame.height);
        for x in 0..width {
            let columns = ends(x, width, frame.width);
            let (mut sums, mut count) = ([0_u32; 3], 0);
            for row in rows.clone() {
                let start = row * frame.width as usize;
                let pixels = &frame.pixels[3 * (start + columns.start)..3 * (start + columns.end)];
                for pixel in pixels.chunks_exact(3) {
                    for (sum, value) in sums.iter_mut().zip(pixel) {
                        *sum += u32::from(*value);
                    }
                    count += 1;
                }
            }
            rgb.extend(sums.map(|sum| (sum / count.max(1)) as u8));
        }
    }
    rgb
}

impl Picture {
    /// Whether a pixel of the mask is manipulated and one beside it is not: the outline to draw.
    pub fn is_outline(&self, x: u32, y: u32) -> bool {
        let Some(mask) = &self.mask else {
            return false;
        };
        let [width, height] = self.size_px;
        let is_in = |x: i64, y: i64| {
            let (x, y) = (
                x.clamp(0, i64::from(width) - 1),
                y.clamp(0, i64::from(height) - 1),
            );
            127 < mask[(y * i64::from(width) + x) as usize]
        };
        let (x, y) = (i64::from(x), i64::from(y));
        let around = [(1, 0), (-1, 0), (0, 1), (0, -1)];
        is_in(x, y) && around.iter().any(|(dx, dy)| !is_in(x + dx, y + dy))
    }
}

impl Thumbnail {
    /// `pristine`, or the technique.
    pub fn kind(&self) -> &str {
        match (&self.technique, self.label) {
            (Some(technique), _) => technique,
            (None, 0) => "pristine",
            (None, _) => "manipulated",
        }
    }

    /// The file's own name.
    pub fn name(&self) -> String {
        let path = Path::new(&self.path);
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    }
}
