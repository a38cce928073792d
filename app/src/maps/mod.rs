//! Maps: what a method sees in a face, as the window keeps it. The frame under the playhead and the calmest
//! one of the same person are always drawn alike.

pub mod before;
pub mod calm;
pub mod costliest;
pub mod density;
mod gallery;
pub mod histogram;
pub mod kinds;
pub mod looks;
mod paint;
pub mod place;
pub mod save;
#[cfg(test)]
mod tests;
mod textures;
pub mod values;
pub mod view;
pub mod wanted;

pub use paint::picture as picture_of;

use std::mem::discriminant;
use std::sync::Arc;

use egui::{Color32, TextureId, Vec2};
use seam_engine::analysis::look::Look;
use seam_engine::detectors::{DetectorInfo, MapKind};
use seam_engine::methods;

use crate::maps::density::Density;
use crate::maps::save::{Notice, SaveWish};
use crate::maps::view::{Full, Shelf, Sides, View};
use crate::theme::{self, LikelihoodColors};

/// Ends of the amplification of differences.
pub const AMPLIFICATIONS: std::ops::RangeInclusive<f32> = 1.0..=16.0;

/// Channels of attention that can be chosen: so many by rank. A rank that a model does not have is answered with
/// its last channel.
pub const CHANNELS: u16 = 64;

/// Ends of the share of pixels that are marked as the costliest, in percent.
pub const COSTLIEST_PERCENTS: std::ops::RangeInclusive<f32> = 0.2..=5.0;

/// What the maps pane shows. Changed only by `App`.
#[derive(Debug)]
pub struct Maps {
    /// Methods with maps and a model; `None` until the folders were read.
    pub methods: Option<Vec<&'static str>>,
    /// The one chosen by the user.
    pub method: Option<&'static str>,
    /// The part of the method whose map is drawn beside that of the final score.
    pub part: Option<u8>,
    /// The channel of attention that is drawn beside the means, by rank from 0.
    pub channel: Option<u16>,
    /// Differences are drawn so many times as strong, on both frames alike.
    pub amplification: f32,
    /// Of what is laid over a face, 0 to 1.
    pub opacity: f32,
    pub shows_residuals: bool,
    /// The log-likelihoods of single colors are drawn beside that of all.
    pub shows_colors: bool,
    /// The least likely pixels are marked on the face.
    pub marks_costliest: bool,
    /// So many of the face's pixels, in percent.
    pub costliest_percent: f32,
    /// The technique whose likelihoods the face's is laid beside, by its place in the validation; else all.
    pub technique: Option<u8>,
    /// The right tile of the pair is laid over the clip.
    pub is_on_clip: bool,
    /// What the wipe shows: left of the handle, right of it.
    pub pair: [Tile; 2],
    /// Where the handle is, 0 to 1.
    pub wipe: f32,
    /// Raised with every analysis: it may find other models.
    pub round: u64,
    pub frame: Option<Drawn>,
    pub control: Option<Drawn>,
    pub view: View,
    /// Every method's looks, while all are on screen.
    pub gallery: Vec<Shelf>,
    /// The picture on the whole window.
    pub full: Option<Full>,
    /// What is to be written, while a dialog asks where.
    pub to_save: Option<SaveWish>,
    /// What became of the last pictures that were written.
    pub notice: Option<Notice>,
    /// Why the frame under the playhead could not be looked at.
    pub error: Option<String>,
}

/// One look with its textures.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub look: Arc<Look>,
    pub face: TextureId,
    /// In the order of the look's maps.
    pub maps: Vec<TextureId>,
    /// How they were painted.
    pub style: Style,
    pub density: Arc<Density>,
}

/// How looks are painted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Style {
    /// Differences are so many times as strong.
    pub amplification: f32,
    pub colors: LikelihoodColors,
    /// The share of the pixels that are marked as the costliest, if they are.
    pub costliest: Option<f32>,
}

/// One picture of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// The face as the method gets it, `x`.
    Face,
    Map(MapKind),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// The frame under the playhead.
    Frame,
    /// The calmest one of the same person.
    Control,
}

