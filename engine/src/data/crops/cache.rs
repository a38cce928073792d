//! Crops on disk, shared by jobs and processes, bounded in size.
//!
//! One file an item, named by the SHA-256 of its key. Files are written beside and renamed, so that a
//! reader sees a whole one or none; whoever finds one missing or broken cuts the crops anew. No lock is
//! held: the same key always means the same bytes.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::data::crops::entry;
use crate::data::crops::follow::Found;
use crate::job::JobContext;
use crate::media::MediaHash;

const ENDING: &str = "crops";
const PART_ENDING: &str = "part";

/// A file in the making this old belongs to a process that died.
const STALE_PART: Duration = Duration::from_secs(3600);

/// A folder of crops; what was not used for the longest time goes first when it is full.
#[derive(Debug)]
pub struct CropCache {
    dir: PathBuf,
    max_bytes: u64,
    /// Names files in the making.
    num_written: AtomicU64,
    /// A full disk is told of once, not once an item.
    has_warned: AtomicBool,
}

impl CropCache {
    /// Makes the folder where it is missing. `max_bytes` bounds what all files hold together.
    pub fn open(dir: &Path, max_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let cache = Self {
            dir: dir.to_owned(),
            max_bytes,
            num_written: AtomicU64::new(0),
            has_warned: AtomicBool::new(false),
        };
        cache.make_room()?;
        Ok(cache)
    }

    /// The user's own cache folder for crops, where the system has such a place.
    pub fn user_default() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "seam").map(|dirs| dirs.cache_dir().join("crops"))
    }

    /// What was kept under this key; marks it as just used.
    pub(super) fn load(&self, key: &str) -> Option<Found> {
        let path = self.path_of(key);
        let mut file = File::open(&path).ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        let Some(found) = entry::read(key, &bytes) else {
            // Another process may have removed or replaced it already.
            fs::remove_file(&path).ok();
            return None;
        };
        // Without its time it only goes sooner.
        touch(&path).ok();
        Some(found)
    }

    /// Keeps what was found; where that fails, says so once and goes on.
    pub(super) fn store(&self, key: &str, found: &Found, job: &JobContext) {
        if let Err(err) = self.write(key, found)
            && !self.has_warned.swap(true, Ordering::Relaxed)
        {
            let dir = &self.dir;
            job.warn(format!(
                "Could not keep crops on disk: {err}\nFolder: {dir:?}"
            ));
        }
    }

    fn write(&self, key: &str, found: &Found) -> io::Result<()> {
        let bytes = entry::write(key, found);
        if self.max_bytes < bytes.len() as u64 {
            return Ok(());
        }
        let path = self.path_of(key);
        let number = self.num_written.fetch_add(1, Ordering::Relaxed);
        let beside = path.with_extension(format!(
            "{}-{:p}-{number}.{PART_ENDING}",
            std::process::id(),
            self
        ));
        let written = fs::write(&beside, &bytes).and_then(|()| fs::rename(&beside, &path));
        if written.is_err() {
            // Nothing more can be done about a half file that cannot be removed.
            fs::remove_file(&beside).ok();
        }
        written?;
        self.make_room()
    }

    /// Removes files until the rest fits, oldest use first.
    fn make_room(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        let mut total = 0;
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            // Another process may have just removed it.
            let Ok(facts) = fs::metadata(&path) else {
                continue;
            };
            let used = facts.modified()?;
            match path.extension().and_then(|ending| ending.to_str()) {
                Some(ENDING) => {
                    total += facts.len();
                    entries.push((used, path, facts.len()));
                }
                Some(PART_ENDING) if used.elapsed().is_ok_and(|age| STALE_PART < age) => {
                    fs::remove_file(&path).ok();
                }
                _ => (),
            }
        }
        entries.sort_unstable();
        for (_, path, bytes) in entries {
            if total <= self.max_bytes {
                break;
            }
            // Gone already, or in use on a system that refuses: the next one makes room instead.
            let is_gone = match fs::remove_file(&path) {
                Ok(()) => true,
                Err(err) => err.kind() == io::ErrorKind::NotFound,
            };
            if is_gone {
                total -= bytes;
            }
        }
        Ok(())
    }

    fn path_of(&self, key: &str) -> PathBuf {
        let name = MediaHash::of(key.as_bytes());
        self.dir.join(format!("{name}.{ENDING}"))
    }
}

