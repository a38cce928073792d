//! Maps in numbers and words: the value under the pointer, the ends of a scale, captions.

use std::borrow::Cow;

use egui::Vec2;
use seam_engine::analysis::look::Look;
use seam_engine::detectors::{DetectorInfo, Map, MapChannels, MapKind};

use crate::maps::Picture;
use crate::maps::kinds::{is_amplified, is_in_levels, is_likelihood};
use crate::maps::place::pixel;

/// The raw value of a picture at a share of the crop, never amplified: levels of 255, or what the map counts in.
pub fn value_at(look: &Look, picture: Picture, share: Vec2) -> Option<String> {
    let kind = match picture {
        Picture::Face => {
            return levels_at(&look.crop.pixels, look.crop.size_px, share);
        }
        Picture::Map(kind) => kind,
    };
    map_value_at(look.map(kind)?, share)
}

/// Red, green and blue of a square face at a share of it, in levels of 255.
pub fn levels_at(pixels: &[u8], size_px: u32, share: Vec2) -> Option<String> {
    let [x, y] = pixel(share, size_px, size_px);
    let at = 3 * (y * size_px + x) as usize;
    let rgb = pixels.get(at..at + 3)?;
    Some(format!("{} {} {}", rgb[0], rgb[1], rgb[2]))
}

/// As [`value_at`], of one map.
pub fn map_value_at(map: &Map, share: Vec2) -> Option<String> {
    let kind = map.kind;
    let values = pixel_values(map, share)?;
    let text = |value: f32| {
        if is_in_levels(kind) {
            format!("{:.1}", 255.0 * value)
        } else {
            let (low, high) = map.range;
            let digits = 2.max(digits(high - low));
            let unit = if is_likelihood(kind) { " nats" } else { "" };
            format!("{value:.digits$}{unit}")
        }
    };
    match values {
        [value] => Some(text(*value)),
        _ => {
            let levels = values.iter().map(|value| format!("{:.0}", 255.0 * value));
            Some(levels.collect::<Vec<_>>().join(" "))
        }
    }
}

/// The values of the pixel there: one, or red, green and blue.
fn pixel_values(map: &Map, share: Vec2) -> Option<&[f32]> {
    let channels = match map.kind.channels() {
        MapChannels::Value => 1,
        MapChannels::Rgb => 3,
    };
    let [x, y] = pixel(share, map.width, map.height);
    let at = channels * (y * map.width + x) as usize;
    map.values.get(at..at + channels)
}

/// The ends of the scale a map is drawn in, in the units of its values: amplified differences reach the upper end
/// sooner. `None` for pictures.
pub fn scale_ends(map: &Map, amplification: f32) -> Option<(f32, f32)> {
    if map.kind.channels() == MapChannels::Rgb {
        return None;
    }
    let (low, high) = map.range;
    let times = if is_amplified(map.kind) {
        amplification
    } else {
        1.0
    };
    Some((low, low + (high - low) / times))
}

/// The ends of a scale as the legend writes them.
pub fn scale_words(kind: MapKind, (low, high): (f32, f32)) -> [String; 2] {
    let unit = if is_in_levels(kind) { 255.0 } else { 1.0 };
    let digits = digits(unit * (high - low));
    [low, high].map(|value| {
        // Zero added takes the sign off a zero.
        let text = format!("{:.digits$}", unit * value + 0.0);
        match text.split_once('.') {
            Some((whole, rest)) if rest.bytes().all(|digit| digit == b'0') => whole.to_owned(),
            // Three digits leave no room for a zero before them.
            Some(("0", rest)) if digits == 3 => format!(".{rest}"),
            _ => text,
        }
    })
}

/// The middle of a scale whose color has no plain name, as the legend writes it; `None` where the ends say enough.
pub fn scale_middle(kind: MapKind, (low, high): (f32, f32)) -> Option<String> {
    let [middle, _] = scale_words(kind, (0.5 * (low + high), high));
    is_likelihood(kind).then_some(middle)
}

/// What the scale counts, for the caption; empty where the legend's numbers say it all.
pub fn scale_unit(kind: MapKind) -> &'static str {
    if is_likelihood(kind) {
        "nats per pixel"
    } else {
        ""
    }
}

/// Digits after the point that tell a hundredth or so of a scale of this length.
fn digits(length: f32) -> usize {
    match length {
        100.0.. => 0,
        1.5.. => 1,
        0.15.. => 2,
        _ => 3,
    }
}

