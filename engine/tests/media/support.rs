//! Where the clips are, and what the tests do with each.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::path::{Path, PathBuf};
use std::process::Command;

use seam_engine::media::hash::hash_file;
use seam_engine::media::{self, Frame, FrameId, FrameSource, MediaError, MediaHash};

/// The folder of clips shared between machines, where it is.
pub fn media_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("SEAM_MEDIA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/media"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no folder {folder:?}");
    None
}

/// Runs ffmpeg, or says that it is not there.
pub fn ffmpeg(arguments: &[&str]) -> Option<Vec<u8>> {
    let result = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y"])
        .args(arguments)
        .output();
    let Ok(output) = result else {
        println!("skipped: the program ffmpeg is not installed");
        return None;
    };
    if !output.status.success() {
        println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some(output.stdout)
}

pub fn hash_of(path: &Path) -> MediaHash {
    hash_file::<MediaError>(path, |_, _| Ok(())).unwrap()
}

pub fn open(path: &Path) -> Box<dyn FrameSource> {
    media::open(path, hash_of(path)).unwrap_or_else(|err| panic!("{err}"))
}

/// The name of a frame, its size and its pixels in short.
pub type Seen = (FrameId, u32, u32, MediaHash);

pub fn seen(frame: &Frame) -> Seen {
    let bytes = 3 * frame.width as usize * frame.height as usize;
    assert_eq!(frame.pixels.len(), bytes, "{:?}", frame.id);
    (
        frame.id,
        frame.width,
        frame.height,
        MediaHash::of(&frame.pixels),
    )
}

pub fn read_through(source: &mut dyn FrameSource) -> Vec<Seen> {
    let mut all = Vec::new();
    while let Some(frame) = source.next_frame().unwrap() {
        all.push(seen(&frame));
    }
    all
}

/// Mean absolute difference of two pictures of one size, in steps of 8 bits.
pub fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: u64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / a.len() as f64
}
