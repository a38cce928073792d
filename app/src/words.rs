//! Times, sizes and strengths as the window writes them: words before numbers.

use seam_engine::analysis::record::{CheckState, Verdict};
use seam_engine::analysis::unchecked;
use seam_engine::faces::GateState;
use seam_engine::methods;

/// `mm:ss.mmm`; negative times are shown as zero.
pub fn time(pts_nanos: i64) -> String {
    let millis = pts_nanos.max(0) / 1_000_000;
    format!(
        "{:02}:{:02}.{:03}",
        millis / 60_000,
        millis / 1000 % 60,
        millis % 1000
    )
}

/// `1,204`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at != 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `4.2 MB`, in powers of a thousand.
pub fn bytes(number: u64) -> String {
    let number = number as f64;
    match number {
        ..1e3 => format!("{number} B"),
        ..1e6 => format!("{:.0} kB", number / 1e3),
        ..1e9 => format!("{:.1} MB", number / 1e6),
        _ => format!("{:.1} GB", number / 1e9),
    }
}

/// What a method does on one frame, by its score from 0 to 1. Words of evidence are for the record.
pub fn objection(score: f32) -> &'static str {
    match score {
        0.9.. => "Objects strongly",
        0.6.. => "Objects",
        0.4.. => "Undecided",
        _ => "Hardly objects",
    }
}

pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Strong => "Strong evidence",
        Verdict::Some => "Some evidence",
        Verdict::Little => "Little evidence",
        Verdict::CannotTell => "Cannot tell",
    }
}

pub fn check_state(state: CheckState) -> &'static str {
    unchecked::state_word(state)
}

pub fn gate_state(state: GateState) -> &'static str {
    match state {
        GateState::Usable => "Usable face",
        GateState::Weak => "Weak face",
        GateState::NotUsable => "Face not usable",
    }
}

/// The method's title for people, `DADD`; its stable name where it is not known.
pub fn method_title(name: &str) -> &str {
    methods::find(name).map_or(name, |method| method.detector.title)
}

/// The method's name where room is short: `DADD`.
pub fn method_name(name: &str) -> String {
    methods::short_name(name)
}

/// A shortcut as keyboards show it: `Ctrl+[`.
pub fn keys(ctx: &egui::Context, shortcut: &egui::KeyboardShortcut) -> String {
    let text = ctx.format_shortcut(shortcut);
    let (held, key) = match text.rsplit_once('+') {
        Some((held, key)) => (format!("{held}+"), key),
        None => (String::new(), text.as_str()),
    };
    let key = match key {
        "OpenBracket" => "[",
        "CloseBracket" => "]",
        "Backslash" => "\\",
        "Slash" => "/",
        "Comma" => ",",
        "Period" => ".",
        "Plus" => "+",
        "Minus" => "−",
        "Equals" => "=",
        key => key,
    };
    format!("{held}{key}")
}

/// The first digits of a hash, enough to tell files apart at a glance.
pub fn short_hash(hash: &impl ToString) -> String {
    hash.to_string().chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_minutes_seconds_and_millis() {
        assert_eq!(time(0), "00:00.000");
        assert_eq!(time(83_240_000_000), "01:23.240");
        assert_eq!(time(-5), "00:00.000");
        assert_eq!(time(3_600_000_000_000), "60:00.000");
    }

    #[test]
    fn counts_and_sizes_are_readable() {
        assert_eq!(count(7), "7");
        assert_eq!(count(1204), "1,204");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(4_200_000), "4.2 MB");
    }

    #[test]
    fn no_word_claims_authenticity() {
        for score in [0.0, 0.4, 0.6, 0.9, 1.0, f32::NAN] {
            let word = objection(score).to_lowercase();
            assert!(!word.contains("authentic") && !word.contains("fake"));
        }
        assert_eq!(objection(0.95), "Objects strongly");
        assert_eq!(objection(0.05), "Hardly objects");
    }
}
