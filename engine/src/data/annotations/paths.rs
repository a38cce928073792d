//! Paths that stay right when a folder is moved together with what it names.

use std::path::{Component, Path, PathBuf};

/// `target` as seen from the folder `dir`, where both have a folder in common besides the root; else the whole
/// path. Both must exist; where one does not, `target` is given as it is.
pub fn from_folder(dir: &Path, target: &Path) -> PathBuf {
    let (Ok(dir), Ok(target)) = (dir.canonicalize(), target.canonicalize()) else {
        return target.to_owned();
    };
    let from: Vec<Component<'_>> = dir.components().collect();
    let to: Vec<Component<'_>> = target.components().collect();
    let in_common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let has_folder = from[..in_common]
        .iter()
        .any(|component| matches!(component, Component::Normal(_)));
    if !has_folder {
        return target;
    }
    let up = from[in_common..].iter().map(|_| "..".to_owned());
    let down = to[in_common..].iter();
    let down = down.map(|component| component.as_os_str().to_string_lossy().into_owned());
    // The slash is understood everywhere.
    PathBuf::from(up.chain(down).collect::<Vec<_>>().join("/"))
}

/// Where a path written by [`from_folder`] leads.
pub fn in_folder(dir: &Path, path: &Path) -> PathBuf {
    whole_path(&dir.join(path))
}

/// The one name of a file, however its folder was given; as it is where there is no such file.
pub fn whole_path(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_from_a_folder_leads_back() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().canonicalize().unwrap();
        let (notes, clips) = (dir.join("a/notes"), dir.join("clips"));
        for folder in [&notes, &clips] {
            std::fs::create_dir_all(folder).unwrap();
        }
        let file = clips.join("manifest.jsonl");
        std::fs::write(&file, "").unwrap();
        let relative = from_folder(&notes, &file);
        assert_eq!(relative, Path::new("../../clips/manifest.jsonl"));
        assert_eq!(in_folder(&notes, &relative), file);
        let missing = Path::new("no/such/manifest.jsonl");
        assert_eq!(from_folder(&notes, missing), missing);
    }
}
