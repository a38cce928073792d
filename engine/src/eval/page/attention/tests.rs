//! Pages with maps, pictures and masks.

use super::*;
use crate::eval::attention::{AttentionMeans, Overlap, TechniqueAttention};
use crate::eval::page::page;
use crate::eval::page::tests::made_up_evaluation;

fn face(path: &str, mask: Option<Vec<u8>>) -> FacePicture {
    FacePicture {
        path: path.to_owned(),
        frame_index: 7,
        logit: 1.5,
        side_px: 4,
        face: (0..48).collect(),
        maps: vec![MapPicture {
            kind: MapKind::GradCam,
            range: (0.0, 4.5),
            levels: (0..16).map(|at| 17 * at).collect(),
            overlap: mask.as_ref().map(|_| Overlap {
                mass_in_mask: Some(0.42),
                mask_area: 0.25,
                is_pointing: true,
            }),
        }],
        mask,
        painted: Vec::new(),
    }
}

/// With `name` wherever names from outside go.
pub fn made_up_attention(name: &str) -> Attention {
    let numbers = AttentionNumbers {
        faces: 23,
        items: 8,
        empty_maps: 1,
        without_mask: 0,
        means: Some(AttentionMeans {
            mass_in_mask: 0.421,
            mask_area: 0.211,
            pointing: 0.652,
        }),
    };
    let mask: Vec<u8> = (0..16).map(|at| 255 * u8::from(at % 4 == 0)).collect();
    let row = |technique: Option<&str>, mask: Option<Vec<u8>>| PictureRow {
        technique: technique.map(str::to_owned),
        faces: (0..3).map(|_| face(name, mask.clone())).collect(),
    };
    Attention {
        kind: MapKind::GradCam,
        range: (0.0, 4.5),
        overall: numbers.clone(),
        techniques: vec![TechniqueAttention {
            technique: name.to_owned(),
            numbers,
        }],
        pictures: vec![row(Some(name), Some(mask)), row(None, None)],
    }
}

#[test]
fn a_page_shows_the_numbers_and_pictures_that_there_are() {
    let mut evaluation = made_up_evaluation("swap");
    let with = page(&evaluation);
    for words in [
        "Where it looks",
        "0.421",
        "2.00",
        "0.652",
        "4.50 and above",
        "42 % inside",
    ] {
        assert!(with.contains(words), "{words} is missing");
    }
    // Three faces with masks, three without.
    assert_eq!(
        with.matches("data:image/png;base64,").count(),
        3 * 3 + 3 * 2
    );
    assert_eq!(with.matches("its mask, which covers 25 %").count(), 2 * 3);

    let attention = evaluation.results[0].attention.as_mut().unwrap();
    attention.pictures.clear();
    let without = page(&evaluation);
    assert!(without.contains("0.421") && !without.contains("data:image"));
    assert!(!without.contains("pictures of faces"));

    evaluation.results[0].attention = None;
    assert!(!page(&evaluation).contains("Where it looks"));
}

#[test]
fn reconstructions_stand_between_the_face_and_their_difference() {
    let mut evaluation = made_up_evaluation("swap");
    let result = &mut evaluation.results[0];
    let mut differences = made_up_attention("swap");
    differences.kind = MapKind::ReconstructionDifference;
    for row in &mut differences.pictures {
        for face in &mut row.faces {
            face.painted = vec![vec![9; 48], vec![8; 48]];
            face.maps[0].kind = MapKind::ReconstructionDifference;
        }
    }
    result.attention = None;
    result.differences = Some(differences);
    let page = page(&evaluation);
    // Three faces with masks, three without: face, f0, f1 and difference of each.
    assert_eq!(
        page.matches("data:image/png;base64,").count(),
        3 * 5 + 3 * 4
    );
    assert!(
        !page.contains("class=\"under\" y"),
        "nothing lies over the face"
    );
    assert!(page.contains("|f1 - f0|") && page.contains("full range"));
}

#[test]
fn both_attention_masks_stand_together_each_with_its_own_scale_and_share() {
    let mut evaluation = made_up_evaluation("swap");
    let mut own = made_up_attention("swap");
    own.kind = MapKind::DeepfakeAttention;
    for row in &mut own.pictures {
        for face in &mut row.faces {
            let mut other = face.maps[0].clone();
            face.maps[0].kind = MapKind::DeepfakeAttention;
            face.maps[0].range = (0.48, 0.52);
            other.kind = MapKind::DomainAttention;
            other.range = (0.4, 0.6);
            face.maps.push(other);
        }
    }
    let mut without_pictures = made_up_attention("swap");
    without_pictures.kind = MapKind::DomainAttention;
    without_pictures.pictures.clear();
    evaluation.results[0].own_attention = vec![own, without_pictures];
    let page = page(&evaluation);
    for words in [
        "M_df 0.480 and below",
        "M_dom 0.400 and below",
        "0.600 and above",
        "M_dom 42 % inside",
        "attention to the way of forging",
        "let through between 0 and 1",
    ] {
        assert!(page.contains(words), "{words} is missing");
    }
    // Three faces with masks, three without: Grad-CAM, then both masks.
    assert_eq!(
        page.matches("data:image/png;base64,").count(),
        3 * 3 + 3 * 2 + 3 * 4 + 3 * 3
    );
    let ids: Vec<&str> = page.split("<image id=\"").skip(1).collect();
    let mut ids: Vec<&str> = ids
        .iter()
        .filter_map(|text| text.split('"').next())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 12, "a face stands under the map of another");
}

#[test]
fn one_technique_alone_keeps_its_pictures_and_the_pristine_ones() {
    let mut both = made_up_attention("swap");
    let other = made_up_attention("recolor");
    both.techniques.extend(other.techniques);
    both.pictures.extend(other.pictures);
    let only = both.only("recolor").unwrap();
    assert_eq!(only.techniques.len(), 1);
    let names: Vec<_> = only
        .pictures
        .iter()
        .map(|row| row.technique.as_deref())
        .collect();
    assert_eq!(names, [None, Some("recolor"), None]);
    assert_eq!(both.only("inpaint"), None);
}

#[test]
fn the_layer_has_the_colors_of_the_scale_and_the_outline() {
    let face = &made_up_attention("swap").pictures[0].faces[0];
    let layer = map_layer(face, &face.maps[0]);
    let at = |x: usize, y: usize| &layer[4 * (4 * y + x)..][..4];
    assert_eq!(at(0, 2), [255, 255, 255, 255], "inside, beside the outside");
    assert_eq!(at(1, 2), [0, 0, 0, 255], "outside, beside the inside");
    assert_eq!(at(3, 3), [252, 255, 164, OPACITY], "the scale's upper end");
    assert_eq!(color(0), INFERNO[0]);
    let lightness = |level: u8| {
        let [red, green, blue] = color(level).map(f32::from);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    assert!((1..=255).all(|level| lightness(level - 1) <= lightness(level)));
}
