//! Masks of a COCO file: run lengths as text or as numbers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::annotate::exchange::rle;
use crate::annotate::import::Incoming;
use crate::annotate::import::file::{other_size, record};
use crate::data::annotations::Mask;

pub(super) struct CocoMasks {
    info: Value,
    /// By id.
    images: BTreeMap<i64, Value>,
    annotations: Vec<Value>,
}

/// The forms of run lengths. Height comes before width.
#[derive(Deserialize)]
struct RunLengths {
    size: [u32; 2],
    counts: Counts,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Counts {
    Text(String),
    Numbers(Vec<u32>),
}

impl CocoMasks {
    pub fn of(mut value: Value) -> Result<Self, String> {
        let mut list = |name: &str| match value.get_mut(name).map(Value::take) {
            Some(Value::Array(list)) => Ok(list),
            _ => Err(format!("its {name:?} are no list")),
        };
        let images = list("images")?;
        let annotations = list("annotations")?;
        let by_id = images.into_iter();
        let by_id = by_id.filter_map(|image| Some((image.get("id")?.as_i64()?, image)));
        Ok(Self {
            images: by_id.collect(),
            annotations,
            info: value.get_mut("info").map(Value::take).unwrap_or_default(),
        })
    }

    pub fn program(&self) -> Option<String> {
        let words = ["contributor", "description"]
            .into_iter()
            .filter_map(|key| self.info.get(key)?.as_str());
        let mut words = words.map(str::trim).filter(|words| !words.is_empty());
        words.next().map(str::to_owned)
    }

    pub fn take_records(&mut self) -> Vec<Incoming> {
        let annotations = self.annotations.iter().zip(1..);
        annotations
            .map(|(annotation, number)| {
                let id = annotation.get("id").and_then(Value::as_i64);
                Incoming {
                    name: format!("Annotation {}", id.unwrap_or(number)),
                    record: self
                        .identity(annotation)
                        .and_then(|value| record(&Value::Object(value))),
                }
            })
            .collect()
    }

    pub fn mask(&self, at: usize, width: u32, height: u32) -> Result<Mask, String> {
        let shape = self
            .annotations
            .get(at)
            .and_then(|annotation| annotation.get("segmentation"));
        let shape = shape.ok_or("it has no segmentation")?;
        if shape.is_array() {
            return Err("it is a polygon, and masks are read as run lengths (RLE) only".to_owned());
        }
        let RunLengths {
            size: [own_height, own_width],
            counts,
        } = RunLengths::deserialize(shape)
            .map_err(|err| format!("its run lengths cannot be read: {err}"))?;
        if [own_width, own_height] != [width, height] {
            return Err(other_size([own_width, own_height], [width, height]));
        }
        let counts = match counts {
            Counts::Text(text) => rle::from_text(&text)?,
            Counts::Numbers(counts) => counts,
        };
        rle::mask(&counts, width, height)
    }

    /// What the annotation says of itself, and its image of the frame.
    fn identity(&self, annotation: &Value) -> Result<Map<String, Value>, String> {
        let image = annotation.get("image_id").and_then(Value::as_i64);
        let image = image.and_then(|id| self.images.get(&id));
        let image = image.ok_or("its image is not in the file")?;
        let own = annotation.get("seam").and_then(Value::as_object);
        let mut fields = own.cloned().unwrap_or_default();
        fields.remove("frame");
        for (key, value) in image
            .get("seam")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            fields.insert(key.clone(), value.clone());
        }
        // A program that resized its pictures says so here, whatever it copied from elsewhere.
        let side = |key| image.get(key).and_then(Value::as_u64);
        if let Some(frame) = fields.get("frame")
            && let (Some(width), Some(height)) = (side("width"), side("height"))
            && (frame.get("width"), frame.get("height"))
                != (Some(&json!(width)), Some(&json!(height)))
        {
            return Err(format!(
                "its image has {width} x {height} pixels, and its frame another size"
            ));
        }
        Ok(fields)
    }
}
