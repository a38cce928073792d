//! What a model looks at in the face on the easel, and how much of that is inside the mask.

use std::sync::Arc;

use seam_engine::analysis::look::{Look, LookFace, LookPicture};
use seam_engine::annotate::{Gauge, Reading};
use seam_engine::data::annotations::Mask;
use seam_engine::detectors::{DetectorInfo, MapKind};
use seam_engine::faces::TrackId;
use seam_engine::methods;

use crate::maps::Drawn;
use crate::paint::easel::Easel;
use crate::state::State;

/// The method that learns from masks: its map is preferred.
const LEARNER: &str = "lae";
/// Maps of where a method looks, rather than of what it sees there.
const KINDS: [MapKind; 3] = [
    MapKind::ClassActivation,
    MapKind::GradCam,
    MapKind::DeepfakeAttention,
];
/// Faces of tasks count down from here, so that none is taken for a person of a clip.
const LAST_TRACK: u32 = u32::MAX;
/// So many measures are kept for the line of the gauge.
const MAX_MEASURES: usize = 120;

/// How the model's attention lies to the mask.
#[derive(Debug, Default)]
pub struct Attention {
    /// Of the mask as it is now.
    pub reading: Option<Reading>,
    /// The same of the model before the newest round of training.
    pub before: Option<Reading>,
    /// Shares of the attention inside the mask since the face came to the easel, oldest first.
    pub measures: Vec<f32>,
    /// Name and hash of the model whose map it is.
    pub model: String,
    now: Measured,
    then: Measured,
    /// The edit of the mask that was measured last.
    edits: Option<u64>,
}

/// A look that is measured, with its map.
#[derive(Debug, Default)]
struct Measured(Option<(Arc<Look>, Option<Gauge>)>);

impl Measured {
    /// Takes another look's map; whether it is another.
    fn take(&mut self, look: Option<&Arc<Look>>, kind: MapKind) -> bool {
        let is_same = match (&self.0, look) {
            (Some((before, _)), Some(look)) => Arc::ptr_eq(before, look),
            (before, look) => before.is_none() && look.is_none(),
        };
        if !is_same {
            self.0 = look.map(|look| (Arc::clone(look), gauge(look, kind)));
        }
        !is_same
    }

    fn read(&self, mask: &Mask) -> Option<Reading> {
        let (_, gauge) = self.0.as_ref()?;
        Some(gauge.as_ref()?.read(mask))
    }
}

fn gauge(look: &Look, kind: MapKind) -> Option<Gauge> {
    let (map, crop) = (look.map(kind)?, &look.crop);
    let size = [map.width, map.height];
    Gauge::new(&map.values, size, crop.size_px, crop.frame_from_crop)
}

/// The method whose map is shown, and the kind of map.
pub fn method(state: &State) -> Option<(&'static DetectorInfo, MapKind)> {
    let names = state.maps.methods.as_ref()?;
    let learner = names.iter().find(|name| **name == LEARNER);
    let with_map = |name: &&'static str| {
        let info = methods::find(name)?.detector;
        let kind = KINDS.into_iter().find(|kind| info.maps.contains(kind))?;
        Some((info, kind))
    };
    learner
        .and_then(with_map)
        .or_else(|| names.iter().find_map(with_map))
}

/// The face on the easel as the thread of looks wants it.
pub fn look_face(easel: &Easel) -> LookFace {
    LookFace {
        track: track(easel),
        box_in_frame: easel.task.face.box_in_frame,
        picture: LookPicture::Decoded(Arc::clone(&easel.frame)),
    }
}

/// The look at the face on the easel, once it is painted, and the kind of its map.
pub fn shown<'a>(state: &'a State, easel: &Easel) -> Option<(&'a Drawn, MapKind)> {
    let (_, kind) = method(state)?;
    let drawn = state.maps.frame.as_ref()?;
    let key = drawn.look.key;
    let is_of_easel = drawn.look.frame == easel.frame.id && key.track == track(easel);
    (is_of_easel && drawn.look.map(kind).is_some()).then_some((drawn, kind))
}

/// Measures again, if the mask or the map changed.
pub fn measure(state: &mut State) {
    let Some(easel) = &state.paint.easel else {
        state.paint.attention = Attention::default();
        return;
    };
    let Some((drawn, kind)) = shown(state, easel) else {
        state.paint.attention = Attention::default();
        return;
    };
    let look = Arc::clone(&drawn.look);
    let is_of_easel = |drawn: &&Drawn| drawn.look.key == look.key;
    let before = state.paint.before.as_ref().filter(is_of_easel);
    let before = before.map(|drawn| Arc::clone(&drawn.look));
    let attention = &mut state.paint.attention;
    let is_new = attention.now.take(Some(&look), kind);
    let is_new_before = attention.then.take(before.as_ref(), kind);
    if !is_new && !is_new_before && attention.edits == Some(easel.edits) {
        return;
    }
    if is_new {
        attention.measures.clear();
        attention.model.clone_from(&look.model);
    }
    attention.edits = Some(easel.edits);
    attention.reading = attention.now.read(&easel.mask);
    attention.before = attention.then.read(&easel.mask);
    if let Some(inside) = attention.reading.and_then(|reading| reading.inside) {
        if attention.measures.len() == MAX_MEASURES {
            attention.measures.remove(0);
        }
        attention.measures.push(inside);
    }
}

fn track(easel: &Easel) -> TrackId {
    TrackId(LAST_TRACK - easel.task.id.0)
}
