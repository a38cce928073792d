//! Backbones and blocks, one a file, and what every network needs: starts, steps, files.

pub mod adam;
pub mod backbone;
pub mod backbone_kind;
pub mod conv;
pub mod conv_norm;
pub mod descent;
pub mod drop_path;
pub mod dropout;
pub mod drops;
pub mod efficient_block;
pub mod efficient_net;
pub mod fold;
pub mod gradient_reversal;
pub mod import;
pub mod inference;
pub mod initial;
pub mod instance_norm;
pub mod kernels;
pub mod meso_inception;
pub mod mesonet;
pub mod named;
pub mod noise;
pub mod norm;
pub mod optimizer;
pub mod polyak;
pub mod pool;
pub mod precision;
pub mod prelu;
pub mod resize;
pub mod resnet;
pub mod separable;
pub mod sgd;
pub mod shifted;
pub mod squeeze_excite;
pub mod transposed_conv;
pub mod unet;
pub mod vgg16;
pub mod weights;
pub mod xception;
pub mod xception_block;

#[cfg(test)]
mod torch_tests;
