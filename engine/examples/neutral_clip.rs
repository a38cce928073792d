//! Paints a talking head that is nobody, as raw RGB frames on standard output: the sample clip is made from it.
//!
//! `cargo run --example neutral_clip | ffmpeg -f rawvideo -pix_fmt rgb24 -s 640x480 -r 25 -i - \
//!  -c:v libx264 -crf 20 -pix_fmt yuv420p -movflags +faststart sample_media/neutral_head.mp4`

use std::io::{self, Write as _};

const WIDTH: usize = 640;
const HEIGHT: usize = 480;
const NUM_FRAMES: usize = 150;
const FPS: f32 = 25.0;
/// Samples a pixel and direction, against jagged edges.
const OVERSAMPLING: usize = 2;

type Color = [f32; 3];

const SKIN: Color = [0.80, 0.60, 0.48];
const HAIR: Color = [0.16, 0.11, 0.08];
const LIP: Color = [0.66, 0.33, 0.30];
const SHIRT: Color = [0.24, 0.30, 0.40];

/// What moves, at one moment.
struct Pose {
    center: [f32; 2],
    /// Half the head's width, pixels.
    scale: f32,
    yaw_radians: f32,
    roll_radians: f32,
    /// 0 is shut, 1 is open.
    eyes: f32,
    mouth: f32,
    gaze: f32,
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mut frame = vec![0; 3 * WIDTH * HEIGHT];
    for index in 0..NUM_FRAMES {
        let pose = Pose::at(index as f32 / FPS);
        for (at, pixel) in frame.chunks_exact_mut(3).enumerate() {
            let color = pixel_color(at % WIDTH, at / WIDTH, &pose);
            let grain = noise(at, index) * 0.012;
            for (byte, value) in pixel.iter_mut().zip(color) {
                *byte = ((value + grain).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            }
        }
        out.write_all(&frame)?;
    }
    Ok(())
}

impl Pose {
    fn at(secs: f32) -> Self {
        let blink = ((secs * 0.9).fract() - 0.5).abs() * 30.0;
        Self {
            center: [
                320.0 + 36.0 * (secs * 0.8).sin(),
                215.0 + 6.0 * (secs * 1.7).sin(),
            ],
            scale: 82.0 + 4.0 * (secs * 0.5).sin(),
            yaw_radians: 0.28 * (secs * 0.9).sin(),
            roll_radians: 0.05 * (secs * 1.1).sin(),
            eyes: blink.clamp(0.12, 1.0),
            mouth: (0.5 + 0.5 * (secs * 9.0).sin()) * (0.6 + 0.4 * (secs * 2.3).sin()).max(0.0),
            gaze: 0.03 * (secs * 1.3).sin(),
        }
    }
}

fn pixel_color(x: usize, y: usize, pose: &Pose) -> Color {
    let mut sum = [0.0; 3];
    for sub in 0..OVERSAMPLING * OVERSAMPLING {
        let offset = |at: usize| (at as f32 + 0.5) / OVERSAMPLING as f32;
        let color = scene(
            x as f32 + offset(sub % OVERSAMPLING),
            y as f32 + offset(sub / OVERSAMPLING),
            pose,
        );
        for (total, value) in sum.iter_mut().zip(color) {
            *total += value / (OVERSAMPLING * OVERSAMPLING) as f32;
        }
    }
    sum
}

/// The color of one point of the picture; y points down.
fn scene(x: f32, y: f32, pose: &Pose) -> Color {
    let (dx, dy) = (
        (x - pose.center[0]) / pose.scale,
        (y - pose.center[1]) / pose.scale,
    );
    let (sin, cos) = pose.roll_radians.sin_cos();
    let (hx, hy) = (dx * cos + dy * sin, dy * cos - dx * sin);
    let mut color = background(x, y);
    let neck = smooth(0.50, 0.47, dx.abs()) * smooth(0.6, 0.7, dy);
    color = mix(color, shade(SKIN, 0.62 - 0.12 * dx), neck);
    color = mix(color, shade(SHIRT, 1.0 - 0.16 * dx), shoulders(dx, dy));
    // Hair behind the head, then the head, an ellipsoid 1.3 times as high as wide.
    let hair = smooth(1.17, 1.13, (hx * hx + (hy + 0.22).powi(2) / 1.55).sqrt());
    color = mix(color, shade(HAIR, 0.9), hair * smooth(0.75, 0.55, hy));
    let radius = (hx * hx + (hy / 1.3).powi(2)).sqrt();
    if radius < 1.0 {
        let depth = (1.0 - radius * radius).sqrt();
        color = mix(color, head(hx, hy, depth, pose), smooth(1.0, 0.985, radius));
    }
    color
}

fn head(x: f32, y: f32, depth: f32, pose: &Pose) -> Color {
    let (sin, cos) = pose.yaw_radians.sin_cos();
    // The place on the unturned face.
    let face_x = x * cos - depth * sin;
    let light = (0.45 * -x + 0.35 * -y / 1.3 + 0.85 * depth).max(0.0);
    let mut color = shade(SKIN, 0.42 + 0.62 * light);
    let cheek = blob(face_x.abs() - 0.45, y - 0.28, 0.28, 0.2);
    color = mix(color, [0.80, 0.48, 0.40], 0.25 * cheek);
    // Sockets, then the nose: a lit ridge with a shadow at its side and under it.
    let socket = blob(face_x.abs() - 0.37, y + 0.16, 0.26, 0.17);
    color = scale(color, 1.0 - 0.28 * socket);
    let ridge = blob(face_x + 0.01, y - 0.08, 0.07, 0.32);
    let side = blob(face_x - 0.13, y - 0.14, 0.07, 0.26);
    let under = blob(face_x, y - 0.385, 0.17, 0.05);
    color = scale(color, 1.0 + 0.16 * ridge - 0.2 * side - 0.38 * under);
    for nostril in [-0.085, 0.085] {
        color = scale(
            color,
            1.0 - 0.45 * blob(face_x - nostril, y - 0.365, 0.04, 0.025),
        );
    }
    color = mouth(color, face_x, y, pose.mouth);
    for side in [-1.0, 1.0] {
        color = eye(color, face_x - side * 0.37, y + 0.15, pose);
        let brow_y = y + 0.36 + 0.35 * (face_x - side * 0.37).powi(2);
        let brow = smooth(0.23, 0.18, (face_x - side * 0.37).abs()) * blob(0.0, brow_y, 1.0, 0.04);
        color = mix(color, HAIR, 0.85 * brow);
    }
    let chin = blob(face_x, y - 0.86, 0.3, 0.1);
    color = scale(color, 1.0 - 0.12 * chin);
    // The hairline, lower at the temples.
    mix(
        color,
        shade(HAIR, 0.8 + 0.3 * light),
        smooth(-0.72, -0.82, y - 0.28 * face_x * face_x),
    )
}

fn eye(skin: Color, x: f32, y: f32, pose: &Pose) -> Color {
    let open = 0.085 * pose.eyes;
    let lid = 1.0 - (x / 0.17).powi(2);
    if lid <= 0.0 {
        return skin;
    }
    let inside = smooth(open * lid, open * lid - 0.02, y.abs());
    let iris = ((x - pose.gaze).powi(2) + y * y).sqrt();
    let mut color = mix(
        [0.90, 0.89, 0.87],
        [0.28, 0.20, 0.13],
        smooth(0.082, 0.07, iris),
    );
    color = mix(color, [0.03, 0.03, 0.03], smooth(0.038, 0.03, iris));
    let glint = ((x - pose.gaze + 0.025).powi(2) + (y + 0.025).powi(2)).sqrt();
    color = mix(color, [1.0; 3], smooth(0.018, 0.012, glint));
    let lash = blob(0.0, y + open * lid, 1.0, 0.022);
    mix(
        mix(skin, color, inside),
        HAIR,
        0.8 * lash * smooth(0.0, 0.15, lid),
    )
}

fn mouth(skin: Color, x: f32, y: f32, open: f32) -> Color {
    let (y, gap) = (y - 0.58, 0.085 * open);
    let across = 1.0 - (x / 0.27).powi(2);
    if across <= 0.0 {
        return skin;
    }
    let bow = 0.012 * (1.0 - (x.abs() * 14.0 - 0.8).abs().min(1.0));
    let lips = smooth(0.07 * across + gap, 0.05 * across + gap, (y + bow).abs());
    let inner = smooth(gap * across + 0.012, gap * across * 0.6, y.abs());
    let teeth = smooth(-gap * 0.1, -gap * 0.4, y) * smooth(0.2, 0.16, x.abs()) * open;
    let color = mix(skin, LIP, 0.85 * lips);
    let hole = mix([0.16, 0.06, 0.06], [0.85, 0.83, 0.78], 0.8 * teeth);
    mix(color, hole, inner * lips)
}

fn background(x: f32, y: f32) -> Color {
    let glow = blob(x / 640.0 - 0.68, y / 480.0 - 0.3, 0.5, 0.5);
    let shelf = 0.03 * ((y / 46.0).sin() * (x / 87.0).sin());
    let gray = 0.30 + 0.16 * glow + shelf;
    [gray * 0.95, gray, gray * 1.06]
}

fn shoulders(x: f32, y: f32) -> f32 {
    // A round collar, then shoulders that fall off to the sides.
    let collar = 0.28 * smooth(0.62, 0.2, x.abs());
    let drop = 1.5 + collar + 0.16 * x.abs().powi(3) / (1.0 + 0.35 * x.abs());
    smooth(drop, drop + 0.03, y)
}

fn shade(color: Color, light: f32) -> Color {
    scale(color, light)
}

fn scale(color: Color, factor: f32) -> Color {
    color.map(|value| value * factor)
}

fn mix(from: Color, to: Color, share: f32) -> Color {
    let share = share.clamp(0.0, 1.0);
    [0, 1, 2].map(|at| from[at] + (to[at] - from[at]) * share)
}

/// 0 before `from`, 1 after `to`; the two may be in either order.
fn smooth(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A soft spot around zero.
fn blob(x: f32, y: f32, width: f32, height: f32) -> f32 {
    (-(x / width).powi(2) - (y / height).powi(2)).exp()
}

/// Sensor noise from -1 to 1, the same at every run.
fn noise(place: usize, frame: usize) -> f32 {
    let mut state = (place as u64) << 20 | frame as u64;
    state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((state ^ state >> 31) & 0xffff) as f32 / 32767.5 - 1.0
}
