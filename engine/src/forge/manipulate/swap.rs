//! `swap`: the donor's face, in the sample most like the target's pose and expression, warped in by
//! landmarks.

use crate::forge::manipulate::mesh::Mesh;
use crate::forge::manipulate::outline::{mouth_interior, whole_face};
use crate::forge::manipulate::person::Person;
use crate::forge::manipulate::pick::{Picker, mouth_gap};
use crate::forge::manipulate::picture::{Patch, mix};
use crate::forge::manipulate::region::Region;
use crate::forge::manipulate::stage::{Layer, Painter, Scene};

/// How far the region stays inside of the face's outline, as a share of the way to the nose.
const INSET: f32 = 0.05;

/// The target's own mouth shows through where it is open wider than the donor's by this, in face widths:
/// from none of it to all.
const OPENER: [f32; 2] = [0.02, 0.05];

pub struct Swap {
    donor: Person,
    mesh: Mesh,
    picker: Picker,
}

impl Swap {
    pub fn new(donor: Person, mesh: Mesh) -> Self {
        let picker = Picker::new(donor.shapes().copied().collect());
        Self {
            donor,
            mesh,
            picker,
        }
    }

    /// One sample on the target's face; lips that it does not open are not torn open.
    fn view(&self, sample: usize, scene: &Scene<'_>) -> Patch {
        let view = &self.donor.views[sample];
        let mut face = view.onto(scene, &self.mesh);
        let wider = mouth_gap(&scene.shape) - mouth_gap(&view.shape);
        let share = ((wider - OPENER[0]) / (OPENER[1] - OPENER[0])).clamp(0.0, 1.0);
        if 0.0 < share {
            let outline = mouth_interior(&scene.corners);
            let mouth = Region::polygon(face.width, face.height, &outline);
            let shares = mouth.shares(0.03 * scene.pose.width_px());
            for ((pixel, own), inside) in face.rgb.iter_mut().zip(&scene.patch.rgb).zip(shares) {
                *pixel = mix(*pixel, *own, share * inside);
            }
        }
        face
    }
}

impl Painter for Swap {
    fn paint(&mut self, scene: &Scene<'_>) -> Option<Layer> {
        if scene.is_new {
            self.picker.restart();
        }
        let pick = self.picker.next(&scene.shape);
        let mut face = self.view(pick.sample, scene);
        if let Some((fading, share)) = pick.fading {
            let old = self.view(fading, scene);
            for (pixel, old) in face.rgb.iter_mut().zip(old.rgb) {
                *pixel = mix(*pixel, old, share);
            }
        }
        let outline = whole_face(&scene.corners, INSET);
        Some(Layer {
            region: Region::polygon(face.width, face.height, &outline),
            face,
            feather_scale: 1.0,
            is_foreign: true,
            is_made: true,
        })
    }
}
