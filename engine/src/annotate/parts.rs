//! Parts of a face as outlines, from its 68 points: painted at once instead of by hand.

use std::f32::consts::{PI, TAU};

use crate::annotate::shapes::Outline;
use crate::faces::Landmarks;

/// A part of a face. Left and right are those of the picture, not of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FacePart {
    Mouth,
    LeftEye,
    RightEye,
    BothEyes,
    Brows,
    Nose,
    Jaw,
    Forehead,
    WholeFace,
    BlendRing,
    InnerFace,
}

/// Width of the blend ring over that of the face, unless someone wants another.
pub const RING_WIDTH: f32 = 0.12;

/// Corners of what a circle is drawn by.
const ROUND: u16 = 32;

impl FacePart {
    pub const ALL: [Self; 11] = [
        Self::Mouth,
        Self::LeftEye,
        Self::RightEye,
        Self::BothEyes,
        Self::Brows,
        Self::Nose,
        Self::Jaw,
        Self::Forehead,
        Self::WholeFace,
        Self::BlendRing,
        Self::InnerFace,
    ];

    /// In plain words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mouth => "Mouth",
            Self::LeftEye => "Eye on the left",
            Self::RightEye => "Eye on the right",
            Self::BothEyes => "Both eyes",
            Self::Brows => "Eyebrows",
            Self::Nose => "Nose",
            Self::Jaw => "Jaw and chin",
            Self::Forehead => "Forehead up to the hair",
            Self::WholeFace => "Whole face",
            Self::BlendRing => "Ring around the face, where a swap is blended in",
            Self::InnerFace => "Brows, eyes, nose and mouth together",
        }
    }

    /// The letter that chooses it, in lower case; no two parts share one.
    pub fn key(self) -> char {
        match self {
            Self::Mouth => 'm',
            Self::LeftEye => 'l',
            Self::RightEye => 'r',
            Self::BothEyes => 'e',
            Self::Brows => 'b',
            Self::Nose => 'n',
            Self::Jaw => 'j',
            Self::Forehead => 'h',
            Self::WholeFace => 'f',
            Self::BlendRing => 'g',
            Self::InnerFace => 'i',
        }
    }

    /// In pixels of the frame, for [`polygons`](crate::annotate::polygons()); may reach out of it. The forehead is
    /// extrapolated: no point lies above the brows.
    pub fn outlines(self, landmarks: &Landmarks) -> Vec<Outline> {
        let face = Measures::of(landmarks);
        let points = &landmarks.points;
        match self {
            Self::Mouth => vec![swollen(&points[48..60], 0.03 * face.width)],
            Self::LeftEye => vec![face.eye(&points[36..42])],
            Self::RightEye => vec![face.eye(&points[42..48])],
            Self::BothEyes => vec![face.eye(&points[36..42]), face.eye(&points[42..48])],
            Self::Brows => vec![
                swollen(&points[17..22], 0.035 * face.width),
                swollen(&points[22..27], 0.035 * face.width),
            ],
            Self::Nose => vec![swollen(&points[27..36], 0.045 * face.width)],
            Self::Jaw => vec![face.jaw(points)],
            Self::Forehead => vec![face.forehead(points)],
            Self::WholeFace => vec![face.whole(points)],
            Self::BlendRing => blend_ring(landmarks, RING_WIDTH),
            Self::InnerFace => vec![swollen(&points[17..68], 0.03 * face.width)],
        }
    }
}

/// A band around the outline of the face, half within and half without; `width` is its share of the face's width,
/// from 0 to 1.
pub fn blend_ring(landmarks: &Landmarks, width: f32) -> Vec<Outline> {
    let face = Measures::of(landmarks);
    let whole = face.whole(&landmarks.points);
    let half = 0.5 * width.clamp(0.0, 1.0) * face.width;
    let outer = swollen(&whole, half);
    let middle = middle_of(&whole);
    // A face is about round: a step towards the middle is a step away from the rim.
    let inner = whole
        .iter()
        .map(|[x, y]| {
            let (aside, ahead) = (x - middle[0], y - middle[1]);
            let share = (1.0 - half / aside.hypot(ahead).max(1e-3)).max(0.0);
            [middle[0] + share * aside, middle[1] + share * ahead]
        })
        .collect();
    vec![outer, inner]
}

/// How a face lies in the frame.
struct Measures {
    /// From ear to ear.
    width: f32,
    /// Up through the forehead, of length 1, and to the right square to it.
    up: [f32; 2],
    right: [f32; 2],
    /// Between the ends of the brows.
    brow: [f32; 2],
    /// From the brows to the hair: as from the brows to the bottom of the nose, the third of a face.
    third: f32,
}

