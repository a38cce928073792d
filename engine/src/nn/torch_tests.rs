//! Small layers against numbers of `PyTorch` (torch 2.15.0, timm 1.0.31); whole networks are compared by
//! `tests/reference/backbones.sh`.
//!
//! ```python
//! def numbers(*shape, step=7, over=11):
//!     count = torch.tensor(shape).prod().item()
//!     return ((torch.arange(count) * step % over).float() / over - 0.5).reshape(shape)
//! ```

use burn::prelude::{Device, Module, Tensor, TensorData};

use crate::nn::conv::{ConvConfig, Padding};
use crate::nn::conv_norm::ConvNormConfig;
use crate::nn::named::{self, HostTensor, NamedTensors, host_tensor};
use crate::nn::norm::Activation;
use crate::nn::separable::SeparableConvConfig;
use crate::nn::squeeze_excite::SqueezeExcite;

fn numbers(shape: &[usize], step: usize, over: usize) -> HostTensor {
    let count: usize = shape.iter().product();
    let values = (0..count).map(|at| (at * step % over) as f32 / over as f32 - 0.5);
    HostTensor {
        shape: shape.to_vec(),
        values: values.collect(),
    }
}

/// `numbers(.., step=5, over=13)`, as a picture.
fn images(shape: [usize; 4]) -> Tensor<4> {
    let data = TensorData::new(numbers(&shape, 5, 13).values, shape);
    Tensor::from_data(data, &Device::flex())
}

fn filled<M: Module>(module: M, tensors: &[(&str, HostTensor)]) -> M {
    let tensors = tensors
        .iter()
        .map(|(name, tensor)| ((*name).to_owned(), tensor.clone()));
    named::apply(module, tensors.collect::<NamedTensors>()).unwrap()
}

/// Sums of a dozen numbers below one: rounding is below 1e-6, and the reference has seven digits.
#[track_caller]
fn check<const D: usize>(output: Tensor<D>, shape: [usize; D], expected: &[f32]) {
    let output = host_tensor(output).unwrap();
    assert_eq!(output.shape, shape);
    assert_eq!(output.values.len(), expected.len());
    for (found, expected) in output.values.iter().zip(expected) {
        assert!((found - expected).abs() < 2e-6, "{:?}", output.values);
    }
}

#[test]
fn same_padding_is_that_of_timm() {
    // timm.layers.Conv2dSame(2, 1, 3, stride=2, bias=False), weight numbers(1, 2, 3, 3)
    let config = ConvConfig::new(2, 1, 3).with_stride(2);
    let weight = [("weight", numbers(&[1, 2, 3, 3], 7, 11))];
    let conv = config
        .clone()
        .with_padding(Padding::Same)
        .init(&Device::flex());
    check(
        filled(conv, &weight).forward(images([1, 2, 4, 6])),
        [1, 1, 2, 3],
        &[
            0.486014, -0.7307693, 0.0244755, 0.1783217, 0.5769231, 0.2377622,
        ],
    );
    // The same with torch.nn.functional.conv2d(.., stride=2, padding=1)
    let conv = config.with_padding(Padding::Even(1)).init(&Device::flex());
    check(
        filled(conv, &weight).forward(images([1, 2, 4, 6])),
        [1, 1, 2, 3],
        &[
            0.1748252, 0.3951049, -0.2797203, -0.1293707, -0.7727273, -0.0804195,
        ],
    );
    // timm.layers.Conv2dSame(2, 2, 5, stride=2, groups=2, bias=False): one side odd, one even
    let config = ConvConfig::depthwise(2, 5)
        .with_stride(2)
        .with_padding(Padding::Same);
    let weight = [("weight", numbers(&[2, 1, 5, 5], 7, 11))];
    check(
        filled(config.init(&Device::flex()), &weight).forward(images([1, 2, 4, 5])),
        [1, 2, 2, 3],
        &[
            0.1958042, 0.8041958, 0.1573427, 0.0856644, -0.5122378, -0.5786713, 0.4405595,
            -0.8741258, -0.1818182, -0.6311189, 0.0576923, 0.3409091,
        ],
    );
}

