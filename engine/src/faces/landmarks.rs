//! The 68 points of a face: dlib's model where the user's system has it, else a guess from the box.
//!
//! dlib's model is not shipped: the pictures it was trained on exclude commercial use.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::faces::dlib::ShapePredictor;
use crate::faces::mean_face::mean_face;
use crate::faces::{Aligner, FaceBox, Landmarks};
use crate::media::Frame;

/// The name under which dlib publishes its model.
const MODEL_FILE: &str = "shape_predictor_68_face_landmarks.dat";

/// dlib's own model has 95 MiB; a larger file is none.
const MAX_MODEL_BYTES: u64 = 512 << 20;

/// dlib's boxes lie lower than `SeetaFace`'s and are a little smaller: shift over the box's side, and
/// scale (tuned by eye, DEPENDENCIES 2.3).
const DLIB_SHIFT: [f32; 2] = [0.02, 0.10];
const DLIB_SCALE: f32 = 0.96;

/// Finds the points; cheap to clone and to share between threads.
#[derive(Clone, Debug)]
pub struct Landmarker {
    predictor: Option<Arc<ShapePredictor>>,
}

/// Why a landmark model could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LandmarkError {
    #[error("Could not read the landmark model: {reason}\nFile: {path:?}")]
    Unreadable { path: PathBuf, reason: String },
}

impl Landmarker {
    /// dlib's model from `path`, else from the places where systems keep it; without any, the box
    /// estimate. A file that is there and cannot be read is an error.
    pub fn load(path: Option<&Path>) -> Result<Self, LandmarkError> {
        let found = path.map(Path::to_owned).or_else(installed_model);
        let Some(path) = found else {
            return Ok(Self::box_estimate());
        };
        match read(&path) {
            Ok(predictor) => Ok(Self {
                predictor: Some(Arc::new(predictor)),
            }),
            Err(reason) => Err(LandmarkError::Unreadable { path, reason }),
        }
    }

    /// Needs no file.
    pub fn box_estimate() -> Self {
        Self { predictor: None }
    }

    pub fn aligner(&self) -> Aligner {
        match self.predictor {
            Some(_) => Aligner::Dlib68,
            None => Aligner::BoxEstimate,
        }
    }

    /// Points in the frame's pixels.
    pub fn find(&self, frame: &Frame, face: &FaceBox) -> Landmarks {
        let dlib_box = dlib_box(face);
        let points = match &self.predictor {
            Some(predictor) => predictor.fit(frame, &dlib_box),
            None => mean_face().map(|[x, y]| {
                [
                    dlib_box.x + x * dlib_box.width,
                    dlib_box.y + y * dlib_box.height,
                ]
            }),
        };
        Landmarks {
            points,
            aligner: self.aligner(),
        }
    }
}

/// The box that dlib's own detector would give for a face in `face`.
fn dlib_box(face: &FaceBox) -> FaceBox {
    let [x, y] = face.center();
    let (width, height) = (DLIB_SCALE * face.width, DLIB_SCALE * face.height);
    FaceBox {
        x: x + DLIB_SHIFT[0] * face.width - 0.5 * width,
        y: y + DLIB_SHIFT[1] * face.height - 0.5 * height,
        width,
        height,
        confidence: face.confidence,
    }
}

/// Debian's place, that of local installations, and the user's own data folder.
fn installed_model() -> Option<PathBuf> {
    let own = directories::BaseDirs::new().map(|base| base.data_dir().join("dlib"));
    ["/usr/share/dlib", "/usr/local/share/dlib"]
        .iter()
        .map(PathBuf::from)
        .chain(own)
        .map(|folder| folder.join(MODEL_FILE))
        .find(|path| path.is_file())
}

fn read(path: &Path) -> Result<ShapePredictor, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    let mut limited = file.take(MAX_MODEL_BYTES + 1);
    limited
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if MAX_MODEL_BYTES < bytes.len() as u64 {
        return Err(format!("it is larger than {} MiB", MAX_MODEL_BYTES >> 20));
    }
    ShapePredictor::parse(&bytes)
}
