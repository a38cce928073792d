//! A folder of annotations: the tasks, how far each one is, and every stroke, always as a whole on disk.
//!
//! Whoever has it open may read; the first write takes the folder for this process, until every clone is gone.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::data::annotations::lock::Lock;
use crate::data::annotations::strokes::{StoredStrokes, StrokesDir};
use crate::data::annotations::{
    AnnotationError, Delta, Mask, Order, Progress, Task, TaskId, paths, whole,
};
use crate::data::{MANIFEST_FILE, Manifest, ManifestError};

const ABOUT_FILE: &str = "annotations.json";
const TASKS_FILE: &str = "tasks.jsonl";
const TASKS_DIR: &str = "tasks";
const PROGRESS_FILE: &str = "progress.json";
const SCHEMA: &str = "seam-annotations/1";

/// What a folder of annotations is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The clips: the file of a manifest. Written from the folder where both have a folder in common.
    pub manifest: Option<PathBuf>,
    /// The model that ordered the queue, where one did: its folder.
    pub model: Option<String>,
    pub order: Order,
    pub seed: u64,
    /// The program that began it, with its version.
    #[serde(default)]
    pub made_by: String,
}

/// An open folder. Cheap to clone; clones share the right to write.
#[derive(Clone, Debug)]
pub struct AnnotationFolder {
    dir: PathBuf,
    about: Arc<About>,
    lock: Arc<Mutex<Option<Arc<Lock>>>>,
}

#[derive(Serialize, Deserialize)]
struct AboutFile {
    schema: String,
    #[serde(flatten)]
    about: About,
}

