//! What an analysis did not check, so that nobody takes silence for an answer.

use crate::analysis::record::{Analysis, CheckState};
use crate::methods::{self, METHODS};

/// A line each: checks that did not run with the reason, then what no check here looks at.
pub fn not_checked(analysis: &Analysis) -> Vec<String> {
    let title = |name: &str| {
        methods::find(name)
            .map_or(name, |it| it.detector.title)
            .to_owned()
    };
    let mut lines: Vec<String> = (analysis.ledger.iter())
        .filter(|entry| entry.state != CheckState::Ran)
        .map(|entry| {
            let reason = entry.reason.as_deref().unwrap_or("no reason was given");
            format!(
                "{}: {}, {reason}",
                title(&entry.check),
                state_word(entry.state)
            )
        })
        .collect();
    let unasked: Vec<&str> = (METHODS.iter())
        .filter(|method| !method.is_baseline)
        .map(|method| method.detector)
        .filter(|info| !analysis.ledger.iter().any(|entry| entry.check == info.name))
        .map(|info| info.title)
        .collect();
    if !unasked.is_empty() {
        lines.push(format!(
            "{}: not asked for, or not installed",
            unasked.join(", ")
        ));
    }
    lines.push(format!(
        "Frames between those examined: the rule was {}",
        analysis.sampling.rule
    ));
    lines.push("Sound, captions, and everything in the picture but faces".to_owned());
    lines.push(
        "Who made the clip, where and when; and whether the findings outlive another encoding"
            .to_owned(),
    );
    lines
}

/// What became of a check, in words.
pub fn state_word(state: CheckState) -> &'static str {
    match state {
        CheckState::Ran => "ran",
        CheckState::NotApplicable => "not applicable",
        CheckState::Failed => "failed",
        CheckState::Skipped => "skipped",
        CheckState::Cancelled => "cancelled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::record::tests::empty_analysis;
    use crate::analysis::record::{LedgerEntry, Verdict};

    #[test]
    fn a_check_without_an_answer_is_named_with_its_reason() {
        let mut analysis = empty_analysis(Verdict::CannotTell);
        let entry = |check: &str, state, reason: &str| LedgerEntry {
            check: check.to_owned(),
            state,
            reason: Some(reason.to_owned()),
            millis: 0,
        };
        analysis.ledger = vec![
            entry("did", CheckState::Failed, "the weights are damaged"),
            entry("dadd", CheckState::Ran, ""),
        ];
        let lines = not_checked(&analysis);
        assert!(
            lines[0].ends_with("failed, the weights are damaged"),
            "{lines:?}"
        );
        let dadd = methods::find("dadd").unwrap().detector.title;
        assert!(!lines.iter().any(|line| line.starts_with(dadd)));
        let intele = methods::find("intele").unwrap().detector.title;
        assert!(lines[1].contains(intele) && lines[1].contains("not asked for"));
        assert!(lines.iter().any(|line| line.starts_with("Sound")));
    }
}
