//! The main map of some faces against their masks, face by face: what means and intervals are made of.

use serde::{Deserialize, Serialize};

use crate::data::{CropError, masks_of_item};
use crate::detectors::{Detector, MapKind};
use crate::eval::EvalError;
use crate::eval::attention::Overlap;
use crate::eval::attention::look::{Chosen, drawn};
use crate::eval::facts::Data;
use crate::eval::scoring::face_crop;
use crate::job::JobContext;

/// Faces with masks, as one model looks at them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overlaps {
    /// What is compared: the first of `DetectorInfo::attention_maps` that the model draws.
    pub kind: MapKind,
    pub faces: Vec<FaceOverlap>,
}

/// One manipulated face with a mask in its crop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceOverlap {
    /// As the manifest has it.
    pub path: String,
    pub technique: String,
    pub frame_index: u32,
    pub overlap: Overlap,
}

impl Overlaps {
    /// Of the techniques that are wanted; `None` where none of them is there.
    pub fn among(&self, has: impl Fn(&str) -> bool) -> Option<Self> {
        let faces = self.faces.iter();
        let faces: Vec<FaceOverlap> = faces.filter(|face| has(&face.technique)).cloned().collect();
        (!faces.is_empty()).then_some(Self {
            kind: self.kind,
            faces,
        })
    }
}

impl Chosen {
    /// Asks the detector for its main map of every chosen face. `None` where it draws none, or no face has a
    /// mask.
    pub fn overlaps(
        &self,
        data: &Data,
        detector: &mut dyn Detector,
        job: &mut JobContext,
    ) -> Result<Option<Overlaps>, EvalError> {
        const STAGE: &str = "Looking at maps";
        let mut kinds: Vec<MapKind> = detector.info().attention_maps().collect();
        let mut faces = Vec::new();
        let total = Some(self.items.len() as u64);
        for (done, of_item) in self.items.iter().enumerate() {
            let item = &data.manifest.items[of_item.at];
            let Some(technique) = item.technique.as_deref().filter(|_| item.label == 1) else {
                continue;
            };
            let masks = masks_of_item(&data.manifest, item, &of_item.samples, job, &mut |job| {
                job.tick(STAGE, done as u64, total)
            });
            let masks = match masks {
                Ok(masks) => masks,
                Err(CropError::Cancelled(err)) => return Err(err.into()),
                Err(err) => {
                    job.warn(err.to_string());
                    continue;
                }
            };
            for (sample, mask) in of_item.samples.iter().zip(&masks) {
                let Some(mask) = mask else { continue };
                // The first that it draws is its main one, and the others cost time.
                let map = loop {
                    let Some(&main) = kinds.first() else {
                        return Ok(None);
                    };
                    let mut wanted = vec![main];
                    let mut maps = drawn(detector, &face_crop(item, sample), &mut wanted)?;
                    match maps.pop() {
                        Some(map) => break map,
                        None => kinds.remove(0),
                    };
                };
                if let Some(overlap) = Overlap::of(&map, mask, sample.crop.size_px) {
                    faces.push(FaceOverlap {
                        path: item.path.clone(),
                        technique: technique.to_owned(),
                        frame_index: sample.frame_index,
                        overlap,
                    });
                }
            }
        }
        job.tick(STAGE, self.items.len() as u64, total)?;
        let kind = kinds.first().copied();
        Ok(kind
            .filter(|_| !faces.is_empty())
            .map(|kind| Overlaps { kind, faces }))
    }
}
