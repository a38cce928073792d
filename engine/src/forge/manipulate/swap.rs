//! `swap`: the donor's face, in the sample most like the target's pose and expression, warped in by
//! landmarks.

use crate::forge::manipulate::mesh::Mesh;
use crate::forge::manipulate::outline::{mouth_interior, whole_face};
use crate::forge::manipulate::person::Person;
use crate::forge::manipulate::pick::{Picker, mouth_gap};
use crate::forge::manipulate::picture::mix;
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

    /// How much of the target's own mouth shows through, so that lips which the sample has closed are not
    /// torn open.
    fn kept(&self, sample: usize, scene: &Scene<'_>) -> f32 {
        let wider = mouth_gap(&scene.shape) - mouth_gap(&self.donor.views[sample].shape);
        ((wider - OPENER[0]) / (OPENER[1] - OPENER[0])).clamp(0.0, 1.0)
    }
}

impl Painter for Swap {
    fn paint(&mut self, scene: &Scene<'_>) -> Option<Layer> {
        if scene.is_new {
            self.picker.restart();
        }
        let pick = self.picker.next(&scene.shape);
        let mut face = self.donor.views[pick.sample].onto(scene, &self.mesh);
        let mut kept = self.kept(pick.sample, scene);
        if let Some((fading, share)) = pick.fading {
            kept += share * (self.kept(fading, scene) - kept);
            let old = self.donor.views[fading].onto(scene, &self.mesh);
            for (pixel, old) in face.rgb.iter_mut().zip(old.rgb) {
                *pixel = mix(*pixel, old, share);
            }
        }
        let mouth = Region::polygon(face.width, face.height, &mouth_interior(&scene.corners));
        let mouth = mouth.shares(0.03 * scene.pose.width_px());
        let outline = whole_face(&scene.corners, INSET);
        Some(Layer {
            region: Region::polygon(face.width, face.height, &outline),
            face,
            feather_scale: 1.0,
            kept: (0.0 < kept).then(|| mouth.iter().map(|share| kept * share).collect()),
            is_foreign: true,
            is_made: true,
        })
    }
}
