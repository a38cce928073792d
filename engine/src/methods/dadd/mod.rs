//! DADD, deepfake detection by artifact discrepancies (METHODS 5; paper 004): what it is, its
//! configuration and its alternation. Training makes its own examples from pristine faces (ADDG).

pub mod detector;
pub mod gradcam;
pub mod loss;
pub mod model;
pub mod preset;
pub mod trainer;

use crate::detectors::{DetectorInfo, MapKind};
use crate::faces::align::CropRule;
use crate::forge::addg::{CATEGORIES, Draw};
use crate::methods::dadd::detector::DaddDetector;
use crate::methods::dadd::preset::DaddSettings;
use crate::methods::dadd::trainer::DaddTrainer;
use crate::methods::training::TrainConfig;
use crate::methods::{Examples, MethodInfo, Start};
use crate::nn::backbone_kind::BackboneKind;

/// Sub-tasks, one for each category of made-up artifact.
pub const NUM_SUBTASKS: usize = CATEGORIES.len();

/// The crop's side over the face's side (METHODS 16).
const MARGIN: f32 = 1.3;

pub static DETECTOR: DetectorInfo = DetectorInfo {
    name: "dadd",
    title: "Artifact discrepancies (DADD)",
    looks_at: "Whether the inside of the face carries the same blur, noise, scaling and texture as \
               what lies around it",
    limits: "A face that was made or repainted as a whole has no seam to find; strong compression, \
             beauty filters and portrait blur can look like one. Trained without any manipulated \
             clip; its scores are not calibrated unless its card says so",
    parts: &CATEGORIES,
    maps: &[
        MapKind::GradCam,
        MapKind::GradCamPart(0),
        MapKind::GradCamPart(1),
        MapKind::GradCamPart(2),
        MapKind::GradCamPart(3),
        MapKind::GradCamPart(4),
        MapKind::GradCamPart(5),
        MapKind::GradCamPart(6),
        MapKind::GradCamPart(7),
        MapKind::GradCamPart(8),
    ],
};

pub const INFO: MethodInfo = MethodInfo {
    detector: &DETECTOR,
    paper: "Self-Supervised Deepfake Detection by Discovering Artifact Discrepancies (paper 004)",
    is_baseline: false,
    presets: &["laptop", "paper"],
    preset: preset::preset,
    crop_rule,
    examples: Examples::MadeUp {
        categories: &CATEGORIES,
        draw,
    },
    masks: None,
    start: Start::Backbone(|_| BackboneKind::Xception),
    trainer: |config, device| Ok(Box::new(DaddTrainer::new(config, device)?)),
    load: |dir, device| Ok(Box::new(DaddDetector::load(dir, device)?)),
};

/// Faces are turned upright, so that blending masks and their traces lie alike in all of them.
pub fn crop_rule(config: &TrainConfig) -> CropRule {
    CropRule {
        size_px: config.size_px,
        margin: MARGIN,
        is_aligned: true,
    }
}

/// Algorithm 1: `k` rounds over the nine sub-tasks, then `t` batches of all categories mixed.
pub fn draw(config: &TrainConfig, step: u64) -> Draw {
    // A configuration is checked when its trainer is made; before that, the paper's order is right.
    let settings = DaddSettings::read(config).unwrap_or_default();
    let subtask_steps = settings.subtask_rounds * NUM_SUBTASKS as u64;
    let place = step % (subtask_steps + settings.final_batches).max(1);
    if place < subtask_steps {
        Draw::Category((place % NUM_SUBTASKS as u64) as u8)
    } else {
        Draw::Mixed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_subtask_batches_and_nine_final_ones_take_turns() {
        let config = preset::preset("paper").unwrap();
        for cycle in 0..3 {
            for n in 0..9 {
                assert_eq!(draw(&config, 18 * cycle + n), Draw::Category(n as u8));
                assert_eq!(draw(&config, 18 * cycle + 9 + n), Draw::Mixed);
            }
        }
    }

    #[test]
    fn rounds_and_final_batches_can_be_chosen() {
        let mut config = preset::preset("paper").unwrap();
        let table = &mut config.method_config;
        table.insert("subtask_rounds".to_owned(), 2.into());
        table.insert("final_batches".to_owned(), 1.into());
        assert_eq!(draw(&config, 9), Draw::Category(0));
        assert_eq!(draw(&config, 17), Draw::Category(8));
        assert_eq!(draw(&config, 18), Draw::Mixed);
        assert_eq!(draw(&config, 19), Draw::Category(0));
    }
}
