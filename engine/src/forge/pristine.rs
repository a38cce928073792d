//! Pristine faces to forge from: cut once from the clips of a folder, then shared by loader threads.

use std::fs;
use std::path::{Path, PathBuf};

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use rand::seq::SliceRandom as _;

use crate::data::crops::crops_of_file;
use crate::data::{CropCache, CropError, CropSettings, FaceSample, Item, Manifest, crops_of_item};
use crate::faces::align::{Crop, CropRule};
use crate::faces::landmarks::Landmarker;
use crate::forge::ForgeError;
use crate::forge::addg::example_rng;
use crate::job::{Cancelled, JobContext};

const STAGE: &str = "Gathering faces";

/// Which faces are taken.
#[derive(Clone, Debug, PartialEq)]
pub struct GatherSettings {
    pub rule: CropRule,
    /// Frames taken from each clip, evenly spread over those where the face is usable.
    pub frames_per_clip: usize,
}

/// One pristine face.
#[derive(Clone, Debug)]
pub struct PristineFace {
    pub crop: Crop,
    /// Which clip, an index into [`PristineFaces::clips`].
    pub clip: usize,
    pub frame_index: u32,
}

/// Faces of whole clips.
#[derive(Clone, Debug, Default)]
pub struct PristineFaces {
    /// Paths below the folder, sorted.
    pub clips: Vec<String>,
    pub faces: Vec<PristineFace>,
}

/// Why no examples can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExampleError {
    #[error("There is no pristine face to make examples of")]
    NoFaces,
    #[error(
        "There is no other clip to take donors from: swaps need faces of two clips or more, and all \
         faces come from {clip:?}"
    )]
    OneClip { clip: String },
}

/// Decodes every clip and picture below `dir`, follows its faces and cuts those of the person with
/// the most frames: usable ones, or weak ones where the person has no usable one.
///
/// Only crops are kept. Files that cannot be read or show no face are warned of and left out; names
/// that begin with a dot are passed over, and links to folders are not followed.
pub fn gather(
    dir: &Path,
    settings: &GatherSettings,
    landmarker: &Landmarker,
    job: &mut JobContext,
) -> Result<PristineFaces, ForgeError> {
    let paths = list_clips(dir)?;
    let wanted = settings.crops();
    let clips = paths.iter().map(|path| {
        let name = path.strip_prefix(dir).unwrap_or(path);
        (name.to_string_lossy().into_owned(), path)
    });
    gather_from(clips, paths.len(), dir, job, |path, job, tick| {
        crops_of_file(path, &wanted, landmarker, job, tick)
    })
}

/// The same from the pristine items of a manifest that `is_wanted`; clips are named by their paths in
/// it. Crops are read from the `cache` where they are in it.
pub fn gather_items(
    manifest: &Manifest,
    is_wanted: impl Fn(&Item) -> bool,
    settings: &GatherSettings,
    landmarker: &Landmarker,
    cache: Option<&CropCache>,
    job: &mut JobContext,
) -> Result<PristineFaces, ForgeError> {
    let is_pristine = |item: &&Item| item.label == 0 && is_wanted(item);
    let items: Vec<&Item> = manifest.items.iter().filter(is_pristine).collect();
    let wanted = settings.crops();
    let num_items = items.len();
    let clips = items.into_iter().map(|item| (item.path.clone(), item));
    gather_from(clips, num_items, &manifest.dir, job, |item, job, tick| {
        crops_of_item(manifest, item, &wanted, landmarker, cache, job, tick)
    })
}

type Tick<'a> = &'a mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>;

