//! The calmest moment of a person: what a moment that a method objects to is compared with.

use seam_engine::faces::TrackId;
use seam_engine::media::MediaHash;

use crate::evidence::{Mark, Person};

/// Faces below this share of the person's middle size are no fair comparison.
const SMALLEST_SHARE: f32 = 0.6;
/// While scores still come in, a calmer moment must be calmer by so much, so that the frame seldom changes.
const MIN_GAIN: f32 = 0.05;

/// The moment with the lowest score of a method, among those where the face is not much smaller than usual.
/// Marks are there only for faces that the gate let through. Where the method has not scored this person,
/// the one that scored most decides.
pub fn calmest<'a>(person: &'a Person, method: &str) -> Option<&'a Mark> {
    let longest = || person.strips.values().max_by_key(|strip| strip.marks.len());
    let marks = &person.strips.get(method).or_else(longest)?.marks;
    let side = |mark: &Mark| {
        let at = person.box_at(mark.pts_nanos, 0)?;
        Some(at.face.width.min(at.face.height))
    };
    let mut sides: Vec<f32> = marks.iter().filter_map(side).collect();
    sides.sort_by(f32::total_cmp);
    let smallest = SMALLEST_SHARE * sides.get(sides.len() / 2)?;
    let is_large = |mark: &&Mark| side(mark).is_some_and(|side| smallest <= side);
    // The logit, because scores of many moments may round to the same number.
    (marks.iter().filter(is_large)).min_by(|a, b| a.logit.total_cmp(&b.logit))
}

/// The control frame of one person: chosen again only when scores came in.
#[derive(Debug, Default)]
pub struct Control {
    chosen: Option<Chosen>,
}

/// On whom, by which method, since which analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whose {
    pub media: MediaHash,
    pub track: TrackId,
    pub method: &'static str,
    pub round: u64,
}

#[derive(Clone, Copy, Debug)]
struct Chosen {
    whose: Whose,
    num_marks: usize,
    is_running: bool,
    pts_nanos: i64,
}

impl Control {
    /// The control frame's time; `None` before the first score.
    pub fn nanos(&mut self, whose: Whose, person: &Person, is_running: bool) -> Option<i64> {
        let num_marks = person.strips.values().map(|strip| strip.marks.len()).sum();
        let before = self.chosen.filter(|chosen| chosen.whose == whose);
        if let Some(before) = before
            && (before.num_marks, before.is_running) == (num_marks, is_running)
        {
            return Some(before.pts_nanos);
        }
        let before = before.map(|before| before.pts_nanos);
        let pts_nanos = control_nanos(person, whose.method, before, is_running)?;
        self.chosen = Some(Chosen {
            whose,
            num_marks,
            is_running,
            pts_nanos,
        });
        Some(pts_nanos)
    }
}

/// The calmest moment, or the one chosen before while it is nearly as calm.
fn control_nanos(
    person: &Person,
    method: &str,
    before: Option<i64>,
    is_running: bool,
) -> Option<i64> {
    let calmest = calmest(person, method)?;
    let kept = before
        .filter(|_| is_running)
        .and_then(|pts_nanos| person.strips.get(method)?.mark_at(pts_nanos, 0));
    let is_calm = kept.is_some_and(|kept| kept.score <= calmest.score + MIN_GAIN);
    Some(if is_calm { before? } else { calmest.pts_nanos })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{BoxAt, Strip};
    use seam_engine::faces::FaceBox;

    fn person(marks: &[(i64, f32, f32)]) -> Person {
        let mut person = Person::default();
        let mut strip = Strip::empty();
        for &(pts_nanos, score, side) in marks {
            strip.add(Mark {
                pts_nanos,
                index: 0,
                logit: (score / (1.0 - score)).ln(),
                score,
                parts: Vec::new(),
                domains: Vec::new(),
                bits_per_dim: None,
            });
            person.boxes.push(BoxAt {
                pts_nanos,
                face: FaceBox {
                    x: 0.0,
                    y: 0.0,
                    width: side,
                    height: side,
                    confidence: 1.0,
                },
                is_detected: true,
            });
        }
        person.strips.insert("dadd", strip);
        person
    }

    #[test]
    fn the_lowest_score_of_a_face_of_usual_size_is_calmest() {
        let person = person(&[
            (0, 0.9, 100.0),
            (1, 0.1, 30.0),
            (2, 0.2, 90.0),
            (3, 0.5, 110.0),
        ]);
        assert_eq!(calmest(&person, "dadd").unwrap().pts_nanos, 2);
        // A method that did not score takes the moment of one that did.
        assert_eq!(calmest(&person, "intele").unwrap().pts_nanos, 2);
        assert!(calmest(&Person::default(), "dadd").is_none());
    }

    #[test]
    fn while_scores_come_in_the_control_frame_seldom_changes() {
        let person = person(&[(0, 0.22, 100.0), (1, 0.5, 100.0), (2, 0.2, 100.0)]);
        assert_eq!(control_nanos(&person, "dadd", Some(0), true), Some(0));
        assert_eq!(control_nanos(&person, "dadd", Some(1), true), Some(2));
        assert_eq!(control_nanos(&person, "dadd", Some(0), false), Some(2));
        assert_eq!(control_nanos(&person, "dadd", None, true), Some(2));
    }
}