/// How many times as strong differences are drawn: `×4`, `×2.5`.
pub fn times_words(amplification: f32) -> String {
    if (amplification - amplification.round()).abs() < 0.05 {
        format!("×{amplification:.0}")
    } else {
        format!("×{amplification:.1}")
    }
}

/// A short caption for the strip.
pub fn caption(info: &DetectorInfo, picture: Picture) -> Cow<'static, str> {
    let kind = match picture {
        Picture::Face => return Cow::Borrowed("Face x"),
        Picture::Map(kind) => kind,
    };
    Cow::Borrowed(match kind {
        MapKind::GradCam => "Grad-CAM",
        MapKind::GradCamPart(part) => {
            let name = info.parts.get(usize::from(part)).copied();
            name.unwrap_or("Part")
        }
        MapKind::PristineReconstruction => "f0 pristine",
        MapKind::ManipulatedReconstruction => "f1 manipulated",
        MapKind::ReconstructionDifference => "|f1−f0|",
        MapKind::PristineResidual => "|x−f0|",
        MapKind::ManipulatedResidual => "|x−f1|",
        MapKind::ClassActivation => "Activation",
        MapKind::Reconstruction => "Reconstruction",
        MapKind::ReconstructionResidual => "|x−reconstruction|",
        MapKind::SpoofCue => "Cue |C|",
        MapKind::DeepfakeAttention => "M_df",
        MapKind::DomainAttention => "M_dom",
        MapKind::DeepfakeAttentionChannel(rank) => {
            return Cow::Owned(format!("M_df {}", rank + 1));
        }
        MapKind::DomainAttentionChannel(rank) => {
            return Cow::Owned(format!("M_dom {}", rank + 1));
        }
        MapKind::LogLikelihood => "log p",
        MapKind::LogLikelihoodChannel(0) => "log p red",
        MapKind::LogLikelihoodChannel(1) => "log p green",
        MapKind::LogLikelihoodChannel(_) => "log p blue",
    })
}

