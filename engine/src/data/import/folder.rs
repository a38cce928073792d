//! Listing folders in an order that is the same everywhere.

use std::fs;
use std::io;
use std::path::Path;

use crate::data::import::ImportError;

/// Clips, and animations, which are read as clips.
const CLIP_ENDINGS: [&str; 15] = [
    "mp4", "avi", "mov", "mkv", "webm", "m4v", "mpg", "mpeg", "wmv", "flv", "gif", "3gp", "ogv",
    "ts", "mts",
];
const PICTURE_ENDINGS: [&str; 10] = [
    "png", "jpg", "jpeg", "bmp", "webp", "tif", "tiff", "heic", "heif", "avif",
];

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub name: String,
    pub is_dir: bool,
}

/// Names of a folder, sorted, without hidden ones; beside them those that are not Unicode, as far as
/// they can be shown. A folder that is not there has none.
pub(super) fn list(dir: &Path) -> Result<(Vec<Entry>, Vec<String>), ImportError> {
    let failed = |source| ImportError::Read {
        path: dir.to_owned(),
        source,
    };
    let reader = match fs::read_dir(dir) {
        Ok(reader) => reader,
        Err(err)
            if matches!(
                err.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok((Vec::new(), Vec::new()));
        }
        Err(err) => return Err(failed(err)),
    };
    let (mut entries, mut unnamed) = (Vec::new(), Vec::new());
    for entry in reader {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let is_dir = kind.is_dir() || (kind.is_symlink() && entry.path().is_dir());
        match entry.file_name().into_string() {
            Ok(name) if name.starts_with('.') => (),
            Ok(name) => entries.push(Entry { name, is_dir }),
            Err(name) => unnamed.push(name.to_string_lossy().into_owned()),
        }
    }
    entries.sort_unstable();
    unnamed.sort_unstable();
    Ok((entries, unnamed))
}

/// A path below the dataset's folder; `/` on every system.
pub(super) fn join(below: &str, name: &str) -> String {
    match below.is_empty() {
        true => name.to_owned(),
        false => format!("{below}/{name}"),
    }
}

/// A name without its ending.
pub(super) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The last part of a path.
pub(super) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Entry {
    /// By its ending.
    pub fn is_clip(&self) -> bool {
        !self.is_dir && has_ending(&self.name, &CLIP_ENDINGS)
    }

    /// By its ending.
    pub fn is_picture(&self) -> bool {
        !self.is_dir && has_ending(&self.name, &PICTURE_ENDINGS)
    }

    /// The name of a folder, or of a file without its ending.
    pub fn stem(&self) -> &str {
        if self.is_dir {
            &self.name
        } else {
            stem(&self.name)
        }
    }
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let Some((_, ending)) = name.rsplit_once('.') else {
        return false;
    };
    endings
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::import::tree::Tree;

    #[test]
    fn a_listing_is_sorted_and_hides_hidden_names() {
        let tree = Tree::new(&["b.MP4", "a/x.png", ".hidden", "c.txt"]);
        let (entries, unnamed) = list(tree.path()).unwrap();
        let names: Vec<&str> = entries.iter().map(|entry| &*entry.name).collect();
        assert_eq!(names, ["a", "b.MP4", "c.txt"]);
        assert!(unnamed.is_empty());
        assert!(entries[0].is_dir && entries[1].is_clip() && !entries[2].is_picture());
        assert_eq!(entries[1].stem(), "b");
        assert!(list(&tree.path().join("no")).unwrap().0.is_empty());
        assert_eq!(join("", "a"), "a");
        assert_eq!(join("a/b", "c"), "a/b/c");
    }
}