impl About {
    /// Begun by this version of Seam.
    pub fn new(manifest: Option<&Path>, model: Option<String>, order: Order, seed: u64) -> Self {
        Self {
            manifest: manifest.map(Path::to_owned),
            model,
            order,
            seed,
            made_by: concat!("seam ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl AnnotationFolder {
    /// Begins one, and makes the folder where it is missing.
    ///
    /// # Errors
    /// Where the folder holds annotations already, and where it cannot be written to.
    pub fn create(dir: &Path, about: &About) -> Result<Self, AnnotationError> {
        let path = dir.join(ABOUT_FILE);
        if path.exists() {
            return Err(AnnotationError::Exists {
                path: dir.to_owned(),
            });
        }
        let failed = |err| AnnotationError::write(&path, err);
        whole::make_dir(dir).map_err(failed)?;
        let mut about = about.clone();
        if let Some(manifest) = &mut about.manifest
            && manifest.is_dir()
        {
            manifest.push(MANIFEST_FILE);
        }
        let manifest = about.manifest.as_deref();
        let file = AboutFile {
            schema: SCHEMA.to_owned(),
            about: About {
                manifest: manifest.map(|manifest| paths::from_folder(dir, manifest)),
                ..about.clone()
            },
        };
        let text = serde_json::to_string_pretty(&file).map_err(|err| failed(err.into()))?;
        whole::write(&path, text.as_bytes()).map_err(failed)?;
        Self::open(dir)
    }

    /// # Errors
    /// Where there are none, or ones of a later version.
    pub fn open(dir: &Path) -> Result<Self, AnnotationError> {
        let path = dir.join(ABOUT_FILE);
        let text = match fs::read_to_string(&path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => {
                return Err(AnnotationError::NotThere {
                    path: dir.to_owned(),
                    file: ABOUT_FILE,
                });
            }
            text => text.map_err(|err| AnnotationError::read(&path, err))?,
        };
        let file: AboutFile = serde_json::from_str(&text)
            .map_err(|err| AnnotationError::damaged(&path, err.to_string()))?;
        if file.schema != SCHEMA {
            let reason = format!("their format is {}, this Seam reads {SCHEMA}", file.schema);
            return Err(AnnotationError::damaged(&path, reason));
        }
        let manifest = file.about.manifest;
        let about = About {
            manifest: manifest.map(|manifest| paths::in_folder(dir, &manifest)),
            ..file.about
        };
        Ok(Self {
            dir: dir.to_owned(),
            about: Arc::new(about),
            lock: Arc::default(),
        })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its manifest is a path that can be opened.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The manifest of the clips; `None` where there is none.
    pub fn manifest(&self) -> Result<Option<Manifest>, ManifestError> {
        let path = self.about.manifest.as_deref();
        path.map(Manifest::read).transpose()
    }

    /// Where the clip or picture of a [`Task::item`] lies.
    pub fn item_path(&self, item: &str) -> PathBuf {
        let manifest_dir = self.about.manifest.as_deref().and_then(Path::parent);
        manifest_dir.unwrap_or(&self.dir).join(item)
    }

    /// Takes the folder for this process now, not with the first write; removes what dead processes left half done.
    ///
    /// # Errors
    /// Where another process has it.
    pub fn begin_writing(&self) -> Result<(), AnnotationError> {
        self.writing().map(|_lock| ())
    }

    /// In the order of the queue.
    pub fn tasks(&self) -> Result<Vec<Task>, AnnotationError> {
        self.lines(TASKS_FILE)
    }

    /// Puts tasks at the end of the queue, under new ids that no task of this folder ever had; gives them as they
    /// are now.
    pub fn add(&self, mut tasks: Vec<Task>) -> Result<Vec<Task>, AnnotationError> {
        let lock = self.writing()?;
        let _turn = lock.turn();
        let mut all = self.tasks()?;
        let mut last = all.iter().map(|task| task.id.0).max().unwrap_or(0);
        last = last.max(self.last_dir()?);
        for (task, id) in tasks.iter_mut().zip(last + 1..) {
            task.id = TaskId(id);
        }
        all.extend(tasks.iter().cloned());
        self.write_lines(TASKS_FILE, &all)?;
        Ok(tasks)
    }

    /// How far a task is; one that nobody touched is open.
    pub fn progress(&self, task: TaskId) -> Result<Progress, AnnotationError> {
        let path = self.task_dir(task).join(PROGRESS_FILE);
        match fs::read(&path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(Progress::default()),
            Err(err) => Err(AnnotationError::read(&path, err)),
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|err| AnnotationError::damaged(&path, err.to_string())),
        }
    }

    pub fn set_progress(&self, task: TaskId, progress: &Progress) -> Result<(), AnnotationError> {
        self.begin_writing()?;
        let dir = self.task_dir(task);
        let path = dir.join(PROGRESS_FILE);
        let failed = |err| AnnotationError::write(&path, err);
        whole::make_dir(&dir).map_err(failed)?;
        let text = serde_json::to_string_pretty(progress).map_err(|err| failed(err.into()))?;
        whole::write(&path, text.as_bytes()).map_err(failed)
    }

    /// What is on disk of a task's strokes.
    pub fn strokes(&self, task: TaskId) -> Result<StoredStrokes, AnnotationError> {
        StrokesDir::of(&self.task_dir(task)).read()
    }

    /// Writes the stroke that comes after the first `place`; later ones were taken back before, and go.
    pub fn write_stroke(
        &self,
        task: TaskId,
        place: usize,
        delta: &Delta,
    ) -> Result<(), AnnotationError> {
        self.begin_writing()?;
        StrokesDir::of(&self.task_dir(task)).write(place, delta)
    }

    /// Notes that the first `applied` strokes make up the mask: some were taken back, or done again.
    pub fn write_applied(&self, task: TaskId, applied: usize) -> Result<(), AnnotationError> {
        self.begin_writing()?;
        StrokesDir::of(&self.task_dir(task)).write_applied(applied)
    }

    /// The mask as it was left.
    ///
    /// # Errors
    /// Where any stroke is damaged: a mask that misses some is not what the person marked.
    pub fn mask(&self, task: &Task) -> Result<Mask, AnnotationError> {
        let stored = self.strokes(task.id)?;
        let dir = self.task_dir(task.id);
        if let Some(damage) = stored.damage {
            return Err(AnnotationError::damaged(&dir, damage));
        }
        let mut mask = Mask::empty(task.frame.width, task.frame.height);
        for delta in &stored.deltas[..stored.applied] {
            delta
                .apply(&mut mask)
                .map_err(|err| AnnotationError::damaged(&dir, err.to_string()))?;
        }
        Ok(mask)
    }

    fn task_dir(&self, task: TaskId) -> PathBuf {
        self.dir.join(TASKS_DIR).join(format!("{:06}", task.0))
    }

    /// The largest number under which something was ever kept.
    fn last_dir(&self) -> Result<u32, AnnotationError> {
        Ok(self.task_dirs()?.into_keys().next_back().unwrap_or(0))
    }

    fn task_dirs(&self) -> Result<BTreeMap<u32, PathBuf>, AnnotationError> {
        let dir = self.dir.join(TASKS_DIR);
        let failed = |err| AnnotationError::read(&dir, err);
        let entries = match fs::read_dir(&dir) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            entries => entries.map_err(failed)?,
        };
        let mut dirs = BTreeMap::new();
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            if let Some(number) = name.and_then(|name| name.parse().ok()) {
                dirs.insert(number, path);
            }
        }
        Ok(dirs)
    }

    /// The right to write, which is kept; what dead processes left half done is removed the first time.
    fn writing(&self) -> Result<Arc<Lock>, AnnotationError> {
        let mut own = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = &*own {
            return Ok(Arc::clone(lock));
        }
        let (lock, is_new) = Lock::take(&self.dir)?;
        if is_new {
            whole::sweep(&self.dir).map_err(|err| AnnotationError::write(&self.dir, err))?;
            for dir in self.task_dirs()?.values() {
                StrokesDir::of(dir).sweep()?;
            }
        }
        *own = Some(Arc::clone(&lock));
        Ok(lock)
    }

    /// The records of a file of one a line; a file that is missing has none.
    pub fn lines<T: DeserializeOwned>(&self, file: &str) -> Result<Vec<T>, AnnotationError> {
        let path = self.dir.join(file);
        let text = match fs::read_to_string(&path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text.map_err(|err| AnnotationError::read(&path, err))?,
        };
        let numbered = text.lines().enumerate();
        let numbered = numbered.filter(|(_, line)| !line.trim().is_empty());
        let records = numbered.map(|(at, line)| {
            serde_json::from_str(line).map_err(|err| {
                AnnotationError::damaged(&path, format!("line {} is wrong: {err}", at + 1))
            })
        });
        records.collect()
    }

    fn write_lines<T: Serialize>(&self, file: &str, records: &[T]) -> Result<(), AnnotationError> {
        let path = self.dir.join(file);
        let failed = |err| AnnotationError::write(&path, err);
        let mut text = String::new();
        for record in records {
            text += &serde_json::to_string(record).map_err(|err| failed(err.into()))?;
            text.push('\n');
        }
        whole::write(&path, text.as_bytes()).map_err(failed)
    }

    /// Puts one record at the end of a file of one a line.
    pub fn add_line<T: Serialize + DeserializeOwned>(
        &self,
        file: &str,
        record: T,
    ) -> Result<(), AnnotationError> {
        let lock = self.writing()?;
        let _turn = lock.turn();
        let mut records = self.lines(file)?;
        records.push(record);
        self.write_lines(file, &records)
    }
}

#[cfg(test)]
mod tests;
