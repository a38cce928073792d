//! Pictures of one size, in memory while they fit and in one file beyond that.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Bytes kept in memory before the rest goes to the file.
pub const MAX_IN_MEMORY: usize = 2 << 30;

/// Pictures by number, in the order in which they came. The file is removed with it.
#[derive(Debug)]
pub struct PictureStore {
    picture_bytes: usize,
    max_in_memory: usize,
    memory: Vec<u8>,
    /// Where the file is made when it is needed.
    path: PathBuf,
    file: Option<Mutex<File>>,
    num_pictures: usize,
}

impl PictureStore {
    /// For pictures of `picture_bytes`; what does not fit into `max_in_memory` bytes goes to `path`.
    pub fn new(picture_bytes: usize, max_in_memory: usize, path: &Path) -> Self {
        Self {
            picture_bytes: picture_bytes.max(1),
            max_in_memory,
            memory: Vec::new(),
            path: path.to_owned(),
            file: None,
            num_pictures: 0,
        }
    }

    /// Keeps a picture and gives its number.
    ///
    /// # Errors
    /// Where the file cannot be written, or the picture has another size than the others.
    pub fn push(&mut self, picture: &[u8]) -> io::Result<usize> {
        if picture.len() != self.picture_bytes {
            let reason = format!(
                "a picture of {} bytes among pictures of {}",
                picture.len(),
                self.picture_bytes
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        }
        if self.memory.len() + picture.len() <= self.max_in_memory {
            self.memory.extend_from_slice(picture);
        } else {
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(Mutex::new(created(&self.path)?)),
            };
            let file = file.get_mut().unwrap_or_else(PoisonError::into_inner);
            file.write_all(picture)?;
        }
        self.num_pictures += 1;
        Ok(self.num_pictures - 1)
    }

    /// Fills `picture` with the bytes of a number that [`Self::push`] gave.
    pub fn read(&self, number: usize, picture: &mut Vec<u8>) -> io::Result<()> {
        let in_memory = self.memory.len() / self.picture_bytes;
        if number < in_memory {
            picture.clear();
            let start = number * self.picture_bytes;
            picture.extend_from_slice(&self.memory[start..start + self.picture_bytes]);
            return Ok(());
        }
        let Some(file) = self.file.as_ref().filter(|_| number < self.num_pictures) else {
            let reason = format!("there is no picture {number}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        };
        picture.resize(self.picture_bytes, 0);
        let start = (number - in_memory) as u64 * self.picture_bytes as u64;
        // The position is set anew before every read, so a panic elsewhere leaves nothing behind.
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(picture)
    }
}

fn created(path: &Path) -> io::Result<File> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)
}

impl Drop for PictureStore {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nothing more can be done about a file that cannot be removed.
            fs::remove_file(&self.path).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_back_from_memory_and_from_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("below").join("pictures");
        let mut store = PictureStore::new(4, 10, &path);
        let picture = |n: u8| [n, n + 1, n + 2, n + 3];
        for n in 0..5 {
            assert_eq!(store.push(&picture(n)).unwrap(), usize::from(n));
        }
        assert_eq!(fs::metadata(&path).unwrap().len(), 3 * 4);
        let mut read = Vec::new();
        for n in [4, 0, 2, 1, 3_u8] {
            store.read(n.into(), &mut read).unwrap();
            assert_eq!(read, picture(n));
        }
        assert!(store.read(5, &mut read).is_err());
        assert!(store.push(&[1, 2, 3]).is_err());
        drop(store);
        assert!(!path.exists());
    }

    #[test]
    fn without_need_there_is_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pictures");
        let mut store = PictureStore::new(2, 100, &path);
        store.push(&[1, 2]).unwrap();
        assert!(!path.exists());
    }
}
