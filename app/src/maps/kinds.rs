//! How maps of a kind are drawn and told.

use seam_engine::detectors::MapKind;

/// Whether the map is drawn see-through over the face: where low, the face is seen.
pub fn lies_over_face(kind: MapKind) -> bool {
    match kind {
        MapKind::GradCam
        | MapKind::GradCamPart(_)
        | MapKind::SpoofCue
        | MapKind::DeepfakeAttention
        | MapKind::DomainAttention
        | MapKind::DeepfakeAttentionChannel(_)
        | MapKind::DomainAttentionChannel(_)
        | MapKind::ClassActivation => true,
        MapKind::PristineReconstruction
        | MapKind::ManipulatedReconstruction
        | MapKind::ReconstructionDifference
        | MapKind::PristineResidual
        | MapKind::ManipulatedResidual
        | MapKind::LogLikelihood
        | MapKind::LogLikelihoodChannel(_)
        | MapKind::Reconstruction
        | MapKind::ReconstructionResidual => false,
    }
}

/// Whether the map is a difference of pictures, or a cue laid onto one, which may be amplified.
pub fn is_amplified(kind: MapKind) -> bool {
    match kind {
        MapKind::ReconstructionDifference
        | MapKind::PristineResidual
        | MapKind::ManipulatedResidual
        | MapKind::SpoofCue
        | MapKind::ReconstructionResidual => true,
        MapKind::GradCam
        | MapKind::GradCamPart(_)
        | MapKind::PristineReconstruction
        | MapKind::ManipulatedReconstruction
        | MapKind::DeepfakeAttention
        | MapKind::DomainAttention
        | MapKind::DeepfakeAttentionChannel(_)
        | MapKind::DomainAttentionChannel(_)
        | MapKind::LogLikelihood
        | MapKind::LogLikelihoodChannel(_)
        | MapKind::ClassActivation
        | MapKind::Reconstruction => false,
    }
}

/// Whether values are shares of a color channel's range, to be told in levels of 255.
pub fn is_in_levels(kind: MapKind) -> bool {
    match kind {
        MapKind::PristineReconstruction
        | MapKind::ManipulatedReconstruction
        | MapKind::ReconstructionDifference
        | MapKind::PristineResidual
        | MapKind::ManipulatedResidual
        | MapKind::SpoofCue
        | MapKind::Reconstruction
        | MapKind::ReconstructionResidual => true,
        MapKind::GradCam
        | MapKind::GradCamPart(_)
        | MapKind::DeepfakeAttention
        | MapKind::DomainAttention
        | MapKind::DeepfakeAttentionChannel(_)
        | MapKind::DomainAttentionChannel(_)
        | MapKind::LogLikelihood
        | MapKind::LogLikelihoodChannel(_)
        | MapKind::ClassActivation => false,
    }
}

/// Whether values are log-likelihoods, in nats and in colors of their own.
pub fn is_likelihood(kind: MapKind) -> bool {
    matches!(
        kind,
        MapKind::LogLikelihood | MapKind::LogLikelihoodChannel(_)
    )
}

/// Order on the strip: pictures, differences, attention.
pub fn place(kind: MapKind) -> u16 {
    match kind {
        MapKind::PristineReconstruction => 0,
        MapKind::ManipulatedReconstruction => 1,
        MapKind::Reconstruction => 2,
        MapKind::ReconstructionDifference => 3,
        MapKind::PristineResidual => 4,
        MapKind::ManipulatedResidual => 5,
        MapKind::ReconstructionResidual => 6,
        MapKind::SpoofCue => 7,
        MapKind::GradCam => 8,
        MapKind::ClassActivation => 9,
        MapKind::DeepfakeAttention => 10,
        MapKind::DomainAttention => 11,
        MapKind::DeepfakeAttentionChannel(_) => 12,
        MapKind::DomainAttentionChannel(_) => 13,
        MapKind::LogLikelihood => 14,
        MapKind::LogLikelihoodChannel(channel) => 15 + u16::from(channel),
        MapKind::GradCamPart(part) => 18 + u16::from(part),
    }
}
