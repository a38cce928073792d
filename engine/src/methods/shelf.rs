//! Every model that is there, with its whole card, where it comes from, and why it cannot be used if so.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::detectors::card::{self, Card};
use crate::detectors::models::{self, Origin};
use crate::methods;

const WEIGHTS: &str = "weights.safetensors";

/// A model folder that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct ShelfModel {
    pub dir: PathBuf,
    /// The folder's name, `did-laptop`; that of its run where the folder is a run's `model`.
    pub name: String,
    pub origin: Origin,
    /// `None` where it cannot be read.
    pub card: Option<Card>,
    /// Why it cannot be used, in words.
    pub fault: Option<String>,
    /// SHA-256 of the weights; `None` where they cannot be read.
    pub weights_sha256: Option<String>,
    /// Size of the weights.
    pub weights_bytes: u64,
}

/// Models of these folders, then the user's, then those that came with the program; each once, by name in each place.
///
/// A folder may be a model's, a run's, or one with such folders in it. Reads and hashes whole files of weights: takes a
/// second for a few hundred megabytes.
pub fn list(folders: &[PathBuf]) -> Vec<ShelfModel> {
    let elsewhere = folders.iter().map(|dir| (dir.clone(), Origin::Elsewhere));
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (place, origin) in elsewhere.chain(models::places()) {
        for dir in model_dirs(&place) {
            let whole = dir.canonicalize().unwrap_or_else(|_| dir.clone());
            if seen.insert(whole) {
                found.push(read(&dir, origin));
            }
        }
    }
    found
}

/// What one model folder holds.
pub fn read(dir: &Path, origin: Origin) -> ShelfModel {
    let (card, mut fault) = match Card::read(dir) {
        Ok(card) => (Some(card), None),
        Err(err) => (None, Some(err.to_string())),
    };
    if let Some(card) = &card
        && methods::find(&card.method).is_none()
    {
        fault = Some(format!(
            "This version of the program does not know its method, {:?}",
            card.method
        ));
    }
    let path = dir.join(WEIGHTS);
    let weights_sha256 = match models::weights_hash(dir) {
        Ok(hash) => Some(hash),
        Err(reason) => {
            fault.get_or_insert(format!("{reason}\nFile: {path:?}"));
            None
        }
    };
    ShelfModel {
        name: name_of(dir),
        weights_bytes: fs::metadata(&path).map_or(0, |data| data.len()),
        dir: dir.to_owned(),
        origin,
        card,
        fault,
        weights_sha256,
    }
}

/// Model folders that a folder stands for: itself or the model of its run, else those directly in it and the models of its runs, by name.
pub fn model_dirs(place: &Path) -> Vec<PathBuf> {
    if let Some(dir) = model_of(place) {
        return vec![dir];
    }
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let mut dirs: Vec<PathBuf> = entries
        .filter_map(|entry| model_of(&entry.path()))
        .collect();
    dirs.sort();
    dirs
}

fn model_of(dir: &Path) -> Option<PathBuf> {
    let dirs = [dir.to_owned(), dir.join("model")];
    dirs.into_iter().find(|dir| dir.join(card::FILE).is_file())
}

/// What a model folder is called: by its own name, or by its run's.
pub fn name_of(dir: &Path) -> String {
    let whole = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let named = if whole.ends_with("model") {
        whole.parent().unwrap_or(&whole)
    } else {
        &whole
    };
    let name = named.file_name().unwrap_or(named.as_os_str());
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy_card(to: &Path, change: impl FnOnce(&mut Card)) {
        fs::create_dir_all(to).unwrap();
        let mut card = card::tests::empty_card();
        change(&mut card);
        card.write(to).unwrap();
    }

    #[test]
    fn models_that_came_along_are_listed_with_their_cards() {
        let bundled: Vec<ShelfModel> = list(&[])
            .into_iter()
            .filter(|model| model.origin == Origin::Bundled)
            .collect();
        let did = bundled.iter().find(|model| model.name == "did-laptop");
        let did = did.expect("it comes with the program");
        assert_eq!(did.fault, None);
        assert_eq!(did.card.as_ref().unwrap().method, "did");
        assert_eq!(did.weights_sha256.as_ref().unwrap().len(), 64);
        assert!(1 << 10 < did.weights_bytes);
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        copy_card(&at("a-no-weights"), |_| ());
        copy_card(&at("b-unknown"), |card| {
            "of-tomorrow".clone_into(&mut card.method);
        });
        fs::write(at("b-unknown").join(WEIGHTS), b"weights").unwrap();
        fs::create_dir(at("c-broken")).unwrap();
        fs::write(at("c-broken").join(card::FILE), "{").unwrap();
        fs::write(at("c-broken").join(WEIGHTS), b"weights").unwrap();
        copy_card(&at("run-7/model"), |_| ());
        fs::write(at("run-7/model").join(WEIGHTS), b"weights").unwrap();

        let place = [root.path().to_owned()];
        let found = list(&place).into_iter();
        let found: Vec<ShelfModel> = found
            .filter(|model| model.origin == Origin::Elsewhere)
            .collect();
        let names: Vec<&str> = found.iter().map(|model| model.name.as_str()).collect();
        assert_eq!(names, ["a-no-weights", "b-unknown", "c-broken", "run-7"]);
        let fault = |at: usize| found[at].fault.as_deref().unwrap();
        assert!(fault(0).contains("weights.safetensors"), "{}", fault(0));
        assert!(fault(1).contains("\"of-tomorrow\""), "{}", fault(1));
        assert!(fault(2).contains("card.json"), "{}", fault(2));
        assert_eq!(found[3].fault, None);
        // The run's folder alone names the same model.
        let alone = list(&[at("run-7")]);
        assert_eq!(alone[0].dir, at("run-7/model"));
        assert_eq!(alone[0].origin, Origin::Elsewhere);
    }
}
