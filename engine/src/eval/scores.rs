//! Scored faces as rows, and the levels they are looked at: frames and videos.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::data::Split;
use crate::detectors::card::{Calibration, probability};
use crate::eval::metrics::Scored;

/// What a video without a usable face gets (METHODS 18).
pub const NO_FACE_PROBABILITY: f64 = 0.5;

/// One scored face.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreRow {
    /// As the manifest or the list has it, whole: two datasets may hold clips of the same name.
    pub path: String,
    pub frame_index: Option<u32>,
    pub pts_secs: Option<f64>,
    pub source: Option<String>,
    pub technique: Option<String>,
    pub split: Option<Split>,
    pub is_manipulated: bool,
    /// What the order of frames is made of; larger is more manipulated.
    pub logit: f64,
    /// `None` for scores that are no probabilities.
    pub probability: Option<f64>,
    /// Of each of [`ScoreSet::domains`], how much the face is like it; may be empty.
    pub domains: Vec<f32>,
    /// How unlikely the face is, where the method models a density: larger is less likely.
    pub bits_per_dim: Option<f32>,
}

/// An item in which no usable face was found, or which could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Missed {
    pub path: String,
    pub is_manipulated: bool,
    pub technique: Option<String>,
    pub reason: String,
}

/// All scores of one method on one split.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScoreSet {
    pub rows: Vec<ScoreRow>,
    pub missed: Vec<Missed>,
    /// What faces can resemble, pristine first; empty where the method does not tell.
    pub domains: Vec<String>,
}

/// A whole video: the frames of one path that have one label.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoScore {
    pub path: String,
    pub is_manipulated: bool,
    pub technique: Option<String>,
    pub faces: usize,
    /// The mean probability of its faces; the mean logit where there are no probabilities.
    pub score: f64,
}

/// One level, ready to be measured. `clip` numbers paths, which intervals draw anew.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    pub ranks: Vec<Scored>,
    pub probabilities: Option<Vec<Scored>>,
}

impl ScoreSet {
    /// Whether every row has a probability.
    pub fn has_probabilities(&self) -> bool {
        self.rows.iter().all(|row| row.probability.is_some())
    }

    /// Probabilities made anew from the logits: by the calibration, else by the logistic function.
    pub fn calibrate(&mut self, calibration: Option<&Calibration>) {
        for row in &mut self.rows {
            row.probability = Some(match calibration {
                Some(calibration) => calibration.probability(row.logit as f32),
                None => probability(row.logit),
            });
        }
    }

    /// Names of the techniques, sorted.
    pub fn techniques(&self) -> Vec<String> {
        let of_rows = self.rows.iter().map(|row| &row.technique);
        let of_missed = self.missed.iter().map(|missed| &missed.technique);
        let names: BTreeSet<&String> = of_rows.chain(of_missed).flatten().collect();
        names.into_iter().cloned().collect()
    }

    /// Whether a face of this technique was scored.
    pub fn has_technique(&self, technique: &str) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|row| row.technique.as_deref() == Some(technique))
    }

    /// One technique against everything pristine.
    pub fn only(&self, technique: &str) -> Self {
        self.among(|own| own == technique)
    }

    /// Techniques that are wanted against everything pristine; those without a name are called nothing.
    pub fn among(&self, has: impl Fn(&str) -> bool) -> Self {
        let is_wanted = |is_manipulated: bool, own: &Option<String>| {
            !is_manipulated || has(own.as_deref().unwrap_or_default())
        };
        let rows = self.rows.iter();
        let missed = self.missed.iter();
        Self {
            rows: rows
                .filter(|row| is_wanted(row.is_manipulated, &row.technique))
                .cloned()
                .collect(),
            missed: missed
                .filter(|missed| is_wanted(missed.is_manipulated, &missed.technique))
                .cloned()
                .collect(),
            domains: self.domains.clone(),
        }
    }

    /// Every video once, sorted by path; those without a face get [`NO_FACE_PROBABILITY`], where scores
    /// are probabilities, and are left out where they are not.
    pub fn videos(&self) -> Vec<VideoScore> {
        let has_probabilities = self.has_probabilities();
        let mut videos: BTreeMap<(&str, bool), VideoScore> = BTreeMap::new();
        for row in &self.rows {
            let video = videos
                .entry((&row.path, row.is_manipulated))
                .or_insert_with(|| VideoScore {
                    path: row.path.clone(),
                    is_manipulated: row.is_manipulated,
                    technique: row.technique.clone(),
                    faces: 0,
                    score: 0.0,
                });
            video.faces += 1;
            let probability = row.probability.filter(|_| has_probabilities);
            video.score += probability.unwrap_or(row.logit);
        }
        for video in videos.values_mut() {
            video.score /= video.faces as f64;
        }
        for missed in self.missed.iter().filter(|_| has_probabilities) {
            videos
                .entry((&missed.path, missed.is_manipulated))
                .or_insert_with(|| VideoScore {
                    path: missed.path.clone(),
                    is_manipulated: missed.is_manipulated,
                    technique: missed.technique.clone(),
                    faces: 0,
                    score: NO_FACE_PROBABILITY,
                });
        }
        videos.into_values().collect()
    }

    pub fn frame_level(&self) -> Level {
        let clips = numbered(self.rows.iter().map(|row| row.path.as_str()));
        let scored = |row: &ScoreRow, score| Scored {
            is_manipulated: row.is_manipulated,
            score,
            clip: clips[row.path.as_str()],
        };
        let rows = self.rows.iter();
        Level {
            ranks: rows.clone().map(|row| scored(row, row.logit)).collect(),
            probabilities: rows
                .map(|row| Some(scored(row, row.probability?)))
                .collect(),
        }
    }

    pub fn video_level(&self) -> Level {
        let videos = self.videos();
        let clips = numbered(videos.iter().map(|video| video.path.as_str()));
        let ranks: Vec<Scored> = videos
            .iter()
            .map(|video| Scored {
                is_manipulated: video.is_manipulated,
                score: video.score,
                clip: clips[video.path.as_str()],
            })
            .collect();
        Level {
            probabilities: self.has_probabilities().then(|| ranks.clone()),
            ranks,
        }
    }
}

