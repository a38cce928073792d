//! Counts and sizes of the published networks.

use super::*;
use crate::nn::named::num_trainable;

fn network(config: &EfficientNetConfig) -> EfficientNet {
    config.init(&Device::flex())
}

#[test]
fn every_size_has_its_number_of_parameters() {
    // timm.create_model("tf_efficientnet_b0" .., num_classes=0)
    let check = |config: EfficientNetConfig, expected| {
        assert_eq!(num_trainable(&network(&config)), expected);
    };
    check(EfficientNetConfig::compound(1.0, 1.0), 4_007_548);
    check(EfficientNetConfig::compound(1.0, 1.1), 6_513_184);
    check(EfficientNetConfig::compound(1.1, 1.2), 7_700_994);
    check(EfficientNetConfig::compound(1.2, 1.4), 10_696_232);
    check(EfficientNetConfig::compound(1.4, 1.8), 17_548_616);
    check(EfficientNetConfig::compound(1.6, 2.2), 28_340_784);
    check(EfficientNetConfig::compound(1.8, 2.6), 40_735_704);
    check(EfficientNetConfig::compound(2.0, 3.1), 63_786_960);
    check(EfficientNetConfig::v2_s(1.0), 20_177_488);
    check(EfficientNetConfig::v2_m(1.0), 52_858_356);
    check(EfficientNetConfig::v2_l(1.0), 117_234_272);
}

#[test]
fn stages_of_b5_have_the_published_numbers_of_parameters() {
    let network = network(&EfficientNetConfig::compound(1.6, 2.2));
    let counts: Vec<usize> = network.stages.iter().map(num_trainable).collect();
    let expected = [
        5_352, 122_846, 329_514, 1_632_464, 3_286_344, 12_165_292, 9_744_908,
    ];
    assert_eq!(counts, expected);
}

#[test]
fn channels_of_b5_are_the_published_ones() {
    let config = EfficientNetConfig::compound(1.6, 2.2);
    let channels: Vec<usize> = config.stages.iter().map(|stage| stage.channels).collect();
    assert_eq!(channels, [24, 40, 64, 128, 176, 304, 512]);
    let repeats: Vec<usize> = config.stages.iter().map(|stage| stage.repeats).collect();
    assert_eq!(repeats, [3, 5, 5, 7, 7, 9, 3]);
    assert_eq!((config.stem, config.head), (48, 2048));
    assert_eq!(config.tap_channels(), [48, 40, 64, 176, 512]);
}

/// The strides and kernels of the published network and the fewest channels and blocks.
fn thin(config: &EfficientNetConfig) -> EfficientNetConfig {
    let mut config = config.clone();
    for stage in &mut config.stages {
        stage.channels = 8;
        stage.repeats = 1;
        stage.expansion = 1;
    }
    EfficientNetConfig {
        stem: 8,
        head: 8,
        ..config
    }
}

#[test]
fn stage_outputs_have_the_published_sizes() {
    let device = Device::flex();
    let network = network(&thin(&EfficientNetConfig::compound(1.6, 2.2)));
    let mut x = network
        .stem
        .forward(Tensor::zeros([1, 3, 299, 299], &device));
    let mut sizes = Vec::new();
    for stage in &network.stages {
        for block in stage {
            x = block.forward(x, &mut Noise::off());
        }
        let [_, _, height, width] = x.dims();
        assert_eq!(height, width);
        sizes.push(height);
    }
    assert_eq!(sizes, [150, 75, 38, 19, 19, 10, 10]);
}

#[test]
fn maps_of_v2_l_are_a_thirty_second_of_the_picture() {
    let config = thin(&EfficientNetConfig::v2_l(1.0));
    let images = Tensor::zeros([1, 3, 224, 224], &Device::flex());
    let mut taps = Vec::new();
    let last = network(&config).run(images, &mut Noise::off(), Some(&mut taps));
    assert_eq!(last.dims(), [1, 8, 7, 7]);
    let sizes: Vec<usize> = taps.iter().map(|tap| tap.dims()[2]).collect();
    assert_eq!(sizes, [112, 56, 28, 14, 7]);
}

#[test]
fn narrow_networks_round_as_the_published_ones_do() {
    // timm.layers.make_divisible
    assert_eq!(scaled_channels(16, 1.1), 16);
    assert_eq!(scaled_channels(24, 1.1), 24);
    assert_eq!(scaled_channels(112, 1.1), 120);
    assert_eq!(scaled_channels(16, 0.1), 8);
    assert_eq!(scaled_channels(24, 0.8), 24);
    assert_eq!(scaled_channels(80, 0.5), 40);
}