/// What the picture is, in a sentence, with its unit.
pub fn about(picture: Picture) -> &'static str {
    let kind = match picture {
        Picture::Face => {
            return "The face as it is cut for the method\nValues: red, green, blue, in levels of 255";
        }
        Picture::Map(kind) => kind,
    };
    match kind {
        MapKind::GradCam => {
            "Where in the face the score comes from\nThe mean of the map is about the part of the logit that depends on the picture"
        }
        MapKind::GradCamPart(_) => "Where in the face this part's score comes from",
        MapKind::PristineReconstruction => {
            "The face as the decoder of pristine faces paints it\nValues: red, green, blue, in levels of 255"
        }
        MapKind::ManipulatedReconstruction => {
            "The face as the decoder of manipulated faces paints it\nValues: red, green, blue, in levels of 255"
        }
        MapKind::ReconstructionDifference => {
            "Where the two decoders disagree: what the method takes for artifacts\nIn levels of 255"
        }
        MapKind::PristineResidual => {
            "What the face has beyond its pristine reconstruction\nIn levels of 255"
        }
        MapKind::ManipulatedResidual => {
            "What the face has beyond its manipulated reconstruction\nIn levels of 255"
        }
        MapKind::ClassActivation => {
            "What each place adds to the side of manipulated faces; below zero it speaks against\nTraining with masks draws it to 1 where faces were manipulated and to 0 elsewhere"
        }
        MapKind::Reconstruction => {
            "The face as the decoder paints it from the small description that is scored; blurred on every face\nValues: red, green, blue, in levels of 255"
        }
        MapKind::ReconstructionResidual => {
            "What the face has beyond its reconstruction, which is blurred on every face: not a trace of forging by itself\nIn levels of 255"
        }
        MapKind::SpoofCue => "The cue that is to be zero for pristine faces\nIn levels of 255",
        MapKind::DeepfakeAttention => {
            "How much of what the network sees here is taken for a trace of forging as such\nFrom 0 to 1, the mean over all channels"
        }
        MapKind::DomainAttention => {
            "How much of the rest is taken for the way of forging: which technique it is like\nFrom 0 to 1, the mean over all channels"
        }
        MapKind::DeepfakeAttentionChannel(_) => {
            "One channel of M_df: channel 1 has the highest mean on this face\nFrom 0 to 1"
        }
        MapKind::DomainAttentionChannel(_) => {
            "One channel of M_dom: channel 1 has the highest mean on this face\nFrom 0 to 1"
        }
        MapKind::LogLikelihood => {
            "How likely each pixel is in a pristine face, given the pixels above and left of it\nIn nats per pixel, at most 0: the lower, the less likely"
        }
        MapKind::LogLikelihoodChannel(_) => {
            "The part of one color, given the colors before it: the three sum to that of the pixel\nIn nats per pixel, at most 0: the lower, the less likely"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    use egui::vec2;
    use seam_engine::analysis::look::LookKey;
    use seam_engine::analysis::record::Score;
    use seam_engine::detectors::{FaceScore, known_answer};
    use seam_engine::faces::{Gate, GateState, TrackId};

    fn look() -> Arc<Look> {
        let face = known_answer::pattern(0, 2);
        let map = |kind, values, high| Map {
            kind,
            width: 2,
            height: 2,
            values,
            range: (0.0, high),
        };
        let picture = (0..12u8).map(|at| f32::from(at) / 255.0).collect();
        Arc::new(Look {
            key: LookKey {
                media: face.frame.media,
                pts_nanos: 0,
                track: TrackId(1),
                method: "intele",
            },
            frame: face.frame,
            crop: face.crop,
            raw: FaceScore {
                logit: 0.0,
                parts: Vec::new(),
            },
            score: Score::from_logit(0.0).unwrap(),
            gate: Gate {
                state: GateState::Usable,
                reasons: Vec::new(),
            },
            maps: vec![
                map(MapKind::PristineReconstruction, picture, 1.0),
                map(
                    MapKind::ReconstructionDifference,
                    vec![0.0, 0.1, 0.2, 0.3],
                    0.4,
                ),
                map(MapKind::GradCam, vec![0.0, 1.5, 2.5, 3.5], 8.0),
                Map {
                    range: (0.45, 0.55),
                    ..map(MapKind::DomainAttention, vec![0.45, 0.5, 0.5, 0.512], 1.0)
                },
                Map {
                    range: (-20.0, 0.0),
                    ..map(MapKind::LogLikelihood, vec![-6.312, -30.0, 0.0, -1.5], 0.0)
                },
            ],
            likelihood: None,
            model: String::new(),
            took: Duration::ZERO,
        })
    }

    #[test]
    fn the_value_under_the_pointer_is_that_of_its_pixel() {
        let look = look();
        let check = |picture, share, expected: &str| {
            assert_eq!(value_at(&look, picture, share).unwrap(), expected);
        };
        let right_top = vec2(0.6, 0.4);
        check(
            Picture::Map(MapKind::PristineReconstruction),
            right_top,
            "3 4 5",
        );
        check(
            Picture::Map(MapKind::ReconstructionDifference),
            right_top,
            "25.5",
        );
        check(Picture::Map(MapKind::GradCam), vec2(0.1, 0.9), "2.50");
        check(
            Picture::Map(MapKind::DomainAttention),
            vec2(0.9, 0.9),
            "0.512",
        );
        // Beyond the scale, too.
        let log_p = Picture::Map(MapKind::LogLikelihood);
        check(log_p, vec2(0.1, 0.1), "-6.31 nats");
        check(log_p, right_top, "-30.00 nats");
        let rgb = &look.crop.pixels[9..12];
        let expected = format!("{} {} {}", rgb[0], rgb[1], rgb[2]);
        check(Picture::Face, vec2(0.9, 0.9), &expected);
        assert_eq!(
            value_at(&look, Picture::Map(MapKind::SpoofCue), right_top),
            None
        );
    }

    #[test]
    fn the_legend_tells_the_amplified_scale() {
        let look = look();
        let words = |kind, times| {
            let ends = scale_ends(look.map(kind).unwrap(), times).unwrap();
            scale_words(kind, ends)
        };
        assert_eq!(words(MapKind::ReconstructionDifference, 1.0), ["0", "102"]);
        assert_eq!(words(MapKind::ReconstructionDifference, 16.0), ["0", "6.4"]);
        assert_eq!(words(MapKind::GradCam, 16.0), ["0", "8"]);
        // A scale need not begin at zero.
        let words = |range| scale_words(MapKind::DeepfakeAttention, range);
        assert_eq!(words((0.42, 0.58)), ["0.42", "0.58"]);
        assert_eq!(words((0.484, 0.5165)), [".484", ".516"]);
        assert_eq!(words((0.0, 1.0)), ["0", "1"]);
        assert_eq!(words((-20.0, -0.0)), ["-20", "0"]);
        let middle = |kind| scale_middle(kind, (-20.0, 0.0));
        assert_eq!(middle(MapKind::LogLikelihood).as_deref(), Some("-10"));
        assert_eq!(middle(MapKind::GradCam), None);
        let picture = look.map(MapKind::PristineReconstruction).unwrap();
        assert_eq!(scale_ends(picture, 2.0), None);
    }
}