/// Paths with their places in the sorted list of all.
pub fn numbered<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let sorted: BTreeSet<&str> = paths.collect();
    sorted.into_iter().zip(0..).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn row(path: &str, technique: Option<&str>, logit: f64) -> ScoreRow {
        ScoreRow {
            path: path.to_owned(),
            frame_index: Some(0),
            pts_secs: Some(0.0),
            source: Some(path.to_owned()),
            technique: technique.map(str::to_owned),
            split: Some(Split::Test),
            is_manipulated: technique.is_some(),
            logit,
            probability: Some(probability(logit)),
            domains: Vec::new(),
            bits_per_dim: None,
        }
    }

    fn missed(path: &str, technique: Option<&str>) -> Missed {
        Missed {
            path: path.to_owned(),
            is_manipulated: technique.is_some(),
            technique: technique.map(str::to_owned),
            reason: "no face was found".to_owned(),
        }
    }

    #[test]
    fn a_video_is_the_mean_of_its_frames_and_one_without_a_face_is_half() {
        let mut set = ScoreSet {
            rows: vec![
                row("a/x.mp4", None, 0.0),
                row("b/x.mp4", Some("swap"), 2.0),
                row("b/x.mp4", Some("swap"), -1.0),
            ],
            missed: vec![missed("c.mp4", None)],
            domains: Vec::new(),
        };
        let videos = set.videos();
        let scores: Vec<(usize, f64)> = videos.iter().map(|v| (v.faces, v.score)).collect();
        let mean = 0.5 * (probability(2.0) + probability(-1.0));
        assert_eq!(scores, [(1, 0.5), (2, mean), (0, 0.5)]);

        set.rows[0].probability = None;
        let scores: Vec<f64> = set.videos().iter().map(|video| video.score).collect();
        assert_eq!(scores, [0.0, 0.5], "means of logits, and no half");
        assert_eq!(set.frame_level().probabilities, None);
        assert_eq!(set.video_level().probabilities, None);
    }

    #[test]
    fn parts_of_one_clip_with_two_labels_are_two_videos_drawn_together() {
        let set = ScoreSet {
            rows: vec![row("a.mp4", None, 0.0), row("a.mp4", Some("swap"), 1.0)],
            ..ScoreSet::default()
        };
        let level = set.video_level();
        assert_eq!(level.ranks.len(), 2);
        assert_eq!(level.ranks[0].clip, level.ranks[1].clip);
    }

    #[test]
    fn one_technique_stands_against_everything_pristine() {
        let set = ScoreSet {
            rows: vec![
                row("a", None, 0.0),
                row("b", Some("swap"), 1.0),
                row("c", Some("inpaint"), 1.0),
            ],
            missed: vec![missed("d", Some("inpaint")), missed("e", None)],
            domains: vec!["pristine".to_owned(), "swap".to_owned()],
        };
        assert_eq!(set.techniques(), ["inpaint", "swap"]);
        let swap = set.only("swap");
        let paths: Vec<&str> = swap.rows.iter().map(|row| row.path.as_str()).collect();
        assert_eq!(paths, ["a", "b"]);
        assert_eq!(swap.missed.len(), 1);
        assert_eq!(swap.domains, set.domains);
        assert_eq!(set.among(|own| own != "texture"), set);
    }
}
