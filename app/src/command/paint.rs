//! Actions of the canvas: its tools, what changes a mask as a whole, and how it is looked at.

use egui::Key;
use seam_engine::annotate::FacePart;

use crate::command::action::{Action, ActionInfo};
use crate::command::info::{alt, ctrl, ctrl_shift, key, shift};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaintAction {
    Brush,
    Eraser,
    Lasso,
    Wand,
    PartFace,
    PartEyes,
    PartBrows,
    PartNose,
    PartMouth,
    PartJaw,
    PartHairline,
    PartInner,
    BlendRing,
    Mirror,
    Smaller,
    Larger,
    Harder,
    Softer,
    Undo,
    Redo,
    Grow,
    Shrink,
    FillHoles,
    Soften,
    Clear,
    Stamp,
    StampLine,
    CursorLeft,
    CursorRight,
    CursorUp,
    CursorDown,
    WholeFrame,
    ZoomToFace,
    ActualPixels,
    ZoomIn,
    ZoomOut,
    HideMask,
    NextColor,
    MoreOpaque,
    LessOpaque,
    NextCompare,
    WipeLeft,
    WipeRight,
    ToggleAttention,
    StartFromMap,
    StartFromDifference,
    ToggleLeftHanded,
}

/// Those of the menu `Paint`.
pub const MENU: &[Action] = &[
    Action::Paint(PaintAction::Brush),
    Action::Paint(PaintAction::Eraser),
    Action::Paint(PaintAction::Lasso),
    Action::Paint(PaintAction::Wand),
    Action::Paint(PaintAction::PartFace),
    Action::Paint(PaintAction::PartEyes),
    Action::Paint(PaintAction::PartBrows),
    Action::Paint(PaintAction::PartNose),
    Action::Paint(PaintAction::PartMouth),
    Action::Paint(PaintAction::PartJaw),
    Action::Paint(PaintAction::PartHairline),
    Action::Paint(PaintAction::PartInner),
    Action::Paint(PaintAction::BlendRing),
    Action::Paint(PaintAction::Mirror),
    Action::Paint(PaintAction::Smaller),
    Action::Paint(PaintAction::Larger),
    Action::Paint(PaintAction::Harder),
    Action::Paint(PaintAction::Softer),
    Action::Paint(PaintAction::Undo),
    Action::Paint(PaintAction::Redo),
    Action::Paint(PaintAction::Grow),
    Action::Paint(PaintAction::Shrink),
    Action::Paint(PaintAction::FillHoles),
    Action::Paint(PaintAction::Soften),
    Action::Paint(PaintAction::Clear),
    Action::Paint(PaintAction::StartFromMap),
    Action::Paint(PaintAction::StartFromDifference),
];

/// Those of the menu `Canvas`.
pub const CANVAS_MENU: &[Action] = &[
    Action::Paint(PaintAction::WholeFrame),
    Action::Paint(PaintAction::ZoomToFace),
    Action::Paint(PaintAction::ActualPixels),
    Action::Paint(PaintAction::ZoomIn),
    Action::Paint(PaintAction::ZoomOut),
    Action::Paint(PaintAction::HideMask),
    Action::Paint(PaintAction::NextColor),
    Action::Paint(PaintAction::MoreOpaque),
    Action::Paint(PaintAction::LessOpaque),
    Action::Paint(PaintAction::NextCompare),
    Action::Paint(PaintAction::WipeLeft),
    Action::Paint(PaintAction::WipeRight),
    Action::Paint(PaintAction::ToggleAttention),
    Action::Paint(PaintAction::Stamp),
    Action::Paint(PaintAction::StampLine),
    Action::Paint(PaintAction::CursorLeft),
    Action::Paint(PaintAction::CursorRight),
    Action::Paint(PaintAction::CursorUp),
    Action::Paint(PaintAction::CursorDown),
    Action::Paint(PaintAction::ToggleLeftHanded),
];

/// The parts of a face that a key marks whole, in the order of their digits from 1.
pub const PARTS: [PaintAction; 8] = [
    PaintAction::PartFace,
    PaintAction::PartEyes,
    PaintAction::PartBrows,
    PaintAction::PartNose,
    PaintAction::PartMouth,
    PaintAction::PartJaw,
    PaintAction::PartHairline,
    PaintAction::PartInner,
];

impl PaintAction {
    /// The part of a face that it marks.
    pub fn part(self) -> Option<FacePart> {
        Some(match self {
            Self::PartFace => FacePart::WholeFace,
            Self::PartEyes => FacePart::BothEyes,
            Self::PartBrows => FacePart::Brows,
            Self::PartNose => FacePart::Nose,
            Self::PartMouth => FacePart::Mouth,
            Self::PartJaw => FacePart::Jaw,
            Self::PartHairline => FacePart::Forehead,
            Self::PartInner => FacePart::InnerFace,
            Self::BlendRing => FacePart::BlendRing,
            _ => return None,
        })
    }

