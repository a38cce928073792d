//! How the pictures of a moment are laid out: a strip of one method, two in large, every method, one on the whole
//! window.

use seam_engine::detectors::{DetectorInfo, MapKind};
use seam_engine::methods;

use crate::maps::{Drawn, Maps, Picture, Row, kinds};

/// What the maps pane is filled with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Every picture of one method, and two of them under a wipe.
    #[default]
    Strip,
    /// One picture of one method in large: of the frame, and of the calm one.
    Sides,
    /// A row for each method.
    All,
}

impl View {
    pub const ALL: [Self; 3] = [Self::Strip, Self::Sides, Self::All];

    pub fn name(self) -> &'static str {
        match self {
            Self::Strip => "Strip",
            Self::Sides => "Side by side",
            Self::All => "All methods",
        }
    }
}

/// What is seen of a picture on the whole window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sides {
    Frame,
    Control,
    /// Both beside each other.
    #[default]
    Both,
    /// Both in one place, with a handle between them.
    Wipe,
}

impl Sides {
    pub const ALL: [Self; 4] = [Self::Frame, Self::Control, Self::Both, Self::Wipe];

    pub fn name(self) -> &'static str {
        match self {
            Self::Frame => "This frame",
            Self::Control => "Calmest frame",
            Self::Both => "Both",
            Self::Wipe => "Wipe",
        }
    }

    /// The next one, and the first after the last.
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|sides| *sides == self);
        Self::ALL[(at.unwrap_or(0) + 1) % Self::ALL.len()]
    }
}

/// The picture on the whole window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    pub method: &'static str,
    pub picture: Picture,
    pub sides: Sides,
}

/// One method in the view of all.
#[derive(Clone, Debug)]
pub struct Shelf {
    pub method: &'static str,
    /// Of the frame and of the calm one.
    pub rows: [Option<Drawn>; 2],
    /// Why the frame could not be looked at.
    pub error: Option<String>,
}

impl Maps {
    /// What a method shows in the view of all: its main maps, without single parts and channels.
    pub fn shelf_kinds(&self, info: &DetectorInfo) -> Vec<MapKind> {
        let is_shown = |kind: &MapKind| match kind {
            MapKind::GradCamPart(_)
            | MapKind::DeepfakeAttentionChannel(_)
            | MapKind::DomainAttentionChannel(_) => false,
            MapKind::PristineResidual | MapKind::ManipulatedResidual => self.shows_residuals,
            MapKind::LogLikelihoodChannel(_) => self.shows_colors,
            _ => true,
        };
        let mut shown: Vec<MapKind> = info.maps.iter().copied().filter(is_shown).collect();
        shown.sort_by_key(|&kind| kinds::place(kind));
        shown
    }

    /// The look of a method that is on screen.
    pub fn drawn_of(&self, method: &str, row: Row) -> Option<&Drawn> {
        let shelf = self.gallery.iter().find(|shelf| shelf.method == method);
        let on_shelf = shelf.and_then(|shelf| shelf.rows[row as usize].as_ref());
        if self.view == View::All {
            // The other one may be of the moment before, and stands in for this one only where it is alone.
            return on_shelf;
        }
        let own = self.drawn(row);
        own.filter(|drawn| drawn.look.key.method == method)
    }

    /// All pictures that can be gone through: of the chosen method, or of all.
    pub fn pictures(&self) -> Vec<(&'static str, Picture)> {
        let Some(info) = self.info() else {
            return Vec::new();
        };
        if self.view != View::All {
            let columns = self.columns(info).into_iter();
            return columns.map(|picture| (info.name, picture)).collect();
        }
        let methods = self.methods.iter().flatten();
        let infos = methods.filter_map(|name| methods::find(name).map(|method| method.detector));
        infos
            .flat_map(|info| {
                let maps = self.shelf_kinds(info).into_iter().map(Picture::Map);
                let pictures = std::iter::once(Picture::Face).chain(maps);
                pictures.map(|picture| (info.name, picture))
            })
            .collect()
    }

    /// Opens or closes the picture on the whole window: the one on the right of the wipe.
    pub fn toggle_full(&mut self) {
        let Some(info) = self.info().filter(|_| self.full.is_none()) else {
            self.full = None;
            return;
        };
        let [_, right] = self.pair_of(&self.columns(info));
        let sides = Sides::default();
        self.full = self.frame.is_some().then_some(Full {
            method: info.name,
            picture: right.picture,
            sides,
        });
    }

    /// Goes so many pictures on, and stops at the ends.
    pub fn step_full(&mut self, by: i64) {
        let pictures = self.pictures();
        let Some(full) = &mut self.full else {
            return;
        };
        let at = pictures
            .iter()
            .position(|&picture| picture == (full.method, full.picture));
        let last = pictures.len().saturating_sub(1) as i64;
        let to = at.map_or(0, |at| (at as i64 + by).clamp(0, last));
        if let Some(&(method, picture)) = pictures.get(to as usize) {
            (full.method, full.picture) = (method, picture);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::MapsCommand;

    #[test]
    fn pictures_are_gone_through_in_order_and_stop_at_the_ends() {
        let mut maps = Maps {
            methods: Some(vec!["intele", "dadd"]),
            ..Maps::default()
        };
        maps.run(MapsCommand::OpenFull(Full {
            method: "intele",
            picture: Picture::Face,
            sides: Sides::Both,
        }));
        let own = maps.columns(maps.info().unwrap());
        maps.run(MapsCommand::StepFull(-1));
        assert_eq!(maps.full.unwrap().picture, own[0]);
        maps.run(MapsCommand::StepFull(1));
        assert_eq!(maps.full.unwrap().picture, own[1]);
        maps.run(MapsCommand::StepFull(99));
        assert_eq!(maps.full.unwrap().picture, *own.last().unwrap());
        // With all methods on screen, one goes on to the next method.
        maps.run(MapsCommand::Show(View::All));
        maps.run(MapsCommand::StepFull(1));
        let full = maps.full.unwrap();
        assert_eq!((full.method, full.picture), ("dadd", Picture::Face));
        maps.run(MapsCommand::CloseFull);
        maps.run(MapsCommand::StepFull(1));
        assert!(maps.full.is_none());
    }

    #[test]
    fn all_methods_show_no_single_parts() {
        let mut maps = Maps::default();
        let kinds = |maps: &Maps, name| maps.shelf_kinds(methods::find(name).unwrap().detector);
        assert_eq!(kinds(&maps, "dadd"), [MapKind::GradCam]);
        let few = kinds(&maps, "intele");
        maps.shows_residuals = true;
        assert_eq!(kinds(&maps, "intele").len(), few.len() + 2);
    }
}
