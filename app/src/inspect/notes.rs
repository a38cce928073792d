//! Keeps suspicions with the user's data on the thread `notes`: one small file a clip, named by its hash.

use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::Context;
use seam_engine::media::MediaHash;

use crate::inspect::suspicion::{self, Kept, Suspicion};
use crate::state::MediaFile;

/// Wishes that may wait.
const MAX_WISHES: usize = 64;
/// Below the program's data.
const FOLDER: &str = "suspicions";

/// Dropping it ends the thread once all is written.
pub struct Notes {
    wishes: Sender<Wish>,
    read: Receiver<(MediaHash, Suspicion)>,
}

enum Wish {
    Read(MediaHash),
    Write(MediaHash, Suspicion),
}

impl Notes {
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let (wishes, inbox) = bounded::<Wish>(MAX_WISHES);
        let (outbox, read) = bounded(MAX_WISHES);
        let ctx = ctx.clone();
        let folder = folder();
        thread::Builder::new()
            .name("notes".to_owned())
            .spawn(move || {
                for wish in inbox {
                    match wish {
                        Wish::Read(media) => {
                            let found = folder.as_deref().and_then(|dir| load(dir, media));
                            if outbox.send((media, found.unwrap_or_default())).is_err() {
                                return;
                            }
                            ctx.request_repaint();
                        }
                        Wish::Write(media, suspicion) => {
                            let Some(dir) = &folder else {
                                continue;
                            };
                            if let Err(err) = save(dir, media, &suspicion) {
                                tracing::error!(
                                    target: "seam_app",
                                    "Could not keep what you suspect: {err}\nFolder: {dir:?}"
                                );
                            }
                        }
                    }
                }
            })?;
        Ok(Self { wishes, read })
    }

    /// Asks for what is kept of files that are new, and keeps what was changed. Never waits.
    pub fn update(&self, files: &mut [MediaFile]) {
        for (media, mut found) in self.read.try_iter() {
            found.kept = Kept::Saved;
            let asked = |file: &&mut MediaFile| {
                file.hash == Some(media) && file.suspicion.kept == Kept::Asked
            };
            for file in files.iter_mut().filter(asked) {
                file.suspicion = found.clone();
            }
        }
        for file in files {
            let Some(media) = file.hash else {
                continue;
            };
            let (wish, next) = match file.suspicion.kept {
                Kept::Unknown => (Wish::Read(media), Kept::Asked),
                Kept::Changed => (Wish::Write(media, file.suspicion.clone()), Kept::Saved),
                Kept::Asked | Kept::Saved => continue,
            };
            // A full queue takes it the next time.
            if self.wishes.try_send(wish).is_ok() {
                file.suspicion.kept = next;
            }
        }
    }
}

fn folder() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "seam")?;
    Some(dirs.data_dir().join(FOLDER))
}

fn load(dir: &Path, media: MediaHash) -> Option<Suspicion> {
    let text = std::fs::read_to_string(dir.join(suspicion::file_name(media))).ok()?;
    match serde_json::from_str(&text) {
        Ok(found) => Some(found),
        Err(err) => {
            tracing::warn!(target: "seam_app", "A note could not be read: {err}\nFolder: {dir:?}");
            None
        }
    }
}

/// Written beside and renamed; an empty one takes the file away.
fn save(dir: &Path, media: MediaHash, suspicion: &Suspicion) -> std::io::Result<()> {
    let path = dir.join(suspicion::file_name(media));
    if suspicion.is_empty() {
        return match std::fs::remove_file(&path) {
            Err(err) if err.kind() != std::io::ErrorKind::NotFound => Err(err),
            _ => Ok(()),
        };
    }
    std::fs::create_dir_all(dir)?;
    let beside = path.with_extension("part");
    std::fs::write(&beside, serde_json::to_string_pretty(suspicion)?)?;
    std::fs::rename(beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_found_again_by_the_hash_and_an_empty_one_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("deeper");
        let media = MediaHash::of(b"a clip");
        assert_eq!(load(&folder, media), None);
        let mut suspicion = Suspicion {
            text: "The mouth".to_owned(),
            ..Suspicion::default()
        };
        save(&folder, media, &suspicion).unwrap();
        assert_eq!(load(&folder, media), Some(suspicion.clone()));
        assert_eq!(load(&folder, MediaHash::of(b"another")), None);
        suspicion.text.clear();
        save(&folder, media, &suspicion).unwrap();
        save(&folder, media, &suspicion).unwrap();
        assert_eq!(load(&folder, media), None);
    }
}
