//! Tells by content what a file or folder is that came from outside: dropped, recent, or named at the start.

mod sniff;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::Receiver;
use seam_engine::data::manifest::{Item, MANIFEST_FILE};

/// Clips of one folder that are opened at once, at most.
const MAX_CLIPS: usize = 200;
/// Enough of a file for the marks of every container, and for the first line of a manifest.
const HEAD_BYTES: u64 = 16 << 10;

/// What something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A clip or a picture; or nobody knows, and the decoder is to say.
    Clip,
    /// The clips and pictures in a folder, by name.
    Clips(Vec<PathBuf>),
    /// A folder of faces to mark and of masks.
    Annotations,
    /// A `manifest.jsonl`: the file, also where its folder was meant.
    Manifest(PathBuf),
    /// The folder of a training.
    Run,
    /// The folder of a model.
    Model,
    Missing,
    /// None of these, and why it is not.
    Unknown(&'static str),
}

/// A path, and what lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    pub path: PathBuf,
    pub kind: Kind,
}

/// Paths that are being looked at, on a thread of their own: a disk may be slow.
pub struct Sorting(Receiver<Vec<Dropped>>);

impl Sorting {
    /// `wake` is called from the thread when the answer is there.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn start(
        paths: Vec<PathBuf>,
        wake: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<Self> {
        let (tell, sorted) = crossbeam_channel::bounded(1);
        thread::Builder::new()
            .name("dropped".to_owned())
            .spawn(move || {
                let sorted = paths.into_iter().map(|path| Dropped {
                    kind: kind(&path),
                    path,
                });
                // Fails only when the window is gone.
                tell.send(sorted.collect()).ok();
                wake();
            })?;
        Ok(Self(sorted))
    }

    /// What was found, once.
    pub fn poll(&self) -> Option<Vec<Dropped>> {
        self.0.try_recv().ok()
    }
}

/// What lies at a path. Reads a little.
pub fn kind(path: &Path) -> Kind {
    if path.is_dir() {
        return folder_kind(path);
    }
    if !path.exists() {
        return Kind::Missing;
    }
    // What cannot be read is for the intake, which says why.
    let Some(head) = head(path) else {
        return Kind::Clip;
    };
    if is_manifest(&head) {
        return Kind::Manifest(path.to_owned());
    }
    let is_named = |name: &str| path.file_name().is_some_and(|own| own == name);
    if is_named("card.json") || is_named("weights.safetensors") {
        return Kind::Unknown("To open a model, drop its folder");
    }
    if sniff::is_media(&head) || sniff::has_media_ending(path) {
        return Kind::Clip;
    }
    Kind::Unknown("It is no clip, no picture and no manifest")
}

fn folder_kind(dir: &Path) -> Kind {
    let has = |name: &str| dir.join(name).exists();
    if has("annotations.json") {
        return Kind::Annotations;
    }
    // A run holds its model in a folder of its own.
    if has("config.json") || has("metrics.jsonl") {
        return Kind::Run;
    }
    if has("card.json") {
        return Kind::Model;
    }
    if has(MANIFEST_FILE) {
        return Kind::Manifest(dir.join(MANIFEST_FILE));
    }
    let mut clips: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .filter(|path| {
            sniff::has_media_ending(path) || head(path).is_some_and(|head| sniff::is_media(&head))
        })
        .collect();
    clips.sort_unstable();
    clips.truncate(MAX_CLIPS);
    if clips.is_empty() {
        Kind::Unknown("There are no clips, annotations, runs or models directly in this folder")
    } else {
        Kind::Clips(clips)
    }
}

fn head(path: &Path) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    let file = fs::File::open(path).ok()?;
    file.take(HEAD_BYTES).read_to_end(&mut head).ok()?;
    Some(head)
}

/// Whether the first line is one of a manifest.
fn is_manifest(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.first() == Some(&b'{') && serde_json::from_slice::<Item>(line).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn check(files: &[(&str, &str)], expected: &Kind) {
        let dir = TempDir::new().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        assert_eq!(kind(dir.path()), *expected, "{files:?}");
    }

    #[test]
    fn folders_are_told_apart_by_what_is_in_them() {
        check(&[("annotations.json", "{}")], &Kind::Annotations);
        check(&[("config.json", "{}"), ("metrics.jsonl", "")], &Kind::Run);
        check(
            &[("card.json", "{}"), ("weights.safetensors", "")],
            &Kind::Model,
        );
        let why = "There are no clips, annotations, runs or models directly in this folder";
        check(&[("notes.txt", "hello")], &Kind::Unknown(why));
    }

    #[test]
    fn a_folder_of_clips_gives_them_by_name() {
        let dir = TempDir::new().unwrap();
        for name in ["b.mp4", "a.mov", "notes.txt"] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        let clips = ["a.mov", "b.mp4"].map(|name| dir.path().join(name));
        assert_eq!(kind(dir.path()), Kind::Clips(clips.to_vec()));
    }

    #[test]
    fn a_manifest_is_known_under_any_name_and_by_its_folder() {
        let line = r#"{"path":"a.mp4","label":0,"source":"a","dataset":"own"}"#;
        let dir = TempDir::new().unwrap();
        let own = dir.path().join("own.txt");
        fs::write(&own, line).unwrap();
        assert_eq!(kind(&own), Kind::Manifest(own));
        let usual = dir.path().join(MANIFEST_FILE);
        fs::write(&usual, line).unwrap();
        assert_eq!(kind(dir.path()), Kind::Manifest(usual));
    }

    #[test]
    fn clips_are_known_by_their_first_bytes() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("no ending");
        fs::write(&path, b"\0\0\0\x20ftypisom").unwrap();
        assert_eq!(kind(&path), Kind::Clip);
        fs::write(&path, b"%PDF-1.7").unwrap();
        assert!(matches!(kind(&path), Kind::Unknown(_)));
        assert_eq!(kind(&dir.path().join("gone.mp4")), Kind::Missing);
    }
}
