//! The work of the thread `look`: opens models, finds frames, cuts faces, draws maps.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::analysis::look::recent::Recent;
use crate::analysis::look::{
    Look, LookError, LookEvent, LookFace, LookKey, LookLikelihood, LookPicture, LookSettings,
    LookWish,
};
use crate::analysis::record::Score;
use crate::analysis::scan::GATE_RULE;
use crate::detectors::likelihood::LikelihoodReference;
use crate::detectors::models::{self, ModelFolder};
use crate::detectors::{Detector, FaceCrop};
use crate::device::{self, Chosen};
use crate::faces::landmarks::Landmarker;
use crate::faces::{align, gate};
use crate::job::{JobContext, panic_message};
use crate::media::{self, Frame, FrameSource, MediaHash};
use crate::methods::{self, METHODS};

/// Models that stay open, some megabytes each: one of every method, where all are looked at side by side. Another one
/// takes the place of the one used longest ago.
const MAX_MODELS: usize = 8;
/// Decoded frames that stay: the control frames of a few people.
const MAX_FRAMES: usize = 4;

/// All that lives on the thread.
#[derive(Default)]
pub struct Desk {
    settings: Option<LookSettings>,
    tools: Option<Tools>,
    /// Last used last.
    models: Vec<OpenModel>,
    recent: Recent,
    file: Option<OpenFile>,
    frames: Vec<Arc<Frame>>,
}

/// What every look needs.
struct Tools {
    device: Chosen,
    landmarker: Landmarker,
}

struct OpenModel {
    method: &'static str,
    folder: ModelFolder,
    detector: Box<dyn Detector>,
    likelihoods: Arc<[LikelihoodReference]>,
}

struct OpenFile {
    media: MediaHash,
    path: PathBuf,
    source: Box<dyn FrameSource>,
}

impl Desk {
    /// Looks at every face of a wish, and tells of each.
    pub fn answer(&mut self, wish: &LookWish, tell: &dyn Fn(LookEvent)) {
        if self.settings.as_ref() != Some(&wish.settings) {
            *self = Self {
                settings: Some(wish.settings.clone()),
                ..Self::default()
            };
            tell(LookEvent::Methods(methods_with_maps(&wish.settings)));
        }
        for face in &wish.faces {
            let key = face.key(wish.method);
            let look = catch_unwind(AssertUnwindSafe(|| self.look(wish, face, key)));
            let look = match look {
                Ok(look) => look.map_err(|err| err.to_string()),
                Err(payload) => {
                    // What was under way may be half done: everything is opened again.
                    *self = Self {
                        settings: Some(wish.settings.clone()),
                        ..Self::default()
                    };
                    let reason = panic_message(payload.as_ref());
                    Err(format!("Looking at this face ended unexpectedly: {reason}"))
                }
            };
            tell(LookEvent::Looked(key, look));
        }
        tell(LookEvent::Done);
    }

    fn look(
        &mut self,
        wish: &LookWish,
        face: &LookFace,
        key: LookKey,
    ) -> Result<Arc<Look>, LookError> {
        if let Some(look) = self.recent.find(key, &wish.kinds) {
            return Ok(look);
        }
        let frame = self.frame(&face.picture)?;
        self.open(wish)?;
        let (Some(tools), Some(model)) = (&self.tools, self.models.last_mut()) else {
            return Err(LookError::NoModel);
        };
        let look = Arc::new(tools.look(model, &frame, face, wish, key)?);
        self.recent.keep(Arc::clone(&look));
        Ok(look)
    }

