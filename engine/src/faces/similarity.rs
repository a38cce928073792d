//! Similarity transforms of the plane: turn, uniform scale and shift, fitted to pairs of points.

/// `x' = a x - b y + shift_x`, `y' = b x + a y + shift_y`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    pub a: f32,
    pub b: f32,
    pub shift: [f32; 2],
}

impl Similarity {
    pub const IDENTITY: Self = Self {
        a: 1.0,
        b: 0.0,
        shift: [0.0, 0.0],
    };

    /// The least-squares fit that carries `from` onto `to` (Umeyama 1991; in the plane it has this
    /// closed form and never mirrors). The identity where all points of `from` are one.
    pub fn between(from: &[[f32; 2]], to: &[[f32; 2]]) -> Self {
        let from_mean = mean(from);
        let to_mean = mean(to);
        let (mut along, mut across, mut spread) = (0.0f64, 0.0f64, 0.0f64);
        for (from, to) in from.iter().zip(to) {
            let [x, y] = [from[0] - from_mean[0], from[1] - from_mean[1]].map(f64::from);
            let [u, v] = [to[0] - to_mean[0], to[1] - to_mean[1]].map(f64::from);
            along += x * u + y * v;
            across += x * v - y * u;
            spread += x * x + y * y;
        }
        if spread < 1e-12 {
            return Self::IDENTITY;
        }
        let linear = Self {
            a: (along / spread) as f32,
            b: (across / spread) as f32,
            shift: [0.0, 0.0],
        };
        let [x, y] = linear.point(from_mean);
        Self {
            shift: [to_mean[0] - x, to_mean[1] - y],
            ..linear
        }
    }

    pub fn point(&self, at: [f32; 2]) -> [f32; 2] {
        let [x, y] = self.direction(at);
        [x + self.shift[0], y + self.shift[1]]
    }

    /// Turned and scaled, not shifted.
    pub fn direction(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.a * x - self.b * y, self.b * x + self.a * y]
    }

    /// First `first`, then this one.
    pub fn after(&self, first: &Self) -> Self {
        let [a, b] = self.direction([first.a, first.b]);
        Self {
            a,
            b,
            shift: self.point(first.shift),
        }
    }

    /// How much longer lines become.
    pub fn scale(&self) -> f32 {
        self.a.hypot(self.b)
    }

    /// The way back; `None` where everything falls onto one point.
    pub fn inverse(&self) -> Option<Self> {
        let squared = self.a * self.a + self.b * self.b;
        if !squared.is_finite() || squared < 1e-12 {
            return None;
        }
        let linear = Self {
            a: self.a / squared,
            b: -self.b / squared,
            shift: [0.0, 0.0],
        };
        let [x, y] = linear.direction(self.shift);
        Some(Self {
            shift: [-x, -y],
            ..linear
        })
    }
}

fn mean(points: &[[f32; 2]]) -> [f32; 2] {
    let count = points.len().max(1) as f32;
    let sum = points.iter().fold([0.0, 0.0], |sum, point| {
        [sum[0] + point[0], sum[1] + point[1]]
    });
    sum.map(|total| total / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACE: [[f32; 2]; 5] = [
        [38.3, 51.7],
        [73.5, 51.5],
        [56.0, 71.7],
        [41.6, 92.4],
        [70.7, 92.2],
    ];

    #[test]
    fn a_known_similarity_is_recovered() {
        let (sin, cos) = 0.4f32.sin_cos();
        let known = Similarity {
            a: 2.5 * cos,
            b: 2.5 * sin,
            shift: [-31.0, 480.0],
        };
        let fitted = Similarity::between(&FACE, &FACE.map(|point| known.point(point)));
        assert!((fitted.a - known.a).abs() < 1e-4, "{fitted:?}");
        assert!((fitted.b - known.b).abs() < 1e-4, "{fitted:?}");
        assert!(
            (fitted.shift[0] - known.shift[0]).abs() < 1e-2,
            "{fitted:?}"
        );
        assert!(
            (fitted.shift[1] - known.shift[1]).abs() < 1e-2,
            "{fitted:?}"
        );
        assert!((fitted.scale() - 2.5).abs() < 1e-4);
    }

    #[test]
    fn there_and_back_is_nowhere_else() {
        let there = Similarity {
            a: 0.3,
            b: -0.7,
            shift: [5.0, -9.0],
        };
        let back = there.inverse().unwrap();
        for point in FACE {
            let [x, y] = back.point(there.point(point));
            assert!((x - point[0]).abs() < 1e-3 && (y - point[1]).abs() < 1e-3);
        }
    }

    #[test]
    fn one_after_the_other_is_both() {
        let first = Similarity {
            a: 0.3,
            b: -0.7,
            shift: [5.0, -9.0],
        };
        let second = Similarity {
            a: 1.5,
            b: 0.2,
            shift: [-1.0, 2.0],
        };
        let both = second.after(&first);
        for point in FACE {
            let [x, y] = both.point(point);
            let [own_x, own_y] = second.point(first.point(point));
            assert!((x - own_x).abs() < 1e-3 && (y - own_y).abs() < 1e-3);
        }
    }

    #[test]
    fn points_that_are_one_give_the_identity() {
        assert_eq!(
            Similarity::between(&[[3.0, 4.0]; 5], &FACE),
            Similarity::IDENTITY
        );
    }
}
