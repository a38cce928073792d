//! A face, its maps and its mask, small enough for a page.

use image::imageops::{self, FilterType};
use image::{ImageBuffer, Luma, Pixel, Rgb};

use crate::data::{FaceSample, Item};
use crate::detectors::{Map, MapChannels, MapKind};
use crate::eval::attention::Overlap;

/// Pictures are at most so many pixels wide.
const MAX_SIDE_PX: u32 = 128;

/// One face as the page shows it; all pictures are `side_px` wide and high.
#[derive(Clone, Debug, PartialEq)]
pub struct FacePicture {
    /// As the manifest has it.
    pub path: String,
    pub frame_index: u32,
    /// What the detector said of it.
    pub logit: f64,
    pub side_px: u32,
    /// RGB8, row by row.
    pub face: Vec<u8>,
    /// Shown below each other: the one that is measured first.
    pub maps: Vec<MapPicture>,
    /// 255 where manipulated; `None` without a mask.
    pub mask: Option<Vec<u8>>,
    /// The face as the method's decoders painted it, RGB8; empty for maps that come from no painting.
    pub painted: Vec<Vec<u8>>,
}

/// One map of a face.
#[derive(Clone, Debug, PartialEq)]
pub struct MapPicture {
    pub kind: MapKind,
    /// Ends of its color scale.
    pub range: (f32, f32),
    /// 0 at the lower end of the scale and below, 255 at the upper end and above.
    pub levels: Vec<u8>,
    /// `None` without a mask.
    pub overlap: Option<Overlap>,
}

impl FacePicture {
    /// `mask` is of the crop's size. Each map comes with what it says about the mask.
    pub fn new(
        item: &Item,
        sample: &FaceSample,
        logit: f64,
        maps: &[(&Map, Option<Overlap>)],
        mask: Option<&[u8]>,
    ) -> Self {
        let size_px = sample.crop.size_px;
        let side_px = size_px.min(MAX_SIDE_PX);
        let maps = maps.iter();
        Self {
            path: item.path.clone(),
            frame_index: sample.frame_index,
            logit,
            side_px,
            face: smaller::<Rgb<u8>>(&sample.crop.pixels, [size_px; 2], side_px),
            maps: maps
                .map(|(map, overlap)| MapPicture::new(map, *overlap, side_px))
                .collect(),
            mask: mask.map(|mask| smaller::<Luma<u8>>(mask, [size_px; 2], side_px)),
            painted: Vec::new(),
        }
    }

    /// With pictures that the method painted; maps that are none are left out.
    pub fn with_painted(mut self, maps: &[Map]) -> Self {
        let pictures = maps
            .iter()
            .filter(|map| map.kind.channels() == MapChannels::Rgb);
        self.painted = pictures
            .map(|map| {
                let levels: Vec<u8> = map
                    .values
                    .iter()
                    .map(|value| (255.0 * value) as u8)
                    .collect();
                smaller::<Rgb<u8>>(&levels, [map.width, map.height], self.side_px)
            })
            .collect();
        self
    }

    /// Whether something of the mask lies in the crop.
    pub fn is_measured(&self) -> bool {
        self.maps.iter().any(|map| map.overlap.is_some())
    }
}

impl MapPicture {
    fn new(map: &Map, overlap: Option<Overlap>, side_px: u32) -> Self {
        let (low, high) = map.range;
        let level = |value: f32| (255.0 * ((value - low) / (high - low))) as u8;
        let levels: Vec<u8> = map.values.iter().map(|&value| level(value)).collect();
        Self {
            kind: map.kind,
            range: map.range,
            levels: smaller::<Luma<u8>>(&levels, [map.width, map.height], side_px),
            overlap,
        }
    }
}

/// Averaged over the pixels that fall together.
fn smaller<P>(pixels: &[u8], [width, height]: [u32; 2], side_px: u32) -> Vec<u8>
where
    P: Pixel<Subpixel = u8> + 'static,
{
    if [width, height] == [side_px; 2] {
        return pixels.to_vec();
    }
    let picture: ImageBuffer<P, Vec<u8>> = ImageBuffer::from_raw(width, height, pixels.to_vec())
        .expect("the pixels are as many as the sides say");
    imageops::resize(&picture, side_px, side_px, FilterType::Triangle).into_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_begin_at_the_lower_end_of_the_scale() {
        let map = Map {
            kind: MapKind::DeepfakeAttention,
            width: 2,
            height: 2,
            values: vec![0.25, 0.5, 0.75, 0.9],
            range: (0.5, 0.75),
        };
        assert_eq!(MapPicture::new(&map, None, 2).levels, [0, 0, 255, 255]);
    }
}
