//! Filled outlines against plain counting of points.

use super::*;

fn is_inside(outlines: &[Outline], x: f64, y: f64) -> bool {
    let edges = outlines.iter().flat_map(|outline| edges_of(outline));
    let crossed = edges.filter(|[from, to]| {
        let is_across = (from[1] <= y) != (to[1] <= y);
        is_across && x < from[0] + (y - from[1]) / (to[1] - from[1]) * (to[0] - from[0])
    });
    crossed.count() % 2 == 1
}

fn circle(center: [f32; 2], radius: f32, count: u16) -> Outline {
    (0..count)
        .map(|at| {
            let angle = f32::from(at) / f32::from(count) * std::f32::consts::TAU;
            [
                center[0] + radius * angle.cos(),
                center[1] + radius * angle.sin(),
            ]
        })
        .collect()
}

#[test]
fn coverage_is_the_share_of_points_inside() {
    const FINE: u32 = 16;
    let star: Outline = (0..5_u16)
        .map(|at| {
            let angle = f32::from(at * 2) / 5.0 * std::f32::consts::TAU;
            [20.3 + 18.0 * angle.cos(), 21.0 + 17.5 * angle.sin()]
        })
        .collect();
    let square = vec![[3.5, 4.5], [30.5, 4.5], [30.5, 28.5], [3.5, 28.5]];
    let over = vec![[-20.0, -9.0], [25.0, -3.0], [60.0, 70.0], [10.0, 20.0]];
    let ring = vec![
        circle([20.0, 20.0], 17.0, 40),
        circle([22.0, 19.0], 8.0, 30),
    ];
    for outlines in [vec![star], vec![square], vec![over], ring] {
        let mask = polygons(&outlines, 0.0, 44, 42).to_mask(44, 42);
        for (at, value) in mask.values.iter().enumerate() {
            let (x, y) = ((at % 44) as f64, (at / 44) as f64);
            let places = (0..FINE * FINE).filter(|place| {
                let sub = |at: u32| (f64::from(at) + 0.5) / f64::from(FINE) - 0.5;
                is_inside(&outlines, x + sub(place % FINE), y + sub(place / FINE))
            });
            let share = 255.0 * places.count() as f64 / f64::from(FINE * FINE);
            let error = (f64::from(*value) - share).abs();
            assert!(error <= 16.0, "{value} for {share} at {x} {y}");
        }
    }
}

#[test]
fn areas_are_right_and_holes_stay_open() {
    let disc = polygons(&[circle([100.0, 90.0], 60.0, 200)], 0.0, 200, 200);
    let area = std::f64::consts::PI * 3600.0;
    assert!((disc.values().area_px() / area - 1.0).abs() < 1e-3);
    let outlines = [
        circle([100.0, 90.0], 60.0, 200),
        circle([100.0, 90.0], 20.0, 90),
    ];
    let ring = polygons(&outlines, 0.0, 200, 200).to_mask(200, 200);
    assert!((ring.area_px() / (area * 8.0 / 9.0) - 1.0).abs() < 1e-3);
    assert_eq!(ring.values[90 * 200 + 100], 0);
    assert_eq!(ring.values[50 * 200 + 100], 255);
}

#[test]
fn a_soft_rim_fades_to_both_sides() {
    let square = vec![[50.5, 50.5], [149.5, 50.5], [149.5, 149.5], [50.5, 149.5]];
    let mask = polygons(&[square], 12.0, 200, 200).to_mask(200, 200);
    let row = &mask.values[100 * 200..101 * 200];
    assert!(row[..=38].iter().all(|value| *value == 0));
    assert!(row[63..=137].iter().all(|value| *value == 255));
    assert!(row[38..=63].is_sorted());
    assert!(row[50].abs_diff(128) < 25, "{}", row[50]);
}

#[test]
fn the_frames_border_is_no_rim() {
    let all = vec![
        [-50.0, -50.0],
        [250.0, -50.0],
        [250.0, 250.0],
        [-50.0, 250.0],
    ];
    for soft in [0.0, 10.0] {
        let mask = polygons(std::slice::from_ref(&all), soft, 200, 200).to_mask(200, 200);
        assert!(mask.values.iter().all(|value| *value == 255), "{soft}");
    }
}

#[test]
fn what_is_no_outline_covers_nothing() {
    let cases: [Vec<Outline>; 5] = [
        vec![],
        vec![vec![]],
        vec![vec![[5.0, 5.0]]],
        vec![vec![[1.0, 2.0], [f32::NAN, 9.0], [9.0, 2.0]]],
        vec![vec![[900.0, 900.0], [950.0, 900.0], [900.0, 950.0]]],
    ];
    for outlines in cases {
        for soft in [0.0, 3.0, f32::NAN] {
            let mask = polygons(&outlines, soft, 50, 50).to_mask(50, 50);
            assert!(mask.is_empty(), "{outlines:?}");
        }
    }
    let far = vec![[-3e38, -3e38], [3e38, -3e38], [0.0, 3e38]];
    assert!(!polygons(&[far], 1.0, 50, 50).to_mask(50, 50).is_empty());
}
