//! What is compared, and which pictures a method has, without a window.

use seam_engine::detectors::{DetectorInfo, MapKind};
use seam_engine::methods;

use crate::maps::{CHANNELS, Maps, MapsCommand, Picture, Row, Tile};
use crate::theme::LikelihoodColors;

fn tile(row: Row, picture: Picture) -> Tile {
    Tile { row, picture }
}

#[test]
fn the_last_two_pictures_are_compared() {
    let mut maps = Maps {
        methods: Some(vec!["dadd"]),
        ..Maps::default()
    };
    let cam = Picture::Map(MapKind::GradCam);
    let columns = maps.columns(maps.info().unwrap());
    assert_eq!(columns, [Picture::Face, cam]);
    // What the method does not draw gives way to what it does.
    let [left, right] = maps.pair_of(&columns);
    assert_eq!(left, tile(Row::Frame, Picture::Face));
    assert_eq!(right, tile(Row::Frame, cam));
    let calm = tile(Row::Control, cam);
    maps.run(MapsCommand::Compare(calm));
    maps.run(MapsCommand::Compare(calm));
    assert_eq!(maps.pair_of(&columns), [right, calm]);
}

/// A method with the maps of DID, which may have no model here.
static WITH_CHANNELS: DetectorInfo = DetectorInfo {
    name: "did",
    title: "",
    looks_at: "",
    limits: "",
    parts: &[],
    maps: &[
        MapKind::GradCam,
        MapKind::DeepfakeAttention,
        MapKind::DomainAttention,
        MapKind::DeepfakeAttentionChannel(0),
        MapKind::DomainAttentionChannel(0),
    ],
};

#[test]
fn both_attentions_stand_side_by_side_and_a_chosen_channel_beside_them() {
    use MapKind::{
        DeepfakeAttention, DeepfakeAttentionChannel, DomainAttention, DomainAttentionChannel,
        GradCam,
    };
    let mut maps = Maps::default();
    let drawn = |maps: &Maps| -> Vec<MapKind> { maps.kinds(&WITH_CHANNELS).collect() };
    let means = [GradCam, DeepfakeAttention, DomainAttention];
    assert_eq!(drawn(&maps), means);
    let columns = maps.columns(&WITH_CHANNELS);
    let map = |kind| Picture::Map(kind);
    assert_eq!(columns[0], Picture::Face);
    assert_eq!(columns[1..], means.map(map));
    // What the method calls forged is what is laid over the clip.
    assert_eq!(maps.pair_of(&columns)[1].picture, map(DeepfakeAttention));

    maps.run(MapsCommand::ChooseChannel(Some(2)));
    let channels = [DeepfakeAttentionChannel(2), DomainAttentionChannel(2)];
    assert_eq!(drawn(&maps)[3..], channels);
    assert_eq!(maps.columns(&WITH_CHANNELS)[4..], channels.map(map));
    // A channel that is compared follows the rank, and gives way when there is none.
    let pair = |maps: &Maps| maps.pair_of(&maps.columns(&WITH_CHANNELS))[1].picture;
    maps.pair[1] = tile(Row::Frame, map(channels[1]));
    assert_eq!(pair(&maps), map(channels[1]));
    maps.run(MapsCommand::ChooseChannel(Some(7)));
    assert_eq!(pair(&maps), map(DomainAttentionChannel(7)));
    maps.run(MapsCommand::ChooseChannel(Some(u16::MAX)));
    assert_eq!(maps.channel, Some(CHANNELS - 1));
    maps.run(MapsCommand::ChooseChannel(None));
    assert_eq!(pair(&maps), map(DeepfakeAttention));
    assert_eq!(drawn(&maps), means);
}

#[test]
fn amounts_stay_within_their_ends() {
    let mut maps = Maps::default();
    for command in [
        MapsCommand::Amplify(99.0),
        MapsCommand::SetOpacity(-1.0),
        MapsCommand::MoveWipe(1.5),
    ] {
        maps.run(command);
    }
    assert_eq!(
        (maps.amplification, maps.opacity, maps.wipe),
        (16.0, 0.0, 1.0)
    );
}

#[test]
fn a_part_is_a_column_of_its_own() {
    let mut maps = Maps::default();
    let info = methods::find("dadd").unwrap().detector;
    maps.run(MapsCommand::ChoosePart(Some(3)));
    let last = maps.columns(info).pop();
    assert_eq!(last, Some(Picture::Map(MapKind::GradCamPart(3))));
    maps.run(MapsCommand::ChooseMethod("dadd"));
    assert_eq!(maps.columns(info).len(), 2);
}

/// A density model, which may have no model here.
static WITH_LIKELIHOOD: DetectorInfo = DetectorInfo {
    name: "pixelcnn",
    title: "",
    looks_at: "",
    limits: "",
    parts: &[],
    maps: &[
        MapKind::GradCam,
        MapKind::LogLikelihood,
        MapKind::LogLikelihoodChannel(0),
        MapKind::LogLikelihoodChannel(1),
        MapKind::LogLikelihoodChannel(2),
    ],
};

#[test]
fn single_colors_are_shown_on_demand_and_are_there_at_once() {
    let mut maps = Maps::default();
    let all = Picture::Map(MapKind::LogLikelihood);
    let shown = [Picture::Face, Picture::Map(MapKind::GradCam), all];
    assert_eq!(maps.columns(&WITH_LIKELIHOOD), shown);
    assert_eq!(maps.pair_of(&shown)[1].picture, all);
    assert_eq!(maps.kinds(&WITH_LIKELIHOOD).count(), 5);
    maps.shows_colors = true;
    let colors = [0, 1, 2].map(|color| Picture::Map(MapKind::LogLikelihoodChannel(color)));
    assert_eq!(maps.columns(&WITH_LIKELIHOOD)[3..], colors);
}

#[test]
fn pixels_are_marked_only_when_asked_for() {
    let mut maps = Maps::default();
    let colors = LikelihoodColors::Even;
    assert_eq!(maps.style(colors).costliest, None);
    maps.marks_costliest = true;
    for (percent, share) in [(2.0, 0.02), (90.0, 0.05), (0.0, 0.002)] {
        maps.run(MapsCommand::MarkCostliest(percent));
        let marked = maps.style(colors).costliest.unwrap();
        assert!((marked - share).abs() < 1e-6, "{percent}: {marked}");
    }
    maps.run(MapsCommand::BesideTechnique(Some(2)));
    maps.run(MapsCommand::ChooseMethod("dadd"));
    assert_eq!(maps.technique, None);
}
