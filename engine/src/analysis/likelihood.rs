//! What a density model says of one person: beside the pristine and forged faces of its validation.

use serde::{Deserialize, Serialize};

use crate::analysis::TrackScore;
use crate::analysis::tally::mean;
use crate::detectors::likelihood::{
    FaceLikelihood, LikelihoodPlace, LikelihoodReference, Smoothness, place,
};

/// Shares of the reference faces that lie below each of [`LikelihoodQuantiles::bits_per_dim`].
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// How likely a density model finds the faces of one person. No finding of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LikelihoodRecord {
    /// Mean over the scored frames.
    #[serde(flatten)]
    pub mean: FaceLikelihood,
    /// Among the pristine faces of the model's validation; `None` where there are too few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<LikelihoodPlace>,
    /// The same in words, with the limits of it.
    pub sentence: String,
    /// Of the model's validation: pristine faces, then those of each technique.
    pub references: Vec<LikelihoodQuantiles>,
}

/// How likely the model found the validation faces of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LikelihoodQuantiles {
    /// `pristine`, or a technique.
    pub kind: String,
    pub faces: usize,
    /// 5, 25, 50, 75 and 95 % of the faces lie below.
    pub bits_per_dim: [f32; 5],
}

/// `None` where no face of the person has a likelihood.
pub fn of_track(
    scores: &[&TrackScore],
    references: &[LikelihoodReference],
) -> Option<LikelihoodRecord> {
    let of = |value: fn(&FaceLikelihood) -> f32| {
        let faces = scores.iter().filter_map(|score| score.likelihood.as_ref());
        mean(faces.map(value))
    };
    let face = FaceLikelihood {
        bits_per_dim: of(|face| face.bits_per_dim)?,
        by_channel: [
            of(|face| face.by_channel[0])?,
            of(|face| face.by_channel[1])?,
            of(|face| face.by_channel[2])?,
        ],
        roughness: of(|face| face.roughness)?,
    };
    let place = place(face, references);
    let quantiles = references.iter().filter_map(|reference| {
        Some(LikelihoodQuantiles {
            kind: reference
                .technique
                .clone()
                .unwrap_or_else(|| "pristine".to_owned()),
            faces: reference.bits_per_dim.len(),
            bits_per_dim: reference.quantiles(QUANTILES)?,
        })
    });
    Some(LikelihoodRecord {
        mean: face,
        place,
        sentence: sentence(face, place),
        references: quantiles.collect(),
    })
}

/// Likelihoods in words.
pub fn sentence(face: FaceLikelihood, place: Option<LikelihoodPlace>) -> String {
    let bits = face.bits_per_dim;
    let Some(place) = place else {
        return format!(
            "A color of a pixel costs {bits:.2} bits; there are no pristine faces to compare that with"
        );
    };
    let percent = 100.0 * place.share_less_likely;
    let beside = format!(
        "A color of a pixel costs {bits:.2} bits: {percent:.0} % of the pristine faces of the model's \
         validation cost more"
    );
    let meaning = match place.smoothness {
        Smoothness::Usual => "as pristine faces do, and many forged ones too",
        Smoothness::ExplainsHighLikelihood => {
            "but any face so smooth is as likely: blur, compression or makeup are enough, and nothing follows \
             from it"
        }
        Smoothness::ExplainsLowLikelihood => {
            "but any face so rough is as unlikely: noise or sharpening are enough, and nothing follows from it"
        }
        Smoothness::Unexplained => {
            "and its smoothness does not explain that: another camera or coder than in the training can, or \
             a change of the face"
        }
    };
    format!("{beside}; {meaning}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::record::Score;
    use crate::detectors::FaceScore;
    use crate::faces::TrackId;
    use crate::media::{FrameId, MediaHash};

    fn score(bits_per_dim: f32) -> TrackScore {
        TrackScore {
            track: TrackId(1),
            frame: FrameId {
                media: MediaHash::of(b"test"),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            raw: FaceScore::of(0.0),
            score: Score::new(0.5).unwrap(),
            domains: Vec::new(),
            likelihood: Some(FaceLikelihood {
                bits_per_dim,
                by_channel: [bits_per_dim, bits_per_dim, bits_per_dim],
                roughness: 5.0,
            }),
        }
    }

    #[test]
    fn a_person_has_the_mean_of_the_frames_beside_the_references() {
        let mut pristine = LikelihoodReference::default();
        for at in 0..40 {
            pristine.add(FaceLikelihood {
                bits_per_dim: 3.0 + 0.01 * at as f32,
                by_channel: [3.0; 3],
                roughness: 5.0,
            });
        }
        let scores = [score(2.0), score(3.0)];
        let record = of_track(&scores.each_ref(), &[pristine]).unwrap();
        assert_eq!(record.mean.bits_per_dim, 2.5);
        assert_eq!(record.place.unwrap().share_less_likely, 1.0);
        assert_eq!(record.references[0].kind, "pristine");
        assert_eq!(record.references[0].faces, 40);
        assert!(
            record.sentence.contains("2.50 bits") && record.sentence.contains("100 %"),
            "{}",
            record.sentence
        );
        assert_eq!(of_track(&[], &[]), None);
        let alone = of_track(&[&score(2.0)], &[]).unwrap();
        assert!(alone.place.is_none() && alone.sentence.contains("no pristine faces"));
    }
}
