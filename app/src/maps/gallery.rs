//! The looks of every method at one moment, asked for one after the other and painted together.

use std::sync::Arc;

use egui::Context;
use seam_engine::analysis::look::{Look, LookFace, LookKey};
use seam_engine::detectors::MapKind;
use seam_engine::methods;

use crate::maps::paint::Painter;
use crate::maps::textures::RowTextures;
use crate::maps::view::Shelf;
use crate::maps::{Maps, Style};

/// Lives in `Looks`, whose thread makes the looks.
pub struct Gallery {
    painter: Painter,
    faces: Vec<LookFace>,
    round: u64,
    entries: Vec<Entry>,
    /// What the painter was asked for last.
    painting: (Vec<Option<Arc<Look>>>, Style),
}

struct Entry {
    method: &'static str,
    kinds: Vec<MapKind>,
    /// Of the frame and of the calm one.
    answers: [Option<Result<Arc<Look>, String>>; 2],
    textures: [RowTextures; 2],
}

impl Gallery {
    /// `wake` is called from the painter's thread.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        Ok(Self {
            painter: Painter::new(wake)?,
            faces: Vec::new(),
            round: 0,
            entries: Vec::new(),
            painting: (Vec::new(), Style::default()),
        })
    }

    /// Forgets all looks.
    pub fn clear(&mut self, maps: &mut Maps) {
        maps.gallery.clear();
        self.entries.clear();
        self.faces.clear();
    }

    /// Wants these faces by every method; what belongs to other moments or models is forgotten at once, so that rows
    /// never show different frames.
    pub fn want(&mut self, maps: &Maps, faces: &[LookFace]) {
        let methods = maps.methods.as_deref().unwrap_or_default();
        let listed = self.entries.iter().map(|entry| entry.method);
        if self.round != maps.round || !listed.eq(methods.iter().copied()) {
            self.round = maps.round;
            self.entries = methods.iter().map(|method| Entry::new(method)).collect();
        }
        for entry in &mut self.entries {
            if let Some(method) = methods::find(entry.method) {
                entry.kinds = maps.shelf_kinds(method.detector);
            }
            for (row, answer) in entry.answers.iter_mut().enumerate() {
                let face = faces.get(row);
                let before = self.faces.get(row);
                if face.map(|face| face.key("")) != before.map(|face| face.key("")) {
                    *answer = None;
                }
            }
        }
        self.faces = faces.to_vec();
    }

    /// Takes a look that was made, if it is wanted.
    pub fn take(&mut self, key: LookKey, look: &Result<Arc<Look>, String>) {
        let Some(entry) = (self.entries.iter_mut()).find(|entry| entry.method == key.method) else {
            return;
        };
        for (answer, face) in entry.answers.iter_mut().zip(&self.faces) {
            if face.key(key.method) == key {
                *answer = Some(look.clone());
            }
        }
    }

    /// A method that has not looked at all faces yet, and what it is to draw.
    pub fn next(&self) -> Option<(&'static str, Vec<MapKind>)> {
        let is_open = |entry: &&Entry| {
            let answers = entry.answers.iter().take(self.faces.len());
            let lacks = |look: &Arc<Look>| entry.kinds.iter().any(|&kind| look.map(kind).is_none());
            (answers.into_iter()).any(|answer| match answer {
                None => true,
                Some(Ok(look)) => lacks(look),
                Some(Err(_)) => false,
            })
        };
        let entry = self.entries.iter().find(is_open)?;
        Some((entry.method, entry.kinds.clone()))
    }

    /// Brings what came to the screen.
    pub fn paint(&mut self, ctx: &Context, maps: &mut Maps, style: Style) {
        let wanted: Vec<Option<Arc<Look>>> = (self.entries.iter())
            .flat_map(|entry| &entry.answers)
            .map(|answer| answer.as_ref()?.as_ref().ok().cloned())
            .collect();
        let is_same = |(a, b): (&Option<Arc<Look>>, &Option<Arc<Look>>)| match (a, b) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        let (before, before_style) = &self.painting;
        let is_asked = before.len() == wanted.len() && before.iter().zip(&wanted).all(is_same);
        if !is_asked || *before_style != style {
            self.painter.request(wanted.clone(), style);
            self.painting = (wanted.clone(), style);
        }
        let newest = self.painter.newest();
        let mut at = 0;
        maps.gallery.clear();
        for entry in &mut self.entries {
            let rows = [0, 1].map(|row: usize| {
                let slot = at + row;
                let look = wanted[slot].as_ref()?;
                let painted = newest.as_ref()?.get(slot)?.as_ref()?;
                Arc::ptr_eq(&painted.look, look).then(|| entry.textures[row].upload(ctx, painted))
            });
            at += 2;
            maps.gallery.push(Shelf {
                method: entry.method,
                rows,
                error: (entry.answers[0].as_ref())
                    .and_then(|answer| answer.as_ref().err().cloned()),
            });
        }
    }
}

impl Entry {
    fn new(method: &'static str) -> Self {
        Self {
            method,
            kinds: Vec::new(),
            answers: [None, None],
            textures: [RowTextures::default(), RowTextures::default()],
        }
    }
}
