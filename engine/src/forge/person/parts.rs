//! Labels of what a pixel shows.

/// The parts of a person, as the values of a label picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Part {
    #[default]
    Background = 0,
    Skin = 1,
    Brow = 2,
    /// The eye on the viewer's left (landmarks 36 to 41).
    EyeAtLeft = 3,
    /// The eye on the viewer's right (landmarks 42 to 47).
    EyeAtRight = 4,
    Nose = 5,
    Lips = 6,
    /// Teeth, tongue and the dark behind them.
    MouthInside = 7,
    Ear = 8,
    Hair = 9,
    Neck = 10,
    Clothes = 11,
    Glasses = 12,
}

pub const NUM_PARTS: usize = 13;
