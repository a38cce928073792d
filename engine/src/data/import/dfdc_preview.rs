//! The DFDC preview (METHODS 17): `dataset.json` maps paths to label and set; people are folders.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::data::Item;
use crate::data::Split;
use crate::data::import::draft::{Draft, item};
use crate::data::import::{ImportError, names, splits};

pub(super) const LIST: &str = "dataset.json";
const DATASET: &str = "dfdc-preview";

#[derive(Deserialize)]
struct Facts {
    label: String,
    set: String,
    target_id: Option<Value>,
    swapped_id: Option<Value>,
}

pub(super) fn import(draft: &mut Draft<'_>) -> Result<(), ImportError> {
    let videos: BTreeMap<String, Facts> = draft.json(LIST)?;
    let mut items = Vec::new();
    for (path, facts) in videos {
        let wrong = |what: &str, text: &str| {
            draft.wrong_list(LIST, &format!("{path:?} has the {what} {text:?}"))
        };
        let label = match facts.label.to_ascii_lowercase().as_str() {
            "real" => 0,
            "fake" => 1,
            _ => return Err(wrong("label", &facts.label)),
        };
        let split = names::split_of(&facts.set);
        let split = split.ok_or_else(|| wrong("set", &facts.set))?;
        if !draft.is_file(&path) {
            draft.missing(path, "dataset.json names it")?;
            continue;
        }
        // `original_videos/1020118/...` and `method_A/1020118/...`: the method and the person filmed.
        let mut folders = path.split('/');
        let (method, folder) = (folders.next(), folders.next());
        let person = facts.target_id.as_ref().map(text_of);
        let person = person
            .or_else(|| folder.map(str::to_owned))
            .unwrap_or_default();
        let donor = facts.swapped_id.as_ref().map(text_of);
        let donor = donor.filter(|donor| label == 1 && *donor != person);
        items.push(Item {
            split: Some(split),
            donors: donor.iter().map(|donor| source_of(donor)).collect(),
            technique: method.filter(|_| label == 1).map(str::to_owned),
            ..item(path.clone(), label, source_of(&person), DATASET.to_owned())
        });
    }
    if items.iter().all(|item| item.split != Some(Split::Val)) {
        splits::carve_validation(&mut items, draft.options.seed);
        draft.note(format!(
            "There is no official validation set: about a tenth of the groups of training people that \
             swap faces only among themselves was put there by the seed {}",
            draft.options.seed
        ));
    }
    items.into_iter().try_for_each(|item| draft.add(item))
}

fn source_of(person: &str) -> String {
    format!("{DATASET}/{person}")
}

/// Numbers are written with quotes and without.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::import::DatasetKind;
    use crate::data::import::tree::{Tree, at, facts};

    #[test]
    fn people_are_sources_and_methods_are_techniques() {
        let tree = Tree::new(&[
            "original_videos/11/11_A.mp4",
            "original_videos/22/22_A.mp4",
            "method_A/11/11_B.mp4",
            "method_B/11/11_33.mp4",
        ]);
        tree.write(
            LIST,
            r#"{"original_videos/11/11_A.mp4":{"label":"real","set":"train","augmentations":[]},
                "original_videos/22/22_A.mp4":{"label":"real","set":"test"},
                "method_A/11/11_B.mp4":{"label":"fake","set":"train","target_id":11,"swapped_id":"44"},
                "method_B/11/11_33.mp4":{"label":"fake","set":"train","target_id":11,"swapped_id":22},
                "method_A/55/no.mp4":{"label":"fake","set":"test"}}"#,
        );
        let (manifest, report) = tree.import(DatasetKind::Dfdc);
        assert_eq!(
            facts(at(&manifest, "method_A/11/11_B.mp4")),
            (
                1,
                "dfdc-preview/11",
                vec!["dfdc-preview/44"],
                Some("method_A"),
                Some(Split::Train)
            )
        );
        assert_eq!(
            facts(at(&manifest, "original_videos/22/22_A.mp4")),
            (0, "dfdc-preview/22", vec![], None, Some(Split::Test))
        );
        assert_eq!(report.missing.len(), 1);
        // The face of a test person was swapped into a training video.
        assert_eq!(report.refused[0].source, "dfdc-preview/22");
        assert_eq!(manifest.items.len(), 3);
    }
}
