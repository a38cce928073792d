//! Every bundled model is what its card says: its numbers are a preset's, and its answers have not drifted.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};

use burn::prelude::Device;
use seam_engine::detectors::card::Card;
use seam_engine::detectors::known_answer::{largest_difference, plain_face};
use seam_engine::detectors::{MapChannels, MapKind};
use seam_engine::methods::training::TrainConfig;
use seam_engine::methods::{self, Start};

/// Logits reach tens; other processors add up in another order.
const DRIFT: f32 = 0.01;

/// Every model that the program comes with.
fn dirs() -> Vec<PathBuf> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models");
    let mut dirs: Vec<PathBuf> = std::fs::read_dir(models)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    dirs.sort();
    assert!(!dirs.is_empty());
    dirs
}

#[test]
fn their_numbers_are_those_of_the_preset() {
    for dir in dirs() {
        let card = Card::read(&dir).unwrap();
        let method = methods::find(&card.method).unwrap();
        let mut preset = (method.preset)(&card.preset).unwrap();
        // Its data's, which no preset knows.
        let trained: TrainConfig = serde_json::from_value(card.config.clone()).unwrap();
        preset.techniques = trained.techniques;
        if let (Start::Own { started, .. }, Some(_)) = (&method.start, &trained.init) {
            // Its first stage was a training of its own.
            started(&mut preset);
            preset.init = trained.init;
        }
        assert_eq!(
            card.config,
            serde_json::to_value(&preset).unwrap(),
            "{dir:?}"
        );
    }
}

#[test]
fn their_known_answers_have_not_drifted() {
    for dir in dirs() {
        let card = Card::read(&dir).unwrap();
        let method = methods::find(&card.method).unwrap();
        let mut detector = (method.load)(&dir, &Device::flex()).unwrap();
        let drift = largest_difference(detector.as_mut(), &card.known_answers).unwrap();
        assert!(drift < DRIFT, "the answers of {dir:?} drifted by {drift}");
    }
}

fn is_logarithm(kind: MapKind) -> bool {
    matches!(
        kind,
        MapKind::LogLikelihood | MapKind::LogLikelihoodChannel(_)
    )
}

#[test]
fn they_draw_every_map_they_name_on_a_fixed_scale() {
    for dir in dirs() {
        let card = Card::read(&dir).unwrap();
        let method = methods::find(&card.method).unwrap();
        let mut detector = (method.load)(&dir, &Device::flex()).unwrap();
        let size_px = detector.crop_rule().size_px;
        let pixels = (0..3 * size_px * size_px)
            .map(|at| (at % 251) as u8)
            .collect();
        let face = plain_face(size_px, pixels);
        for &kind in detector.info().maps {
            let map = detector.map(&face, kind).unwrap();
            let has_own_scale = card.map_scales.contains_key(kind.name().as_ref());
            let expected = match kind {
                _ if has_own_scale => None,
                _ if Some(kind) == detector.info().main_map() => Some(card.map_max),
                MapKind::GradCamPart(_) => Some(card.map_part_max),
                // The scale of a picture is the kind's own.
                _ => None,
            };
            match card.map_scales.get(kind.name().as_ref()) {
                Some(&[low, high]) => assert_eq!(map.range, (low, high)),
                // Logarithms of probabilities end at zero.
                None if is_logarithm(kind) => assert_eq!(map.range.1, 0.0),
                None => assert_eq!(map.range.0, 0.0),
            }
            assert!(map.range.0 < map.range.1 && expected.is_none_or(|max| map.range.1 == max));
            let channels = match kind.channels() {
                MapChannels::Value => 1,
                MapChannels::Rgb => 3,
            };
            assert_eq!(map.values.len(), (channels * size_px * size_px) as usize);
            let is_on_scale = |value: f32| {
                let is_right_of_zero = match kind {
                    // Below zero, it speaks against.
                    MapKind::ClassActivation => true,
                    _ if is_logarithm(kind) => value <= 0.0,
                    _ => 0.0 <= value,
                };
                value.is_finite() && is_right_of_zero
            };
            assert!(map.values.iter().copied().all(is_on_scale), "{kind:?}");
        }
    }
}
