//! How badly a carried mask fits: one number, and what it comes from in words.

use crate::annotate::carry::template::{correlation, lumas};
use crate::annotate::carry::warp::{Warp, marked};
use crate::data::annotations::Mask;
use crate::faces::similarity::Similarity;
use crate::media::Frame;

/// From this drift on a mask is said to fit no longer.
pub const FLAGGED: f32 = 0.5;

/// Cells on a side of the square in which pixels are compared.
const SIDE: usize = 96;

/// The square's side over that of what is marked: edges lie around a mask, not in it.
const MARGIN: f32 = 1.25;

/// Cells around a mask that are compared with it.
const RING_CELLS: usize = 4;

/// Correlation that a still face keeps when it is coded again, and the one at which nothing fits. On forged clips carried
/// masks with an `IoU` above 0.9 keep 0.95 in the mean, those below 0.8 have 0.85 to 0.9.
const LIKE: f32 = 0.97;
const UNLIKE: f32 = 0.75;

/// Distance of points over the side of the face that finding them anew makes, and the one at which nothing fits.
const STILL: f32 = 0.015;
const STRAY: f32 = 0.10;

/// Points farther from a mask than this share of the face's side say nothing about it.
const NEAR: f32 = 0.25;

/// How well a carried mask fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// 0 where it fits as well as on the frame it was painted on, 1 where it does not fit at all.
    pub value: f32,
    /// Correlation of the pixels under and around the mask with those it was painted on, at most 1.
    pub likeness: f32,
    /// Mean distance of the face's points near the mask from where they were carried, over the face's side;
    /// `None` where points are only estimated from the box.
    pub stray: Option<f32>,
}

impl Drift {
    pub fn of(likeness: f32, stray: Option<f32>) -> Self {
        let by_pixels = (LIKE - likeness) / (LIKE - UNLIKE);
        let by_points = stray.map_or(0.0, |stray| (stray - STILL) / (STRAY - STILL));
        Self {
            value: by_pixels.max(by_points).clamp(0.0, 1.0),
            likeness,
            stray,
        }
    }

    pub fn is_flagged(&self) -> bool {
        FLAGGED <= self.value
    }

    /// What to say of it.
    pub fn words(&self) -> String {
        let Self {
            value, likeness, ..
        } = self;
        let mut numbers = format!(
            "the pixels under it match those it was painted on by {likeness:.2} (1 is the same)"
        );
        if let Some(stray) = self.stray {
            let percent = 100.0 * stray;
            numbers += &format!(
                ", and the face's points lie {percent:.1} % of the face's size from where they were carried"
            );
        }
        if self.is_flagged() {
            format!(
                "It stops fitting here, drift {value:.2}: {numbers}. Look at it before it counts"
            )
        } else {
            format!("Drift {value:.2}: {numbers}")
        }
    }
}

/// What is under and around a mask, as it looks on the frame it was painted on.
#[derive(Clone, Debug)]
pub struct Ground {
    frame_from_cells: Similarity,
    lumas: Vec<f32>,
    weights: Vec<f32>,
}

impl Ground {
    /// `None` for an empty mask.
    pub fn of(frame: &Frame, mask: &Mask) -> Option<Self> {
        let rect = marked(mask)?;
        let middle = |first: u32, end: u32| 0.5 * (first + end) as f32 - 0.5;
        let longer = (rect.x1 - rect.x0).max(rect.y1 - rect.y0) as f32;
        let cell = (MARGIN * longer).max(16.0) / SIDE as f32;
        let corner = |center: f32| center - cell * (0.5 * SIDE as f32 - 0.5);
        let frame_from_cells = Similarity {
            a: cell,
            b: 0.0,
            shift: [
                corner(middle(rect.x0, rect.x1)),
                corner(middle(rect.y0, rect.y1)),
            ],
        };
        Some(Self {
            frame_from_cells,
            lumas: lumas(frame, &frame_from_cells, SIDE),
            weights: ringed(mask, &frame_from_cells),
        })
    }

    /// How alike the pixels are where the mask was carried to, -1 to 1.
    pub fn likeness(&self, other: &Frame, other_from_own: &Similarity, warp: &Warp) -> f32 {
        let other_from_cells = other_from_own.after(&self.frame_from_cells);
        let seen = lumas(other, &other_from_cells, SIDE);
        let Some(cells_from_frame) = self.frame_from_cells.inverse() else {
            return 0.0;
        };
        let own: Vec<f32> = (0..SIDE * SIDE)
            .map(|at| {
                let place = other_from_cells.point([(at % SIDE) as f32, (at / SIDE) as f32]);
                self.between(cells_from_frame.point(warp.back(place)))
            })
            .collect();
        correlation(&own, &seen, &self.weights)
    }