impl Measures {
    fn of(landmarks: &Landmarks) -> Self {
        let points = &landmarks.points;
        let brow = between(points[17], points[26]);
        let across = [
            points[16][0] - points[0][0] + points[26][0] - points[17][0],
            points[16][1] - points[0][1] + points[26][1] - points[17][1],
        ];
        let length = across[0].hypot(across[1]).max(1e-3);
        let right = across.map(|side| side / length);
        let mut up = [right[1], -right[0]];
        let below = [points[33][0] - brow[0], points[33][1] - brow[1]];
        let third = -(below[0] * up[0] + below[1] * up[1]);
        if third < 0.0 {
            up = up.map(|side| -side); // A mirrored face.
        }
        Self {
            width: distance(points[0], points[16]),
            up,
            right,
            brow,
            third: third.abs(),
        }
    }

    /// With its lids and some skin around.
    fn eye(&self, points: &[[f32; 2]]) -> Outline {
        swollen(points, 0.05 * self.width)
    }

    /// From the corners of the jaw along the chin, and back below the lip.
    fn jaw(&self, points: &[[f32; 2]; 68]) -> Outline {
        let mut outline: Outline = points[3..=13].to_vec();
        let drop = 0.03 * self.width;
        let lip = points[54..60].iter().chain(&points[48..49]);
        outline.extend(lip.map(|[x, y]| [x - drop * self.up[0], y - drop * self.up[1]]));
        outline
    }

    /// Along the brows and back over the top.
    fn forehead(&self, points: &[[f32; 2]; 68]) -> Outline {
        let mut outline: Outline = points[17..=26].to_vec();
        outline.extend(self.hairline(0.55 * distance(points[17], points[26])));
        outline
    }

    /// The hull of all points and the forehead.
    fn whole(&self, points: &[[f32; 2]; 68]) -> Outline {
        let mut all = points.to_vec();
        all.extend(self.hairline(0.5 * self.width));
        hull(all)
    }

    /// Half an ellipse over the brows, from right to left.
    fn hairline(&self, reach: f32) -> impl Iterator<Item = [f32; 2]> + '_ {
        (0..=ROUND).map(move |at| {
            let (sin, cos) = libm::sincosf(PI * f32::from(at) / f32::from(ROUND));
            [0, 1].map(|axis| {
                self.brow[axis] + reach * cos * self.right[axis] + self.third * sin * self.up[axis]
            })
        })
    }
}

/// The hull of points, and all that is at most `by_px` away from it.
fn swollen(points: &[[f32; 2]], by_px: f32) -> Outline {
    let around = (0..ROUND).map(|at| {
        let (sin, cos) = libm::sincosf(TAU * f32::from(at) / f32::from(ROUND));
        [by_px * cos, by_px * sin]
    });
    let around: Vec<[f32; 2]> = around.collect();
    let moved = points.iter().flat_map(|[x, y]| {
        around
            .iter()
            .map(move |[right, down]| [x + right, y + down])
    });
    hull(moved.collect())
}

/// The convex hull, clockwise on screen (Andrew's monotone chain).
fn hull(mut points: Vec<[f32; 2]>) -> Outline {
    points.sort_by(|one, other| {
        let by_x = one[0].total_cmp(&other[0]);
        by_x.then(one[1].total_cmp(&other[1]))
    });
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut chain = half_hull(points.iter().copied());
    chain.pop();
    let mut back = half_hull(points.iter().rev().copied());
    back.pop();
    chain.append(&mut back);
    chain
}

fn half_hull(points: impl Iterator<Item = [f32; 2]>) -> Outline {
    let mut chain: Outline = Vec::new();
    for point in points {
        while let [.., before, last] = chain[..]
            && turn(before, last, point) <= 0.0
        {
            chain.pop();
        }
        chain.push(point);
    }
    chain
}

/// Positive where the way turns clockwise on screen.
fn turn(from: [f32; 2], over: [f32; 2], to: [f32; 2]) -> f64 {
    let way = |one: [f32; 2], other: [f32; 2]| {
        [0, 1].map(|axis| f64::from(other[axis]) - f64::from(one[axis]))
    };
    let ([a, b], [c, d]) = (way(from, over), way(over, to));
    a * d - b * c
}

fn between(one: [f32; 2], other: [f32; 2]) -> [f32; 2] {
    [0.5 * (one[0] + other[0]), 0.5 * (one[1] + other[1])]
}

fn distance(one: [f32; 2], other: [f32; 2]) -> f32 {
    (one[0] - other[0]).hypot(one[1] - other[1])
}

/// The middle of an outline's bounds.
fn middle_of(outline: &[[f32; 2]]) -> [f32; 2] {
    [0, 1].map(|axis| {
        let sides = || outline.iter().map(|point| point[axis]);
        0.5 * (sides().fold(f32::INFINITY, f32::min) + sides().fold(f32::NEG_INFINITY, f32::max))
    })
}

#[cfg(test)]
mod tests;
