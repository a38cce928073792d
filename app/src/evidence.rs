//! What an analysis has told so far about one file: people over time, their boxes and scores.

mod strip;

use std::collections::BTreeMap;

use seam_engine::analysis::Partial;
use seam_engine::detectors::likelihood::LikelihoodReference;
use seam_engine::faces::gate::FaceQuality;
use seam_engine::faces::{FaceBox, Gate, TrackId};

#[cfg(test)]
pub(crate) use strip::tests as made_up;
pub use strip::{Mark, Strip};

/// A person who is not seen for longer than this was away.
const LONGEST_ABSENCE_NANOS: i64 = 1_000_000_000;

/// Everything that came in as [`Partial`]s, ready to draw.
#[derive(Debug, Default)]
pub struct Evidence {
    pub people: BTreeMap<TrackId, Person>,
    /// What a color of a pixel costs in pristine faces, by method: of those that model a density.
    pub usual_bits: BTreeMap<&'static str, UsualBits>,
    /// Faces were looked for up to this time; `None` before the first frame.
    pub followed_to_nanos: Option<i64>,
}

/// Bits per dimension that pristine faces of a model's validation have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UsualBits {
    /// Between which nine of ten lie.
    pub band: [f32; 2],
    pub num_faces: usize,
}

/// One person over time.
#[derive(Debug, Default)]
pub struct Person {
    /// In order of time.
    pub boxes: Vec<BoxAt>,
    /// First and last time of each stretch in which the person is seen.
    pub presence: Vec<(i64, i64)>,
    pub gate: Option<Gate>,
    /// In order of time; of examined frames only.
    pub qualities: Vec<QualityAt>,
    /// One strip a method, by its stable name.
    pub strips: BTreeMap<&'static str, Strip>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoxAt {
    pub pts_nanos: i64,
    pub face: FaceBox,
    pub is_detected: bool,
}

/// How fit a person's face is for scoring at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QualityAt {
    pub pts_nanos: i64,
    pub quality: FaceQuality,
}

impl Evidence {
    /// Takes in faces, gates and scores. [`Partial::Probed`] holds none.
    pub fn add(&mut self, partial: Partial) {
        match partial {
            Partial::Probed(_) => {}
            Partial::Faces { frame, faces } => {
                self.followed_to_nanos = self.followed_to_nanos.max(Some(frame.pts_nanos));
                for face in faces {
                    let person = self.people.entry(face.track).or_default();
                    person.seen(BoxAt {
                        pts_nanos: face.frame.pts_nanos,
                        face: face.box_in_frame,
                        is_detected: face.is_detected,
                    });
                }
            }
            Partial::Measured {
                track,
                frame,
                quality,
            } => {
                let pts_nanos = frame.pts_nanos;
                let person = self.people.entry(track).or_default();
                let at = QualityAt { pts_nanos, quality };
                insert_by(&mut person.qualities, pts_nanos, |at| at.pts_nanos).set(at);
            }
            Partial::Gated { track, gate } => {
                self.people.entry(track).or_default().gate = Some(gate);
            }
            Partial::Scored {
                method,
                scores,
                likelihoods,
                ..
            } => {
                if !self.usual_bits.contains_key(method)
                    && let Some(usual) = UsualBits::of(&likelihoods)
                {
                    self.usual_bits.insert(method, usual);
                }
                for score in scores {
                    let person = self.people.entry(score.track).or_default();
                    person.strips.entry(method).or_default().add(score.into());
                }
            }
        }
    }

    /// Methods that have scored anyone so far.
    pub fn methods(&self) -> Vec<&'static str> {
        let mut methods: Vec<_> = self
            .people
            .values()
            .flat_map(|person| person.strips.keys().copied())
            .collect();
        methods.sort_unstable();
        methods.dedup();
        methods
    }

    /// The strongest score of one person, or of all.
    pub fn hottest(&self, track: Option<TrackId>) -> Option<&Mark> {
        self.people
            .iter()
            .filter(|(id, _)| track.is_none_or(|track| track == **id))
            .flat_map(|(_, person)| person.strips.values())
            .filter_map(Strip::hottest)
            .max_by(|a, b| a.score.total_cmp(&b.score))
    }
}

impl Evidence {
    /// Forgets what was scored; who was seen where stays.
    pub fn forget_scores(&mut self) {
        self.usual_bits.clear();
        for person in self.people.values_mut() {
            person.strips.clear();
        }
    }
}

impl UsualBits {
    fn of(references: &[LikelihoodReference]) -> Option<Self> {
        let pristine = references.iter().find(|own| own.technique.is_none())?;
        Some(Self {
            band: pristine.quantiles([0.05, 0.95])?,
            num_faces: pristine.bits_per_dim.len(),
        })
    }
}

