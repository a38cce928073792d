//! A person as a manipulation knows them: samples with their poses, ready to be warped.

use crate::faces::similarity::Similarity;
use crate::forge::manipulate::mesh::{Corners, Mesh, Pose, Pyramid, Warp};
use crate::forge::manipulate::pick::unlikeness;
use crate::forge::manipulate::picture::Patch;
use crate::forge::manipulate::stage::Scene;
use crate::forge::manipulate::{FaceSample, Points};

/// One picture of the person.
#[derive(Clone, Debug)]
pub struct View {
    pub picture: Pyramid,
    pub pose: Pose,
    pub corners: Corners,
    /// The points in canonical coordinates.
    pub shape: Points,
    pub index: u32,
}

/// At least one view.
#[derive(Clone, Debug)]
pub struct Person {
    pub views: Vec<View>,
}

impl Person {
    /// From the samples whose points are a face; `None` where there are none.
    pub fn of(samples: &[FaceSample]) -> Option<Self> {
        let view = |sample: &FaceSample| {
            let pose = Pose::of(&sample.points)?;
            let is_empty = sample.picture.width() == 0 || sample.picture.height() == 0;
            (!is_empty).then(|| View {
                picture: Pyramid::new(Patch::whole(&sample.picture)),
                corners: pose.corners(&sample.points),
                shape: pose.shape(&sample.points),
                pose,
                index: sample.index,
            })
        };
        let views: Vec<View> = samples.iter().filter_map(view).collect();
        (!views.is_empty()).then_some(Self { views })
    }

    pub fn shapes(&self) -> impl Iterator<Item = &Points> {
        self.views.iter().map(|view| &view.shape)
    }

    /// Views from the one nearest to the person's mean shape to the one farthest.
    pub fn most_usual(&self) -> Vec<usize> {
        let count = self.views.len() as f32;
        let mut mean = [[0.0; 2]; 68];
        for (mean, at) in mean.iter_mut().zip(0..) {
            for axis in 0..2 {
                let sum: f32 = self.shapes().map(|shape| shape[at][axis]).sum();
                mean[axis] = sum / count;
            }
        }
        let far: Vec<f32> = self
            .shapes()
            .map(|shape| unlikeness(shape, &mean))
            .collect();
        let mut order: Vec<usize> = (0..self.views.len()).collect();
        order.sort_by(|a, b| far[*a].total_cmp(&far[*b]));
        order
    }
}

impl View {
    /// This view's face warped onto the face of a scene; the whole patch is filled.
    pub fn onto(&self, scene: &Scene<'_>, mesh: &Mesh) -> Patch {
        self.onto_corners(scene, mesh, &scene.corners)
    }

    /// The same, onto other corners than the scene's own.
    pub fn onto_corners(&self, scene: &Scene<'_>, mesh: &Mesh, corners: &Corners) -> Patch {
        let (width, height) = (scene.patch.width, scene.patch.height);
        let beyond = chained(&scene.pose.to_canonical, &self.pose.from_canonical);
        Warp::piecewise(width, height, mesh, corners, &self.corners, &beyond)
            .read(&self.picture, self.pose.width_px() / scene.pose.width_px())
    }
}

/// First one, then the other.
pub fn chained(first: &Similarity, then: &Similarity) -> Similarity {
    Similarity {
        a: then.a * first.a - then.b * first.b,
        b: then.b * first.a + then.a * first.b,
        shift: then.point(first.shift),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chained_similarities_do_one_after_the_other() {
        let first = Similarity {
            a: 0.3,
            b: -0.7,
            shift: [5.0, 1.0],
        };
        let then = Similarity {
            a: 2.0,
            b: 0.5,
            shift: [-4.0, 9.0],
        };
        let both = chained(&first, &then);
        let [x, y] = then.point(first.point([3.0, 8.0]));
        let [u, v] = both.point([3.0, 8.0]);
        assert!((x - u).abs() < 1e-4 && (y - v).abs() < 1e-4);
    }
}