    pub fn info(self) -> ActionInfo {
        let (text, tooltip, shortcut) = match self {
            Self::Brush => (
                "Brush",
                "Mark; the right button or Ctrl erases, the wheel sets the size",
                key(Key::B),
            ),
            Self::Eraser => (
                "Eraser",
                "Unmark; the right button or Ctrl marks",
                key(Key::E),
            ),
            Self::Lasso => (
                "Lasso",
                "Draw around what is to be marked; the right button or Ctrl unmarks",
                key(Key::L),
            ),
            Self::Wand => (
                "Magic wand",
                "Mark what is alike and connected to the pixel under the pointer",
                key(Key::W),
            ),
            Self::PartFace => (
                "Whole face",
                "Mark the face between brows and chin; with the eraser, unmark it",
                key(Key::Num1),
            ),
            Self::PartEyes => ("Eyes", "Mark both eyes with their lids", key(Key::Num2)),
            Self::PartBrows => ("Brows", "Mark both brows", key(Key::Num3)),
            Self::PartNose => ("Nose", "Mark the nose", key(Key::Num4)),
            Self::PartMouth => ("Mouth", "Mark the mouth with its lips", key(Key::Num5)),
            Self::PartJaw => ("Jaw", "Mark the jaw and the chin", key(Key::Num6)),
            Self::PartHairline => (
                "Hairline",
                "Mark the forehead up to the hair",
                key(Key::Num7),
            ),
            Self::PartInner => (
                "Inner face",
                "Mark brows, eyes, nose and mouth together",
                key(Key::Num8),
            ),
            Self::BlendRing => (
                "Blend ring",
                "Mark the seam where a swapped face meets the rest",
                key(Key::R),
            ),
            Self::Mirror => (
                "Mirror",
                "Paint on both halves of the face at once",
                key(Key::M),
            ),
            Self::Smaller => ("Smaller brush", "Also the wheel", key(Key::OpenBracket)),
            Self::Larger => ("Larger brush", "Also the wheel", key(Key::CloseBracket)),
            Self::Harder => (
                "Harder edge",
                "The brush marks fully almost up to its ring",
                shift(Key::OpenBracket),
            ),
            Self::Softer => (
                "Softer edge",
                "The brush fades out towards its ring: a mark that is not sure",
                shift(Key::CloseBracket),
            ),
            Self::Undo => (
                "Undo stroke",
                "As far back as the first one, also after a restart",
                ctrl(Key::Z),
            ),
            Self::Redo => (
                "Redo stroke",
                "What was undone comes back, until something new is painted",
                ctrl_shift(Key::Z),
            ),
            Self::Grow => ("Grow mask", "By two pixels on all sides", key(Key::G)),
            Self::Shrink => ("Shrink mask", "By two pixels on all sides", shift(Key::G)),
            Self::FillHoles => ("Fill holes", "Mark what the mask encloses", key(Key::I)),
            Self::Soften => ("Soften mask", "Fade its edges", key(Key::T)),
            Self::Clear => (
                "Clear mask",
                "Unmark everything; can be undone",
                key(Key::Delete),
            ),
            Self::Stamp => (
                "Stamp",
                "Use the tool where the keyboard's ring is; moved by the arrow keys",
                key(Key::Enter),
            ),
            Self::StampLine => (
                "Stamp a line",
                "Paint from the last stamp to the keyboard's ring",
                shift(Key::Enter),
            ),
            Self::CursorLeft => (
                "Ring to the left",
                "Move the keyboard's ring; with Shift four times as far",
                key(Key::ArrowLeft),
            ),
            Self::CursorRight => (
                "Ring to the right",
                "Move the keyboard's ring; with Shift four times as far",
                key(Key::ArrowRight),
            ),
            Self::CursorUp => (
                "Ring up",
                "Move the keyboard's ring; with Shift four times as far",
                key(Key::ArrowUp),
            ),
            Self::CursorDown => (
                "Ring down",
                "Move the keyboard's ring; with Shift four times as far",
                key(Key::ArrowDown),
            ),
            Self::WholeFrame => (
                "Show whole frame",
                "Fit the frame into the canvas",
                key(Key::F),
            ),
            Self::ZoomToFace => (
                "Zoom to this face",
                "The face that is asked for, with some room around it",
                key(Key::Z),
            ),
            Self::ActualPixels => (
                "Actual pixels",
                "One pixel of the frame on one of the screen",
                shift(Key::Z),
            ),
            Self::ZoomIn => (
                "Zoom in",
                "Also Ctrl and the wheel; space and drag move the frame",
                key(Key::Plus),
            ),
            Self::ZoomOut => (
                "Zoom out",
                "Also Ctrl and the wheel; space and drag move the frame",
                key(Key::Minus),
            ),
            Self::HideMask => (
                "Hide mask",
                "Hold H to look under the mask for a moment",
                shift(Key::H),
            ),
            Self::NextColor => (
                "Next mask color",
                "All of them can be told from skin by people who tell few colors apart",
                key(Key::O),
            ),
            Self::MoreOpaque => (
                "Mask more opaque",
                "See more of the mask and less of the face",
                alt(Key::ArrowUp),
            ),
            Self::LessOpaque => (
                "Mask less opaque",
                "See more of the face and less of the mask",
                alt(Key::ArrowDown),
            ),
            Self::NextCompare => (
                "Next comparison",
                "Beside the canvas: the pristine face, a wipe, blinking, the difference",
                key(Key::X),
            ),
            Self::WipeLeft => (
                "Move wipe left",
                "Between this face and the pristine one",
                alt(Key::ArrowLeft),
            ),
            Self::WipeRight => (
                "Move wipe right",
                "Between this face and the pristine one",
                alt(Key::ArrowRight),
            ),
            Self::ToggleAttention => (
                "Model's map on the canvas",
                "Lay over the face where the model looks",
                key(Key::A),
            ),
            Self::StartFromMap => (
                "Start from the model's map",
                "Mark where the model looks most; noted as assisted, because it may bias you",
                ctrl(Key::M),
            ),
            Self::StartFromDifference => (
                "Start from the difference",
                "Mark where this frame differs from the pristine one; noted as assisted",
                ctrl(Key::D),
            ),
            Self::ToggleLeftHanded => (
                "Left-handed layout",
                "Swap the sides of the workspace",
                None,
            ),
        };
        ActionInfo {
            text,
            tooltip,
            shortcut,
        }
    }
}
