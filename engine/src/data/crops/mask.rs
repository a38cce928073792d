//! The exact mask of a face: cut from the mask of its frame just as the face was cut from the frame.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use crate::data::crops::footage::Footage;
use crate::data::crops::{CropError, FaceSample};
use crate::data::{Item, Manifest};
use crate::faces::align::cut_again;
use crate::job::{Cancelled, JobContext};
use crate::media::{Frame, MediaHash};

/// Width over height of a mask and of its item may differ by so much, for sizes rounded to even numbers.
const SHAPE_TOLERANCE: f32 = 0.02;

/// For each of an item's faces, in order: its mask of `size_px * size_px` bytes, row by row, 255 where
/// manipulated. `None` where the item has no mask, or the mask has no such frame.
///
/// A mask is read up to the last frame that is wanted, one frame at a time; `tick` is called for each. Of
/// a folder beside a folder, pictures of one name belong together; else frames of one place do. A mask of
/// another size but the same shape is scaled. Where a crop reaches over the frame, the mask's border
/// repeats as the picture's does.
///
/// # Errors
/// Where the mask cannot be read, or has another shape than the item.
pub fn masks_of_item(
    manifest: &Manifest,
    item: &Item,
    faces: &[FaceSample],
    job: &mut JobContext,
    tick: &mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>,
) -> Result<Vec<Option<Vec<u8>>>, CropError> {
    let places: Vec<CropPlace> = faces.iter().map(CropPlace::of).collect();
    masks_at(manifest, item, &places, job, tick)
}

/// Where a face was cut from an item: all that its mask depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CropPlace {
    /// As in [`FaceSample`].
    pub frame_index: u32,
    /// Width and height in pixels.
    pub frame_size: [u32; 2],
    /// As in [`crate::faces::align::Crop`].
    pub frame_from_crop: [f32; 6],
    /// Side of the crop.
    pub size_px: u32,
}

impl CropPlace {
    pub fn of(face: &FaceSample) -> Self {
        Self {
            frame_index: face.frame_index,
            frame_size: face.frame_size,
            frame_from_crop: face.crop.frame_from_crop,
            size_px: face.crop.size_px,
        }
    }
}

/// As [`masks_of_item`], of faces whose pictures are elsewhere.
pub fn masks_at(
    manifest: &Manifest,
    item: &Item,
    faces: &[CropPlace],
    job: &mut JobContext,
    tick: &mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>,
) -> Result<Vec<Option<Vec<u8>>>, CropError> {
    let mut cuts = vec![None; faces.len()];
    let Some(mask) = &item.mask else {
        return Ok(cuts);
    };
    let footage = Footage::of(&manifest.full_path(&item.path))?;
    let masks = Footage::of(&manifest.full_path(mask))?;
    let mut wanted: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, face) in faces.iter().enumerate() {
        if let Some(place) = place_in(&masks, &footage, face.frame_index) {
            wanted.entry(place).or_default().push(at);
        }
    }
    let Some(&last) = wanted.keys().next_back() else {
        return Ok(cuts);
    };
    let mut source = masks.open(MediaHash::of(mask.as_bytes()))?;
    let mut next = 0;
    while next <= last {
        tick(job)?;
        if !wanted.contains_key(&next) {
            let Some(id) = source.skip_frame()? else {
                break;
            };
            next = id.index + 1;
            continue;
        }
        let Some(frame) = source.next_frame()? else {
            break;
        };
        // A folder passes over broken pictures, and may come to one that is not asked for.
        for &at in wanted.get(&frame.id.index).into_iter().flatten() {
            cuts[at] = Some(cut(&frame, &faces[at], masks.path())?);
        }
        next = frame.id.index + 1;
    }
    Ok(cuts)
}

/// Where the mask of a frame stands in the footage of masks.
pub fn place_in(masks: &Footage, footage: &Footage, frame_index: u32) -> Option<u32> {
    let (
        Footage::Folder {
            pictures: masks, ..
        },
        Footage::Folder { pictures, .. },
    ) = (masks, footage)
    else {
        return Some(frame_index);
    };
    let stem: &OsStr = pictures.get(frame_index as usize)?.file_stem()?;
    let place = masks.iter().position(|mask| mask.file_stem() == Some(stem));
    place.map(|place| place as u32)
}

