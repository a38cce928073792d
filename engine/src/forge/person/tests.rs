//! What holds for every person and frame.

use std::sync::{Arc, LazyLock};

use super::{Part, Person, RenderedFrame, Shot, ShotSettings};

const SETTINGS: ShotSettings = ShotSettings {
    width: 160,
    height: 152,
    fps: 25.0,
    face_px: 70.0,
    liveliness: 1.0,
};

/// Persons take a while to make, so tests share them.
static PEOPLE: LazyLock<[Arc<Person>; 2]> =
    LazyLock::new(|| [5, 9].map(|seed| Arc::new(Person::new(seed))));

fn rendered(shot: &Shot, index: u32) -> RenderedFrame {
    let mut frame = RenderedFrame::default();
    shot.render(index, &mut frame);
    frame
}

#[test]
fn the_same_seeds_give_the_same_bytes_in_any_order() {
    let people = &PEOPLE[..1];
    let shot = Shot::new(people, 3, SETTINGS);
    let mut frame = RenderedFrame::default();
    for index in 0..4 {
        shot.render(index, &mut frame);
    }
    let again = rendered(&Shot::new(&[Arc::new(Person::new(5))], 3, SETTINGS), 3);
    assert_eq!(frame.picture, again.picture);
    assert_eq!(frame.faces[0].points, again.faces[0].points);
    assert_eq!(frame.faces[0].parts, again.faces[0].parts);
}

#[test]
fn one_thread_draws_what_many_draw() {
    let shot = Shot::new(&PEOPLE[..1], 4, SETTINGS);
    let alone = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let expected = alone.install(|| rendered(&shot, 8));
    assert_eq!(rendered(&shot, 8).picture, expected.picture);
}

#[test]
fn other_seeds_give_other_pictures() {
    let one = rendered(&Shot::new(&PEOPLE[..1], 3, SETTINGS), 0);
    let shot = rendered(&Shot::new(&PEOPLE[..1], 4, SETTINGS), 0);
    let person = rendered(&Shot::new(&PEOPLE[1..], 3, SETTINGS), 0);
    assert_ne!(one.picture, shot.picture);
    assert_ne!(one.picture, person.picture);
}

#[test]
fn inner_points_lie_on_the_face_and_the_jaw_near_it() {
    let shot = Shot::new(&PEOPLE[..1], 6, SETTINGS);
    for index in [0, 40, 90] {
        let frame = rendered(&shot, index);
        let face = &frame.faces[0];
        let near = |point: [f32; 2], reach: i64| {
            (-reach..=reach).any(|dy| {
                (-reach..=reach).any(|dx| {
                    let x = point[0] as i64 + dx;
                    let y = point[1] as i64 + dy;
                    let inside = (0..160).contains(&x) && (0..152).contains(&y);
                    inside && face.face_mask.get_pixel(x as u32, y as u32).0[0] == 255
                })
            })
        };
        for (at, point) in face.points.iter().enumerate() {
            let reach = if at < 17 { 8 } else { 3 };
            assert!(near(*point, reach), "frame {index}, point {at}: {point:?}");
        }
    }
}

#[test]
fn masks_and_parts_agree() {
    let frame = rendered(&Shot::new(&PEOPLE[1..], 7, SETTINGS), 5);
    let face = &frame.faces[0];
    let count = |part: Part| face.parts.pixels().filter(|p| p.0[0] == part as u8).count();
    for part in [
        Part::Skin,
        Part::Brow,
        Part::EyeAtLeft,
        Part::EyeAtRight,
        Part::Nose,
        Part::Lips,
        Part::Neck,
        Part::Clothes,
    ] {
        assert!(0 < count(part), "{part:?}");
    }
    assert!(500 < count(Part::Background));
    let outside = [Part::Background, Part::Neck, Part::Clothes, Part::Ear];
    let pixels = face.face_mask.pixels().zip(face.parts.pixels());
    for (mask, part) in pixels {
        assert!(mask.0[0] == 0 || mask.0[0] == 255);
        let is_outside = outside.iter().any(|label| *label as u8 == part.0[0]);
        assert!(mask.0[0] == 0 || !is_outside, "part {}", part.0[0]);
    }
}

#[test]
fn two_people_stand_side_by_side_and_share_no_pixel() {
    let settings = ShotSettings {
        width: 256,
        face_px: 60.0,
        ..SETTINGS
    };
    let frame = rendered(&Shot::new(PEOPLE.as_slice(), 8, settings), 0);
    let [left, right] = frame.faces.as_slice() else {
        panic!("two people have two faces");
    };
    assert!(left.points[30][0] < 128.0 && 128.0 < right.points[30][0]);
    let masks = left.face_mask.pixels().zip(right.face_mask.pixels());
    assert!(masks.clone().all(|(a, b)| a.0[0] == 0 || b.0[0] == 0));
    assert!(masks.clone().any(|(a, _)| a.0[0] == 255) && masks.clone().any(|(_, b)| b.0[0] == 255));
}

#[test]
fn another_expression_changes_the_mouth_and_not_the_background() {
    let shot = Shot::new(&PEOPLE[..1], 9, SETTINGS);
    let usual = rendered(&shot, 2);
    let mut expression = shot.expression(0, 2);
    expression.jaw_open = 0.9 - expression.jaw_open.min(0.4);
    let mut frame = RenderedFrame::default();
    shot.render_as(2, &[expression], &mut frame);
    let gap = |frame: &RenderedFrame| frame.faces[0].points[66][1] - frame.faces[0].points[62][1];
    assert!(gap(&usual) + 2.0 < gap(&frame));
    assert_eq!(usual.picture.get_pixel(2, 2), frame.picture.get_pixel(2, 2));
}
