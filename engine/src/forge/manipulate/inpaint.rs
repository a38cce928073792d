//! `inpaint`: nose and cheeks cut out and filled from the border inwards by a membrane, onto which the
//! detail of another picture is laid: the person's own mirrored, or the donor's.

use rand::RngExt as _;

use crate::forge::addg::example_rng;
use crate::forge::manipulate::grid::Grid;
use crate::forge::manipulate::mesh::{Mesh, Pyramid};
use crate::forge::manipulate::outline::{between, center, mirrored};
use crate::forge::manipulate::person::Person;
use crate::forge::manipulate::picture::{Patch, add};
use crate::forge::manipulate::quality::Quality;
use crate::forge::manipulate::region::Region;
use crate::forge::manipulate::stage::{Layer, Painter, Scene, clone_seamlessly};

/// Side of the guide in pixels.
const GUIDE_PX: usize = 240;

pub struct Inpaint {
    /// What detail is taken from: a mean of few or many samples, in the shape of the mean face.
    guide: Pyramid,
    grid: Grid,
    mesh: Mesh,
    /// Share of the guide's detail, 0 to 1.
    detail: f32,
    /// Size of the hole over its usual one.
    size: f32,
}

impl Inpaint {
    pub fn new(
        target: &Person,
        donor: Option<&Person>,
        mesh: Mesh,
        quality: &Quality,
        seed: u64,
    ) -> Self {
        let mut rng = example_rng(seed, 0x696e_7061, 0);
        let size = rng.random_range(0.95..1.2);
        let (source, is_mirrored) = match donor {
            Some(donor) if rng.random_bool(0.5) => (donor, false),
            _ => (target, true),
        };
        // A mean over many faces is smooth, as the first inpainting networks were.
        let (num_views, detail) = match quality.face_px {
            None => (1, 1.0),
            Some(px) if 100 <= px => (3, 0.9),
            Some(px) if 60 <= px => (8, 0.7),
            Some(_) => (12, 0.45),
        };
        let grid = Grid::new(GUIDE_PX);
        let mut guide = Patch::filled(GUIDE_PX, GUIDE_PX, [0.0; 3]);
        let chosen = source.most_usual();
        let chosen = &chosen[..chosen.len().min(num_views)];
        for at in chosen {
            let view = &source.views[*at];
            let corners = if is_mirrored {
                mirrored(&view.corners)
            } else {
                view.corners
            };
            let view = grid.shape_free(&view.picture, &view.pose, &corners, &mesh);
            for (sum, pixel) in guide.rgb.iter_mut().zip(view.rgb) {
                add(sum, pixel, 1.0 / chosen.len() as f32);
            }
        }
        Self {
            guide: Pyramid::new(guide),
            grid,
            mesh,
            detail,
            size,
        }
    }
}

impl Painter for Inpaint {
    fn paint(&mut self, scene: &Scene<'_>) -> Option<Layer> {
        let (width, height) = (scene.patch.width, scene.patch.height);
        let nose = scene.corners[30];
        let outline = center(&scene.corners);
        let outline: Vec<[f32; 2]> = outline
            .iter()
            .map(|at| between(nose, *at, self.size))
            .collect();
        let region = Region::polygon(width, height, &outline);
        let mut face = self.grid.lay_shape_free(&self.guide, scene, &self.mesh);
        for pixel in &mut face.rgb {
            *pixel = pixel.map(|value| value * self.detail);
        }
        // The membrane is the filling; without the guide it would be all there is.
        clone_seamlessly(
            scene.patch,
            &mut face,
            &region,
            0.012 * scene.pose.width_px(),
        );
        // What is done to the layer later must not draw the guide's surroundings in.
        for (at, pixel) in face.rgb.iter_mut().enumerate() {
            if !region.inside[at] {
                *pixel = scene.patch.rgb[at];
            }
        }
        Some(Layer {
            face,
            region,
            feather_scale: 0.4,
            is_foreign: false,
            kept: None,
            is_made: true,
        })
    }
}
