//! The pixels that cost a density model most: which they are, from where on, and whether they lie together.

use egui::{Vec2, vec2};
use seam_engine::detectors::Map;

/// The share of a face's pixels with the lowest log-likelihood.
#[derive(Clone, Debug, PartialEq)]
pub struct Costliest {
    pub num_pixels: usize,
    /// The log-likelihood that none of them exceeds, in nats.
    pub threshold_nats: f32,
    /// How many of them touch each other, corners included, in the largest patch.
    pub in_largest_patch: usize,
    /// Lines around them, in shares of the face.
    pub edges: Vec<[Vec2; 2]>,
}

impl Costliest {
    /// Of a map of log-likelihoods; `share` is above 0 and up to 1, and one pixel at least is taken. Of equally likely
    /// ones, the upper left ones are. Values that are no numbers are left out; `None` where nothing else is there.
    pub fn of(map: &Map, share: f32) -> Option<Self> {
        let (width, height) = (map.width as usize, map.height as usize);
        let mut places: Vec<usize> = (0..map.values.len().min(width * height))
            .filter(|&at| !map.values[at].is_nan())
            .collect();
        let last = places.len().checked_sub(1)?;
        let count = (share * places.len() as f32).round() as usize;
        let num_pixels = count.clamp(1, last + 1);
        let by_value =
            |a: &usize, b: &usize| (map.values[*a].total_cmp(&map.values[*b])).then(a.cmp(b));
        let (_, &mut costly, _) = places.select_nth_unstable_by(num_pixels - 1, by_value);
        let threshold_nats = map.values[costly];
        let mut grid = Grid {
            is_marked: vec![false; width * height],
            width,
            height,
        };
        for &at in &places[..num_pixels] {
            grid.is_marked[at] = true;
        }
        Some(Self {
            num_pixels,
            threshold_nats,
            in_largest_patch: grid.largest_patch(),
            edges: grid.edges(),
        })
    }

    /// `41 pixels up to -9.31 nats, 17 in a patch`.
    pub fn words(&self) -> String {
        let Self {
            num_pixels,
            threshold_nats,
            in_largest_patch,
            ..
        } = self;
        match num_pixels {
            1 => format!("1 pixel, at {threshold_nats:.2} nats"),
            _ => format!(
                "{num_pixels} pixels up to {threshold_nats:.2} nats, {in_largest_patch} in a patch"
            ),
        }
    }
}

/// Which pixels are marked, row by row.
struct Grid {
    is_marked: Vec<bool>,
    width: usize,
    height: usize,
}

impl Grid {
    /// Pixels in the largest patch of marked ones that touch by sides or corners.
    fn largest_patch(&self) -> usize {
        let mut is_open = self.is_marked.clone();
        let mut waiting = Vec::new();
        let mut largest = 0;
        for start in 0..is_open.len() {
            if !std::mem::take(&mut is_open[start]) {
                continue;
            }
            waiting.push(start);
            let mut size = 0;
            while let Some(at) = waiting.pop() {
                size += 1;
                let (x, y) = (at % self.width, at / self.width);
                for y in y.saturating_sub(1)..(y + 2).min(self.height) {
                    for x in x.saturating_sub(1)..(x + 2).min(self.width) {
                        let near = y * self.width + x;
                        if std::mem::take(&mut is_open[near]) {
                            waiting.push(near);
                        }
                    }
                }
            }
            largest = largest.max(size);
        }
        largest
    }

    /// Lines between marked and other pixels, as long as they can be.
    fn edges(&self) -> Vec<[Vec2; 2]> {
        let (width, height) = (self.width, self.height);
        let is_marked = |x: usize, y: usize| self.is_marked[y * width + x];
        let scale = vec2(1.0 / width as f32, 1.0 / height as f32);
        let mut edges = Vec::new();
        for y in 0..=height {
            let is_edge =
                |x: usize| (0 < y && is_marked(x, y - 1)) != (y < height && is_marked(x, y));
            let ends = |x: usize| scale * vec2(x as f32, y as f32);
            edges.extend(runs(width, is_edge).map(|run| run.map(ends)));
        }
        for x in 0..=width {
            let is_edge =
                |y: usize| (0 < x && is_marked(x - 1, y)) != (x < width && is_marked(x, y));
            let ends = |y: usize| scale * vec2(x as f32, y as f32);
            edges.extend(runs(height, is_edge).map(|run| run.map(ends)));
        }
        edges
    }
}

/// First and end of each run of places below `length` that are in it.
fn runs(length: usize, is_in: impl Fn(usize) -> bool) -> impl Iterator<Item = [usize; 2]> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let first = (next..length).find(|&at| is_in(at))?;
        let end = (first..length).find(|&at| !is_in(at)).unwrap_or(length);
        next = end;
        Some([first, end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use seam_engine::detectors::MapKind;

    fn map(width: u32, values: Vec<f32>) -> Map {
        Map {
            kind: MapKind::LogLikelihood,
            width,
            height: values.len() as u32 / width,
            values,
            range: (-20.0, 0.0),
        }
    }

    #[test]
    fn the_lowest_share_is_taken_and_its_threshold_told() {
        let values = (0..100u8).map(|at| -f32::from(at)).collect();
        let costliest = Costliest::of(&map(10, values), 0.05).unwrap();
        assert_eq!(costliest.num_pixels, 5);
        assert_eq!(costliest.threshold_nats, -95.0);
        assert_eq!(costliest.in_largest_patch, 5);
        let words = "5 pixels up to -95.00 nats, 5 in a patch";
        assert_eq!(costliest.words(), words);
        // The last five of the last row: one rectangle.
        assert_eq!(costliest.edges.len(), 4);
        let [from, to] = costliest.edges[0];
        assert!((from - vec2(0.5, 0.9)).length() < 1e-5, "{from}");
        assert!((to - vec2(1.0, 0.9)).length() < 1e-5, "{to}");
    }

    #[test]
    fn one_pixel_at_least_is_taken_and_the_upper_left_of_equals() {
        let costliest = Costliest::of(&map(2, vec![-3.0; 4]), 0.001).unwrap();
        assert_eq!((costliest.num_pixels, costliest.edges.len()), (1, 4));
        assert_eq!(costliest.edges[0], [vec2(0.0, 0.0), vec2(0.5, 0.0)]);
        assert_eq!(costliest.words(), "1 pixel, at -3.00 nats");
        assert_eq!(Costliest::of(&map(1, Vec::new()), 0.01), None);
        assert_eq!(Costliest::of(&map(2, vec![f32::NAN; 4]), 0.5), None);
    }

    #[test]
    fn pixels_that_touch_by_a_corner_are_one_patch_and_others_are_not() {
        let mut values = vec![-1.0; 36];
        for at in [0, 7, 14, 5, 35] {
            values[at] = -9.0;
        }
        values[20] = f32::NAN;
        let costliest = Costliest::of(&map(6, values), 5.0 / 35.0).unwrap();
        assert_eq!(costliest.num_pixels, 5);
        assert_eq!(costliest.in_largest_patch, 3);
        let length: f32 = costliest
            .edges
            .iter()
            .map(|[a, b]| (*b - *a).length())
            .sum();
        assert!((length - 20.0 / 6.0).abs() < 1e-5, "{length}");
    }

    #[test]
    fn a_pixel_that_cannot_be_is_the_costliest() {
        let costliest = Costliest::of(&map(2, vec![-1.0, f32::NEG_INFINITY, -50.0, 0.0]), 0.25);
        assert_eq!(costliest.unwrap().threshold_nats, f32::NEG_INFINITY);
    }
}