impl Row {
    pub const ALL: [Self; 2] = [Self::Frame, Self::Control];
}

/// One picture on the strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    pub row: Row,
    pub picture: Picture,
}

/// One texture of a picture, drawn over those before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer {
    pub texture: TextureId,
    pub tint: Color32,
}

/// What the maps pane can ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MapsCommand {
    ChooseMethod(&'static str),
    ChoosePart(Option<u8>),
    /// By rank from 0.
    ChooseChannel(Option<u16>),
    Amplify(f32),
    SetOpacity(f32),
    /// In percent of the face's pixels.
    MarkCostliest(f32),
    /// By its place among the validation's techniques; else all together.
    BesideTechnique(Option<u8>),
    /// To the right of the wipe; what was there goes to the left.
    Compare(Tile),
    MoveWipe(f32),
    Show(View),
    OpenFull(Full),
    CloseFull,
    /// So many pictures on.
    StepFull(i64),
    SetSides(Sides),
    NextSides,
    ForgetNotice,
}

impl Default for Maps {
    fn default() -> Self {
        let tile = |picture| Tile {
            row: Row::Frame,
            picture,
        };
        Self {
            methods: None,
            method: None,
            part: None,
            channel: None,
            amplification: 1.0,
            opacity: 0.7,
            shows_residuals: false,
            shows_colors: false,
            marks_costliest: false,
            costliest_percent: 1.0,
            technique: None,
            is_on_clip: false,
            pair: [
                tile(Picture::Face),
                tile(Picture::Map(MapKind::ReconstructionDifference)),
            ],
            wipe: 0.5,
            round: 0,
            frame: None,
            control: None,
            view: View::Strip,
            gallery: Vec::new(),
            full: None,
            to_save: None,
            notice: None,
            error: None,
        }
    }
}

impl Maps {
    pub fn run(&mut self, command: MapsCommand) {
        match command {
            MapsCommand::ChooseMethod(method) => {
                self.method = Some(method);
                self.part = None;
                self.channel = None;
                self.technique = None;
            }
            MapsCommand::ChoosePart(part) => self.part = part,
            MapsCommand::ChooseChannel(rank) => {
                self.channel = rank.map(|rank| rank.min(CHANNELS - 1));
            }
            MapsCommand::Amplify(times) => {
                self.amplification = times.clamp(*AMPLIFICATIONS.start(), *AMPLIFICATIONS.end());
            }
            MapsCommand::SetOpacity(opacity) => self.opacity = opacity.clamp(0.0, 1.0),
            MapsCommand::MarkCostliest(percent) => {
                let (least, most) = (*COSTLIEST_PERCENTS.start(), *COSTLIEST_PERCENTS.end());
                self.costliest_percent = percent.clamp(least, most);
            }
            MapsCommand::BesideTechnique(technique) => self.technique = technique,
            MapsCommand::Compare(tile) => {
                let columns = self.info().map(|info| self.columns(info));
                let [_, right] = self.pair_of(&columns.unwrap_or_default());
                if right != tile {
                    self.pair = [right, tile];
                }
            }
            MapsCommand::MoveWipe(to) => self.wipe = to.clamp(0.0, 1.0),
            MapsCommand::Show(view) => self.view = view,
            MapsCommand::OpenFull(full) => self.full = Some(full),
            MapsCommand::CloseFull => self.full = None,
            MapsCommand::StepFull(by) => self.step_full(by),
            MapsCommand::SetSides(sides) => {
                self.full = self.full.map(|full| Full { sides, ..full });
            }
            MapsCommand::NextSides => {
                self.full
                    .iter_mut()
                    .for_each(|full| full.sides = full.sides.next());
            }
            MapsCommand::ForgetNotice => self.notice = None,
        }
    }

