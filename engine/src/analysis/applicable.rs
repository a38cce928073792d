//! What each method can and cannot see in a clip, said before any score: from the faces that were found, the
//! compression, and the model's card.

use std::path::PathBuf;

use crate::analysis::intake::{FaceGroup, FacesFound};
use crate::detectors::card::Card;
use crate::detectors::models;
use crate::faces::{Aligner, GateState};
use crate::media::MediaInfo;
use crate::methods::{METHODS, MethodInfo};

/// Below this, H.264 at usual sizes has smoothed away most fine texture: FaceForensics++ at c40 lies there.
/// Chosen by judgement; pictures that hardly move need fewer bits, so it makes a method weak and no more.
const FEW_BITS_PER_PIXEL: f64 = 0.02;

/// What later coders need of H.264's bits for the same picture, roughly.
const CODEC_SHARES: [(&str, f64); 5] = [
    ("h264", 1.0),
    ("hevc", 0.6),
    ("vp9", 0.6),
    ("av1", 0.5),
    ("mpeg4", 1.5),
];

/// How a method fares on a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    WillRun,
    /// It runs, and its answer weighs less.
    Weak,
    /// It runs only when its name is given: its card says why.
    OnRequest,
    Cannot,
}

/// One method on one clip.
#[derive(Clone, Debug, PartialEq)]
pub struct Applicability {
    /// Stable name.
    pub method: &'static str,
    pub fit: Fit,
    /// Why it is weak, waits, or cannot run; empty where it will run.
    pub because: Vec<String>,
    /// What to bear in mind whatever the clip is like: what the model was trained on.
    pub notes: Vec<String>,
}

/// What of the picture counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    pub codec: String,
    /// Of the stream, for each pixel of each frame; `None` for stills and where it is not known.
    pub bits_per_pixel: Option<f64>,
}

/// A method with what its card says; `card` is `None` where no model is installed.
pub struct Installed {
    pub method: &'static MethodInfo,
    pub card: Option<CardFacts>,
}

/// What of a card counts here.
#[derive(Clone, Debug, PartialEq)]
pub struct CardFacts {
    pub asked_only: Option<String>,
    /// Side of a face in the model's crop, in pixels.
    pub face_px: f32,
    pub aligner: Aligner,
    pub clips: usize,
    /// Clips of people that the program rendered itself.
    pub rendered: usize,
}

/// The methods that are no baselines, with their cards in these folders or among the installed models. Reads
/// files.
pub fn installed(model_dirs: &[PathBuf]) -> Vec<Installed> {
    METHODS
        .iter()
        .filter(|method| !method.is_baseline)
        .map(|method| {
            let dir = models::folder_of_method(method.detector.name, model_dirs);
            let card = dir.and_then(|dir| Card::read(&dir).ok());
            Installed {
                method,
                card: card.map(|card| CardFacts::of(&card)),
            }
        })
        .collect()
}

/// One line a method, in the order of the methods.
pub fn judge(picture: &Picture, found: &FacesFound, models: &[Installed]) -> Vec<Applicability> {
    models
        .iter()
        .map(|model| judge_one(picture, found, model))
        .collect()
}

fn judge_one(picture: &Picture, found: &FacesFound, model: &Installed) -> Applicability {
    let method = model.method.detector.name;
    let answer = |fit, because: Vec<String>, notes| Applicability {
        method,
        fit,
        because,
        notes,
    };
    let Some(card) = &model.card else {
        let reason = "no trained model of it is installed".to_owned();
        return answer(Fit::Cannot, vec![reason], Vec::new());
    };
    let notes: Vec<String> = card.origin().into_iter().collect();
    let Some(best) = (found.groups.iter()).max_by_key(|group| group.gate.state) else {
        let reason = "no face was found, and it looks at faces alone".to_owned();
        return answer(Fit::Cannot, vec![reason], notes);
    };
    if best.gate.state == GateState::NotUsable {
        return answer(Fit::Cannot, best.gate.reasons.clone(), notes);
    }
    if let Some(reason) = &card.asked_only {
        return answer(Fit::OnRequest, vec![begun_small(reason)], Vec::new());
    }
    let because = weaknesses(picture, found, best, card);
    let fit = if because.is_empty() {
        Fit::WillRun
    } else {
        Fit::Weak
    };
    answer(fit, because, notes)
}

