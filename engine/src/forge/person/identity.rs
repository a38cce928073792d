//! Who a person is: proportions, colors and styles, drawn once from a seed.

use super::noise::Dice;
use super::space::{V3, mix, v3};

/// Proportions are offsets in centimeters or factors around 1; colors are linear RGB.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    pub seed: u64,
    /// 0 feminine to 1 masculine.
    pub masculine: f32,
    /// Years, 18..78.
    pub age: f32,
    pub face_width: f32,
    pub jaw_width: f32,
    pub jaw_drop: f32,
    pub chin_width: f32,
    pub chin_forward: f32,
    pub cheekbone: f32,
    pub fullness: f32,
    pub brow_ridge: f32,
    pub forehead_slope: f32,
    pub forehead_height: f32,
    pub eye_apart: f32,
    pub eye_width: f32,
    pub eye_open: f32,
    pub eye_tilt: f32,
    pub eye_depth: f32,
    pub lid_weight: f32,
    pub nose_length: f32,
    pub nose_width: f32,
    pub nose_bridge: f32,
    pub nose_forward: f32,
    pub nose_hump: f32,
    pub nose_lift: f32,
    pub nose_tip: f32,
    pub mouth_width: f32,
    pub upper_lip: f32,
    pub lower_lip: f32,
    pub cupid_bow: f32,
    pub philtrum: f32,
    pub ear_size: f32,
    pub ear_out: f32,
    pub neck_width: f32,
    pub brow_height: f32,
    pub brow_arch: f32,
    pub brow_thick: f32,
    /// Skin, before texture.
    pub skin: V3,
    /// 0 dark to 1 pale.
    pub skin_light: f32,
    pub lip_tint: V3,
    pub freckles: f32,
    pub redness: f32,
    pub oiliness: f32,
    pub wrinkles: f32,
    pub iris: V3,
    pub hair: HairStyle,
    pub hair_color: V3,
    pub brow_color: V3,
    pub beard: Beard,
    pub has_glasses: bool,
    pub glasses_round: f32,
    pub glasses_color: V3,
    pub cloth: V3,
    pub has_collar: bool,
    pub makeup: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HairStyle {
    Bald,
    Buzzed,
    Short,
    Swept,
    Curly,
    Bob,
    Long,
    TiedBack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beard {
    None,
    Stubble,
    Short,
    Full,
    Mustache,
}

/// Skin from pale to dark, as sRGB bytes.
const SKINS: [[f32; 3]; 7] = [
    [240.0, 208.0, 190.0],
    [230.0, 188.0, 164.0],
    [213.0, 165.0, 136.0],
    [192.0, 140.0, 108.0],
    [160.0, 110.0, 80.0],
    [118.0, 78.0, 56.0],
    [82.0, 53.0, 40.0],
];

/// Hair from black over brown to blond, then red, as sRGB bytes.
const HAIRS: [[f32; 3]; 7] = [
    [22.0, 18.0, 17.0],
    [38.0, 27.0, 22.0],
    [62.0, 42.0, 30.0],
    [92.0, 64.0, 44.0],
    [134.0, 100.0, 68.0],
    [178.0, 146.0, 104.0],
    [120.0, 58.0, 32.0],
];

/// Linear RGB of sRGB bytes.
pub fn linear([r, g, b]: [f32; 3]) -> V3 {
    let channel = |byte: f32| super::space::pow((byte / 255.0 + 0.055) / 1.055, 2.4);
    v3(channel(r), channel(g), channel(b))
}

impl Identity {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, 1);
        let is_man = dice.chance(0.5);
        let masculine = if is_man {
            dice.range(0.7, 1.0)
        } else {
            dice.range(0.0, 0.28)
        };
        let age = 18.0 + 60.0 * dice.unit() * dice.range(0.35, 1.0);
        let aged = ((age - 30.0) / 45.0).clamp(0.0, 1.0);
        let tone = dice.range(0.0, 6.0);
        let skin_light = 1.0 - tone / 6.0;
        let skin = dulled(between(&SKINS, tone), mix(0.24, 0.02, skin_light)).by(v3(
            1.0 + 0.05 * dice.normal(),
            1.0,
            1.0 + 0.06 * dice.normal(),
        ));
        let mut vary = |scale: f32| 1.2 * scale * dice.normal().clamp(-1.9, 1.9);
        let sex = masculine - 0.5;
        let shape = Self {
            seed,
            masculine,
            age,
            face_width: 1.0 + 0.02 * sex + vary(0.028),
            jaw_width: -0.1 + 0.7 * sex + vary(0.2),
            jaw_drop: 0.45 * sex + vary(0.28),
            chin_width: 0.35 * sex + vary(0.2),
            chin_forward: 0.2 * sex + vary(0.18),
            cheekbone: -0.1 * sex + vary(0.22),
            fullness: vary(0.35) + 0.1,
            brow_ridge: 0.38 * sex + vary(0.09),
            forehead_slope: 0.6 * sex + vary(0.3),
            forehead_height: vary(0.35),
            eye_apart: vary(0.1),
            eye_width: 1.0 + vary(0.035),
            eye_open: 1.0 - 0.16 * sex - 0.12 * aged + vary(0.09),
            eye_tilt: 0.1 - 0.12 * sex + vary(0.1),
            eye_depth: 0.12 * sex + vary(0.07),
            lid_weight: 0.25 + 0.5 * aged + vary(0.25),
            nose_length: 0.22 * sex + vary(0.2) + 0.15 * aged,
            nose_width: 1.0 + 0.1 * sex + vary(0.08) + 0.16 * (1.0 - skin_light),
            nose_bridge: 1.0 + 0.14 * sex + vary(0.1),
            nose_forward: 0.22 * sex + vary(0.2) - 0.15 * (1.0 - skin_light),
            nose_hump: 0.08 * sex + vary(0.1),
            nose_lift: 0.12 - 0.3 * sex + vary(0.14) - 0.1 * aged,
            nose_tip: 1.0 + 0.1 * sex + vary(0.08),
            mouth_width: 2.45 + 0.16 * sex + vary(0.13),
            upper_lip: 1.0 - 0.22 * sex + vary(0.15) - 0.25 * aged + 0.3 * (1.0 - skin_light),
            lower_lip: 1.0 - 0.12 * sex + vary(0.14) - 0.16 * aged + 0.25 * (1.0 - skin_light),
            cupid_bow: 1.0 + vary(0.3),
            philtrum: 0.12 * sex + vary(0.1) + 0.1 * aged,
            ear_size: 1.0 + 0.08 * sex + 0.1 * aged + vary(0.05),
            ear_out: 0.3 + vary(0.12),
            neck_width: 5.2 + 1.5 * sex + vary(0.25),
            brow_height: -0.28 * sex + vary(0.12),
            brow_arch: 0.2 - 0.25 * sex + vary(0.1),
            brow_thick: 0.92 + 0.5 * sex + vary(0.18),
            skin,
            skin_light,
            lip_tint: V3::ZERO,
            freckles: 0.0,
            redness: 0.0,
            oiliness: 0.5 + vary(0.2),
            wrinkles: aged,
            iris: V3::ZERO,
            hair: HairStyle::Short,
            hair_color: V3::ZERO,
            brow_color: V3::ZERO,
            beard: Beard::None,
            has_glasses: false,
            glasses_round: 0.0,
            glasses_color: V3::ZERO,
            cloth: V3::ZERO,
            has_collar: false,
            makeup: 0.0,
        };
        shape.with_looks(&mut dice, is_man, aged)
    }

    /// Colors and styles.
    fn with_looks(mut self, dice: &mut Dice, is_man: bool, aged: f32) -> Self {
        let light = self.skin_light;
        self.makeup = if is_man { 0.0 } else { dice.range(0.0, 1.0) };
        self.freckles = if 0.55 < light && dice.chance(0.4) {
            dice.range(0.3, 1.0)
        } else {
            0.0
        };
        self.redness = dice.range(0.3, 1.0) * mix(0.4, 1.0, light);
        let rose =
            v3(0.94, 0.64, 0.66).mix(v3(0.84, 0.42, 0.47), self.makeup * dice.range(0.2, 1.0));
        self.lip_tint = self.skin.by(rose) * mix(1.0, 0.82, light);
        let fair = super::space::pow(light, 1.3);
        let hair_at = if dice.chance(0.08 * fair) {
            6.0
        } else {
            (dice.unit() * 6.0 * fair).min(5.0)
        };
        let hair = between(&HAIRS, hair_at);
        let gray = if dice.chance(aged * 1.4) {
            dice.range(0.3, 1.0) * aged.max(0.3)
        } else {
            0.0
        };
        let hair = hair + V3::splat(0.006);
        self.hair_color = hair.mix(v3(0.38, 0.37, 0.35), gray);
        self.brow_color = hair
            .mix(v3(0.3, 0.29, 0.27), 0.8 * gray)
            .mix(self.skin, 0.1 + 0.08 * (1.0 - self.masculine));
        let irises = [
            [62.0, 40.0, 24.0],
            [88.0, 58.0, 34.0],
            [112.0, 92.0, 58.0],
            [96.0, 112.0, 92.0],
            [104.0, 134.0, 158.0],
            [128.0, 150.0, 166.0],
        ];
        self.iris = between(&irises, (dice.unit() * 7.0 * fair).min(5.0));
        use HairStyle as H;
        let styles: &[H] = if is_man {
            &[
                H::Short,
                H::Short,
                H::Swept,
                H::Swept,
                H::Buzzed,
                H::Curly,
                H::Bald,
            ]
        } else {
            &[
                H::Bob,
                H::Long,
                H::Long,
                H::TiedBack,
                H::TiedBack,
                H::Curly,
                H::Swept,
            ]
        };
        self.hair = styles[dice.index(styles.len())];
        if is_man && dice.chance(0.5) {
            let beards = [
                Beard::Stubble,
                Beard::Stubble,
                Beard::Short,
                Beard::Full,
                Beard::Mustache,
            ];
            self.beard = beards[dice.index(beards.len())];
        }
        self.has_glasses = dice.chance(0.22);
        self.glasses_round = dice.unit();
        let frames = [
            [24.0, 22.0, 22.0],
            [70.0, 42.0, 26.0],
            [120.0, 118.0, 116.0],
            [40.0, 46.0, 70.0],
        ];
        self.glasses_color = linear(frames[dice.index(frames.len())]);
        let hue = dice.range(0.0, std::f32::consts::TAU);
        let level = dice.range(0.015, 0.4);
        let tint = |turn: f32| level * (1.0 + 0.5 * super::space::cos(hue + turn));
        self.cloth = v3(tint(0.0), tint(2.1), tint(4.2));
        self.has_collar = dice.chance(0.4);
        self
    }
}

/// The color with less of its hue.
fn dulled(color: V3, share: f32) -> V3 {
    color.mix(V3::splat(color.dot(v3(0.3, 0.6, 0.1))), share)
}

/// The color at a fractional place of a list.
fn between(colors: &[[f32; 3]], at: f32) -> V3 {
    let first = (at as usize).min(colors.len() - 2);
    linear(colors[first]).mix(
        linear(colors[first + 1]),
        (at - first as f32).clamp(0.0, 1.0),
    )
}
