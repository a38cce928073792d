//! What lies beside an exported picture: where it is from, by which model, on which scale.

use serde::{Deserialize, Serialize};

use crate::analysis::look::Look;
use crate::analysis::look::export::Colors;
use crate::detectors::{Map, MapChannels, MapKind};
use crate::faces::GateState;
use crate::media::{FrameId, MediaHash};

/// Raised when a field changes its meaning.
pub const FORMAT: &str = "seam-map/1";

/// The small JSON file beside a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapNote {
    pub format: String,
    pub media: MediaNote,
    pub frame: FrameNote,
    pub person: u32,
    pub method: String,
    /// The model's name.
    pub model: String,
    /// The hash of its weights.
    pub model_weights: String,
    /// `m-df`; `x` is the face as it was cut for the method.
    pub map: String,
    pub size: [u32; 2],
    /// 1, or 3: red, green, blue.
    pub channels: u32,
    pub unit: String,
    /// The kind's fixed scale: the same value has the same color on every frame.
    pub scale: Option<[f32; 2]>,
    /// How the PNG is colored; a picture is shown as it is.
    pub colors: Option<Colors>,
    /// Smallest and largest value, where any is a number.
    pub smallest: Option<f32>,
    pub largest: Option<f32>,
    /// Of this face: above zero leans to manipulated.
    pub logit: f32,
    /// 0 to 1, larger speaks for manipulated; no probability that the clip is.
    pub score: f32,
    /// Whether a scan would score this face.
    pub is_usable: bool,
    pub crop: CropNote,
    /// Names of the files that were written with this one.
    pub files: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaNote {
    pub name: String,
    pub sha256: MediaHash,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameNote {
    pub stream: u32,
    pub pts_nanos: i64,
    pub pts_secs: f64,
    pub index: u32,
}

/// Where the crop lies in the frame. Coordinates name pixel centers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CropNote {
    pub size_px: u32,
    /// `[a, b, c, d, e, f]`: `x_frame = a x + b y + c`, `y_frame = d x + e y + f`.
    pub frame_from_crop: [f32; 6],
    /// Centers of its corner pixels in the frame: left top, right top, right bottom, left bottom.
    pub corners: [[f32; 2]; 4],
}

impl MapNote {
    /// Of the map of this look, or of its face.
    pub fn of(look: &Look, map: Option<&Map>, media_name: &str, colors: Option<Colors>) -> Self {
        let (model, weights) = look.model.split_once('@').unwrap_or((&look.model, ""));
        let side = look.crop.size_px;
        let numbers = map.into_iter().flat_map(|map| &map.values);
        let numbers = numbers.copied().filter(|value| !value.is_nan());
        let is_picture = map.is_none_or(|map| map.kind.channels() == MapChannels::Rgb);
        Self {
            format: FORMAT.to_owned(),
            media: MediaNote {
                name: media_name.to_owned(),
                sha256: look.frame.media,
            },
            frame: FrameNote::from(look.frame),
            person: look.key.track.0,
            method: look.key.method.to_owned(),
            model: model.to_owned(),
            model_weights: weights.to_owned(),
            map: map.map_or("x".into(), |map| map.kind.name()).into_owned(),
            size: map.map_or([side; 2], |map| [map.width, map.height]),
            channels: if is_picture { 3 } else { 1 },
            unit: unit(map.map(|map| map.kind)).to_owned(),
            scale: map.map(|map| [map.range.0, map.range.1]),
            colors: colors.filter(|_| !is_picture),
            smallest: numbers.clone().min_by(f32::total_cmp),
            largest: numbers.max_by(f32::total_cmp),
            logit: look.raw.logit,
            score: look.score.value(),
            is_usable: look.gate.state != GateState::NotUsable,
            crop: CropNote::of(look),
            files: Vec::new(),
        }
    }
}

impl From<FrameId> for FrameNote {
    fn from(frame: FrameId) -> Self {
        Self {
            stream: frame.stream,
            pts_nanos: frame.pts_nanos,
            pts_secs: frame.pts_secs(),
            index: frame.index,
        }
    }
}

impl CropNote {
    fn of(look: &Look) -> Self {
        let [a, b, c, d, e, f] = look.crop.frame_from_crop;
        let last = (look.crop.size_px.saturating_sub(1)) as f32;
        let corners = [(0.0, 0.0), (last, 0.0), (last, last), (0.0, last)];
        Self {
            size_px: look.crop.size_px,
            frame_from_crop: look.crop.frame_from_crop,
            corners: corners.map(|(x, y)| [a * x + b * y + c, d * x + e * y + f]),
        }
    }
}

/// What the values count, in words.
fn unit(kind: Option<MapKind>) -> &'static str {
    match kind {
        None => "levels of 255",
        Some(MapKind::LogLikelihood | MapKind::LogLikelihoodChannel(_)) => "nats per pixel",
        Some(
            MapKind::DeepfakeAttention
            | MapKind::DomainAttention
            | MapKind::DeepfakeAttentionChannel(_)
            | MapKind::DomainAttentionChannel(_),
        ) => "share from 0 to 1",
        Some(MapKind::GradCam | MapKind::GradCamPart(_)) => {
            "part of the logit; the mean over the map is about the part that depends on the picture"
        }
        Some(MapKind::ClassActivation) => "activation; below zero speaks against manipulation",
        Some(
            MapKind::PristineReconstruction
            | MapKind::ManipulatedReconstruction
            | MapKind::ReconstructionDifference
            | MapKind::PristineResidual
            | MapKind::ManipulatedResidual
            | MapKind::SpoofCue
            | MapKind::Reconstruction
            | MapKind::ReconstructionResidual,
        ) => "share of a color channel's range: 1/255 is one level",
    }
}
