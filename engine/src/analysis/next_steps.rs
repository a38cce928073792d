//! What a person can do next: no method's answer is the end of a check.

use crate::analysis::record::{Analysis, Verdict};
use crate::faces::GateState;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// In the imperative, short.
    pub what: &'static str,
    pub why: String,
}

/// What to do after this analysis, the most useful first.
pub fn next_steps(analysis: &Analysis) -> Vec<NextStep> {
    let step = |what, why: &str| NextStep {
        what,
        why: why.to_owned(),
    };
    let mut steps = Vec::new();
    let is_weak = (analysis.tracks.iter()).any(|track| track.gate.state != GateState::Usable);
    if !analysis.media.reencode_signs.is_empty() {
        steps.push(step(
            "Find an earlier copy",
            "This file was encoded again after the camera: the file as recorded has more to look at",
        ));
    } else if is_weak {
        steps.push(step(
            "Ask for a better copy",
            "Faces here are small, blurred or turned: the file as recorded may show them better",
        ));
    }
    if analysis.summary.verdict.is_evidence() {
        steps.push(step(
            "Look at the hottest moments yourself",
            "Compare what each method shows there with a calm moment: compression, filters and make-up can be objected to as well",
        ));
    }
    steps.push(step(
        "Find the original",
        "Search for key frames in reverse, in other programs: who published it first, when, and whether a version without the change exists",
    ));
    steps.push(step(
        "Ask the person shown, and the one who sent it",
        "Where and when it was recorded, on what, and who else was there",
    ));
    if analysis.summary.verdict != Verdict::Little || is_weak {
        steps.push(step(
            "Send it to an expert, with its hash",
            "The SHA-256 says which file is meant; the expert can run the same analysis and get the same numbers",
        ));
    } else {
        steps.push(step(
            "Check what no method here looks at",
            "Little evidence on faces says nothing of voices, captions, place and date, or of cuts",
        ));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::record::tests::empty_analysis;

    fn first(analysis: &Analysis) -> &'static str {
        next_steps(analysis)[0].what
    }

    #[test]
    fn what_comes_first_depends_on_what_was_found() {
        let mut analysis = empty_analysis(Verdict::CannotTell);
        assert_eq!(first(&analysis), "Find the original");
        analysis.summary.verdict = Verdict::Some;
        assert_eq!(first(&analysis), "Look at the hottest moments yourself");
        analysis.media.reencode_signs = vec!["written by FFmpeg".to_owned()];
        assert_eq!(first(&analysis), "Find an earlier copy");
    }

    #[test]
    fn little_evidence_never_ends_the_check() {
        let steps = next_steps(&empty_analysis(Verdict::Little));
        let text: String = steps
            .iter()
            .map(|step| format!("{} {}", step.what, step.why))
            .collect();
        assert!(text.contains("Little evidence on faces says nothing of voices"));
        assert!(!text.to_lowercase().contains("authentic"));
        assert!(3 <= steps.len());
    }
}
