//! Masks carried over rendered clips, whose exact masks are known.

use std::path::{Path, PathBuf};

use super::*;
use crate::data::annotations::{Face, Mask};
use crate::faces::find::{Effort, FaceFinder};
use crate::faces::landmarks::Landmarker;
use crate::media::{self, Frame, MediaHash};

fn frames(path: &Path) -> Vec<Frame> {
    let mut source = media::open(path, MediaHash::of(b"clip")).unwrap();
    std::iter::from_fn(|| source.next_frame().unwrap()).collect()
}

fn mask_of(frame: &Frame) -> Mask {
    Mask {
        width: frame.width,
        height: frame.height,
        values: frame.pixels.chunks_exact(3).map(|rgb| rgb[0]).collect(),
    }
}

fn face_of(frame: &Frame, landmarker: &Landmarker) -> Option<Face> {
    let face = *FaceFinder::new(24.0).find(frame, Effort::Exhaustive).first()?;
    Some(Face::new(face, &landmarker.find(frame, &face)))
}

#[test]
#[ignore = "measures on forged data, whose folder is in SEAM_FORGED"]
fn measure() {
    let root = PathBuf::from(std::env::var_os("SEAM_FORGED").unwrap());
    let manifest = crate::data::Manifest::read(&root).unwrap();
    let every: usize = std::env::var("SEAM_EVERY").map_or(5, |text| text.parse().unwrap());
    for landmarker in [Landmarker::box_estimate(), Landmarker::load(None).unwrap()] {
        println!("{:?}", landmarker.aligner());
        let mut rows: Vec<(String, usize, f64, f64, f32, f32, f32)> = Vec::new();
        let items = manifest.items.iter().filter(|item| item.mask.is_some());
        for item in items.step_by(every) {
            let clip = frames(&manifest.full_path(&item.path));
            let masks: Vec<Mask> = frames(&manifest.full_path(item.mask.as_ref().unwrap()))
                .iter()
                .map(mask_of)
                .collect();
            let Some(face) = face_of(&clip[5], &landmarker) else { continue };
            let Some(mut carrier) = FaceCarrier::new(&clip[5], &face, masks[5].clone(), landmarker.clone()) else { continue };
            for at in 6..clip.len() {
                match carrier.next(&clip[at]) {
                    Ok(carried) => rows.push((
                        item.technique.clone().unwrap(),
                        at - 5,
                        carried.mask.iou(&masks[at]),
                        masks[5].iou(&masks[at]),
                        carried.drift.value,
                        carried.drift.likeness,
                        carried.drift.stray.unwrap_or(0.0),
                    )),
                    Err(ended) => {
                        println!("{} ended at {}: {}", item.path, at - 5, ended.words());
                        break;
                    }
                }
            }
        }
        let mut techniques: Vec<String> = rows.iter().map(|row| row.0.clone()).collect();
        techniques.sort();
        techniques.dedup();
        for technique in techniques {
            for (low, high) in [(1, 2), (2, 6), (6, 11), (11, 21), (21, 40)] {
                let mut of: Vec<_> = rows.iter().filter(|row| row.0 == technique && (low..high).contains(&row.1)).collect();
                of.sort_by(|a, b| a.2.total_cmp(&b.2));
                let n = of.len() as f64;
                if of.is_empty() { continue; }
                let mean = |f: &dyn Fn(&(String, usize, f64, f64, f32, f32, f32)) -> f64| of.iter().map(|row| f(row)).sum::<f64>() / n;
                println!(
                    "{technique:10} {low:2}..{high:2} n {n:4} iou {:.3} (low {:.3}) still {:.3} drift {:.3} likeness {:.3} stray {:.4}",
                    mean(&|r| r.2), of[0].2, mean(&|r| r.3), mean(&|r| f64::from(r.4)), mean(&|r| f64::from(r.5)), mean(&|r| f64::from(r.6))
                );
            }
        }
        for (low, high) in [(0.0, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)] {
            let of: Vec<_> = rows.iter().filter(|row| (low..high).contains(&row.2)).collect();
            let mut drifts: Vec<f32> = of.iter().map(|row| row.4).collect();
            drifts.sort_by(f32::total_cmp);
            if drifts.is_empty() { continue; }
            let q = |share: f64| drifts[((drifts.len() - 1) as f64 * share) as usize];
            let mean = |f: &dyn Fn(&(String, usize, f64, f64, f32, f32, f32)) -> f32| of.iter().map(|row| f(row)).sum::<f32>() / of.len() as f32;
            println!("iou {low}..{high}: n {} drift 10 % {:.2} median {:.2} 90 % {:.2} likeness {:.3} stray {:.4}", drifts.len(), q(0.1), q(0.5), q(0.9), mean(&|r| r.5), mean(&|r| r.6));
        }
    }
}
