//! What trainings saw as pictures: read and painted on the thread `watched-pictures`, uploaded by the window.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use seam_engine::detectors::MapKind;
use seam_engine::latest::{Latest, LatestWorker};
use seam_engine::train::watch::{self, WatchedStep};

use crate::maps::{Style, picture_of};
use crate::theme::LikelihoodColors;
use crate::training::film::{DrawnFace, DrawnStep, Film, Place};

/// Steps whose pictures are kept.
const MAX_KEPT: usize = 32;
/// Steps that a common scale is told by, of all drawn runs.
const MAX_SCALE_STEPS: usize = 12;

pub struct Pictures {
    worker: LatestWorker<Wish>,
    done: Latest<Painted>,
    asked: Option<Wish>,
    sides: [Side; 2],
}

#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Left of the wipe, and right of it.
    pub places: [Option<Place>; 2],
    /// Comes next while the film plays.
    pub next: Option<Place>,
    /// The steps of the runs on screen: their maps share a scale.
    pub films: Vec<(PathBuf, Vec<u64>)>,
    pub colors: LikelihoodColors,
}

/// One answer.
struct Painted {
    places: [Option<Place>; 2],
    sides: [Option<Arc<PaintedStep>>; 2],
    error: Option<String>,
}

struct PaintedStep {
    place: Place,
    watched: Arc<WatchedStep>,
    faces: Vec<PaintedFace>,
}

struct PaintedFace {
    face: Arc<ColorImage>,
    maps: Vec<Arc<ColorImage>>,
}

/// The textures of one side, used again while sizes stay.
#[derive(Default)]
struct Side {
    textures: Vec<Option<TextureHandle>>,
    shown: Option<Arc<PaintedStep>>,
}

impl Pictures {
    /// `wake` is called from the thread after each answer.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let done: Latest<Painted> = Latest::default();
        let out = done.clone();
        let mut painter = Painter::default();
        let worker = LatestWorker::spawn("watched-pictures", move |wish: Wish| {
            out.set(painter.painted(&wish));
            wake();
            if let Some(next) = &wish.next {
                // Told when it is asked for.
                painter.step(next).ok();
            }
        })?;
        Ok(Self {
            worker,
            done,
            asked: None,
            sides: [Side::default(), Side::default()],
        })
    }

    /// Asks for what is not on screen, and brings what was painted there.
    pub fn update(&mut self, ctx: &Context, wish: Wish, film: &mut Film) {
        let places = wish.places.clone();
        if self.asked.as_ref() != Some(&wish) {
            self.worker.request(wish.clone());
            self.asked = Some(wish);
        }
        let newest = self.done.get();
        for (at, side) in self.sides.iter_mut().enumerate() {
            let Some(place) = &places[at] else {
                film.drawn[at] = None;
                continue;
            };
            let painted = newest.as_ref().and_then(|newest| newest.sides[at].as_ref());
            // The last step of the run stays until the next one is painted.
            let is_same_run = |painted: &&Arc<PaintedStep>| painted.place.run == place.run;
            film.drawn[at] = painted
                .filter(is_same_run)
                .map(|painted| side.upload(ctx, painted));
        }
        film.error = newest
            .filter(|newest| newest.places == places)
            .and_then(|newest| newest.error.clone());
    }
}

impl Side {
    fn upload(&mut self, ctx: &Context, painted: &Arc<PaintedStep>) -> DrawnStep {
        let images = painted.faces.iter();
        let images = images.flat_map(|face| std::iter::once(&face.face).chain(&face.maps));
        let is_shown = (self.shown.as_ref()).is_some_and(|shown| Arc::ptr_eq(shown, painted));
        if !is_shown {
            self.textures.resize_with(images.clone().count(), || None);
            for (texture, image) in self.textures.iter_mut().zip(images) {
                set(ctx, texture, image);
            }
            self.shown = Some(Arc::clone(painted));
        }
        let mut ids = self.textures.iter().flatten().map(TextureHandle::id);
        let faces = painted.faces.iter().map(|face| DrawnFace {
            face: ids.next().unwrap_or_default(),
            maps: ids.by_ref().take(face.maps.len()).collect(),
        });
        DrawnStep {
            place: painted.place.clone(),
            watched: Arc::clone(&painted.watched),
            faces: faces.collect(),
        }
    }
}

