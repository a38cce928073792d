//! COCO JSON: one image a frame, one annotation a mask, run lengths as pycocotools writes them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::annotate::exchange::{MaskRecord, PROGRAM, rle};
use crate::annotate::export::ExportError;
use crate::data::annotations::mask::HALF;
use crate::data::annotations::{FrameName, Mask, PixelRect, whole};
use crate::media::FrameId;

const MANIPULATED: u32 = 1;

pub(super) struct CocoWriter {
    out: PathBuf,
    images: Vec<Value>,
    image_of: BTreeMap<(FrameId, String), usize>,
    annotations: Vec<Value>,
}

impl CocoWriter {
    pub fn new(out: PathBuf) -> Self {
        Self {
            out,
            images: Vec::new(),
            image_of: BTreeMap::new(),
            annotations: Vec::new(),
        }
    }

    pub fn push(&mut self, record: &MaskRecord, mask: &Mask) {
        let image_id = self.image(&record.frame, record.item.as_deref());
        let rect = half_marked(mask);
        let area = mask.values.iter().filter(|value| HALF <= **value).count();
        let bbox = [rect.x0, rect.y0, rect.x1 - rect.x0, rect.y1 - rect.y0];
        let mut seam = json!(record);
        if let Value::Object(fields) = &mut seam {
            // Said once, by the image.
            fields.remove("frame");
        }
        self.annotations.push(json!({
            "id": self.annotations.len() + 1,
            "image_id": image_id,
            "category_id": MANIPULATED,
            "iscrowd": 0,
            "area": area,
            "bbox": bbox,
            "segmentation": {
                "size": [mask.height, mask.width],
                "counts": rle::to_text(&rle::counts(mask)),
            },
            "seam": seam,
        }));
    }

    pub fn finish(self) -> Result<(), ExportError> {
        let whole = json!({
            "info": {
                "description": "Manipulated parts of faces. Pixels that are less than half marked count as unmarked. \
                                A mask counts only for the frame with the SHA-256 of file and pixels in its image.",
                "version": "1",
                "contributor": PROGRAM,
            },
            "licenses": [],
            "categories": [{"id": MANIPULATED, "name": "manipulated", "supercategory": "face"}],
            "images": self.images,
            "annotations": self.annotations,
        });
        let text = serde_json::to_vec(&whole).map_err(|err| ExportError::write(&self.out, &err))?;
        whole::write(&self.out, &text).map_err(|err| ExportError::write(&self.out, &err))
    }

    /// The number of the frame's image, which is listed once.
    fn image(&mut self, frame: &FrameName, item: Option<&str>) -> usize {
        let key = (frame.id(), frame.pixels_sha256.clone());
        if let Some(id) = self.image_of.get(&key) {
            return *id;
        }
        let id = self.images.len() + 1;
        let item = item.unwrap_or("frame");
        self.images.push(json!({
            "id": id,
            "width": frame.width,
            "height": frame.height,
            "file_name": format!("{item}/{:06}.png", frame.index),
            "seam": {"item": item, "frame": frame},
        }));
        self.image_of.insert(key, id);
        id
    }
}

/// Around all pixels that are at least half marked.
fn half_marked(mask: &Mask) -> PixelRect {
    let width = mask.width.max(1) as usize;
    let nothing = PixelRect {
        x0: 0,
        y0: 0,
        x1: 0,
        y1: 0,
    };
    let rows = (0..).zip(mask.values.chunks_exact(width));
    let rects = rows.filter_map(|(y, row)| {
        let first = row.iter().position(|value| HALF <= *value)?;
        let last = row.iter().rposition(|value| HALF <= *value)?;
        Some(PixelRect {
            x0: first as u32,
            y0: y,
            x1: last as u32 + 1,
            y1: y + 1,
        })
    });
    rects.fold(nothing, PixelRect::united)
}
