//! Reads and runs dlib's shape predictor: a cascade of regression trees that moves a mean face until it
//! fits (Kazemi and Sullivan 2014). The file format is that of dlib's `serialize`, read with bounds:
//! a damaged file is an error, and nothing is allocated that the file could not fill.

use crate::faces::FaceBox;
use crate::faces::dlib_numbers::Reader;
use crate::faces::similarity::Similarity;
use crate::media::Frame;

/// Points of the iBUG scheme.
const NUM_POINTS: usize = 68;

/// Far more than a predictor of this kind has; dlib's own has 15, 500, 4 and 500.
const MAX_CASCADES: u64 = 64;
const MAX_TREES: u64 = 10_000;
const MAX_DEPTH: u32 = 12;
const MAX_PIXELS: usize = 65_536;

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
        let mut reader = Reader::of(bytes);
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
        if reader.num_left() != 0 {
            return Err(format!("{} bytes too many at the end", reader.num_left()));
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

/// What only files of this kind hold.
impl Reader<'_> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faces::mean_face::mean_face;
    use crate::media::{FrameId, MediaHash};

    /// Writes dlib's format, by its documentation and independent of the reader.
    #[derive(Default)]
    struct Writer(Vec<u8>);

    impl Writer {
        fn int(&mut self, value: i64) -> &mut Self {
            let digits = value.unsigned_abs().to_le_bytes();
            let length = digits.iter().rposition(|digit| *digit != 0).unwrap_or(0) + 1;
            self.0.push(length as u8 | if value < 0 { 0x80 } else { 0 });
            self.0.extend_from_slice(&digits[..length]);
            self
        }

        fn float(&mut self, value: f32) -> &mut Self {
            self.int((f64::from(value) * f64::from(1 << 24)) as i64)
                .int(-24)
        }

        fn shape(&mut self, points: &Shape) -> &mut Self {
            self.int(-136).int(-1);
            for value in points.iter().flatten() {
                self.float(*value);
            }
            self
        }
    }

    /// One tree with one question: is the left half brighter than the right by more than 50? Then the
    /// face moves right by a tenth of the box, else down.
    fn model() -> Vec<u8> {
        let mut file = Writer::default();
        file.int(1).shape(&mean_face());
        file.int(1).int(1).int(1);
        file.int(0).int(1).float(50.0);
        file.int(2)
            .shape(&[[0.1, 0.0]; 68])
            .shape(&[[0.0, 0.1]; 68]);
        file.int(1).int(2).int(36).int(45);
        file.int(1).int(2);
        file.float(0.0).float(0.0).float(0.0).float(0.0);
        file.0
    }

    fn frame(left: u8, right: u8) -> Frame {
        Frame {
            id: FrameId {
                media: MediaHash::of(b"dlib"),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            width: 100,
            height: 100,
            pixels: (0..10_000)
                .flat_map(|at| [if at % 100 < 50 { left } else { right }; 3])
                .collect(),
        }
    }

    fn check_move(left: u8, right: u8, expected: [f32; 2]) {
        let predictor = ShapePredictor::parse(&model()).unwrap();
        let face = FaceBox {
            x: 10.0,
            y: 20.0,
            width: 81.0,
            height: 81.0,
            confidence: 0.0,
        };
        let points = predictor.fit(&frame(left, right), &face);
        for (point, mean) in points.iter().zip(mean_face()) {
            let x = 10.0 + 80.0 * (mean[0] + expected[0]);
            let y = 20.0 + 80.0 * (mean[1] + expected[1]);
            let away = (point[0] - x).hypot(point[1] - y);
            assert!(away < 1e-2, "{point:?}, expected {x} {y}");
        }
    }

    #[test]
    fn a_tree_moves_the_face_by_what_it_sees() {
        check_move(200, 100, [0.1, 0.0]);
        check_move(100, 200, [0.0, 0.1]);
        check_move(140, 100, [0.0, 0.1]);
    }

    #[test]
    fn a_model_cut_off_anywhere_is_an_error() {
        let model = model();
        for length in 0..model.len() {
            assert!(ShapePredictor::parse(&model[..length]).is_err(), "{length}");
        }
        let longer = [model.as_slice(), &[0]].concat();
        assert!(ShapePredictor::parse(&longer).is_err());
    }

    #[test]
    fn a_damaged_model_never_panics() {
        let model = model();
        for at in 0..model.len() {
            for damage in [0x00, 0x7f, 0x80, 0xff] {
                let mut damaged = model.clone();
                damaged[at] = damage;
                if let Ok(predictor) = ShapePredictor::parse(&damaged) {
                    let face = FaceBox {
                        x: -1e6,
                        y: 3.0,
                        width: 50.0,
                        height: 0.0,
                        confidence: 0.0,
                    };
                    predictor.fit(&frame(9, 9), &face);
                }
            }
        }
    }

    #[test]
    fn huge_counts_are_refused_before_any_memory_is_taken() {
        let mut file = Writer::default();
        file.int(1).shape(&mean_face()).int(1).int(1 << 60);
        let error = ShapePredictor::parse(&file.0).unwrap_err();
        assert!(error.contains("trees"), "{error}");
    }
}
