//! A watched step on disk: `watch.json` tells what there is, `values.bin` holds pixels and values after one
//! another.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::detectors::{Map, MapChannels, MapKind};
use crate::train::TrainError;
use crate::train::watch::{FaceCropPixels, WatchedFace, WatchedStep};

const SCHEMA: &str = "seam-watch/1";
const HEAD: &str = "watch.json";
const VALUES: &str = "values.bin";

/// Levels between the least and the greatest value of a map.
const TOP_LEVEL: f32 = 65_535.0;

/// No face or map is larger, pixels a side.
const MAX_SIDE_PX: u32 = 4096;

#[derive(Serialize, Deserialize)]
struct Head {
    schema: String,
    step: u64,
    faces: Vec<FaceHead>,
}

/// Of a face, whose pixels and then maps follow one another.
#[derive(Serialize, Deserialize)]
struct FaceHead {
    size_px: u32,
    label: u8,
    technique: Option<String>,
    /// `None` stands for no number.
    logit: Option<f32>,
    maps: Vec<MapHead>,
}

/// Of a map, whose values are two bytes each, the lower one first.
#[derive(Serialize, Deserialize)]
struct MapHead {
    kind: MapKind,
    width: u32,
    height: u32,
    range: (f32, f32),
    /// What the lowest and the highest level stand for.
    ends: [f32; 2],
}

/// Writes the two files into a folder that is there.
pub fn write(step: &WatchedStep, dir: &Path) -> Result<(), TrainError> {
    let mut values = Vec::new();
    let mut faces = Vec::with_capacity(step.faces.len());
    for face in &step.faces {
        values.extend_from_slice(&face.crop.rgb);
        let maps = face.maps.iter();
        faces.push(FaceHead {
            size_px: face.crop.size_px,
            label: face.label,
            technique: face.technique.clone(),
            logit: face.logit.is_finite().then_some(face.logit),
            maps: maps.map(|map| written_map(map, &mut values)).collect(),
        });
    }
    let head = Head {
        schema: SCHEMA.to_owned(),
        step: step.step,
        faces,
    };
    let head = serde_json::to_vec(&head).expect("plain numbers and names are JSON");
    for (name, bytes) in [(VALUES, values), (HEAD, head)] {
        let path = dir.join(name);
        fs::write(&path, bytes).map_err(|source| TrainError::Write { path, source })?;
    }
    Ok(())
}

/// Values that are no finite numbers become the least one.
fn written_map(map: &Map, bytes: &mut Vec<u8>) -> MapHead {
    let finite = || map.values.iter().copied().filter(|value| value.is_finite());
    let low = finite().min_by(f32::total_cmp).unwrap_or(0.0);
    let high = finite().max_by(f32::total_cmp).unwrap_or(0.0);
    let per_value = if low < high {
        TOP_LEVEL / (high - low)
    } else {
        0.0
    };
    for value in &map.values {
        let level = if value.is_finite() {
            ((value - low) * per_value).round() as u16
        } else {
            0
        };
        bytes.extend(level.to_le_bytes());
    }
    MapHead {
        kind: map.kind,
        width: map.width,
        height: map.height,
        range: map.range,
        ends: [low, high],
    }
}

/// Reads what [`write`] wrote.
pub fn read(dir: &Path) -> Result<WatchedStep, TrainError> {
    let failed = |reason: String| TrainError::Run {
        path: dir.to_owned(),
        reason,
    };
    let read =
        |name: &str| fs::read(dir.join(name)).map_err(|err| failed(format!("{name}: {err}")));
    let head: Head =
        serde_json::from_slice(&read(HEAD)?).map_err(|err| failed(format!("{HEAD}: {err}")))?;
    if head.schema != SCHEMA {
        let reason = format!("{HEAD} is of version {:?}, not {SCHEMA:?}", head.schema);
        return Err(failed(reason));
    }
    let values = read(VALUES)?;
    let mut rest: &[u8] = &values;
    let mut faces = Vec::with_capacity(head.faces.len());
    for face in head.faces {
        let read = read_face(face, &mut rest);
        let too_short = || failed(format!("{VALUES} is not as long as {HEAD} says"));
        faces.push(read.ok_or_else(too_short)?);
    }
    Ok(WatchedStep {
        step: head.step,
        faces,
    })
}

/// `None` where the bytes end before the face does.
fn read_face(head: FaceHead, bytes: &mut &[u8]) -> Option<WatchedFace> {
    let rgb = taken(bytes, 3 * area(head.size_px, head.size_px)?)?.to_vec();
    let mut maps = Vec::with_capacity(head.maps.len());
    for map in head.maps {
        let channels = match map.kind.channels() {
            MapChannels::Value => 1,
            MapChannels::Rgb => 3,
        };
        let levels = taken(bytes, 2 * channels * area(map.width, map.height)?)?;
        let [low, high] = map.ends;
        let (pairs, _) = levels.as_chunks::<2>();
        let value = |pair: &[u8; 2]| {
            let share = f32::from(u16::from_le_bytes(*pair)) / TOP_LEVEL;
            low + share * (high - low)
        };
        maps.push(Map {
            kind: map.kind,
            width: map.width,
            height: map.height,
            values: pairs.iter().map(value).collect(),
            range: map.range,
        });
    }
    Some(WatchedFace {
        crop: FaceCropPixels {
            size_px: head.size_px,
            rgb,
        },
        label: head.label,
        technique: head.technique,
        logit: head.logit.unwrap_or(f32::NAN),
        maps,
    })
}

fn area(width: u32, height: u32) -> Option<usize> {
    let is_side = |side| (1..=MAX_SIDE_PX).contains(&side);
    (is_side(width) && is_side(height)).then(|| width as usize * height as usize)
}

fn taken<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::watch::tests::step;

    #[test]
    fn a_step_reads_back_within_half_a_level() {
        let dir = tempfile::tempdir().unwrap();
        let mut kept = step(300, 6.5);
        kept.faces[0].maps[0].values[1] = f32::NEG_INFINITY;
        write(&kept, dir.path()).unwrap();
        let found = read(dir.path()).unwrap();
        kept.faces[0].maps[0].values[1] = 0.0;
        for (found, kept) in found.faces[0].maps.iter().zip(&kept.faces[0].maps) {
            assert_eq!((found.kind, found.range), (kept.kind, kept.range));
            for (found, kept) in found.values.iter().zip(&kept.values) {
                assert!(
                    (found - kept).abs() <= 0.51 * 6.5 / TOP_LEVEL,
                    "{found} {kept}"
                );
            }
        }
        let without_maps = |mut step: WatchedStep| {
            step.faces[0].maps.clear();
            step
        };
        assert_eq!(without_maps(found), without_maps(kept));
    }

    #[test]
    fn a_face_that_is_not_scored_yet_stays_so() {
        let dir = tempfile::tempdir().unwrap();
        let mut kept = step(1, 1.0);
        kept.faces[0].logit = f32::NAN;
        write(&kept, dir.path()).unwrap();
        assert!(read(dir.path()).unwrap().faces[0].logit.is_nan());
    }

    #[test]
    fn a_file_cut_short_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        write(&step(1, 1.0), dir.path()).unwrap();
        fs::write(dir.path().join(VALUES), [0; 15]).unwrap();
        let text = read(dir.path()).unwrap_err().to_string();
        assert!(text.contains("not as long"), "{text}");
    }
}
