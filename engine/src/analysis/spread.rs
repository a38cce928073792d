//! How far a method's scores lie apart over a person's frames: a number for a clip is never shown without it.

use crate::analysis::record::FrameRecord;

/// Scores of one method on one person's frames, 0 to 1 each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub lowest: f32,
    /// A quarter of the frames score no higher.
    pub lower_quarter: f32,
    pub middle: f32,
    /// A quarter of the frames score no lower.
    pub upper_quarter: f32,
    pub highest: f32,
    pub frames: usize,
}

impl Spread {
    /// `None` without frames. Quartiles are those of the sorted scores at the nearest rank.
    pub fn of(scores: impl IntoIterator<Item = f32>) -> Option<Self> {
        let mut scores: Vec<f32> = scores.into_iter().collect();
        scores.sort_by(f32::total_cmp);
        let last = scores.len().checked_sub(1)?;
        let at = |share: f32| scores[(share * last as f32).round() as usize];
        Some(Self {
            lowest: scores[0],
            lower_quarter: at(0.25),
            middle: at(0.5),
            upper_quarter: at(0.75),
            highest: scores[last],
            frames: scores.len(),
        })
    }

    /// Of the frames of a check; `None` where none was scored.
    pub fn of_frames(frames: &[FrameRecord]) -> Option<Self> {
        Self::of(frames.iter().map(|frame| frame.score.value()))
    }

    /// In words: where the middle half of the frames lies, and how far the others reach.
    pub fn words(&self) -> String {
        if self.frames == 1 {
            return format!("one frame, {:.2}", self.middle);
        }
        format!(
            "half of the {} frames lie from {:.2} to {:.2}, all from {:.2} to {:.2}",
            self.frames, self.lower_quarter, self.upper_quarter, self.lowest, self.highest
        )
    }

    /// Whether the frames say different things: some that a method objects to, some that it hardly does.
    pub fn is_mixed(&self) -> bool {
        self.lowest < 0.4 && 0.6 <= self.highest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_half_and_the_ends_are_told() {
        let spread = Spread::of([0.9, 0.1, 0.5, 0.3, 0.7]).unwrap();
        assert_eq!(
            (spread.lowest, spread.middle, spread.highest),
            (0.1, 0.5, 0.9)
        );
        assert_eq!((spread.lower_quarter, spread.upper_quarter), (0.3, 0.7));
        assert!(spread.is_mixed());
        let words = spread.words();
        assert!(
            words.contains("0.30 to 0.70") && words.contains("0.10 to 0.90"),
            "{words}"
        );
    }

    #[test]
    fn one_frame_and_no_frame_are_said_as_such() {
        assert_eq!(Spread::of([]), None);
        let one = Spread::of([0.4]).unwrap();
        assert_eq!(one.words(), "one frame, 0.40");
        assert!(!one.is_mixed());
    }
}
