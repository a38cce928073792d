//! Reads and runs dlib's shape predictor: a cascade of regression trees that moves a mean face until it
//! fits (Kazemi and Sullivan 2014). The file format is that of dlib's `serialize`, read with bounds:
//! a damaged file is an error, and nothing is allocated that the file could not fill.

use crate::faces::FaceBox;
use crate::faces::similarity::Similarity;
use crate::media::Frame;

/// Points of the iBUG scheme.
const NUM_POINTS: usize = 68;

/// Far more than a predictor of this kind has; dlib's own has 15, 500, 4 and 500.
const MAX_CASCADES: u64 = 64;
const MAX_TREES: u64 = 10_000;
const MAX_DEPTH: u32 = 12;
const MAX_PIXELS: usize = 65_536;

/// dlib's exponents for numbers that are none; any of them is damage here.
const FIRST_SPECIAL_EXPONENT: i64 = 32_000;

/// Points by (x, y), in a space where the face's box is the unit square.
type Shape = [[f32; 2]; NUM_POINTS];

/// A trained predictor of 68 points.
#[derive(Debug)]
pub(super) struct ShapePredictor {
    mean_shape: Shape,
    cascades: Vec<Cascade>,
}

/// One step of refinement: pixels to compare, and trees that compare them.
#[derive(Debug)]
struct Cascade {
    /// Point and offset of each pixel that is read.
    pixels: Vec<(usize, [f32; 2])>,
    trees: Vec<Tree>,
}

/// A full binary tree: node `n` has the children `2 n + 1` (first, if the test holds) and `2 n + 2`.
#[derive(Debug)]
struct Tree {
    splits: Vec<Split>,
    /// `splits.len() + 1` leaves, each with 68 moves.
    leaves: Vec<Shape>,
}

/// The test: is pixel `first` brighter than `second` by more than the threshold?
#[derive(Debug)]
struct Split {
    first: usize,
    second: usize,
    threshold: f32,
}

impl ShapePredictor {
    /// Reads a whole file's bytes; the error says what is wrong with them.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = Reader { rest: bytes };
        let version = reader.int()?;
        if version != 1 {
            return Err(format!(
                "shape predictor version {version} is not known, only 1"
            ));
        }
        let mean_shape = reader.shape()?;
        let num_cascades = reader.count("cascades", MAX_CASCADES)?;
        let mut forests = Vec::with_capacity(num_cascades);
        for _ in 0..num_cascades {
            let num_trees = reader.count("trees", MAX_TREES)?;
            let trees: Result<Vec<Tree>, String> = (0..num_trees).map(|_| reader.tree()).collect();
            forests.push(trees?);
        }
        let anchors = reader.per_cascade(num_cascades, Reader::anchor)?;
        let offsets = reader.per_cascade(num_cascades, Reader::point)?;
        let cascades: Result<Vec<Cascade>, String> = forests
            .into_iter()
            .zip(anchors.into_iter().zip(offsets))
            .map(|(trees, (anchors, offsets))| Cascade::new(trees, &anchors, &offsets))
            .collect();
        if !reader.rest.is_empty() {
            return Err(format!("{} bytes too many at the end", reader.rest.len()));
        }
        Ok(Self {
            mean_shape,
            cascades: cascades?,
        })
    }

    /// The 68 points of the face in a box that follows dlib's convention, in the frame's pixels.
    pub fn fit(&self, frame: &Frame, dlib_box: &FaceBox) -> Shape {
        let mut shape = self.mean_shape;
        let mut values = Vec::new();
        // dlib's rectangles end on their last pixel, so the unit square is one pixel smaller.
        let (width, height) = (dlib_box.width - 1.0, dlib_box.height - 1.0);
        let in_frame = |x: f32, y: f32| [dlib_box.x + x * width, dlib_box.y + y * height];
        for cascade in &self.cascades {
            let turn = Similarity::between(&self.mean_shape, &shape);
            values.clear();
            values.extend(cascade.pixels.iter().map(|&(point, offset)| {
                let [x, y] = turn.direction(offset);
                let [x, y] = in_frame(x + shape[point][0], y + shape[point][1]);
                brightness(frame, x, y)
            }));
            for tree in &cascade.trees {
                for (point, step) in shape.iter_mut().zip(tree.leaf(&values)) {
                    point[0] += step[0];
                    point[1] += step[1];
                }
            }
        }
        shape.map(|[x, y]| in_frame(x, y))
    }
}

impl Cascade {
    fn new(trees: Vec<Tree>, anchors: &[usize], offsets: &[[f32; 2]]) -> Result<Self, String> {
        if anchors.len() != offsets.len() {
            return Err("as many anchors as offsets were expected".to_owned());
        }
        let has_pixel = |split: &Split| split.first.max(split.second) < anchors.len();
        if !trees.iter().flat_map(|tree| &tree.splits).all(has_pixel) {
            return Err("a tree compares a pixel that is not there".to_owned());
        }
        let pixels = anchors.iter().copied().zip(offsets.iter().copied());
        Ok(Self {
            pixels: pixels.collect(),
            trees,
        })
    }
}