/// The brightest channel counts: some datasets color their masks.
fn cut(mask: &Frame, face: &CropPlace, path: &Path) -> Result<Vec<u8>, CropError> {
    let mask_size = [mask.width, mask.height];
    let [across, down]: [f32; 2] =
        std::array::from_fn(|axis| mask_size[axis] as f32 / face.frame_size[axis] as f32);
    if SHAPE_TOLERANCE < (across / down - 1.0).abs() {
        return Err(CropError::OtherShape {
            path: path.to_owned(),
            mask: mask_size,
            frame: face.frame_size,
        });
    }
    // Pixels are named by their middles, so a picture scaled by `across` is shifted by half of the rest.
    let shift = 0.5 * (across - 1.0);
    let [a, b, c, d, e, f] = face.frame_from_crop.map(|factor| factor * across);
    let mask_from_crop = [a, b, c + shift, d, e, f + shift];
    let pixels = cut_again(mask, mask_from_crop, face.size_px);
    let brightest = |rgb: &[u8]| rgb.iter().copied().max().unwrap_or(0);
    Ok(pixels.chunks_exact(3).map(brightest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::crops::tests::{item, sample};
    use crate::data::manifest::FrameRule;
    use crate::media::encode::{ClipFormat, ClipWriter, Picture};

    const SIDE: u32 = 64;

    /// A square that moves right by two pixels a frame: columns 10 to 30, rows 20 to 40.
    fn value(x: u32, y: u32, frame: u32) -> u8 {
        let is_in = (10 + 2 * frame..30 + 2 * frame).contains(&x) && (20..40).contains(&y);
        255 * u8::from(is_in)
    }

    /// `frame_size` tells how large the item itself is.
    fn face(frame_index: u32, frame_size: u32, frame_from_crop: [f32; 6]) -> FaceSample {
        let mut face = sample(frame_index, 32);
        face.frame_size = [frame_size; 2];
        face.crop.frame_from_crop = frame_from_crop;
        face
    }

    fn masks(dir: &Path, item: &Item, faces: &[FaceSample]) -> Vec<Option<Vec<u8>>> {
        let manifest = Manifest {
            dir: dir.to_owned(),
            items: Vec::new(),
        };
        let job = &mut JobContext::detached();
        masks_of_item(&manifest, item, faces, job, &mut |job| job.check()).unwrap()
    }

    #[track_caller]
    fn check(mask: Option<&Vec<u8>>, expected: impl Fn(u32, u32) -> u8) {
        let mask = mask.unwrap();
        assert_eq!(mask.len(), 32 * 32);
        for (at, &value) in mask.iter().enumerate() {
            let (x, y) = (at as u32 % 32, at as u32 / 32);
            assert_eq!(value, expected(x, y), "{x} {y}");
        }
    }

    #[test]
    fn a_mask_is_cut_as_its_face_was_from_the_frame_of_its_index() {
        let dir = tempfile::tempdir().unwrap();
        let format = ClipFormat {
            picture: Picture::Mask,
            width: SIDE,
            height: SIDE,
            rate: [25, 1],
        };
        let mut writer = ClipWriter::create(&dir.path().join("mask.mkv"), format).unwrap();
        for frame in 0..6 {
            let pixels = (0..SIDE * SIDE).map(|at| value(at % SIDE, at / SIDE, frame));
            writer.push(&pixels.collect::<Vec<u8>>()).unwrap();
        }
        writer.finish().unwrap();
        let item = Item {
            mask: Some("mask.mkv".to_owned()),
            ..item("clip.mp4", FrameRule::Spread)
        };
        let shifted = [1.0, 0.0, 7.0, 0.0, 1.0, 15.0];
        // A quarter turn: x in the frame runs down the crop's left side backwards.
        let turned = [0.0, -1.0, 45.0, 1.0, 0.0, 12.0];
        let faces = [
            face(4, SIDE, shifted),
            face(0, SIDE, shifted),
            face(0, SIDE, turned),
            // The item is twice as large as its mask: each pixel of the crop is two of the frame.
            face(2, 2 * SIDE, [2.0, 0.0, 0.5, 0.0, 2.0, 20.5]),
            face(6, SIDE, shifted),
        ];
        let cuts = masks(dir.path(), &item, &faces);
        check(cuts[0].as_ref(), |x, y| value(x + 7, y + 15, 4));
        check(cuts[1].as_ref(), |x, y| value(x + 7, y + 15, 0));
        check(cuts[2].as_ref(), |x, y| value(45 - y, x + 12, 0));
        check(cuts[3].as_ref(), |x, y| value(x, y + 10, 2));
        assert_eq!(cuts[4], None, "there is no such frame");

        let other = Item { mask: None, ..item };
        assert!(
            masks(dir.path(), &other, &faces)
                .iter()
                .all(Option::is_none)
        );
    }

    #[test]
    fn pictures_of_folders_belong_together_by_name_and_another_shape_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let save = |name: &str, width, level| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let picture = image::RgbImage::from_pixel(width, SIDE, image::Rgb([0, level, 0]));
            picture.save(path).unwrap();
        };
        for name in ["3", "7", "12"] {
            save(&format!("faces/{name}.png"), SIDE, 0);
        }
        save("masks/12.png", SIDE, 120);
        save("masks/3.png", SIDE, 30);
        save("wide.png", 2 * SIDE, 255);
        let mut item = Item {
            mask: Some("masks".to_owned()),
            ..item("faces", FrameRule::Spread)
        };
        let own = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        let faces = [0, 1, 2].map(|index| face(index, SIDE, own));
        let cuts = masks(dir.path(), &item, &faces);
        check(cuts[0].as_ref(), |_, _| 30);
        assert_eq!(cuts[1], None);
        check(cuts[2].as_ref(), |_, _| 120);

        item.mask = Some("wide.png".to_owned());
        let manifest = Manifest {
            dir: dir.path().to_owned(),
            items: Vec::new(),
        };
        let job = &mut JobContext::detached();
        let err = masks_of_item(&manifest, &item, &faces, job, &mut |job| job.check());
        let text = err.unwrap_err().to_string();
        assert!(
            text.contains("128 x 64") && text.contains("\nFile: "),
            "{text}"
        );
    }
}