#[test]
fn squeeze_and_excite_is_that_of_timm() {
    // timm.models._efficientnet_blocks.SqueezeExcite(4, rd_ratio=0.5, act_layer=nn.SiLU)
    let layer = filled(
        SqueezeExcite::new(4, 2, &Device::flex()),
        &[
            ("reduce.weight", numbers(&[2, 4, 1, 1], 7, 11)),
            ("reduce.bias", numbers(&[2], 7, 11)),
            ("expand.weight", numbers(&[4, 2, 1, 1], 3, 11)),
            ("expand.bias", numbers(&[4], 3, 11)),
        ],
    );
    check(
        layer.forward(images([1, 4, 2, 2])),
        [1, 4, 2, 2],
        &[
            -0.1973856, -0.0455505, 0.1062846, -0.1366516, 0.0170851, 0.1879357, -0.0854253,
            0.0854253, -0.2227995, -0.0202545, 0.1822905, -0.1417815, 0.0665576, -0.2884161,
            -0.0665575, 0.155301,
        ],
    );
}

#[test]
fn separable_convolution_is_that_of_the_legacy_xception() {
    // timm.models.xception.SeparableConv2d(2, 3, 3, padding=1)
    let layer = filled(
        SeparableConvConfig::new(2, 3).init(&Device::flex()),
        &[
            ("depthwise.weight", numbers(&[2, 1, 3, 3], 7, 11)),
            ("pointwise.weight", numbers(&[3, 2, 1, 1], 3, 11)),
        ],
    );
    check(
        layer.forward_normalized(images([1, 2, 2, 3]), None, Activation::None),
        [1, 3, 2, 3],
        &[
            -0.0626192, 0.3903369, -0.0298792, 0.0166879, 0.0626192, -0.1123649, 0.0785124,
            -0.1665607, 0.0692943, 0.0224094, -0.0212969, 0.0726319, -0.0390973, 0.2975207,
            -0.0133503, 0.0176415, 0.0486332, -0.0815321,
        ],
    );
}

#[test]
fn norms_add_their_epsilon_to_the_variance() {
    // torch.nn.functional.silu(nn.BatchNorm2d(3, eps=epsilon).eval()(0.1 * numbers(1, 3, 1, 2, 5, 13)))
    let list = |values: &[f32]| HostTensor {
        shape: vec![values.len()],
        values: values.to_vec(),
    };
    let mut identity = numbers(&[3, 3, 1, 1], 0, 1);
    for (at, value) in identity.values.iter_mut().enumerate() {
        *value = if at % 4 == 0 { 0.1 } else { 0.0 };
    }
    let norm = |epsilon| {
        let config = ConvNormConfig {
            conv: ConvConfig::new(3, 3, 1),
            epsilon,
            then: Activation::Silu,
        };
        filled(
            config.init(&Device::flex()),
            &[
                ("conv.weight", identity.clone()),
                ("norm.gamma", list(&[1.0, 2.0, -1.0])),
                ("norm.beta", list(&[0.0, 0.5, 1.0])),
                ("norm.running_mean", list(&[0.0, 0.25, -0.25])),
                ("norm.running_var", list(&[1.0, 0.01, 1e-4])),
            ],
        )
    };
    let shape = [1, 3, 1, 2];
    check(
        norm(1e-5).forward(images(shape)),
        shape,
        &[-0.024375, -0.0057359, -0.0741151, -0.0287708, 0.0, 0.0],
    );
    check(
        norm(1e-3).forward(images(shape)),
        shape,
        &[
            -0.0243633, -0.0057331, -0.0859261, -0.0354437, -0.0085668, -0.0031575,
        ],
    );
}
