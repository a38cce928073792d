//! Finds model folders: the user's, then the bundled ones.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::detectors::card::{Calibration, PristineScores};
use crate::job::JobContext;
use crate::media::MediaError;
use crate::media::hash;

/// A folder with `weights.safetensors` and `card.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFolder {
    pub dir: PathBuf,
    /// The folder's name, `dadd-laptop`.
    pub name: String,
    pub method: String,
    pub calibrated: bool,
    /// From logits to probabilities; `None` takes the logistic function alone.
    pub calibration: Option<Calibration>,
    /// How the model takes pristine faces that its training did not see, where its card tells.
    pub pristine: Option<PristineScores>,
    /// First eight digits of the weights' SHA-256.
    pub weights_hash: String,
}

/// What a choice of models needs of a card; the whole card is the method's business.
#[derive(Deserialize)]
struct CardHead {
    method: String,
    #[serde(default)]
    calibrated: bool,
    #[serde(default)]
    calibration: Option<Calibration>,
    #[serde(default)]
    metrics: MetricsHead,
    #[serde(default)]
    asked_only: Option<String>,
}

#[derive(Default, Deserialize)]
struct MetricsHead {
    #[serde(default)]
    pristine: Option<PristineScores>,
}

impl ModelFolder {
    /// Name and weights' hash, as records hold it.
    pub fn label(&self) -> String {
        format!("{}@{}", self.name, self.weights_hash)
    }
}

/// The model of a method: from the first folder that has one. Folders that cannot be read are warned of.
pub fn find_model(method: &str, dirs: &[PathBuf], job: &JobContext) -> Option<ModelFolder> {
    let bundled = bundled_dirs();
    dirs.iter()
        .chain(&bundled)
        .flat_map(|dir| model_folders(dir))
        .find_map(|dir| match read(&dir) {
            Ok(model) if model.method == method => Some(model),
            Ok(_) => None,
            Err(reason) => {
                job.warn(format!(
                    "Left out a model folder: {reason}\nFolder: {dir:?}"
                ));
                None
            }
        })
}

/// The folder that [`find_model`] would take the method's model from, without reading its weights.
pub fn folder_of_method(method: &str, dirs: &[PathBuf]) -> Option<PathBuf> {
    let bundled = bundled_dirs();
    let folders = dirs.iter().chain(&bundled);
    let mut folders = folders.flat_map(|dir| model_folders(dir));
    folders.find(|dir| {
        let text = fs::read_to_string(dir.join("card.json")).unwrap_or_default();
        let head = serde_json::from_str::<CardHead>(&text);
        head.is_ok_and(|head| head.method == method)
    })
}

/// The folder of the model that is meant: the folder itself, that of a training's run, or one of the user's or of
/// those that came with the program, by its name.
pub fn folder_of(wish: &Path) -> Option<PathBuf> {
    let is_model = |dir: &PathBuf| dir.join("card.json").is_file();
    let given = [wish.to_owned(), wish.join("model")];
    let name = wish.as_os_str();
    let known = bundled_dirs().into_iter().map(|dir| dir.join(name));
    given.into_iter().chain(known).find(is_model)
}

/// Methods that have a model in these folders or among the installed ones, sorted; weights are not read.
pub fn methods_with_model(dirs: &[PathBuf]) -> Vec<String> {
    methods_of(dirs, |_| true)
}

/// Those of them with a model that scans run unasked: its card does not say `asked_only`.
pub fn methods_for_scans(dirs: &[PathBuf]) -> Vec<String> {
    methods_of(dirs, |head| head.asked_only.is_none())
}

fn methods_of(dirs: &[PathBuf], is_wanted: impl Fn(&CardHead) -> bool) -> Vec<String> {
    let bundled = bundled_dirs();
    let folders = dirs
        .iter()
        .chain(&bundled)
        .flat_map(|dir| model_folders(dir));
    let mut methods: Vec<String> = folders
        .filter_map(|dir| {
            let text = fs::read_to_string(dir.join("card.json")).ok()?;
            let head: CardHead = serde_json::from_str(&text).ok()?;
            is_wanted(&head).then_some(head.method)
        })
        .collect();
    methods.sort_unstable();
    methods.dedup();
    methods
}

/// Where a model was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It came with the program.
    Bundled,
    /// In the program's folder of the user's data.
    Yours,
    /// In a folder that somebody named.
    Elsewhere,
}

