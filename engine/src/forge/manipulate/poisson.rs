//! Seamless cloning: the smoothest change of color that makes a region meet its surroundings without a
//! step (Pérez, Gangnet, Blake 2003; the correction is the membrane of their section 2).

/// What a pixel is to the membrane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Takes no part.
    Out,
    /// Its value is given.
    Edge,
    /// Its value is the mean of its neighbors' that take part.
    Inside,
}

/// One resolution of the problem.
struct Level {
    width: usize,
    height: usize,
    parts: Vec<Part>,
    values: Vec<[f32; 3]>,
}

/// Smaller than this in either direction, and a level is solved outright.
const COARSEST_PX: usize = 12;

/// Rounds of relaxation: on the coarsest level, and on each finer one.
const ROUNDS_COARSEST: usize = 120;
const ROUNDS: usize = 14;

/// Over-relaxation; 1 would be Gauss-Seidel.
const OMEGA: f32 = 1.6;

/// Spreads the values of the pixels along the region's border smoothly over the region: each pixel inside
/// becomes the mean of its neighbors (Laplace's equation, by relaxation from coarse to fine). Where the
/// picture ends, nothing pulls.
///
/// # Shapes
/// - `inside`, `values`: `width * height`, row by row; only values of pixels next to the region are used
/// - output: `width * height`; 0 away from the region and its border
pub fn membrane(
    width: usize,
    height: usize,
    inside: &[bool],
    values: &[[f32; 3]],
) -> Vec<[f32; 3]> {
    let mut levels = vec![Level::finest(width, height, inside, values)];
    while let Some(last) = levels.last() {
        if last.width.min(last.height) <= COARSEST_PX {
            break;
        }
        let coarse = last.coarser();
        levels.push(coarse);
    }
    let mut solved: Option<Level> = None;
    while let Some(mut level) = levels.pop() {
        match &solved {
            None => level.start_flat(),
            Some(coarse) => level.start_from(coarse),
        }
        level.relax(if solved.is_none() {
            ROUNDS_COARSEST
        } else {
            ROUNDS
        });
        solved = Some(level);
    }
    solved.map(|level| level.values).unwrap_or_default()
}

impl Level {
    fn finest(width: usize, height: usize, inside: &[bool], values: &[[f32; 3]]) -> Self {
        let mut level = Self {
            width,
            height,
            parts: vec![Part::Out; width * height],
            values: vec![[0.0; 3]; width * height],
        };
        for at in 0..width * height {
            if inside[at] {
                level.parts[at] = Part::Inside;
            } else if neighbors(at, width, height).any(|near| inside[near]) {
                level.parts[at] = Part::Edge;
                level.values[at] = values[at];
            }
        }
        level
    }

    /// Two by two pixels become one: an edge where any of them is, with the mean of those values.
    fn coarser(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut coarse = Self {
            width,
            height,
            parts: vec![Part::Out; width * height],
            values: vec![[0.0; 3]; width * height],
        };
        for at in 0..width * height {
            let mut edge = ([0.0; 3], 0.0);
            for child in self.children(at, width) {
                match self.parts[child] {
                    Part::Out => {}
                    Part::Inside if coarse.parts[at] == Part::Out => {
                        coarse.parts[at] = Part::Inside;
                    }
                    Part::Inside => {}
                    Part::Edge => {
                        coarse.parts[at] = Part::Edge;
                        edge.1 += 1.0;
                        for (sum, value) in edge.0.iter_mut().zip(self.values[child]) {
                            *sum += value;
                        }
                    }
                }
            }
            if 0.0 < edge.1 {
                coarse.values[at] = edge.0.map(|sum| sum / edge.1);
            }
        }
        coarse
    }

