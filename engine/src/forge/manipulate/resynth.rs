//! `resynth`: the target's face put through a model of both people, out of which it comes as the donor's,
//! small, and is pasted back.

use crate::forge::manipulate::autoencoder::{Autoencoder, SIDE_PX};
use crate::forge::manipulate::grid::Grid;
use crate::forge::manipulate::low_rank::LowRank;
use crate::forge::manipulate::mesh::{Mesh, Pyramid};
use crate::forge::manipulate::outline::whole_face;
use crate::forge::manipulate::person::{Person, View};
use crate::forge::manipulate::picture::Patch;
use crate::forge::manipulate::region::Region;
use crate::forge::manipulate::stage::{Layer, Painter, Scene};
use crate::forge::manipulate::{FaceModel, ManipulateError, Quality};
use crate::job::JobContext;

/// How far the region stays inside of the face's outline, as a share of the way to the nose.
const INSET: f32 = 0.07;

/// Side of the low-rank model's pictures.
const LOW_RANK_PX: usize = 96;

pub struct Resynth {
    model: Model,
    grid: Grid,
    mesh: Mesh,
}

enum Model {
    /// Of faces without their shape.
    LowRank(Box<LowRank>),
    /// Of faces with their shape.
    Autoencoder(Box<Autoencoder>),
}

impl Resynth {
    pub fn new(
        target: &Person,
        donor: &Person,
        quality: &Quality,
        mesh: Mesh,
        seed: u64,
        job: &mut JobContext,
    ) -> Result<Self, ManipulateError> {
        let (model, grid) = match quality.face_model {
            FaceModel::LowRank { rank } => {
                let grid = Grid::new(LOW_RANK_PX);
                let face =
                    |view: &View| grid.shape_free(&view.picture, &view.pose, &view.corners, &mesh);
                let [target, donor] =
                    [target, donor].map(|of| of.views.iter().map(face).collect::<Vec<Patch>>());
                (
                    Model::LowRank(Box::new(LowRank::new(&target, &donor, rank))),
                    grid,
                )
            }
            FaceModel::Autoencoder { steps } => {
                let model = Autoencoder::train(target, donor, steps, seed, job)?;
                (Model::Autoencoder(Box::new(model)), Grid::new(SIDE_PX))
            }
        };
        Ok(Self { model, grid, mesh })
    }
}

impl Painter for Resynth {
    fn paint(&mut self, scene: &Scene<'_>) -> Option<Layer> {
        let picture = Pyramid::new(scene.patch.clone());
        let face = match &self.model {
            Model::LowRank(model) => {
                let own = self
                    .grid
                    .shape_free(&picture, &scene.pose, &scene.corners, &self.mesh);
                let made = Pyramid::new(model.donor_face(&own));
                self.grid.lay_shape_free(&made, scene, &self.mesh)
            }
            Model::Autoencoder(model) => {
                let own = self.grid.aligned(&picture, &scene.pose);
                let made = Pyramid::new(model.donor_face(&own)?);
                self.grid.lay_aligned(&made, scene)
            }
        };
        let outline = whole_face(&scene.corners, INSET);
        Some(Layer {
            region: Region::polygon(face.width, face.height, &outline),
            face,
            feather_scale: 1.0,
            is_foreign: true,
            kept: None,
            is_made: true,
        })
    }
}
