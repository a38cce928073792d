//! The scores of one method on one person, in order of time, fit to be drawn for hours of them.

use std::cmp::Ordering;
use std::ops::Range;

use seam_engine::analysis::TrackScore;

use crate::evidence::{insert_by, nearest, probability};

/// Marks in a block, of which the highest is known.
const BLOCK: usize = 16;

/// The scores of one method on one person, in order of time.
#[derive(Debug, Default)]
pub struct Strip {
    pub marks: Vec<Mark>,
    /// Middle distance between neighboring marks, once there are two.
    spacing_nanos: Option<i64>,
    /// Sum of each part's scores over all marks.
    part_sums: Vec<f32>,
    /// Place of the highest score in each block of marks.
    peaks: Vec<usize>,
    /// Places of the highest and of the lowest logit.
    hottest: usize,
    calmest: usize,
    has_likelihood: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub pts_nanos: i64,
    pub index: u32,
    pub logit: f32,
    /// 0 to 1, 1 is manipulated.
    pub score: f32,
    /// Logits of the method's parts; may be empty.
    pub parts: Vec<f32>,
    /// How much the face is like pristine, which is first, and like each technique; may be empty. To be shown
    /// only where the check found evidence: its record then has the names.
    pub domains: Vec<f32>,
    /// What a color of a pixel costs on average, where the method models a density.
    pub bits_per_dim: Option<f32>,
}

impl From<TrackScore> for Mark {
    fn from(score: TrackScore) -> Self {
        Self {
            pts_nanos: score.frame.pts_nanos,
            index: score.frame.index,
            logit: score.raw.logit,
            score: score.score.value(),
            parts: score.raw.parts,
            domains: score.domains,
            bits_per_dim: score.likelihood.map(|face| face.bits_per_dim),
        }
    }
}

impl Mark {
    /// By the logit, because scores of many moments may round to the same number; then by the score.
    fn order(&self, other: &Self) -> Ordering {
        let by_logit = self.logit.total_cmp(&other.logit);
        by_logit.then(self.score.total_cmp(&other.score))
    }
}

impl Strip {
    pub const fn empty() -> Self {
        Self {
            marks: Vec::new(),
            spacing_nanos: None,
            part_sums: Vec::new(),
            peaks: Vec::new(),
            hottest: 0,
            calmest: 0,
            has_likelihood: false,
        }
    }

    pub fn add(&mut self, mark: Mark) {
        self.part_sums
            .resize(self.part_sums.len().max(mark.parts.len()), 0.0);
        for (sum, &logit) in self.part_sums.iter_mut().zip(&mark.parts) {
            *sum += probability(logit);
        }
        self.has_likelihood |= mark.bits_per_dim.is_some();
        let pts_nanos = mark.pts_nanos;
        let is_last = (self.marks.last()).is_none_or(|last| last.pts_nanos < pts_nanos);
        let replaced = insert_by(&mut self.marks, pts_nanos, |mark| mark.pts_nanos).set(mark);
        for (sum, &logit) in self
            .part_sums
            .iter_mut()
            .zip(replaced.iter().flat_map(|m| &m.parts))
        {
            *sum -= probability(logit);
        }
        if is_last {
            self.note_last();
        } else {
            self.note_again(pts_nanos);
        }
        self.spacing_nanos = self.middle_spacing();
    }

    /// What follows from one more mark at the end.
    fn note_last(&mut self) {
        let last = self.marks.len() - 1;
        let marks = &self.marks;
        match self.peaks.get_mut(last / BLOCK) {
            None => self.peaks.push(last),
            Some(peak) if marks[*peak].score < marks[last].score => *peak = last,
            Some(_) => {}
        }
        let order = |a: usize, b: usize| marks[a].order(&marks[b]);
        if order(self.hottest, last).is_lt() {
            self.hottest = last;
        }
        if order(last, self.calmest).is_lt() {
            self.calmest = last;
        }
    }

    /// What follows from a mark that came late: seldom.
    fn note_again(&mut self, from_nanos: i64) {
        let from = (self.marks).partition_point(|mark| mark.pts_nanos < from_nanos);
        self.peaks.truncate(from / BLOCK);
        let first = self.peaks.len() * BLOCK;
        for (at, block) in self.marks[first..].chunks(BLOCK).enumerate() {
            let highest =
                (0..block.len()).max_by(|&a, &b| block[a].score.total_cmp(&block[b].score));
            self.peaks.push(first + at * BLOCK + highest.unwrap_or(0));
        }
        let marks = &self.marks;
        let order = |a: &usize, b: &usize| marks[*a].order(&marks[*b]);
        let hottest = (0..marks.len()).max_by(order);
        let calmest = (0..marks.len()).min_by(order);
        (self.hottest, self.calmest) = (hottest.unwrap_or(0), calmest.unwrap_or(0));
    }

    /// The moment that the method objects to most.
    pub fn hottest(&self) -> Option<&Mark> {
        self.marks.get(self.hottest)
    }

    /// The moment that it objects to least.
    pub fn calmest(&self) -> Option<&Mark> {
        self.marks.get(self.calmest)
    }