fn weaknesses(
    picture: &Picture,
    found: &FacesFound,
    best: &FaceGroup,
    card: &CardFacts,
) -> Vec<String> {
    let mut because = Vec::new();
    if best.gate.state == GateState::Weak {
        because.extend(best.gate.reasons.iter().cloned());
    }
    let largest = (found.groups.iter())
        .map(|group| group.sizes_px[1])
        .fold(0.0, f32::max);
    // The gate's own word on the size says it already.
    if best.gate.state == GateState::Usable && largest < card.face_px {
        because.push(format!(
            "its model sees faces at {:.0} px, the largest here has {largest:.0}: part of the detail is made up by enlarging",
            card.face_px
        ));
    }
    if let Some(bits) = picture.few_bits() {
        because.push(format!(
            "the picture is strongly compressed ({bits:.3} bits a pixel): fine traces may be gone"
        ));
    }
    if card.aligner == Aligner::Dlib68 && found.aligner == Aligner::BoxEstimate {
        because.push(
            "its model learned from faces aligned by 68 landmarks; without a landmark model they are aligned by their boxes"
                .to_owned(),
        );
    }
    because
}

impl Picture {
    /// From the facts of a probe.
    pub fn of(info: &MediaInfo) -> Self {
        let video = &info.video;
        let pixels = f64::from(video.width) * f64::from(video.height) * video.fps_mean;
        let is_known = !video.is_still && 0.0 < pixels;
        let bits = video.bits_per_second.filter(|_| is_known);
        Self {
            codec: video.codec.clone(),
            bits_per_pixel: bits.map(|bits| bits as f64 / pixels),
        }
    }

    /// Bits a pixel, where they are few for the coder; unknown coders are not judged.
    fn few_bits(&self) -> Option<f64> {
        let bits = self.bits_per_pixel?;
        let (_, share) = (CODEC_SHARES.iter()).find(|(codec, _)| *codec == self.codec)?;
        (bits < share * FEW_BITS_PER_PIXEL).then_some(bits)
    }
}

impl CardFacts {
    pub fn of(card: &Card) -> Self {
        let clips = &card.data.clips;
        Self {
            asked_only: card.asked_only.clone(),
            face_px: card.crop.size_px as f32 / card.crop.margin.max(0.1),
            aligner: card.crop.aligner,
            clips: clips.len(),
            rendered: (clips.iter())
                .filter(|clip| is_rendered(&clip.path))
                .count(),
        }
    }

    /// What the training's people say of people here.
    fn origin(&self) -> Option<String> {
        let Self {
            clips, rendered, ..
        } = self;
        if *rendered == 0 {
            None
        } else if rendered == clips {
            Some("trained on rendered people alone: people before a camera are outside what it knows".to_owned())
        } else {
            Some(format!(
                "trained on rendered people in {rendered} of {clips} clips: it knows few people before a camera"
            ))
        }
    }
}

/// Whether a clip's name is one that the forge gives to people it renders: `person-2ab82bc7-0.mp4`.
fn is_rendered(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let digits = name.strip_prefix("person-").and_then(|name| name.get(..8));
    digits.is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()))
}

