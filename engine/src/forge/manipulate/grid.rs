//! A square picture of a face in canonical place and size, cut out of other pictures and laid back.

use crate::faces::similarity::Similarity;
use crate::forge::manipulate::mesh::{Corners, Mesh, Pose, Pyramid, Warp, canonical_face};
use crate::forge::manipulate::person::{View, chained};
use crate::forge::manipulate::picture::Patch;
use crate::forge::manipulate::stage::Scene;

/// Where the square begins in canonical coordinates, and its side in face widths.
const FROM: [f32; 2] = [-0.15, -0.2];
const SIDE: f32 = 1.3;

/// The square's place and resolution.
#[derive(Clone, Debug)]
pub struct Grid {
    pub side_px: usize,
    pub pose: Pose,
    /// The mean face's corners, in the grid's pixels.
    corners: Corners,
}

impl Grid {
    pub fn new(side_px: usize) -> Self {
        Self::with_margin(side_px, 0.0)
    }

    /// Wider by a share of the side all around, at as many pixels in all.
    pub fn with_margin(side_px: usize, margin: f32) -> Self {
        let scale = side_px as f32 / (SIDE * (1.0 + 2.0 * margin));
        let from_canonical = Similarity {
            a: scale,
            b: 0.0,
            shift: FROM.map(|from| (margin * SIDE - from) * scale - 0.5),
        };
        let pose = Pose {
            from_canonical,
            to_canonical: from_canonical.inverse().unwrap_or(Similarity::IDENTITY),
        };
        let points = canonical_face().map(|point| from_canonical.point(point));
        Self {
            side_px,
            corners: pose.corners(&points),
            pose,
        }
    }

    /// A face without its shape: every landmark where the mean face has it. `corners` are the face's own,
    /// or mirrored.
    pub fn shape_free(
        &self,
        picture: &Pyramid,
        pose: &Pose,
        corners: &Corners,
        mesh: &Mesh,
    ) -> Patch {
        let beyond = chained(&self.pose.to_canonical, &pose.from_canonical);
        Warp::piecewise(
            self.side_px,
            self.side_px,
            mesh,
            &self.corners,
            corners,
            &beyond,
        )
        .read(picture, pose.width_px() / self.pose.width_px())
    }

    /// A face with its shape, upright in the middle.
    pub fn aligned(&self, picture: &Pyramid, pose: &Pose) -> Patch {
        let to = chained(&self.pose.to_canonical, &pose.from_canonical);
        Warp::rigid(self.side_px, self.side_px, &to)
            .read(picture, pose.width_px() / self.pose.width_px())
    }

    pub fn aligned_view(&self, view: &View) -> Patch {
        self.aligned(&view.picture, &view.pose)
    }

    /// The way back of [`Grid::shape_free`].
    pub fn lay_shape_free(&self, face: &Pyramid, scene: &Scene<'_>, mesh: &Mesh) -> Patch {
        let (width, height) = (scene.patch.width, scene.patch.height);
        let beyond = chained(&scene.pose.to_canonical, &self.pose.from_canonical);
        Warp::piecewise(width, height, mesh, &scene.corners, &self.corners, &beyond)
            .read(face, self.pose.width_px() / scene.pose.width_px())
    }

    /// The way back of [`Grid::aligned`].
    pub fn lay_aligned(&self, face: &Pyramid, scene: &Scene<'_>) -> Patch {
        let to = chained(&scene.pose.to_canonical, &self.pose.from_canonical);
        Warp::rigid(scene.patch.width, scene.patch.height, &to)
            .read(face, self.pose.width_px() / scene.pose.width_px())
    }
}
