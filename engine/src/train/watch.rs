//! What a training sees: the same few held-back faces from time to time, each with what the model says of it
//! and the method's own maps, kept in the run's folder.

mod choice;
mod kept;
mod watcher;

use std::fs;
use std::path::{Path, PathBuf};

use crate::detectors::{Map, MapKind};
use crate::train::TrainError;

pub use choice::Watchable;
pub use watcher::{Watched, Watcher};

/// The folder of watched steps in a run's folder.
const FOLDER: &str = "watch";

const PREFIX: &str = "step-";

/// Share of the values that a common color scale cuts off at each end.
const CUT_SHARE: f64 = 0.01;

/// Values that a common color scale is told by, at most.
const MAX_SCALE_VALUES: usize = 200_000;

/// The watched faces as the model saw them after so many steps.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedStep {
    pub step: u64,
    pub faces: Vec<WatchedFace>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct WatchedFace {
    pub crop: FaceCropPixels,
    /// 1 is manipulated.
    pub label: u8,
    /// What was done to it; `None` for a pristine face.
    pub technique: Option<String>,
    /// Above zero leans to manipulated; not a number while the method does not score yet.
    pub logit: f32,
    /// All of one step are kept with 65 536 levels between their least and their greatest value.
    pub maps: Vec<Map>,
}

/// A square face.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaceCropPixels {
    pub size_px: u32,
    /// RGB8, row by row: `3 * size_px * size_px` bytes.
    pub rgb: Vec<u8>,
}

/// The watched faces of a run after so many steps.
pub fn read(run: &Path, step: u64) -> Result<WatchedStep, TrainError> {
    kept::read(&folder_of(run, step))
}

/// Steps at which the faces of a run were watched, ascending.
pub fn steps(run: &Path) -> Vec<u64> {
    let entries = fs::read_dir(run.join(FOLDER)).into_iter().flatten();
    let mut steps: Vec<u64> = entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name();
            name.to_str()?.strip_prefix(PREFIX)?.parse().ok()
        })
        .collect();
    steps.sort_unstable();
    steps
}

/// Gives the maps of all steps one color scale for each kind whose scale a model's card would tell, and which
/// no card tells yet: only then do steps compare. Kinds with a scale of their own keep it.
pub fn share_scales(steps: &mut [WatchedStep]) {
    let mut kinds: Vec<MapKind> = Vec::new();
    for map in maps(steps) {
        if is_scaled_by_card(map.kind) && !kinds.contains(&map.kind) {
            kinds.push(map.kind);
        }
    }
    for kind in kinds {
        let Some(range) = common_range(steps, kind) else {
            continue;
        };
        let faces = steps.iter_mut().flat_map(|step| &mut step.faces);
        let maps = faces.flat_map(|face| &mut face.maps);
        for map in maps.filter(|map| map.kind == kind) {
            map.range = range;
        }
    }
}

fn maps(steps: &[WatchedStep]) -> impl Iterator<Item = &Map> {
    let faces = steps.iter().flat_map(|step| &step.faces);
    faces.flat_map(|face| &face.maps)
}

/// What all but the least and the greatest values of the kind lie in; `None` where they are all the same.
fn common_range(steps: &[WatchedStep], kind: MapKind) -> Option<(f32, f32)> {
    let own = || maps(steps).filter(|map| map.kind == kind);
    let count: usize = own().map(|map| map.values.len()).sum();
    let values = own().flat_map(|map| map.values.iter().copied());
    let mut values: Vec<f32> = values.step_by(1 + count / MAX_SCALE_VALUES).collect();
    values.sort_by(f32::total_cmp);
    let last = values.len().checked_sub(1)?;
    let cut = (CUT_SHARE * last as f64) as usize;
    let low = match kind {
        // What cannot be below zero begins there, as on a card.
        MapKind::GradCam | MapKind::GradCamPart(_) | MapKind::SpoofCue => 0.0,
        _ => values[cut],
    };
    let high = values[last - cut];
    (low < high && (high - low).is_finite()).then_some((low, high))
}

/// Whether the kind's color scale is set by looking at a finished model.
fn is_scaled_by_card(kind: MapKind) -> bool {
    matches!(
        kind,
        MapKind::GradCam
            | MapKind::GradCamPart(_)
            | MapKind::SpoofCue
            | MapKind::ClassActivation
            | MapKind::DeepfakeAttention
            | MapKind::DomainAttention
            | MapKind::DeepfakeAttentionChannel(_)
            | MapKind::DomainAttentionChannel(_)
    )
}

fn folder_of(run: &Path, step: u64) -> PathBuf {
    run.join(FOLDER).join(format!("{PREFIX}{step:08}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step whose one face has two maps: Grad-CAM, up to `max`, and a picture.
    pub fn step(step: u64, max: f32) -> WatchedStep {
        let map = |kind, max: f32, count: usize| Map {
            kind,
            width: 2,
            height: 2,
            values: (0..count)
                .map(|at| max * at as f32 / (count - 1) as f32)
                .collect(),
            range: (0.0, 1.0),
        };
        WatchedStep {
            step,
            faces: vec![WatchedFace {
                crop: FaceCropPixels {
                    size_px: 2,
                    rgb: (0..12).collect(),
                },
                label: 1,
                technique: Some("swap".to_owned()),
                logit: 0.25,
                maps: vec![
                    map(MapKind::GradCam, max, 4),
                    map(MapKind::PristineReconstruction, 1.0, 12),
                ],
            }],
        }
    }

    #[test]
    fn steps_share_a_scale_and_pictures_keep_theirs() {
        let mut steps = [step(1, 2.0), step(2, 8.0)];
        share_scales(&mut steps);
        for step in &steps {
            let [cam, picture] = &step.faces[0].maps[..] else {
                panic!("two maps were put in");
            };
            assert_eq!(cam.range, (0.0, 8.0));
            assert_eq!(picture.range, (0.0, 1.0));
        }
        share_scales(&mut []);
    }

    #[test]
    fn a_run_that_was_not_watched_has_no_steps() {
        let run = tempfile::tempdir().unwrap();
        assert!(steps(run.path()).is_empty());
        let text = read(run.path(), 3).unwrap_err().to_string();
        assert!(text.ends_with("step-00000003\""), "{text}");
    }
}
