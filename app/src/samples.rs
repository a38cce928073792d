//! The clips that come with the program.

use std::path::{Path, PathBuf};

const FOLDER: &str = "sample_media";
/// Rendered people; of one of them the middle third is manipulated.
const FIRST: &str = "middle_third.mp4";

/// The clip that the tour and the empty window open. `None` where the clips were not installed.
pub fn first_clip() -> Option<PathBuf> {
    folders()
        .map(|dir| dir.join(FIRST))
        .find(|path| path.is_file())
}

/// Beside the program, where packages put what is shared, and in the source tree.
fn folders() -> impl Iterator<Item = PathBuf> {
    let program = std::env::current_exe().ok();
    let beside = program
        .as_deref()
        .and_then(Path::parent)
        .map(Path::to_owned);
    let beside = beside.into_iter().flat_map(|dir| {
        let shared = dir.join("../share/seam").join(FOLDER);
        [dir.join(FOLDER), shared]
    });
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(FOLDER);
    beside.chain([source])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_clip_is_found_in_the_source_tree() {
        assert!(first_clip().is_some());
    }
}
