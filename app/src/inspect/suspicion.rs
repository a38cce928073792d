//! What a person suspects of a clip, and where: best written before a method has spoken.

use seam_engine::media::MediaHash;
use serde::{Deserialize, Serialize};

use crate::evidence::{Evidence, Mark};
use crate::words;

/// A moment is marked with so much around it, to both sides.
const AROUND_NANOS: i64 = 250_000_000;

/// Kept with the user's data by the file's hash, never beside the original.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Suspicion {
    pub text: String,
    /// In order of time.
    pub marks: Vec<Span>,
    /// The text was changed after an analysis was asked for.
    pub is_changed_after: bool,
    #[serde(skip)]
    pub kept: Kept,
}

/// A part of the clip, in nanoseconds of presentation time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub start: i64,
    pub end: i64,
    /// Marked after an analysis was asked for.
    #[serde(default)]
    pub is_after: bool,
}

/// How it stands between the screen and the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    /// Whether there is one on disk is not known yet.
    #[default]
    Unknown,
    Asked,
    Saved,
    Changed,
}

impl Suspicion {
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.marks.is_empty()
    }

    /// Whether all of it was there before a method was asked.
    pub fn is_blind(&self) -> bool {
        !self.is_changed_after && self.marks.iter().all(|mark| !mark.is_after)
    }

    pub(super) fn write(&mut self, text: String, has_answer: bool) {
        if self.text != text {
            self.text = text;
            self.is_changed_after |= has_answer;
            self.kept = Kept::Changed;
        }
    }

    /// Marks a stretch; one that overlaps a mark widens it.
    pub(super) fn mark(&mut self, start: i64, end: i64, is_after: bool) {
        let mut new = Span {
            start,
            end,
            is_after,
        };
        if start == end {
            new.start = (start - AROUND_NANOS).max(0);
            new.end = end + AROUND_NANOS;
        }
        let overlaps = |mark: &Span| mark.start <= new.end && new.start <= mark.end;
        let own: Vec<Span> = self.marks.iter().copied().filter(overlaps).collect();
        self.marks.retain(|mark| !overlaps(mark));
        for mark in own {
            new.start = new.start.min(mark.start);
            new.end = new.end.max(mark.end);
        }
        self.marks.push(new);
        self.marks.sort_by_key(|mark| mark.start);
        self.kept = Kept::Changed;
    }

    pub(super) fn unmark(&mut self, place: usize, has_answer: bool) {
        if place < self.marks.len() {
            self.marks.remove(place);
            self.is_changed_after |= has_answer;
            self.kept = Kept::Changed;
        }
    }
}

impl Span {
    pub fn holds(&self, pts_nanos: i64) -> bool {
        (self.start..=self.end).contains(&pts_nanos)
    }

    pub fn words(&self) -> String {
        format!("{} to {}", words::time(self.start), words::time(self.end))
    }
}

/// What the methods say where the person marked: a line each, the strongest frame of each method on anyone.
pub fn beside(span: Span, evidence: &Evidence) -> Vec<String> {
    let strongest = |method: &str| -> Option<&Mark> {
        let strips = evidence.people.values();
        let strips = strips.filter_map(|person| person.strips.get(method));
        let peaks = strips.filter_map(|strip| strip.peak(strip.places(span.start, span.end)));
        peaks.max_by(|a, b| a.score.total_cmp(&b.score))
    };
    let methods = evidence.methods().into_iter();
    methods
        .map(|method| {
            let name = words::method_name(method);
            match strongest(method) {
                None => format!("{name} scored no face there"),
                Some(mark) => format!(
                    "{name} {} at most, {:.2} at {}",
                    words::objection(mark.score).to_lowercase(),
                    mark.score,
                    words::time(mark.pts_nanos)
                ),
            }
        })
        .collect()
}

/// Whether the methods' strongest moment is where the person looked.
pub fn compared(suspicion: &Suspicion, evidence: &Evidence) -> Option<String> {
    let hottest = evidence.hottest(None)?;
    let at = words::time(hottest.pts_nanos);
    if suspicion.marks.is_empty() {
        return None;
    }
    let is_inside = (suspicion.marks.iter()).any(|mark| mark.holds(hottest.pts_nanos));
    Some(if is_inside {
        format!(
            "The strongest moment of any method, {at}, lies in what you marked. That two agree is no proof"
        )
    } else {
        format!(
            "The strongest moment of any method, {at}, lies outside what you marked: look at both before you believe either"
        )
    })
}

/// The name of its file.
pub(super) fn file_name(media: MediaHash) -> String {
    format!("{media}.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Person, made_up};
    use seam_engine::faces::TrackId;

    fn evidence() -> Evidence {
        let mut evidence = Evidence::default();
        let mut person = Person::default();
        let marks = [(0, 0.1), (1_000_000_000, 0.95), (2_000_000_000, 0.2)];
        person.strips.insert("did", made_up::strip(marks));
        evidence.people.insert(TrackId(1), person);
        evidence
    }

    #[test]
    fn what_is_said_before_the_answer_stays_blind() {
        let mut suspicion = Suspicion::default();
        assert!(suspicion.is_empty());
        suspicion.write("The mouth lags behind".to_owned(), false);
        suspicion.mark(1_000_000_000, 1_000_000_000, false);
        assert!(suspicion.is_blind() && !suspicion.is_empty());
        let mut later = suspicion.clone();
        later.mark(5_000_000_000, 6_000_000_000, true);
        assert!(!later.is_blind());
        suspicion.write("The mouth is fine".to_owned(), true);
        assert!(!suspicion.is_blind());
    }

    #[test]
    fn marks_that_overlap_become_one() {
        let mut suspicion = Suspicion::default();
        suspicion.mark(0, 2_000_000_000, false);
        suspicion.mark(8_000_000_000, 9_000_000_000, false);
        suspicion.mark(1_000_000_000, 3_000_000_000, false);
        let spans: Vec<(i64, i64)> = suspicion
            .marks
            .iter()
            .map(|mark| (mark.start, mark.end))
            .collect();
        assert_eq!(spans, [(0, 3_000_000_000), (8_000_000_000, 9_000_000_000)]);
        suspicion.unmark(0, false);
        suspicion.unmark(7, false);
        assert_eq!(suspicion.marks.len(), 1);
    }

    #[test]
    fn a_mark_is_shown_beside_what_methods_say_there() {
        let evidence = evidence();
        let mut suspicion = Suspicion::default();
        suspicion.mark(1_500_000_000, 2_500_000_000, false);
        assert_eq!(
            beside(suspicion.marks[0], &evidence),
            ["DID hardly objects at most, 0.20 at 00:02.000"]
        );
        let text = compared(&suspicion, &evidence).unwrap();
        assert!(text.contains("outside what you marked"), "{text}");
        suspicion.mark(1_000_000_000, 1_000_000_000, false);
        let text = compared(&suspicion, &evidence).unwrap();
        assert!(text.contains("lies in what you marked"), "{text}");
        let empty = Span {
            start: 10,
            end: 20,
            is_after: false,
        };
        assert_eq!(beside(empty, &evidence), ["DID scored no face there"]);
    }
}