impl Tree {
    fn leaf(&self, values: &[f32]) -> &Shape {
        let mut node = 0;
        while let Some(split) = self.splits.get(node) {
            let is_brighter = split.threshold < values[split.first] - values[split.second];
            node = 2 * node + if is_brighter { 1 } else { 2 };
        }
        &self.leaves[node - self.splits.len()]
    }
}

/// Mean of red, green and blue at the nearest pixel; 0 outside the frame, as in dlib.
fn brightness(frame: &Frame, x: f32, y: f32) -> f32 {
    let (x, y) = ((x + 0.5).floor() as i64, (y + 0.5).floor() as i64);
    let is_inside =
        (0..i64::from(frame.width)).contains(&x) && (0..i64::from(frame.height)).contains(&y);
    if !is_inside {
        return 0.0;
    }
    let sum: u32 = frame.rgb(x, y).into_iter().map(u32::from).sum();
    (sum / 3) as f32
}

/// What is left of the file.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    /// dlib's integers: a byte with sign (bit 7) and length (bits 0 to 3), then the value, lowest
    /// byte first.
    fn int(&mut self) -> Result<i64, String> {
        let cut_off = || "the file ends too early".to_owned();
        let (&control, rest) = self.rest.split_first().ok_or_else(cut_off)?;
        let num_bytes = usize::from(control & 0x0f);
        if control & 0x70 != 0 || !(1..=8).contains(&num_bytes) {
            return Err("a number has an impossible length".to_owned());
        }
        let (digits, rest) = rest.split_at_checked(num_bytes).ok_or_else(cut_off)?;
        let mut value = [0; 8];
        value[..num_bytes].copy_from_slice(digits);
        self.rest = rest;
        let value = i64::try_from(u64::from_le_bytes(value))
            .ok()
            .ok_or("a number is too large")?;
        Ok(if control & 0x80 == 0 { value } else { -value })
    }

    /// A count of things that take at least two bytes each.
    fn count(&mut self, what: &str, limit: u64) -> Result<usize, String> {
        let count = self.int()?;
        let limit = limit.min(self.rest.len() as u64 / 2);
        match u64::try_from(count) {
            Ok(number) if number <= limit => Ok(number as usize),
            _ => Err(format!("{count} {what} cannot be")),
        }
    }

    /// The place of something in a list of `length`.
    fn index(&mut self, length: usize) -> Result<usize, String> {
        let index = self.int()?;
        usize::try_from(index)
            .ok()
            .filter(|index| *index < length)
            .ok_or_else(|| format!("{index} is no place in a list of {length}"))
    }

    /// dlib's floats: mantissa and binary exponent.
    fn float(&mut self) -> Result<f32, String> {
        let mantissa = self.int()?;
        let exponent = self.int()?;
        let is_special = FIRST_SPECIAL_EXPONENT <= exponent;
        let value = (mantissa as f64 * 2f64.powi(exponent.clamp(-2000, 2000) as i32)) as f32;
        if is_special || !value.is_finite() {
            return Err("a number is not finite".to_owned());
        }
        Ok(value)
    }

    fn point(&mut self) -> Result<[f32; 2], String> {
        Ok([self.float()?, self.float()?])
    }

    fn anchor(&mut self) -> Result<usize, String> {
        self.index(NUM_POINTS)
    }

    /// A column of 136 numbers. dlib writes matrix sizes with a minus sign.
    fn shape(&mut self) -> Result<Shape, String> {
        let (rows, columns) = (-self.int()?, -self.int()?);
        if (rows, columns) != (2 * NUM_POINTS as i64, 1) {
            return Err(format!(
                "a shape of {rows} x {columns} numbers is not one of 68 points"
            ));
        }
        let mut shape = [[0.0; 2]; NUM_POINTS];
        for point in &mut shape {
            *point = self.point()?;
        }
        Ok(shape)
    }

    fn tree(&mut self) -> Result<Tree, String> {
        let num_splits = self.count("splits", (1 << MAX_DEPTH) - 1)?;
        if !(num_splits + 1).is_power_of_two() {
            return Err(format!("a tree of {num_splits} splits is not full"));
        }
        let splits: Result<Vec<Split>, String> = (0..num_splits)
            .map(|_| {
                Ok(Split {
                    first: self.index(MAX_PIXELS)?,
                    second: self.index(MAX_PIXELS)?,
                    threshold: self.float()?,
                })
            })
            .collect();
        let splits = splits?;
        let num_leaves = self.count("leaves", 1 << MAX_DEPTH)?;
        if num_leaves != splits.len() + 1 {
            return Err(format!(
                "{num_leaves} leaves do not fit {num_splits} splits"
            ));
        }
        let leaves: Result<Vec<Shape>, String> = (0..num_leaves).map(|_| self.shape()).collect();
        Ok(Tree {
            splits,
            leaves: leaves?,
        })
    }

    /// One list per cascade.
    fn per_cascade<T>(
        &mut self,
        num_cascades: usize,
        read: impl Fn(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<Vec<T>>, String> {
        if self.count("lists", MAX_CASCADES)? != num_cascades {
            return Err("as many lists as cascades were expected".to_owned());
        }
        (0..num_cascades)
            .map(|_| {
                let length = self.count("pixels", MAX_PIXELS as u64)?;
                (0..length).map(|_| read(self)).collect()
            })
            .collect()
    }
}