impl Person {
    fn seen(&mut self, at: BoxAt) {
        match self.presence.last_mut() {
            Some((_, end)) if at.pts_nanos - *end <= LONGEST_ABSENCE_NANOS => {
                *end = at.pts_nanos.max(*end);
            }
            _ => self.presence.push((at.pts_nanos, at.pts_nanos)),
        }
        insert_by(&mut self.boxes, at.pts_nanos, |at| at.pts_nanos).set(at);
    }

    /// The box on the frame with this time, or the nearest one within `within_nanos`.
    pub fn box_at(&self, pts_nanos: i64, within_nanos: i64) -> Option<&BoxAt> {
        nearest(&self.boxes, pts_nanos, within_nanos, |at| at.pts_nanos)
    }

    /// What was measured of the face nearest to this time, within a second.
    pub fn quality_at(&self, pts_nanos: i64) -> Option<FaceQuality> {
        let at = nearest(&self.qualities, pts_nanos, 1_000_000_000, |at| at.pts_nanos)?;
        Some(at.quality)
    }

    /// Whether the face was found, not only carried over, within half a second of this time.
    pub fn is_found_near(&self, pts_nanos: i64) -> bool {
        self.near(pts_nanos, 500_000_000)
            .iter()
            .any(|at| at.is_detected)
    }

    fn near(&self, pts_nanos: i64, within_nanos: i64) -> &[BoxAt] {
        let start = pts_nanos - within_nanos;
        let end = pts_nanos + within_nanos;
        let from = self.boxes.partition_point(|at| at.pts_nanos < start);
        let to = self.boxes.partition_point(|at| at.pts_nanos <= end);
        &self.boxes[from..to]
    }

    /// The box around this time, averaged over half a second so that a view that follows it is calm.
    pub fn steady_box_at(&self, pts_nanos: i64) -> Option<FaceBox> {
        let near = self.near(pts_nanos, 250_000_000);
        let mean = |side: fn(&FaceBox) -> f32| {
            near.iter().map(|at| side(&at.face)).sum::<f32>() / near.len() as f32
        };
        let nearest = self.box_at(pts_nanos, i64::MAX)?;
        if near.is_empty() {
            return Some(nearest.face);
        }
        Some(FaceBox {
            x: mean(|face| face.x),
            y: mean(|face| face.y),
            width: mean(|face| face.width),
            height: mean(|face| face.height),
            confidence: nearest.face.confidence,
        })
    }
}

/// The logistic function: a logit as a score from 0 to 1.
pub fn probability(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// A place in a list kept in order of time.
struct Slot<'a, T> {
    list: &'a mut Vec<T>,
    place: Result<usize, usize>,
}

impl<T> Slot<'_, T> {
    /// Puts the value there, and gives back one with the same time that stood there.
    fn set(self, value: T) -> Option<T> {
        match self.place {
            Ok(at) => Some(std::mem::replace(&mut self.list[at], value)),
            Err(at) => {
                self.list.insert(at, value);
                None
            }
        }
    }
}

/// Values nearly always come in order, so the end is looked at first.
fn insert_by<T>(list: &mut Vec<T>, pts_nanos: i64, time: impl Fn(&T) -> i64) -> Slot<'_, T> {
    let is_last = list.last().is_none_or(|last| time(last) < pts_nanos);
    let place = if is_last {
        Err(list.len())
    } else {
        list.binary_search_by_key(&pts_nanos, time)
    };
    Slot { list, place }
}

fn nearest<T>(
    list: &[T],
    pts_nanos: i64,
    within_nanos: i64,
    time: impl Fn(&T) -> i64,
) -> Option<&T> {
    let after = list.partition_point(|value| time(value) < pts_nanos);
    let neighbors = [after.checked_sub(1), Some(after)];
    neighbors
        .into_iter()
        .flatten()
        .filter_map(|at| list.get(at))
        .min_by_key(|value| time(value).abs_diff(pts_nanos))
        .filter(|value| time(value).abs_diff(pts_nanos) <= within_nanos.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::strip::tests::mark;
    use super::*;

    #[test]
    fn marks_stay_in_order_and_replace_their_equals() {
        let mut marks = Vec::new();
        for (time, score) in [(10, 0.1), (30, 0.3), (20, 0.2), (30, 0.9)] {
            insert_by(&mut marks, time, |mark: &Mark| mark.pts_nanos).set(mark(time, score));
        }
        let times: Vec<i64> = marks.iter().map(|mark| mark.pts_nanos).collect();
        assert_eq!(times, [10, 20, 30]);
        assert_eq!(marks[2].score, 0.9);
    }
}