/// Where the program looks by itself: the user's models, then those that came with it.
pub fn places() -> Vec<(PathBuf, Origin)> {
    let yours = user_dir().map(|dir| (dir, Origin::Yours));
    let beside = std::env::current_exe().ok();
    let beside = beside.and_then(|exe| Some(exe.parent()?.join("../share/seam/models")));
    // A program built from the sources finds them there.
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models");
    let bundled = beside.into_iter().chain([sources]);
    let bundled = bundled.map(|dir| (dir, Origin::Bundled));
    yours.into_iter().chain(bundled).collect()
}

/// The folder of the user's models; it may not exist yet. `None` where the system names no home.
pub fn user_dir() -> Option<PathBuf> {
    let user = directories::ProjectDirs::from("", "", "seam")?;
    Some(user.data_dir().join("models"))
}

fn bundled_dirs() -> Vec<PathBuf> {
    places().into_iter().map(|(dir, _)| dir).collect()
}

/// SHA-256 of a model's weights, or the reason why they cannot be read.
pub fn weights_hash(dir: &Path) -> Result<String, String> {
    let weights = dir.join("weights.safetensors");
    let hash = hash::hash_file::<MediaError>(&weights, |_, _| Ok(()));
    hash.map(|hash| hash.to_string())
        .map_err(|err| err.to_string())
}

/// `dir` itself where it is a model folder, else those directly in it, sorted by name.
fn model_folders(dir: &Path) -> Vec<PathBuf> {
    if dir.join("card.json").is_file() {
        return vec![dir.to_owned()];
    }
    let mut folders: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("card.json").is_file())
        .collect();
    folders.sort();
    folders
}

/// What a model folder holds, in short.
pub fn read(dir: &Path) -> Result<ModelFolder, String> {
    let text = fs::read_to_string(dir.join("card.json")).map_err(|err| err.to_string())?;
    let head: CardHead = serde_json::from_str(&text).map_err(|err| err.to_string())?;
    let hash = weights_hash(dir)?;
    let calibration = head.calibration.filter(Calibration::is_usable);
    Ok(ModelFolder {
        name: dir
            .canonicalize()
            .ok()
            .and_then(|dir| Some(dir.file_name()?.to_string_lossy().into_owned()))
            .unwrap_or_else(|| head.method.clone()),
        dir: dir.to_owned(),
        method: head.method,
        calibrated: head.calibrated || calibration.is_some(),
        calibration,
        pristine: head.metrics.pristine,
        weights_hash: hash[..8].to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_with_the_method_wins_and_broken_ones_are_left_out() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, card: &str| {
            let dir = root.path().join(name);
            fs::create_dir(&dir).unwrap();
            fs::write(dir.join("card.json"), card).unwrap();
            fs::write(dir.join("weights.safetensors"), b"weights").unwrap();
        };
        write("a-broken", "{");
        write("b-other", r#"{ "method": "other" }"#);
        write("c-wanted", r#"{ "method": "wanted", "preset": "laptop" }"#);
        let run = root.path().join("run");
        fs::create_dir(&run).unwrap();
        fs::rename(root.path().join("b-other"), run.join("model")).unwrap();
        assert_eq!(folder_of(&run), Some(run.join("model")));
        assert_eq!(folder_of(&run.join("model")), Some(run.join("model")));
        assert_eq!(folder_of(Path::new("no-such-model")), None);

        let job = JobContext::detached();
        let model = find_model("wanted", &[root.path().to_owned()], &job).unwrap();
        assert_eq!(model.name, "c-wanted");
        assert_eq!(model.label().len(), "c-wanted@".len() + 8);
        assert!(!model.calibrated);
        assert_eq!(find_model("none", &[root.path().to_owned()], &job), None);
    }

    #[test]
    fn a_model_may_wait_until_it_is_asked_for() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("made-up-laptop");
        fs::create_dir(&dir).unwrap();
        let has = |methods: Vec<String>| methods.iter().any(|method| method == "made-up");
        let dirs = [root.path().to_owned()];
        for (card, runs_unasked) in [
            (r#"{ "method": "made-up" }"#, true),
            (
                r#"{ "method": "made-up", "asked_only": "It is slow" }"#,
                false,
            ),
        ] {
            fs::write(dir.join("card.json"), card).unwrap();
            assert!(has(methods_with_model(&dirs)));
            assert_eq!(has(methods_for_scans(&dirs)), runs_unasked);
        }
    }
}
