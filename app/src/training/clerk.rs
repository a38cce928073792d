//! Reads run folders and data, and makes folders for new runs, on the thread `train-folders`: the window never
//! waits for a disk.

use std::fs;
use std::path::{Path, PathBuf};

use seam_engine::data::{MANIFEST_FILE, Manifest, Split};
use seam_engine::methods::{self, Examples};
use seam_engine::train::TrainSettings;
use seam_engine::train::runs::{self, Run};

use crate::in_turn::InTurn;
use crate::training::form::config_file;
use crate::training::is_run;

/// Wishes that may wait.
const MAX_WISHES: usize = 16;

pub type Clerk = InTurn<Wish, Answer>;

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Reads runs, and all runs of folders.
    Runs {
        folders: Vec<PathBuf>,
        /// Shows the only run that is found.
        shows: bool,
    },
    /// Says what there is to learn from.
    Data { data: PathBuf, method: &'static str },
    /// Makes room for a new run.
    Begin {
        settings: Box<TrainSettings>,
        /// The changed keys; may be empty.
        toml: String,
        /// The next free number is taken where the folder is there already.
        is_suggested: bool,
    },
}

/// What became of a wish.
#[derive(Debug)]
pub enum Answer {
    Runs {
        found: Vec<Run>,
        /// The run to show.
        show: Option<PathBuf>,
        error: Option<String>,
    },
    Data {
        data: PathBuf,
        seen: Result<String, String>,
    },
    Begun(Result<Box<TrainSettings>, String>),
}

/// Starts the thread; `wake` is called from it after each answer.
///
/// # Errors
///
/// When no thread could be started.
pub fn clerk(wake: impl Fn() + Send + 'static) -> std::io::Result<Clerk> {
    InTurn::start("train-folders", MAX_WISHES, answer, wake)
}

fn answer(wish: Wish) -> Answer {
    match wish {
        Wish::Runs { folders, shows } => read_runs(&folders, shows),
        Wish::Data { data, method } => {
            let seen = look_at(&data, method);
            Answer::Data { data, seen }
        }
        Wish::Begin {
            settings,
            toml,
            is_suggested,
        } => Answer::Begun(begin(*settings, &toml, is_suggested).map(Box::new)),
    }
}

fn read_runs(folders: &[PathBuf], shows: bool) -> Answer {
    let (mut found, mut error) = (Vec::new(), None);
    for folder in folders {
        if !is_run(folder) {
            found.extend(runs::list(folder));
            continue;
        }
        match runs::read(folder) {
            Ok(run) => found.push(run),
            Err(err) => error = Some(err.to_string()),
        }
    }
    if shows && found.is_empty() && error.is_none() {
        error = Some("There is no run in this folder".to_owned());
    }
    let first = found.first().map(|run| run.dir.clone());
    Answer::Runs {
        show: first.filter(|_| shows),
        found,
        error,
    }
}

/// What a method can learn from there, in words; or why it cannot.
fn look_at(data: &Path, method: &str) -> Result<String, String> {
    if !data.exists() {
        return Err("There is nothing at this place".to_owned());
    }
    let learns_from_labels = methods::find(method)
        .is_some_and(|method| matches!(method.examples, Examples::Labelled(_)));
    if !data.is_file() && !data.join(MANIFEST_FILE).is_file() {
        if learns_from_labels {
            return Err(format!(
                "This method learns from labelled clips, and there is no {MANIFEST_FILE} that tells pristine from manipulated ones"
            ));
        }
        return Ok("A folder of clips, all taken for pristine".to_owned());
    }
    let manifest = Manifest::read(data).map_err(|err| err.to_string())?;
    let count = |split: Split, label: u8| {
        let items = manifest.of_split(split);
        items.filter(|(_, item)| item.label == label).count()
    };
    let part = |split: Split| {
        let [pristine, manipulated] = [count(split, 0), count(split, 1)];
        (0 < pristine + manipulated).then(|| {
            let name = split.name();
            format!("{name} {pristine} pristine, {manipulated} manipulated")
        })
    };
    let parts = [Split::Train, Split::Val].into_iter().filter_map(part);
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        let num = manifest.items.len();
        return Ok(format!(
            "{num} clips without splits; whole ones are held back"
        ));
    }
    Ok(parts.join("; "))
}

/// Makes the folder that runs lie in and writes the changed keys beside the run's own.
fn begin(
    mut settings: TrainSettings,
    toml: &str,
    is_suggested: bool,
) -> Result<TrainSettings, String> {
    let mut number = 2;
    let wished = settings.out.clone();
    while is_taken(&settings.out) {
        if !is_suggested || 10_000 < number {
            return Err(format!(
                "There is something in this folder already; choose a new one\nFolder: {:?}",
                settings.out
            ));
        }
        settings.out = numbered(&wished, number);
        number += 1;
    }
    let failed = |err: std::io::Error, path: &Path| {
        format!("Could not make room for the run: {err}\nFolder: {path:?}")
    };
    if let Some(folder) = settings.out.parent() {
        fs::create_dir_all(folder).map_err(|err| failed(err, folder))?;
    }
    if settings.config.is_some() {
        let path = config_file(&settings.out);
        fs::write(&path, toml).map_err(|err| failed(err, &path))?;
        settings.config = Some(path);
    }
    Ok(settings)
}

/// Whether a new run must not go there.
fn is_taken(out: &Path) -> bool {
    if out.is_file() {
        return true;
    }
    fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some())
}

/// The same name with another number at its end.
fn numbered(out: &Path, number: u32) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let own: u32 = name[stem.len()..].parse().unwrap_or(0);
    let stem = stem.trim_end_matches('-');
    out.with_file_name(format!("{stem}-{}", own.saturating_add(number - 1).max(2)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::form::{Field, Form};
    use crate::training::key::Key;

    fn settings(out: &Path) -> (TrainSettings, String) {
        let mut form = Form::default();
        form.set(Field::Out(out.display().to_string()));
        let steps = Key {
            is_own: false,
            name: "steps".to_owned(),
        };
        form.set(Field::Key(steps, Some("7".to_owned())));
        (form.settings(), form.toml())
    }

    #[test]
    fn changed_keys_lie_beside_a_new_run() {
        let dir = tempfile::tempdir().unwrap();
        let (wished, toml) = settings(&dir.path().join("deep/dadd-1"));
        let begun = begin(wished, &toml, false).unwrap();
        let text = fs::read_to_string(begun.config.unwrap()).unwrap();
        assert_eq!(text, "steps = 7\n");
        assert!(dir.path().join("deep/dadd-1.toml").is_file());
        assert!(!begun.out.exists(), "the training makes it");
    }

    #[test]
    fn a_folder_in_use_is_refused_and_a_suggested_one_gives_way() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("dadd-1");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("config.json"), "{}").unwrap();
        let (wished, toml) = settings(&out);
        let text = begin(wished.clone(), &toml, false).unwrap_err();
        assert!(
            text.contains("already") && text.contains("dadd-1"),
            "{text}"
        );
        let begun = begin(wished, &toml, true).unwrap();
        assert_eq!(begun.out, dir.path().join("dadd-2"));
        assert_eq!(begun.config, Some(dir.path().join("dadd-2.toml")));
    }

    #[test]
    fn data_is_told_in_words() {
        let dir = tempfile::tempdir().unwrap();
        let look = |method| look_at(dir.path(), method);
        assert!(look("dadd").unwrap().contains("pristine"));
        assert!(look("intele").unwrap_err().contains(MANIFEST_FILE));
        assert!(look_at(&dir.path().join("none"), "dadd").is_err());
    }
}