fn gather_from<T>(
    clips: impl Iterator<Item = (String, T)>,
    num_clips: usize,
    dir: &Path,
    job: &mut JobContext,
    mut faces_of: impl FnMut(T, &mut JobContext, Tick<'_>) -> Result<Vec<FaceSample>, CropError>,
) -> Result<PristineFaces, ForgeError> {
    let total = num_clips as u64;
    let mut gathered = PristineFaces::default();
    for (done, (name, clip)) in clips.enumerate() {
        job.tick(STAGE, done as u64, Some(total))?;
        let mut tick = |job: &mut JobContext| job.tick(STAGE, done as u64, Some(total));
        match faces_of(clip, job, &mut tick) {
            Ok(faces) => {
                let clip = gathered.clips.len();
                gathered.clips.push(name);
                let faces = faces.into_iter().map(|sample| PristineFace {
                    crop: sample.crop,
                    clip,
                    frame_index: sample.frame_index,
                });
                gathered.faces.extend(faces);
            }
            Err(CropError::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(err) => job.warn(err.to_string()),
        }
    }
    job.tick(STAGE, total, Some(total))?;
    if gathered.faces.is_empty() {
        return Err(ForgeError::NoFaces {
            path: dir.to_owned(),
            reason: format!("none of its {num_clips} files shows one"),
        });
    }
    Ok(gathered)
}

impl GatherSettings {
    fn crops(&self) -> CropSettings {
        CropSettings {
            rule: self.rule,
            frames_per_item: self.frames_per_clip,
        }
    }
}

/// Fills `pixels` with a crop at `size_px`: the same bytes where it has that size, else resized with
/// a bilinear filter that is widened when shrinking.
pub fn load_square(crop: &Crop, size_px: u32, pixels: &mut Vec<u8>) {
    if crop.size_px == size_px {
        pixels.clone_from(&crop.pixels);
        return;
    }
    pixels.resize(3 * size_px as usize * size_px as usize, 0);
    let source = TypedImageRef::<U8x3>::from_buffer(crop.size_px, crop.size_px, &crop.pixels)
        .expect("a crop has three bytes for each pixel of its square");
    let mut target = TypedImage::<U8x3>::from_buffer(size_px, size_px, pixels)
        .expect("the buffer was just given the size of the square");
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    // Typed, because the untyped form compiles every pixel type and filter into this crate: minutes.
    Resizer::new()
        .resize_typed::<U8x3>(&source, &mut target, &options)
        .expect("both pictures are RGB8");
}

/// The points of a crop in pixels of its picture at `size_px`, as [`load_square`] makes it.
pub fn points_at(crop: &Crop, size_px: u32) -> [[f32; 2]; 68] {
    let scale = size_px as f32 / crop.size_px as f32;
    let scaled = |v: f32| (v + 0.5) * scale - 0.5;
    crop.landmarks.points.map(|point| point.map(scaled))
}

impl PristineFaces {
    /// Splits by whole clips: about `share` of the clips, chosen by `seed`, go to the second part.
    /// Both parts keep the full list of clips.
    ///
    /// From four clips on, each part has at least two, since a swap needs a donor from another clip;
    /// with two or three clips each part has at least one; one clip stays in the first part.
    pub fn split(self, share: f64, seed: u64) -> (Self, Self) {
        let mut clips: Vec<usize> = self.faces.iter().map(|face| face.clip).collect();
        clips.sort_unstable();
        clips.dedup();
        let num_clips = clips.len();
        let fewest = match num_clips {
            0 | 1 => 0,
            2 | 3 => 1,
            _ => 2,
        };
        let most = if num_clips == 1 {
            0
        } else {
            num_clips - fewest
        };
        let num_second = ((share * num_clips as f64).round() as usize).clamp(fewest, most);
        clips.shuffle(&mut example_rng(seed, u64::MAX, 0));
        let second_clips = clips[..num_second].to_vec();
        self.divide(|clip| second_clips.contains(&clip))
    }

    /// Clips that are not `in_second`, and those that are. Both parts keep the full list of clips.
    pub fn divide(self, in_second: impl Fn(usize) -> bool) -> (Self, Self) {
        let (second, first) = self
            .faces
            .into_iter()
            .partition(|face| in_second(face.clip));
        let part = |faces| Self {
            clips: self.clips.clone(),
            faces,
        };
        (part(first), part(second))
    }

    /// Where a face comes from, for manifests and errors: `clip.mp4 frame 12`.
    pub fn source(&self, face: usize) -> String {
        let face = &self.faces[face];
        format!("{} frame {}", self.clips[face.clip], face.frame_index)
    }
}

/// Every file below a folder, sorted; names that begin with a dot are passed over, and links to folders
/// are not followed.
pub fn list_clips(dir: &Path) -> Result<Vec<PathBuf>, ForgeError> {
    let mut paths = Vec::new();
    list_files(dir, &mut paths).map_err(|err| ForgeError::NoFaces {
        path: dir.to_owned(),
        reason: err.to_string(),
    })?;
    paths.sort_unstable();
    Ok(paths)
}

fn list_files(dir: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            list_files(&path, paths)?;
        } else if path.is_file() {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;
    use crate::job::{CancelToken, Signal};

    fn clips_of(faces: &PristineFaces) -> Vec<usize> {
        let mut clips: Vec<usize> = faces.faces.iter().map(|face| face.clip).collect();
        clips.dedup();
        clips
    }

    #[test]
    fn no_clip_is_in_both_parts_and_each_part_has_a_donor_where_it_can() {
        let check = |num_clips, share, wanted| {
            for seed in 0..20 {
                let (first, second) = synthetic::faces(num_clips, 3, 8).split(share, seed);
                let (first, second) = (clips_of(&first), clips_of(&second));
                assert_eq!(second.len(), wanted, "{num_clips} clips, {share}");
                assert_eq!(first.len() + second.len(), num_clips);
                assert!(first.iter().all(|clip| !second.contains(clip)));
            }
        };
        check(1, 0.5, 0);
        check(2, 0.0, 1);
        check(3, 0.9, 2);
        check(4, 0.1, 2);
        check(20, 0.2, 4);
        check(20, 1.0, 18);
    }

    #[test]
    fn the_seed_chooses_the_clips() {
        let second = |seed| clips_of(&synthetic::faces(20, 2, 8).split(0.2, seed).1);
        assert_eq!(second(7), second(7));
        assert_ne!(second(7), second(8));
        let (none, also_none) = PristineFaces::default().split(0.5, 0);
        assert!(none.faces.is_empty() && also_none.faces.is_empty());
    }

    #[test]
    fn crops_load_as_they_are_or_at_another_size() {
        let faces = synthetic::faces(1, 1, 64);
        let crop = &faces.faces[0].crop;
        let mut pixels = vec![1, 2, 3];
        load_square(crop, 64, &mut pixels);
        assert_eq!(pixels, crop.pixels);
        load_square(crop, 32, &mut pixels);
        assert_eq!(pixels.len(), 3 * 32 * 32);
        let mean =
            |pixels: &[u8]| pixels.iter().map(|v| f64::from(*v)).sum::<f64>() / pixels.len() as f64;
        assert!((mean(&pixels) - mean(&crop.pixels)).abs() < 1.0);
    }

    #[test]
    fn a_folder_without_pictures_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let settings = GatherSettings {
            rule: CropRule {
                size_px: 32,
                margin: 1.3,
                is_aligned: true,
            },
            frames_per_clip: 4,
        };
        let landmarker = Landmarker::box_estimate();
        let err = gather(
            dir.path(),
            &settings,
            &landmarker,
            &mut JobContext::detached(),
        );
        let text = err.unwrap_err().to_string();
        assert!(text.contains("none of its 0 files"), "{text}");
        let missing = dir.path().join("missing");
        let err = gather(
            &missing,
            &settings,
            &landmarker,
            &mut JobContext::detached(),
        );
        assert!(matches!(err, Err(ForgeError::NoFaces { .. })));
    }

    #[test]
    fn real_clips_give_their_faces_evenly_spread() {
        let media = std::env::var_os("SEAM_MEDIA").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/media"),
            PathBuf::from,
        );
        if !media.is_dir() {
            println!("skipped: there is no folder of real media");
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("stills")).unwrap();
        for (from, to) in [
            ("real/lp_halfsecond.mp4", "b.mp4"),
            ("real/mesonet_real00772.jpg", "stills/face.jpg"),
        ] {
            fs::copy(media.join(from), dir.path().join(to)).unwrap();
        }
        fs::write(dir.path().join("a.txt"), "not a picture").unwrap();
        let settings = GatherSettings {
            rule: CropRule {
                size_px: 96,
                margin: 1.3,
                is_aligned: true,
            },
            frames_per_clip: 3,
        };
        let landmarker = Landmarker::load(None).unwrap();
        let (sender, warnings) = crossbeam_channel::bounded(64);
        let tell = move |signal| {
            if let Signal::Warning(text) = signal {
                sender.send(text).unwrap();
            }
        };
        let mut job = JobContext::new(CancelToken::default(), tell);
        let faces = gather(dir.path(), &settings, &landmarker, &mut job).unwrap();
        assert!(warnings.try_iter().any(|text| text.contains("a.txt")));
        assert_eq!(faces.clips, ["b.mp4", "stills/face.jpg"]);
        let frames = |clip| -> Vec<u32> {
            let of_clip = faces.faces.iter().filter(|face| face.clip == clip);
            of_clip.map(|face| face.frame_index).collect()
        };
        let moving = frames(0);
        assert_eq!(moving.len(), 3, "{moving:?}");
        assert!(
            moving.is_sorted() && moving[0] + 4 <= moving[2],
            "{moving:?}"
        );
        assert_eq!(frames(1), [0]);
        assert!(
            faces
                .faces
                .iter()
                .all(|face| face.crop.pixels.len() == 3 * 96 * 96)
        );
    }
}