/// The same text with its first letter small, to go on a sentence.
pub fn begun_small(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faces::{Gate, TrackId};
    use crate::methods;

    fn group(state: GateState, size_px: f32) -> FaceGroup {
        FaceGroup {
            track: Some(TrackId(1)),
            most_at_once: 1,
            first_nanos: 0,
            last_nanos: 1,
            frames: 25,
            sizes_px: [size_px; 3],
            typical: None,
            gate: Gate {
                state,
                reasons: vec![format!("the face is {size_px} px wide")],
            },
        }
    }

    fn found(groups: Vec<FaceGroup>) -> FacesFound {
        FacesFound {
            aligner: Aligner::Dlib68,
            frames_looked_at: 25,
            is_sampled: false,
            groups,
            methods: Vec::new(),
        }
    }

    fn picture(bits_per_pixel: f64) -> Picture {
        Picture {
            codec: "h264".to_owned(),
            bits_per_pixel: Some(bits_per_pixel),
        }
    }

    fn card() -> CardFacts {
        CardFacts {
            asked_only: None,
            face_px: 98.0,
            aligner: Aligner::Dlib68,
            clips: 10,
            rendered: 0,
        }
    }

    fn fit(picture: &Picture, found: &FacesFound, card: Option<CardFacts>) -> Applicability {
        let method = methods::find("did").unwrap();
        judge_one(picture, found, &Installed { method, card })
    }

    #[test]
    fn a_large_sharp_face_is_fit() {
        let it = fit(
            &picture(0.1),
            &found(vec![group(GateState::Usable, 150.0)]),
            Some(card()),
        );
        assert_eq!(
            (it.fit, it.because.len(), it.notes.len()),
            (Fit::WillRun, 0, 0)
        );
    }

    #[test]
    fn what_cannot_be_seen_is_said_with_the_reason() {
        let none = fit(&picture(0.1), &found(Vec::new()), Some(card()));
        assert_eq!(none.fit, Fit::Cannot);
        assert!(none.because[0].contains("no face"), "{none:?}");
        let missing = fit(&picture(0.1), &found(Vec::new()), None);
        assert!(missing.because[0].contains("no trained model"));
        let small = found(vec![group(GateState::NotUsable, 30.0)]);
        let small = fit(&picture(0.1), &small, Some(card()));
        assert_eq!(small.fit, Fit::Cannot);
        assert!(small.because[0].contains("30 px"));
    }

    #[test]
    fn the_best_face_decides() {
        let both = found(vec![
            group(GateState::NotUsable, 30.0),
            group(GateState::Usable, 120.0),
        ]);
        assert_eq!(fit(&picture(0.1), &both, Some(card())).fit, Fit::WillRun);
    }

    #[test]
    fn weaknesses_are_named_one_by_one() {
        let usable = found(vec![group(GateState::Usable, 90.0)]);
        let weak = fit(&picture(0.01), &usable, Some(card()));
        assert_eq!(weak.fit, Fit::Weak);
        let text = weak.because.join("\n");
        assert!(
            text.contains("98 px") && text.contains("compressed"),
            "{text}"
        );
        let mut boxes = found(vec![group(GateState::Usable, 150.0)]);
        boxes.aligner = Aligner::BoxEstimate;
        let weak = fit(&picture(0.1), &boxes, Some(card()));
        assert!(weak.because[0].contains("landmark"), "{weak:?}");
        let modern = Picture {
            codec: "av1".to_owned(),
            ..picture(0.015)
        };
        assert_eq!(modern.few_bits(), None);
        assert_eq!(picture(0.015).few_bits(), Some(0.015));
    }

    #[test]
    fn cards_speak_of_what_they_know() {
        let usable = found(vec![group(GateState::Usable, 150.0)]);
        let rendered = CardFacts {
            rendered: 10,
            ..card()
        };
        let it = fit(&picture(0.1), &usable, Some(rendered));
        assert_eq!(it.fit, Fit::WillRun);
        assert!(it.notes[0].contains("rendered people alone"), "{it:?}");
        let asked = CardFacts {
            asked_only: Some("It is slow".to_owned()),
            ..card()
        };
        let it = fit(&picture(0.1), &usable, Some(asked));
        assert_eq!(
            (it.fit, &it.because[..]),
            (Fit::OnRequest, &["it is slow".to_owned()][..])
        );
    }

    #[test]
    fn rendered_people_are_known_by_their_names() {
        assert!(is_rendered("people/clips/pristine/person-454af912-0.mp4"));
        assert!(!is_rendered("real/lp_phone_selfie_portrait.mp4"));
        assert!(!is_rendered("person-of-interest.mp4"));
    }

    #[test]
    fn bundled_cards_are_read() {
        let all = installed(&[]);
        let did = all.iter().find(|it| it.method.detector.name == "did");
        let card = did.and_then(|it| it.card.as_ref()).unwrap();
        assert_eq!(card.rendered, card.clips);
        assert!((card.face_px - 98.46).abs() < 0.1);
    }
}
