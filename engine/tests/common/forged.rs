//! A tiny forged set.

use std::path::{Path, PathBuf};

use seam_engine::forge::manipulate::Technique;
use seam_engine::forge::{ForgeSettings, forge};
use seam_engine::job::JobContext;

/// Clips of eight people in `dir/data`; gives that folder.
pub fn forged(dir: &Path, techniques: &[Technique]) -> PathBuf {
    let out = dir.join("data");
    let settings = ForgeSettings {
        recipe: "tiny".to_owned(),
        from: None,
        out: out.clone(),
        seed: 5,
        per_category: 0,
        people: Some(8),
        techniques: Some(techniques.to_vec()),
        as_pictures: false,
        landmark_model: None,
    };
    forge(&settings, &mut JobContext::detached()).unwrap();
    out
}
