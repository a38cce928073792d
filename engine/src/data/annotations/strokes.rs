//! The strokes of one task on disk: one numbered file each, and how many of them are applied.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::data::annotations::{AnnotationError, Delta, whole};

const STROKES_DIR: &str = "strokes";
const STROKE_ENDING: &str = "stroke";
/// What follows a damaged stroke is set aside under this ending when the work goes on without it.
const DAMAGED_ENDING: &str = "damaged";
/// Missing where every stroke is applied.
const APPLIED_FILE: &str = "applied";

/// What was done to a mask, oldest first.
#[derive(Clone, Debug, Default)]
pub struct StoredStrokes {
    pub deltas: Vec<Delta>,
    /// So many of them, from the first, make up the mask; the others were taken back and can be done again.
    pub applied: usize,
    /// Which stroke could not be read; neither it nor any after it is among `deltas`.
    pub damage: Option<String>,
}

/// The folder of one task.
pub struct StrokesDir {
    dir: PathBuf,
}

impl StrokesDir {
    pub fn of(task_dir: &Path) -> Self {
        Self {
            dir: task_dir.to_owned(),
        }
    }

    /// # Errors
    /// Where a file that is there cannot be read; damage is told of in [`StoredStrokes::damage`].
    pub fn read(&self) -> Result<StoredStrokes, AnnotationError> {
        let count = self.count()?;
        let mut deltas = Vec::with_capacity(count);
        let mut damage = None;
        for place in 0..count {
            let path = self.path(place);
            let read = match fs::read(&path) {
                Err(err) if err.kind() == io::ErrorKind::NotFound => {
                    Err("it is missing".to_owned())
                }
                Err(err) => return Err(AnnotationError::read(&path, err)),
                Ok(bytes) => Delta::from_bytes(&bytes).map_err(|err| err.to_string()),
            };
            match read {
                Ok(delta) => deltas.push(delta),
                Err(reason) => {
                    damage = Some(in_words(place, count, &reason, &path));
                    break;
                }
            }
        }
        let applied = match self.applied(count)? {
            Ok(applied) => applied.min(deltas.len()),
            Err(reason) => {
                damage.get_or_insert(reason);
                deltas.len()
            }
        };
        Ok(StoredStrokes {
            deltas,
            applied,
            damage,
        })
    }

    /// Writes the stroke that comes after the first `place`; those that stood there or beyond were taken back
    /// before, and go. All strokes are applied then.
    pub fn write(&self, place: usize, delta: &Delta) -> Result<(), AnnotationError> {
        let dir = self.dir.join(STROKES_DIR);
        whole::make_dir(&dir).map_err(|err| AnnotationError::write(&dir, err))?;
        let count = self.count()?;
        if 0 < place && !self.path(place - 1).exists() {
            // Never a gap: what comes after one could not be read.
            let reason = format!("stroke {place} is missing, and another is to follow it");
            return Err(AnnotationError::damaged(&self.path(place - 1), reason));
        }
        self.cut_off(place, count)?;
        let path = self.path(place);
        let failed = |err| AnnotationError::write(&path, err);
        whole::write(&path, &delta.to_bytes()).map_err(failed)?;
        let applied = self.dir.join(APPLIED_FILE);
        match fs::remove_file(&applied) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(err) => Err(AnnotationError::write(&applied, err)),
            Ok(()) => whole::sync_names(Some(&self.dir)).map_err(failed),
        }
    }

    /// Notes how many strokes are applied, after taking some back or doing them again.
    pub fn write_applied(&self, applied: usize) -> Result<(), AnnotationError> {
        let path = self.dir.join(APPLIED_FILE);
        let failed = |err| AnnotationError::write(&path, err);
        whole::make_dir(&self.dir).map_err(failed)?;
        whole::write(&path, format!("{applied}\n").as_bytes()).map_err(failed)
    }

    /// Removes what dead processes left half done.
    pub fn sweep(&self) -> Result<(), AnnotationError> {
        for dir in [self.dir.clone(), self.dir.join(STROKES_DIR)] {
            whole::sweep(&dir).map_err(|err| AnnotationError::write(&dir, err))?;
        }
        Ok(())
    }

    /// The number of the last stroke on disk.
    fn count(&self) -> Result<usize, AnnotationError> {
        let dir = self.dir.join(STROKES_DIR);
        let failed = |err| AnnotationError::read(&dir, err);
        let entries = match fs::read_dir(&dir) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(0),
            entries => entries.map_err(failed)?,
        };
        let mut last = 0;
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            if path
                .extension()
                .is_some_and(|ending| ending == STROKE_ENDING)
            {
                let stem = path.file_stem().and_then(|stem| stem.to_str());
                let number = stem.and_then(|stem| stem.parse().ok());
                last = last.max(number.unwrap_or(0));
            }
        }
        Ok(last)
    }

    /// In words why the number is none, where that is so.
    fn applied(&self, count: usize) -> Result<Result<usize, String>, AnnotationError> {
        let path = self.dir.join(APPLIED_FILE);
        let text = match fs::read_to_string(&path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(Ok(count)),
            Err(err) if err.kind() == io::ErrorKind::InvalidData => String::new(),
            text => text.map_err(|err| AnnotationError::read(&path, err))?,
        };
        let number = text.trim().parse().ok();
        Ok(number.filter(|applied| *applied <= count).ok_or_else(|| {
            format!(
                "How many strokes are applied is not known, all {count} are taken to be: the file \
                 holds {text:?}\nFile: {path:?}"
            )
        }))
    }

    /// Removes strokes from the last one back to `place`, which itself is replaced by the caller. From the first
    /// damaged one on they are set aside instead: nobody took those back.
    fn cut_off(&self, place: usize, count: usize) -> Result<(), AnnotationError> {
        let first_damaged = (place..count).find(|&place| {
            let bytes = fs::read(self.path(place));
            bytes.map_or(true, |bytes| Delta::from_bytes(&bytes).is_err())
        });
        for old in (place..count).rev() {
            let path = self.path(old);
            let is_damaged = first_damaged.is_some_and(|first| first <= old);
            let gone = if is_damaged {
                fs::rename(&path, path.with_extension(DAMAGED_ENDING))
            } else if old == place {
                Ok(())
            } else {
                fs::remove_file(&path)
            };
            match gone {
                Err(err) if err.kind() == io::ErrorKind::NotFound => {}
                gone => gone.map_err(|err| AnnotationError::write(&path, err))?,
            }
        }
        Ok(())
    }

    fn path(&self, place: usize) -> PathBuf {
        let name = format!("{:06}.{STROKE_ENDING}", place + 1);
        self.dir.join(STROKES_DIR).join(name)
    }
}

fn in_words(place: usize, count: usize, reason: &str, path: &Path) -> String {
    let kept = match place {
        0 => "none is kept".to_owned(),
        1 => "the one before it is kept".to_owned(),
        _ => format!("the {place} before it are kept"),
    };
    format!(
        "Stroke {} of {count} is damaged, {kept}: {reason}\nFile: {path:?}",
        place + 1
    )
}

#[cfg(test)]
mod tests;