    /// The mark with the highest score among some, by their places. Looks at whole blocks where it can.
    pub fn peak(&self, places: Range<usize>) -> Option<&Mark> {
        let Range { start, end } = places;
        let end = end.min(self.marks.len());
        if end <= start {
            return None;
        }
        let (first, last) = (start.div_ceil(BLOCK), end / BLOCK);
        let higher = |a: usize, b: usize| {
            if self.marks[a].score < self.marks[b].score {
                b
            } else {
                a
            }
        };
        let single = if last <= first {
            (start..end).reduce(higher)
        } else {
            let ends = (start..first * BLOCK).chain(last * BLOCK..end);
            ends.chain(self.peaks[first..last].iter().copied())
                .reduce(higher)
        };
        single.map(|at| &self.marks[at])
    }

    /// The mark nearest to this time, at most `within_nanos` away.
    pub fn mark_at(&self, pts_nanos: i64, within_nanos: i64) -> Option<&Mark> {
        nearest(&self.marks, pts_nanos, within_nanos, |mark| mark.pts_nanos)
    }

    /// The marks from one time to another, by their places.
    pub fn places(&self, from_nanos: i64, to_nanos: i64) -> Range<usize> {
        let from = (self.marks).partition_point(|mark| mark.pts_nanos < from_nanos);
        let to = (self.marks).partition_point(|mark| mark.pts_nanos <= to_nanos);
        from..to.max(from)
    }

    /// Whether any of its faces has a likelihood.
    pub fn has_likelihood(&self) -> bool {
        self.has_likelihood
    }

    /// Mean score of each of the method's parts, 0 to 1; empty for methods without parts.
    pub fn part_means(&self) -> impl Iterator<Item = f32> {
        let count = self.marks.len().max(1) as f32;
        self.part_sums
            .iter()
            .map(move |sum| (sum / count).clamp(0.0, 1.0))
    }

    /// How long one mark stands for, in nanoseconds.
    pub fn reach_nanos(&self) -> i64 {
        self.spacing_nanos.unwrap_or(125_000_000)
    }

    /// Of the last few distances, so that adding stays cheap.
    fn middle_spacing(&self) -> Option<i64> {
        let from = self.marks.len().saturating_sub(9);
        let mut gaps: Vec<i64> = self.marks[from..]
            .windows(2)
            .map(|pair| pair[1].pts_nanos - pair[0].pts_nanos)
            .collect();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).copied()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn mark(pts_nanos: i64, score: f32) -> Mark {
        Mark {
            pts_nanos,
            index: 0,
            logit: score - 0.5,
            score,
            parts: Vec::new(),
            domains: Vec::new(),
            bits_per_dim: None,
        }
    }

    /// A strip with a mark at each time.
    pub fn strip(marks: impl IntoIterator<Item = (i64, f32)>) -> Strip {
        let mut strip = Strip::empty();
        for (pts_nanos, score) in marks {
            strip.add(mark(pts_nanos, score));
        }
        strip
    }

    #[test]
    fn the_nearest_mark_is_found_within_reach_only() {
        let strip = strip([(100, 0.0), (200, 0.0)]);
        let at = |pts, within| strip.mark_at(pts, within).map(|mark| mark.pts_nanos);
        assert_eq!(at(140, 50), Some(100));
        assert_eq!(at(160, 50), Some(200));
        assert_eq!(at(150, 10), None);
        assert_eq!(at(-900, 1000), Some(100));
        assert_eq!(at(500, 100), None);
    }

    #[test]
    fn peaks_are_those_of_looking_at_every_mark() {
        let score = |at: i64| ((at * 7919) % 1009) as f32 / 1009.0;
        // Late ones among them, as a method that scores the most telling faces first sends them.
        let times = (0..200).chain(400..500).chain(200..400);
        let strip = strip(times.map(|at| (at, score(at))));
        assert_eq!(strip.marks.len(), 500);
        for (from, to) in [(0, 500), (3, 5), (15, 17), (16, 32), (100, 391), (499, 900)] {
            let marks = &strip.marks[from..to.min(500)];
            let highest = marks.iter().map(|mark| mark.score).fold(0.0, f32::max);
            assert_eq!(strip.peak(from..to).unwrap().score, highest, "{from} {to}");
        }
        assert_eq!(strip.peak(7..7), None);
        let all = strip.peak(0..500).unwrap().score;
        assert_eq!(strip.hottest().unwrap().score, all);
        assert!(
            strip
                .marks
                .iter()
                .all(|mark| strip.calmest().unwrap().logit <= mark.logit)
        );
    }

    #[test]
    fn a_mark_that_is_scored_again_no_longer_counts_as_it_was() {
        let mut strip = strip([(0, 0.2), (1, 0.9), (2, 0.3)]);
        strip.add(mark(1, 0.1));
        assert_eq!(strip.hottest().unwrap().pts_nanos, 2);
        assert_eq!(strip.calmest().unwrap().pts_nanos, 1);
        assert_eq!(strip.peak(0..3).unwrap().score, 0.3);
    }
}
