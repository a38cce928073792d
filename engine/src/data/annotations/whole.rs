//! Files that are there whole or not at all, whenever the process or the machine stops.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file in the making ends so; one that is left belongs to a process that died.
const PART_ENDING: &str = "part";

/// Numbers the files in the making of this process.
static NUM_WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Writes beside, waits until the disk has it, and renames. What was there before stays until then.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let number = NUM_WRITTEN.fetch_add(1, Ordering::Relaxed);
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}-{number}.{PART_ENDING}", std::process::id()));
    let written = write_through(Path::new(&beside), bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // Nothing more can be done about a half file that cannot be removed.
        fs::remove_file(&beside).ok();
        return written;
    }
    sync_names(path.parent())
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the folder and those above it, and waits until the disk has their names.
pub fn make_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(dir)?;
    sync_names(dir.parent())
}

/// A new name is safe only when its folder is on the disk too.
#[cfg(unix)]
pub fn sync_names(dir: Option<&Path>) -> io::Result<()> {
    let dir = dir.filter(|dir| !dir.as_os_str().is_empty());
    File::open(dir.unwrap_or(Path::new(".")))?.sync_all()
}

/// Other systems keep names by themselves, and cannot open a folder.
#[cfg(not(unix))]
pub fn sync_names(_dir: Option<&Path>) -> io::Result<()> {
    Ok(())
}

/// Removes what dead processes left half done in this folder; a folder that is missing holds nothing.
pub fn sweep(dir: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(dir) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == PART_ENDING) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_leaves_no_half_ones() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        write(&path, b"one").unwrap();
        write(&path, b"other").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"other");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);

        fs::write(dir.path().join("b.json.17-0.part"), "ha").unwrap();
        sweep(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        sweep(&dir.path().join("none")).unwrap();
    }

    #[test]
    fn what_cannot_be_written_leaves_what_was_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::create_dir_all(path.join("full")).unwrap();
        assert!(write(&path, b"text").is_err(), "a full folder is no file");
        assert!(path.join("full").is_dir());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
