//! The opening between the eyelids, in coordinates around one eye's middle.

use super::identity::Identity;
use super::space::{V3, mix, pow};

/// The eye's outline at rest; x runs outward from the nose, y up, centimeters.
#[derive(Clone, Copy, Debug)]
pub struct Lids {
    pub inner: [f32; 2],
    pub outer: [f32; 2],
    up: f32,
    low: f32,
    hood: f32,
}

/// How far one eye is closed, 0..1.1, and how the lids follow the gaze (up is positive, radians).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LidPose {
    pub blink: f32,
    pub squint: f32,
    pub gaze_up: f32,
}

impl Lids {
    pub fn new(id: &Identity) -> Self {
        Self {
            inner: [-1.5 * id.eye_width, -0.14],
            outer: [1.42 * id.eye_width, -0.04 + id.eye_tilt],
            up: 0.49 * id.eye_open,
            low: 0.4 + 0.05 * (id.eye_open - 1.0),
            hood: id.lid_weight,
        }
    }

    /// Heights of the upper and the lower lid over `x`; equal at the corners and beyond.
    pub fn heights(&self, x: f32, pose: LidPose) -> [f32; 2] {
        let t = ((x - self.inner[0]) / (self.outer[0] - self.inner[0])).clamp(0.0, 1.0);
        let line = mix(self.inner[1], self.outer[1], t);
        let arch = pow(4.0 * t * (1.0 - t), 0.62);
        let upper = arch * (1.06 - 0.25 * (t - 0.38) * (t - 0.38)) * (1.0 - 0.12 * self.hood * t);
        let lower = arch * (0.86 + 0.3 * t);
        let blink = pose.blink.clamp(0.0, 1.0);
        let low = -self.low * lower * (1.0 - 0.35 * pose.squint) * (1.0 - 0.12 * blink)
            + 0.18 * arch * pose.gaze_up.min(0.0);
        let open = self.up * upper * (1.0 - 0.25 * pose.squint) + 0.42 * arch * pose.gaze_up;
        let up = mix(open.max(low), low, blink);
        [line + up, line + low]
    }

    /// How far a point lies inside the opening: positive inside, in centimeters above the lower or
    /// below the upper lid, whichever is nearer; also which lid that is (true for the upper).
    pub fn inside(&self, x: f32, y: f32, pose: LidPose) -> (f32, bool) {
        let [up, low] = self.heights(x, pose);
        let beyond = (self.inner[0] - x).max(x - self.outer[0]);
        if 0.0 < beyond {
            return (-beyond.max((y - up).abs()), low < y);
        }
        let (below, above) = (up - y, y - low);
        if below < above {
            (below, true)
        } else {
            (above, false)
        }
    }
}

/// A point of the face in the coordinates of the eye on its side.
pub fn local(point: V3, eye: V3) -> [f32; 2] {
    [point.x.abs() - eye.x, point.y - eye.y]
}