fn set(ctx: &Context, texture: &mut Option<TextureHandle>, image: &Arc<ColorImage>) {
    let image = egui::ImageData::Color(Arc::clone(image));
    let options = TextureOptions::LINEAR;
    match texture {
        Some(texture) if texture.size() == image.size() => {
            texture.set_partial([0, 0], image, options);
        }
        texture => *texture = Some(ctx.load_texture("watched", image, options)),
    }
}

/// Scales of the kinds of maps.
type Scales = Vec<(MapKind, (f32, f32))>;

/// What the thread keeps between wishes.
#[derive(Default)]
struct Painter {
    films: Vec<(PathBuf, Vec<u64>)>,
    colors: LikelihoodColors,
    scales: Scales,
    kept: BTreeMap<Place, Arc<PaintedStep>>,
}

impl Painter {
    fn painted(&mut self, wish: &Wish) -> Painted {
        if self.films != wish.films || self.colors != wish.colors {
            self.films.clone_from(&wish.films);
            self.colors = wish.colors;
            self.scales = scales(&wish.films);
            self.kept.clear();
        }
        let mut error = None;
        let sides = [0, 1].map(|at: usize| {
            let place = wish.places[at].as_ref()?;
            self.step(place).map_err(|err| error = Some(err)).ok()
        });
        Painted {
            places: wish.places.clone(),
            sides,
            error,
        }
    }

    fn step(&mut self, place: &Place) -> Result<Arc<PaintedStep>, String> {
        if let Some(kept) = self.kept.get(place) {
            return Ok(Arc::clone(kept));
        }
        let mut watched = watch::read(&place.run, place.step).map_err(|err| err.to_string())?;
        let maps = watched.faces.iter_mut().flat_map(|face| &mut face.maps);
        for map in maps {
            if let Some((_, range)) = self.scales.iter().find(|(kind, _)| *kind == map.kind) {
                map.range = *range;
            }
        }
        let style = Style {
            amplification: 1.0,
            colors: self.colors,
            costliest: None,
        };
        let faces = watched.faces.iter().map(|face| {
            let side = face.crop.size_px as usize;
            let maps = face.maps.iter().map(|map| picture_of(map, style));
            PaintedFace {
                face: Arc::new(ColorImage::from_rgb([side, side], &face.crop.rgb)),
                maps: maps.map(Arc::new).collect(),
            }
        });
        let step = Arc::new(PaintedStep {
            place: place.clone(),
            faces: faces.collect(),
            watched: Arc::new(watched),
        });
        if self.kept.len() == MAX_KEPT {
            self.kept.clear();
        }
        self.kept.insert(place.clone(), Arc::clone(&step));
        Ok(step)
    }
}

/// One scale a kind over the films, told by steps spread over them.
fn scales(films: &[(PathBuf, Vec<u64>)]) -> Scales {
    let total: usize = films.iter().map(|(_, steps)| steps.len()).sum();
    let every = total.div_ceil(MAX_SCALE_STEPS).max(1);
    let mut read = Vec::new();
    for (run, steps) in films {
        // From the end, so that the newest one counts.
        for step in steps.iter().rev().step_by(every) {
            // A step that cannot be read is told when it is shown.
            read.extend(watch::read(run, *step).ok());
        }
    }
    watch::share_scales(&mut read);
    let mut scales = Scales::new();
    let faces = read.iter().flat_map(|step| &step.faces);
    for map in faces.flat_map(|face| &face.maps) {
        if !scales.iter().any(|(kind, _)| *kind == map.kind) {
            scales.push((map.kind, map.range));
        }
    }
    scales
}