    /// Bilinear; the border repeats.
    fn between(&self, at: [f32; 2]) -> f32 {
        let [x, y] = at.map(|value| value.clamp(0.0, (SIDE - 1) as f32));
        let (left, top) = (x as usize, y as usize);
        let (right, below) = ((left + 1).min(SIDE - 1), (top + 1).min(SIDE - 1));
        let (across, down) = (x - left as f32, y - top as f32);
        let value = |x: usize, y: usize| self.lumas[y * SIDE + x];
        let upper = (1.0 - across) * value(left, top) + across * value(right, top);
        let lower = (1.0 - across) * value(left, below) + across * value(right, below);
        (1.0 - down) * upper + down * lower
    }
}

/// Mean distance, over `face_px`, of points near the mask from where the warp says they are; of all points where
/// none is near. Both in order, `own` on the painted frame.
pub fn stray(own: &[[f32; 2]], other: &[[f32; 2]], warp: &Warp, mask: &Mask, face_px: f32) -> f32 {
    let away: Vec<f32> = own
        .iter()
        .zip(other)
        .map(|(own, other)| {
            let [x, y] = warp.back(*other);
            (x - own[0]).hypot(y - own[1])
        })
        .collect();
    let near: Vec<f32> = own
        .iter()
        .zip(&away)
        .filter(|(own, _)| is_near(mask, **own, NEAR * face_px))
        .map(|(_, away)| *away)
        .collect();
    let counted = if near.is_empty() { &away } else { &near };
    let mean = counted.iter().sum::<f32>() / counted.len().max(1) as f32;
    mean / face_px.max(1.0)
}

/// Something is marked on a ring of readings around the point, or at it.
fn is_near(mask: &Mask, point: [f32; 2], reach_px: f32) -> bool {
    const READINGS: usize = 16;
    let is_marked = |[x, y]: [f32; 2]| {
        let is_inside =
            (0.0..mask.width as f32).contains(&x) && (0.0..mask.height as f32).contains(&y);
        is_inside && mask.values[y as usize * mask.width as usize + x as usize] != 0
    };
    is_marked(point)
        || [0.33, 0.66, 1.0].iter().any(|share| {
            (0..READINGS).any(|at| {
                let turn = std::f32::consts::TAU * at as f32 / READINGS as f32;
                let (sin, cos) = turn.sin_cos();
                let reach = share * reach_px;
                is_marked([point[0] + reach * cos, point[1] + reach * sin])
            })
        })
}

/// 1 in cells of the mask and around it, 0 elsewhere.
fn ringed(mask: &Mask, frame_from_cells: &Similarity) -> Vec<f32> {
    let half = (0.5 * frame_from_cells.a).max(0.5);
    let is_marked = |at: usize| {
        let [x, y] = frame_from_cells.point([(at % SIDE) as f32, (at / SIDE) as f32]);
        // The middle and the quarters of the cell: thin masks lie between middles.
        [
            [0.0, 0.0],
            [-0.5, -0.5],
            [0.5, -0.5],
            [-0.5, 0.5],
            [0.5, 0.5],
        ]
        .iter()
        .any(|[right, down]| {
            let (x, y) = ((x + right * half).round(), (y + down * half).round());
            let is_inside = 0.0 <= x && x < mask.width as f32 && 0.0 <= y && y < mask.height as f32;
            is_inside && mask.values[y as usize * mask.width as usize + x as usize] != 0
        })
    };
    let cells: Vec<bool> = (0..SIDE * SIDE).map(is_marked).collect();
    let row_wise = |at: usize| {
        let (x, y) = (at % SIDE, at / SIDE);
        (x.saturating_sub(RING_CELLS)..(x + RING_CELLS + 1).min(SIDE)).any(|x| cells[y * SIDE + x])
    };
    let wide: Vec<bool> = (0..SIDE * SIDE).map(row_wise).collect();
    (0..SIDE * SIDE)
        .map(|at| {
            let (x, y) = (at % SIDE, at / SIDE);
            let mut rows = y.saturating_sub(RING_CELLS)..(y + RING_CELLS + 1).min(SIDE);
            f32::from(u8::from(rows.any(|y| wide[y * SIDE + x])))
        })
        .collect()
}
