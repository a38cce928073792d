//! What must be known to read the numbers, in plain words.

use crate::detectors::MapKind;
use crate::eval::metrics::Metrics;
use crate::eval::report::{Evaluation, MethodResult};

/// With fewer videos of a kind, an interval by video is too narrow to be believed.
const FEW_VIDEOS: usize = 20;

/// What would make the numbers worthless.
pub fn warnings(evaluation: &Evaluation) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(probe) = evaluation.probe.as_ref().filter(|probe| probe.is_leak) {
        warnings.push(probe.in_words.clone());
    }
    let seen = evaluation.experiment.as_ref();
    let seen = seen.map_or(0, |record| record.items_seen_in_training);
    if 0 < seen {
        warnings.push(format!(
            "{seen} of the scored items are files that the trainings used, so all numbers are too good"
        ));
    }
    for result in &evaluation.results {
        let seen = result
            .model
            .as_ref()
            .map_or(0, |model| model.items_seen_in_training);
        if 0 < seen {
            warnings.push(format!(
                "{}: {seen} of the scored items are files that its training used, so its numbers are too good",
                result.title
            ));
        }
    }
    warnings
}

/// What any reader should keep in mind.
pub fn caveats(evaluation: &Evaluation) -> Vec<String> {
    let mut caveats = if evaluation.experiment.is_some() {
        of_areas()
    } else {
        of_numbers()
    };
    if let Some(first) = evaluation.results.first() {
        let share = first.frames.manipulated as f64 / first.frames.count as f64;
        caveats.push(format!(
            "{:.0} % of the scored faces are manipulated: a guess reaches AP {share:.3} and ACC {:.3}",
            100.0 * share,
            share.max(1.0 - share)
        ));
        let fewest = first.videos.as_ref().map_or(FEW_VIDEOS, fewest_of_a_kind);
        if fewest < FEW_VIDEOS {
            caveats.push(format!(
                "There are only {fewest} videos of one kind: the intervals are rough, and too narrow rather than \
                 too wide"
            ));
        }
    }
    if let Some(data) = &evaluation.data
        && data.datasets.iter().any(|name| name.starts_with("forge"))
    {
        caveats.push(
            "The clips were made by Seam's own forge. They measure what a detector knows of these \
             manipulations, not how it fares on clips from the world"
                .to_owned(),
        );
    }
    let has_maps = |kind| {
        let mut maps = evaluation
            .results
            .iter()
            .filter_map(|result| result.attention.as_ref());
        maps.any(|attention| attention.kind == kind)
    };
    if has_maps(MapKind::SpoofCue) {
        caveats.push(
            "Maps of LGSC are its cues, |C| of every pixel, whose mean is the score. Nothing in its training \
             asks where on a manipulated face the cue lies"
                .to_owned(),
        );
    }
    if has_maps(MapKind::LogLikelihood) {
        caveats.push(
            "Maps of PixelCNN++ are its surprise, -log p of every pixel: what its classifier looks at, not what the \
             score depends on. They are nowhere zero, and hair, eyes and noise surprise it too; a share of the \
             surprise inside the mask means something only beside the mask's share of the crop"
                .to_owned(),
        );
    }
    if has_maps(MapKind::GradCam) {
        caveats.push(
            "Maps are Grad-CAM: what the score depends on, to first order, at the resolution of the last \
             feature map (4 x 4 cells for crops of 128 pixels), drawn out smoothly. So small masks cannot be \
             met exactly, and a share near the mask's share of the crop is chance. Masks lie in the middle of \
             the crop: a map that always lies there is above chance too"
                .to_owned(),
        );
    }
    if evaluation
        .results
        .iter()
        .any(|result| !result.own_attention.is_empty())
    {
        caveats.push(
            "M_df and M_dom of DID are means over all channels of masks that let through between 0 and 1 of each \
             feature. They lie near 0.5 everywhere before any training, and an even one has as much inside the \
             mask as the mask covers: shares are to be read beside that. M_dom looks at what M_df leaves; \
             nothing asks it to lie on what was manipulated"
                .to_owned(),
        );
    }
    caveats.extend(evaluation.results.iter().flat_map(of_result));
    caveats.dedup();
    caveats
}

