//! One process at a time writes to a folder of annotations.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crate::data::annotations::AnnotationError;

/// The file that is locked. It stays; the lock on it ends with the process, however that ends.
const LOCK_FILE: &str = "lock";

/// How long a thread of this process may take to close the file.
const RETRY: Duration = Duration::from_millis(5);
const MAX_TRIES: u32 = 40;

/// Folders that this process writes to: the lock is the process's, however many have the folder open.
static HELD: Mutex<Vec<(PathBuf, Weak<Lock>)>> = Mutex::new(Vec::new());

/// The right to write, for as long as any clone of the `Arc` lives.
#[derive(Debug)]
pub struct Lock {
    /// Closing it ends the lock.
    _file: File,
    turn: Mutex<()>,
}

impl Lock {
    /// Also says whether it was taken just now, and not by another part of this process before.
    ///
    /// # Errors
    /// Where another process has it, and where the file cannot be opened.
    pub fn take(dir: &Path) -> Result<(Arc<Self>, bool), AnnotationError> {
        let path = dir.join(LOCK_FILE);
        let failed = |err| AnnotationError::write(&path, err);
        let name = dir.canonicalize().map_err(failed)?;
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(_, lock)| 0 < lock.strong_count());
        let known = held.iter().find(|(held, _)| *held == name);
        if let Some(lock) = known.and_then(|(_, lock)| lock.upgrade()) {
            return Ok((lock, false));
        }
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        let mut num_tries = 0;
        while let Err(err) = file.try_lock() {
            if let TryLockError::Error(err) = err {
                return Err(failed(err));
            }
            let holder = holder(&mut file);
            // Another thread of this process has let go, and its file is not closed yet.
            let is_own = holder == Some(std::process::id());
            if !is_own || num_tries == MAX_TRIES {
                let by = holder.map(|number| format!(" (process {number})"));
                return Err(AnnotationError::InUse {
                    path: dir.to_owned(),
                    by: by.unwrap_or_default(),
                });
            }
            num_tries += 1;
            thread::sleep(RETRY);
        }
        // Only for the words of whoever comes second; the lock holds without it.
        sign(&mut file).ok();
        let lock = Arc::new(Self {
            _file: file,
            turn: Mutex::new(()),
        });
        held.push((name, Arc::downgrade(&lock)));
        Ok((lock, true))
    }

    /// Among the threads of this process, one at a time reads a list and writes it anew.
    pub fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

/// The process that has it; `None` where the system lets nobody read a locked file.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    // Who it is matters less than that there is one.
    file.rewind().ok()?;
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_has_it_once_and_lets_go_with_the_last_user() {
        let dir = tempfile::tempdir().unwrap();
        let (one, is_new) = Lock::take(dir.path()).unwrap();
        assert!(is_new);
        let (other, is_new) = Lock::take(&dir.path().join(".")).unwrap();
        assert!(!is_new && Arc::ptr_eq(&one, &other));

        // What another process would meet: a second handle on the file.
        let path = dir.path().join(LOCK_FILE);
        let mut strange = File::options().read(true).write(true).open(path).unwrap();
        assert!(matches!(strange.try_lock(), Err(TryLockError::WouldBlock)));
        assert_eq!(holder(&mut strange), Some(std::process::id()));
        drop(one);
        drop(other);
        strange.try_lock().unwrap();
        strange.set_len(0).unwrap();
        write!(strange, "1").unwrap();
        let err = Lock::take(dir.path()).unwrap_err();
        assert!(matches!(err, AnnotationError::InUse { .. }), "{err}");
        drop(strange);
        assert!(Lock::take(dir.path()).unwrap().1);
    }
}