fn touch(path: &Path) -> io::Result<()> {
    let file = File::options().append(true).open(path)?;
    file.set_modified(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::crops::tests::sample;

    fn found(index: u32) -> Found {
        Found {
            samples: vec![sample(index, 16)],
            warnings: Vec::new(),
        }
    }

    fn store(cache: &CropCache, key: &str, index: u32) {
        cache.store(key, &found(index), &JobContext::detached());
    }

    fn age(cache: &CropCache, key: &str, secs: u64) {
        let file = File::options()
            .append(true)
            .open(cache.path_of(key))
            .unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(secs))
            .unwrap();
    }

    #[test]
    fn what_was_kept_is_found_by_its_key_alone_and_a_broken_file_is_a_miss() {
        let dir = tempfile::tempdir().unwrap();
        let cache = CropCache::open(dir.path(), 1 << 20).unwrap();
        assert_eq!(cache.load("one"), None);
        store(&cache, "one", 1);
        store(&cache, "two", 2);
        assert_eq!(cache.load("one"), Some(found(1)));
        assert_eq!(cache.load("two"), Some(found(2)));
        let path = cache.path_of("one");
        let mut bytes = fs::read(&path).unwrap();
        bytes.truncate(bytes.len() / 2);
        fs::write(&path, bytes).unwrap();
        assert_eq!(cache.load("one"), None);
        assert!(!path.exists());
        store(&cache, "one", 1);
        assert_eq!(cache.load("one"), Some(found(1)));
        // One file never stands for another.
        fs::copy(cache.path_of("two"), &path).unwrap();
        assert_eq!(cache.load("one"), None);
    }

    #[test]
    fn what_was_not_used_for_the_longest_time_goes_first() {
        let dir = tempfile::tempdir().unwrap();
        let one = entry::write("a", &found(0)).len() as u64;
        let cache = CropCache::open(dir.path(), 3 * one).unwrap();
        for (key, secs) in [("a", 300), ("b", 200), ("c", 100)] {
            store(&cache, key, 0);
            age(&cache, key, secs);
        }
        assert!(cache.load("a").is_some(), "and with that, it was used last");
        store(&cache, "d", 0);
        let kept = |cache: &CropCache| ["a", "b", "c", "d"].map(|key| cache.path_of(key).exists());
        assert_eq!(kept(&cache), [true, false, true, true]);
        let smaller = CropCache::open(dir.path(), one).unwrap();
        assert_eq!(kept(&smaller).iter().filter(|kept| **kept).count(), 1);
        let none = CropCache::open(dir.path(), 0).unwrap();
        store(&none, "a", 0);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn parts_of_dead_processes_are_swept_and_fresh_ones_are_left() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["old.1-0.part", "new.2-0.part"] {
            fs::write(dir.path().join(name), "half").unwrap();
        }
        let old = File::options()
            .append(true)
            .open(dir.path().join("old.1-0.part"))
            .unwrap();
        old.set_modified(SystemTime::now() - 2 * STALE_PART)
            .unwrap();
        CropCache::open(dir.path(), 1 << 20).unwrap();
        assert!(!dir.path().join("old.1-0.part").exists());
        assert!(dir.path().join("new.2-0.part").exists());
    }

    #[test]
    fn parallel_jobs_read_whole_crops_or_none_while_others_write_and_remove() {
        let dir = tempfile::tempdir().unwrap();
        let one = entry::write("key 0", &found(0)).len() as u64;
        std::thread::scope(|scope| {
            for worker in 0..4 {
                // A cache of its own, as another process has it.
                let cache = CropCache::open(dir.path(), 3 * one + 64).unwrap();
                let work = move || {
                    for round in 0..60 {
                        let index = (worker + round) % 5;
                        let key = format!("key {index}");
                        match cache.load(&key) {
                            Some(loaded) => assert_eq!(loaded, found(index)),
                            None => store(&cache, &key, index),
                        }
                    }
                };
                std::thread::Builder::new()
                    .name(format!("worker-{worker}"))
                    .spawn_scoped(scope, work)
                    .unwrap();
            }
        });
        let files = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap());
        let sizes: Vec<u64> = files.map(|entry| entry.metadata().unwrap().len()).collect();
        assert!(sizes.iter().sum::<u64>() <= 3 * one + 64, "{sizes:?}");
        assert!(!sizes.is_empty());
    }
}