/// Where AUC alone is told; an experiment tells of its intervals itself.
fn of_areas() -> Vec<String> {
    vec![
        "AUC is the chance that a manipulated face scores above a pristine one: 50 % is chance, 100 % tells all \
         apart. A video's score is the mean probability of its faces"
            .to_owned(),
    ]
}

fn of_numbers() -> Vec<String> {
    vec![
        "AUC is the chance that a manipulated face scores above a pristine one: 0.5 is chance, 1 tells all \
         apart. EER is the rate at which as many pristine are taken for manipulated as manipulated are \
         missed; smaller is better"
            .to_owned(),
        "Intervals draw whole videos anew, pristine and manipulated ones apart. They tell how much another \
         set of such videos would change the numbers, not how another kind of material would"
            .to_owned(),
        "A video's score is the mean probability of its faces. ACC calls everything above 0.5 manipulated"
            .to_owned(),
    ]
}

fn of_result(result: &MethodResult) -> Vec<String> {
    let mut caveats = Vec::new();
    let title = &result.title;
    if let Some(model) = &result.model
        && !model.is_trained_here
    {
        caveats.push(format!("{title}: {}", model.origin));
        if result.left_out.is_some() || result.trained_on.is_some() {
            caveats.push(format!(
                "{title} was not trained for this protocol, so leaving a technique out is the same as testing \
                 on that technique alone"
            ));
        }
    }
    if result.reliability.is_none() {
        caveats.push(format!(
            "{title}: the scores are no probabilities, so ACC, Brier score, ECE and reliability are not told"
        ));
    } else if !result.calibration.is_calibrated {
        caveats.push(format!(
            "{title}: its probabilities are not calibrated; ACC, Brier score and ECE show that, and AUC, EER and \
             AP by frame do not depend on it"
        ));
    } else {
        caveats.push(format!(
            "{title}: its calibration is for as many manipulated clips as pristine ones; with other shares, \
             ECE and Brier score hold that difference too"
        ));
    }
    if result.videos.is_none() {
        caveats.push(format!(
            "{title}: the scores do not tell which video they are of, so every row was drawn by itself and \
             the intervals are too narrow where rows of one video are alike"
        ));
    }
    caveats
}

fn fewest_of_a_kind(videos: &Metrics) -> usize {
    videos.manipulated.min(videos.count - videos.manipulated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::page::tests::made_up_evaluation;

    #[test]
    fn a_leak_and_seen_clips_are_warned_of() {
        let mut evaluation = made_up_evaluation("forge-standard");
        assert_eq!(warnings(&evaluation), Vec::<String>::new());
        evaluation.probe.as_mut().unwrap().is_leak = true;
        evaluation.results[0]
            .model
            .as_mut()
            .unwrap()
            .items_seen_in_training = 3;
        let warnings = warnings(&evaluation);
        assert_eq!(warnings.len(), 2);
        assert!(
            warnings[1].contains("3 of the scored items"),
            "{warnings:?}"
        );
    }

    #[test]
    fn caveats_follow_what_was_done() {
        let mut evaluation = made_up_evaluation("forge-standard");
        let has = |caveats: &[String], words: &str| caveats.iter().any(|text| text.contains(words));
        let before = caveats(&evaluation);
        assert!(
            has(&before, "own forge") && has(&before, "only 10 videos"),
            "{before:?}"
        );
        assert!(
            has(&before, "Grad-CAM")
                && has(&before, "not calibrated")
                && has(&before, "67 % of the scored"),
            "{before:?}"
        );
        evaluation.results[0].calibration.is_calibrated = true;
        evaluation.results[0].videos = None;
        evaluation.results[0].attention = None;
        let after = caveats(&evaluation);
        assert!(
            !has(&after, "Grad-CAM")
                && !has(&after, "not calibrated")
                && has(&after, "which video"),
            "{after:?}"
        );
    }
}