    fn children(&self, at: usize, coarse_width: usize) -> impl Iterator<Item = usize> + use<> {
        let (x, y) = (2 * (at % coarse_width), 2 * (at / coarse_width));
        let (width, height) = (self.width, self.height);
        [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)]
            .into_iter()
            .filter(move |(x, y)| *x < width && *y < height)
            .map(move |(x, y)| y * width + x)
    }

    /// Everything inside starts at the mean of the edge.
    fn start_flat(&mut self) {
        let mut sum = [0.0; 3];
        let mut count = 0.0f32;
        for (value, _) in self
            .values
            .iter()
            .zip(&self.parts)
            .filter(|of| *of.1 == Part::Edge)
        {
            count += 1.0;
            for (sum, value) in sum.iter_mut().zip(value) {
                *sum += value;
            }
        }
        let mean = sum.map(|sum| sum / count.max(1.0));
        self.start(|_| mean);
    }

    /// Everything inside starts at the coarser solution, read between its pixels.
    fn start_from(&mut self, coarse: &Self) {
        let width = self.width;
        self.start(|at| {
            coarse.between([(at % width) as f32, (at / width) as f32].map(|v| 0.5 * v - 0.25))
        });
    }

    fn start(&mut self, value: impl Fn(usize) -> [f32; 3]) {
        for at in 0..self.values.len() {
            if self.parts[at] == Part::Inside {
                self.values[at] = value(at);
            }
        }
    }

    /// Bilinear, from the pixels that take part.
    fn between(&self, [x, y]: [f32; 2]) -> [f32; 3] {
        let (left, top) = (x.floor(), y.floor());
        let mut sum = [0.0; 3];
        let mut total = 0.0;
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let column = (left as i32 + dx).clamp(0, self.width as i32 - 1) as usize;
            let row = (top as i32 + dy).clamp(0, self.height as i32 - 1) as usize;
            let at = row * self.width + column;
            if self.parts[at] == Part::Out {
                continue;
            }
            let weight = (1.0 - (x - left - dx as f32).abs()) * (1.0 - (y - top - dy as f32).abs());
            total += weight;
            for (sum, value) in sum.iter_mut().zip(self.values[at]) {
                *sum += weight * value;
            }
        }
        sum.map(|sum| if total < 1e-6 { 0.0 } else { sum / total })
    }

    fn relax(&mut self, rounds: usize) {
        let inside: Vec<usize> = (0..self.parts.len())
            .filter(|at| self.parts[*at] == Part::Inside)
            .collect();
        for round in 0..rounds {
            // There and back again, so that neither corner is favored.
            if round % 2 == 0 {
                inside.iter().for_each(|at| self.relax_one(*at));
            } else {
                inside.iter().rev().for_each(|at| self.relax_one(*at));
            }
        }
    }

    fn relax_one(&mut self, at: usize) {
        let mut sum = [0.0; 3];
        let mut count = 0.0f32;
        for near in neighbors(at, self.width, self.height) {
            if self.parts[near] != Part::Out {
                count += 1.0;
                let value = self.values[near];
                sum = [sum[0] + value[0], sum[1] + value[1], sum[2] + value[2]];
            }
        }
        if count < 1.0 {
            return;
        }
        let scale = 1.0 / count;
        for (value, sum) in self.values[at].iter_mut().zip(sum) {
            *value += OMEGA * (sum * scale - *value);
        }
    }
}

fn neighbors(at: usize, width: usize, height: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (at % width, at / width);
    let near = [
        (0 < x, at.wrapping_sub(1)),
        (x + 1 < width, at + 1),
        (0 < y, at.wrapping_sub(width)),
        (y + 1 < height, at + width),
    ];
    near.into_iter()
        .filter(|(is_there, _)| *is_there)
        .map(|(_, near)| near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::manipulate::region::Region;

    fn check(
        width: usize,
        height: usize,
        region: &Region,
        law: impl Fn(f32, f32) -> f32,
        tolerance: f32,
    ) {
        let wanted: Vec<[f32; 3]> = (0..width * height)
            .map(|at| {
                let value = law((at % width) as f32, (at / width) as f32);
                [value, 2.0 * value, -value]
            })
            .collect();
        // The solution must come from the border alone.
        let mut given = wanted.clone();
        for (value, inside) in given.iter_mut().zip(&region.inside) {
            if *inside {
                *value = [f32::NAN; 3];
            }
        }
        let solved = membrane(width, height, &region.inside, &given);
        for at in (0..width * height).filter(|at| region.inside[*at]) {
            let error = (solved[at][0] - wanted[at][0]).abs();
            assert!(error < tolerance, "{} {}: {error}", at % width, at / width);
            assert!((solved[at][1] - 2.0 * solved[at][0]).abs() < 1e-3);
        }
    }

    #[test]
    fn harmonic_functions_are_found_from_their_border() {
        let corners = [
            [20.0, 10.0],
            [130.0, 30.0],
            [110.0, 150.0],
            [60.0, 170.0],
            [10.0, 90.0],
        ];
        let region = Region::polygon(150, 180, &corners);
        // One percent of the range of values.
        check(150, 180, &region, |_, _| 42.0, 1e-3);
        check(150, 180, &region, |x, y| 0.5 * x - 0.3 * y + 7.0, 1.0);
        check(
            150,
            180,
            &region,
            |x, y| 0.01 * (x * x - y * y) + 0.01 * x * y,
            4.0,
        );
    }

    #[test]
    fn a_region_cut_by_the_picture_or_without_any_border_is_solved_too() {
        let region = Region::polygon(
            60,
            60,
            &[[-9.0, -9.0], [30.0, -9.0], [30.0, 70.0], [-9.0, 70.0]],
        );
        check(60, 60, &region, |_, _| 5.0, 1e-3);
        let all = vec![true; 20 * 20];
        let solved = membrane(20, 20, &all, &[[3.0; 3]; 400]);
        assert!(solved.iter().all(|value| *value == [0.0; 3]));
    }
}