    /// The decoded frame; those from files are kept for a while.
    fn frame(&mut self, picture: &LookPicture) -> Result<Arc<Frame>, LookError> {
        let (path, media, pts_nanos) = match picture {
            LookPicture::Decoded(frame) => return Ok(Arc::clone(frame)),
            LookPicture::InFile {
                path,
                media,
                pts_nanos,
            } => (path, *media, *pts_nanos),
        };
        let is_wanted =
            |frame: &Arc<Frame>| (frame.id.media, frame.id.pts_nanos) == (media, pts_nanos);
        if let Some(frame) = self.frames.iter().find(|frame| is_wanted(frame)) {
            return Ok(Arc::clone(frame));
        }
        let mut file = match self.file.take() {
            Some(file) if file.media == media && file.path == *path => file,
            _ => OpenFile {
                media,
                path: path.clone(),
                source: media::open(path, media)?,
            },
        };
        file.source.seek(pts_nanos)?;
        let frame = Arc::new(file.source.next_frame()?.ok_or(LookError::NoFrame)?);
        self.file = Some(file);
        if self.frames.len() == MAX_FRAMES {
            self.frames.remove(0);
        }
        self.frames.push(Arc::clone(&frame));
        Ok(frame)
    }

    /// After this, `tools` are there and the wished model is the last one.
    fn open(&mut self, wish: &LookWish) -> Result<(), LookError> {
        let tools = match self.tools.take() {
            Some(tools) => tools,
            None => Tools::open(&wish.settings)?,
        };
        let tools = self.tools.insert(tools);
        if let Some(at) = self
            .models
            .iter()
            .position(|open| open.method == wish.method)
        {
            self.models[at..].rotate_left(1);
            return Ok(());
        }
        let method = methods::find(wish.method)
            .ok_or_else(|| LookError::NoMethod(wish.method.to_owned()))?;
        let folder = models::find_model(
            wish.method,
            &wish.settings.model_dirs,
            &JobContext::detached(),
        )
        .ok_or(LookError::NoModel)?;
        let detector = (method.load)(&folder.dir, &tools.device.device)?;
        if self.models.len() == MAX_MODELS {
            self.models.remove(0);
        }
        self.models.push(OpenModel {
            method: wish.method,
            folder,
            likelihoods: detector.likelihood_references().into(),
            detector,
        });
        Ok(())
    }
}

impl Tools {
    fn open(settings: &LookSettings) -> Result<Self, LookError> {
        Ok(Self {
            device: device::choose(settings.device)?,
            landmarker: Landmarker::load(settings.landmark_model.as_deref())?,
        })
    }

    /// Finds the points, cuts and scores as a scan does, and draws the maps.
    fn look(
        &self,
        model: &mut OpenModel,
        frame: &Frame,
        face: &LookFace,
        wish: &LookWish,
        key: LookKey,
    ) -> Result<Look, LookError> {
        let start = Instant::now();
        let box_in_frame = &face.box_in_frame;
        let landmarks = self.landmarker.find(frame, box_in_frame);
        let judged = align::crop(frame, box_in_frame, &landmarks, GATE_RULE);
        let gate = gate::judge(&gate::measure(box_in_frame, &judged));
        let rule = model.detector.crop_rule();
        let face = FaceCrop {
            frame: frame.id,
            track: face.track,
            crop: align::crop(frame, box_in_frame, &landmarks, rule),
        };
        let mut scores = model
            .detector
            .score_in_detail(std::slice::from_ref(&face))?;
        let found = scores.pop().ok_or(LookError::NoScore)?;
        let raw = found.score;
        let calibration = model.folder.calibration.as_ref();
        let score = Score::calibrated(raw.logit, calibration).ok_or(LookError::NoScore)?;
        let maps = model.detector.maps(&face, &wish.kinds)?;
        Ok(Look {
            key,
            frame: frame.id,
            crop: face.crop,
            raw,
            score,
            gate,
            maps,
            likelihood: found.likelihood.map(|face| LookLikelihood {
                face,
                references: Arc::clone(&model.likelihoods),
            }),
            model: model.folder.label(),
            took: start.elapsed(),
        })
    }
}

/// Methods that draw maps and have a model in the folders of these settings.
fn methods_with_maps(settings: &LookSettings) -> Vec<&'static str> {
    let with_model = models::methods_with_model(&settings.model_dirs);
    let infos = METHODS.iter().map(|method| method.detector);
    infos
        .filter(|info| !info.maps.is_empty())
        .filter(|info| with_model.iter().any(|name| name == info.name))
        .map(|info| info.name)
        .collect()
}