    /// The chosen method, else the first one.
    pub fn info(&self) -> Option<&'static DetectorInfo> {
        let methods = self.methods.as_ref()?;
        let chosen = methods.iter().find(|name| self.method == Some(name));
        let name = chosen.or(methods.first())?;
        methods::find(name).map(|method| method.detector)
    }

    /// The strip's columns, always in this order.
    pub fn columns(&self, info: &DetectorInfo) -> Vec<Picture> {
        let is_shown = |kind: &MapKind| match kind {
            MapKind::PristineResidual | MapKind::ManipulatedResidual => self.shows_residuals,
            MapKind::LogLikelihoodChannel(_) => self.shows_colors,
            _ => true,
        };
        let mut shown: Vec<MapKind> = self.kinds(info).filter(is_shown).collect();
        shown.sort_by_key(|&kind| kinds::place(kind));
        let maps = shown.into_iter().map(Picture::Map);
        std::iter::once(Picture::Face).chain(maps).collect()
    }

    /// Everything the method draws at once; of its parts and channels only the chosen ones.
    pub fn kinds(&self, info: &DetectorInfo) -> impl Iterator<Item = MapKind> {
        info.maps.iter().filter_map(|&kind| match kind {
            MapKind::GradCamPart(part) => (self.part == Some(part)).then_some(kind),
            MapKind::DeepfakeAttentionChannel(_) => {
                self.channel.map(MapKind::DeepfakeAttentionChannel)
            }
            MapKind::DomainAttentionChannel(_) => self.channel.map(MapKind::DomainAttentionChannel),
            _ => Some(kind),
        })
    }

    /// The pair of the wipe, among what the method can draw: else the face and the method's own attention or
    /// log-likelihood, or its first map. A channel or part that is compared gives way to the one that is chosen now.
    pub fn pair_of(&self, columns: &[Picture]) -> [Tile; 2] {
        let own = [
            MapKind::DeepfakeAttention,
            MapKind::ClassActivation,
            MapKind::LogLikelihood,
        ]
        .map(Picture::Map);
        let own = own.into_iter().find(|own| columns.contains(own));
        let first = own.or(columns.get(1).copied()).unwrap_or(Picture::Face);
        let shown = |tile: Tile, otherwise| {
            let mut alike = columns.iter().filter(|column| column.is_like(tile.picture));
            let picture = if columns.contains(&tile.picture) {
                tile.picture
            } else {
                alike.next().copied().unwrap_or(otherwise)
            };
            Tile { picture, ..tile }
        };
        let [left, right] = self.pair;
        [shown(left, Picture::Face), shown(right, first)]
    }

    /// How looks are to be painted.
    pub fn style(&self, colors: LikelihoodColors) -> Style {
        Style {
            amplification: self.amplification,
            colors,
            costliest: (self.marks_costliest).then_some(0.01 * self.costliest_percent),
        }
    }

    pub fn drawn(&self, row: Row) -> Option<&Drawn> {
        match row {
            Row::Frame => self.frame.as_ref(),
            Row::Control => self.control.as_ref(),
        }
    }
}

impl Picture {
    /// Whether both are the same but for the part or the channel.
    fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Map(a), Self::Map(b)) => discriminant(&a) == discriminant(&b),
            _ => self == other,
        }
    }
}

impl Drawn {
    /// The lines around the costliest pixels, on pictures that they are marked on: those of the face.
    pub fn marks(&self, picture: Picture) -> &[[Vec2; 2]] {
        match (&self.density.costliest, picture) {
            (Some(costliest), Picture::Face) => &costliest.edges,
            _ => &[],
        }
    }

    /// What a picture is made of, from below; empty where the look does not have it.
    pub fn layers(&self, picture: Picture, opacity: f32) -> Vec<Layer> {
        let plain = |texture| Layer {
            texture,
            tint: Color32::WHITE,
        };
        let Picture::Map(kind) = picture else {
            return vec![plain(self.face)];
        };
        let Some(at) = self.look.maps.iter().position(|map| map.kind == kind) else {
            return Vec::new();
        };
        let texture = self.maps[at];
        if kinds::lies_over_face(kind) {
            let tint = theme::faded(Color32::WHITE, opacity);
            vec![plain(self.face), Layer { texture, tint }]
        } else {
            vec![plain(texture)]
        }
    }
}
