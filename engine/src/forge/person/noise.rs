//! Hashes, smooth noise and random choices that depend on seeds alone.

use super::space::V3;

/// A well mixed number (the finalizer of `SplitMix64`).
pub fn hash(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The `place`-th random number of a `stream` of a seed.
pub fn hash3(seed: u64, stream: u64, place: u64) -> u64 {
    hash(hash(hash(seed) ^ stream) ^ place)
}

/// In 0..1.
pub fn unit(bits: u64) -> f32 {
    (bits >> 40) as f32 / (1u64 << 24) as f32
}

/// Draws one after another from a seed.
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
}

impl Dice {
    pub fn new(seed: u64, stream: u64) -> Self {
        Self {
            state: hash(hash(seed) ^ stream),
        }
    }

    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        hash(self.state)
    }

    pub fn unit(&mut self) -> f32 {
        unit(self.bits())
    }

    pub fn range(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.unit()
    }

    /// About a standard normal number, within ±3.
    pub fn normal(&mut self) -> f32 {
        let bits = self.bits();
        let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xffff).sum();
        (sum as f32 / 65535.0 - 2.0) * 1.732
    }

    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    pub fn index(&mut self, len: usize) -> usize {
        (self.bits() >> 33) as usize % len
    }
}

fn corner(x: i32, y: i32, z: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x8da6_b343)
        ^ (y as u32).wrapping_mul(0xd816_3841)
        ^ (z as u32).wrapping_mul(0xcb1a_b31f)
        ^ seed.wrapping_mul(0x9e37_79b9);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    h ^= h >> 15;
    (h >> 8) as f32 / (1u32 << 23) as f32 - 1.0
}

/// Smooth noise in -1..1 with cells of one unit.
pub fn noise(point: V3, seed: u32) -> f32 {
    let floor = [point.x.floor(), point.y.floor(), point.z.floor()];
    let [x, y, z] = floor.map(|v| v as i32);
    let fade = |t: f32| t * t * (3.0 - 2.0 * t);
    let u = fade(point.x - floor[0]);
    let v = fade(point.y - floor[1]);
    let w = fade(point.z - floor[2]);
    let line = |dy: i32, dz: i32| {
        let a = corner(x, y + dy, z + dz, seed);
        a + (corner(x + 1, y + dy, z + dz, seed) - a) * u
    };
    let plane = |dz: i32| {
        let a = line(0, dz);
        a + (line(1, dz) - a) * v
    };
    let a = plane(0);
    a + (plane(1) - a) * w
}

/// Sums of noise, each octave twice as fine and half as strong; about -1..1.
pub fn fractal(point: V3, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut size, mut at) = (0.0, 0.5, point);
    for octave in 0..octaves {
        sum += size * noise(at, seed.wrapping_add(octave));
        at = at * 2.03;
        size *= 0.5;
    }
    sum
}

/// Distance to the nearest of scattered points (one per cell), and that point's random number.
pub fn cells(point: V3, seed: u32) -> (f32, f32) {
    let floor = [
        point.x.floor() as i32,
        point.y.floor() as i32,
        point.z.floor() as i32,
    ];
    let (mut nearest, mut number) = (9.0f32, 0.0);
    for step in 0..27 {
        let x = floor[0] + step % 3 - 1;
        let y = floor[1] + step / 3 % 3 - 1;
        let z = floor[2] + step / 9 - 1;
        let jitter = |salt: u32| 0.5 + 0.5 * corner(x, y, z, seed.wrapping_add(salt));
        let dx = x as f32 + jitter(11) - point.x;
        let dy = y as f32 + jitter(23) - point.y;
        let dz = z as f32 + jitter(37) - point.z;
        let distance = dx * dx + dy * dy + dz * dz;
        if distance < nearest {
            nearest = distance;
            number = jitter(51);
        }
    }
    (nearest.sqrt(), number)
}
