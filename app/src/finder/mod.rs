//! Finds what a person means by a few letters: actions, files, people, methods.

mod fuzzy;

use std::path::PathBuf;

use egui::KeyboardShortcut;
use seam_engine::faces::TrackId;
use seam_engine::methods;

use crate::command::{Action, ShellAction};
use crate::state::{FileId, State};
use crate::workspace::Workspace;

/// What the palette can take a person to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Act(Action),
    File(FileId),
    Recent(PathBuf),
    Person(TrackId),
    /// Shows the maps of a method.
    Method(&'static str),
}

/// One line of the palette.
#[derive(Clone, Debug)]
pub struct Entry {
    pub text: String,
    pub tooltip: String,
    /// What kind of thing it is, or which workspace it is of.
    pub note: &'static str,
    pub keys: Option<KeyboardShortcut>,
    /// Choosing it switches to another workspace first.
    pub is_elsewhere: bool,
    pub target: Target,
}

/// Lines that contain the letters in order, the best first; what was used lately comes before its equals, and what
/// belongs to another workspace after them.
pub fn find(state: &State, typed: &str) -> Vec<Entry> {
    let typed = typed.trim().to_lowercase();
    let used = &state.settings.used;
    let mut found: Vec<(i32, Entry)> = entries(state)
        .into_iter()
        .filter_map(|entry| {
            let mut score = score(&entry, &typed)?;
            if let Some(at) = used.iter().position(|text| *text == entry.text) {
                score += 12 - at.min(11) as i32;
            }
            if entry.is_elsewhere {
                score -= 40;
            }
            Some((score, entry))
        })
        .collect();
    // Equals stay in the order of the menus.
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// A hit in the words counts more than one in the sentence behind them.
fn score(entry: &Entry, typed: &str) -> Option<i32> {
    if typed.is_empty() {
        return Some(0);
    }
    let by_text = fuzzy::score(&entry.text, typed).map(|score| score + 60);
    // In whole sentences nearly all letters are found; there the letters must be together.
    let is_in_sentence = 2 < typed.len() && entry.tooltip.to_lowercase().contains(typed);
    by_text.or(is_in_sentence.then_some(0))
}

fn entries(state: &State) -> Vec<Entry> {
    let workspace = state.settings.workspace;
    let mut entries: Vec<Entry> = Action::all()
        .filter(|action| *action != Action::Palette)
        .map(|action| action_entry(action, workspace))
        .collect();
    for file in &state.files {
        entries.push(Entry {
            text: file.name.clone(),
            tooltip: file.path.display().to_string(),
            note: "file",
            keys: None,
            is_elsewhere: false,
            target: Target::File(file.id),
        });
    }
    for path in &state.settings.recent {
        if state.files.iter().any(|file| file.path == *path) {
            continue;
        }
        let name = path.file_name().unwrap_or(path.as_os_str());
        entries.push(Entry {
            text: name.to_string_lossy().into_owned(),
            tooltip: path.display().to_string(),
            note: if state.shell.missing.contains(path) {
                "recent, missing"
            } else {
                "recent"
            },
            keys: None,
            is_elsewhere: false,
            target: Target::Recent(path.clone()),
        });
    }
    if let Some(file) = state.selected_file() {
        entries.extend(file.evidence.people.keys().map(|&id| Entry {
            text: format!("Person {}", id.0),
            tooltip: format!("Choose person {} of {}", id.0, file.name),
            note: "person",
            keys: None,
            is_elsewhere: workspace != Workspace::Inspect,
            target: Target::Person(id),
        }));
    }
    let methods = methods::METHODS.iter().filter(|method| !method.is_baseline);
    entries.extend(methods.map(|method| Entry {
        text: format!("{} maps", method.detector.title),
        tooltip: format!("Show what {} sees in the face", method.detector.title),
        note: "method",
        keys: None,
        is_elsewhere: workspace != Workspace::Inspect,
        target: Target::Method(method.detector.name),
    }));
    entries
}

fn action_entry(action: Action, workspace: Workspace) -> Entry {
    let info = action.info();
    let is_elsewhere = !action.scope().is_in(workspace);
    let home = action.scope().home();
    Entry {
        text: info.text.to_owned(),
        tooltip: info.tooltip.to_owned(),
        note: match (is_elsewhere, home, action) {
            (true, Some(home), _) => home.action().info().text,
            (_, _, Action::ShowInspect | Action::ShowTrain | Action::ShowAnnotate) => "workspace",
            (_, _, Action::Shell(ShellAction::Tour)) => "help",
            _ => "",
        },
        keys: info.shortcut,
        is_elsewhere,
        target: Target::Act(action),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(state: &State, typed: &str) -> Vec<String> {
        find(state, typed)
            .into_iter()
            .map(|entry| entry.text)
            .collect()
    }

    #[test]
    fn the_plain_word_comes_first() {
        let state = State::default();
        for (typed, first) in [
            ("loop", "Loop"),
            ("next fr", "Next frame"),
            ("face box", "Face boxes"),
            ("light", "Light window"),
            ("sha", "Copy SHA-256"),
        ] {
            assert_eq!(texts(&state, typed)[0], first, "{typed}");
        }
    }

    #[test]
    fn what_was_used_lately_comes_first_where_nothing_was_typed() {
        let mut state = State::default();
        state.settings.used = vec!["Faster".to_owned(), "Fit to window".to_owned()];
        assert_eq!(texts(&state, "")[..2], ["Faster", "Fit to window"]);
    }

    #[test]
    fn actions_of_other_workspaces_are_there_after_those_of_this_one() {
        let state = State::default();
        let found = find(&state, "zoom");
        let here = found.iter().position(|entry| entry.text == "Zoom to face");
        let there = found.iter().position(|entry| entry.text == "Zoom in");
        assert!(here < there && here.is_some());
        assert!(found[there.unwrap()].is_elsewhere);
        assert_eq!(found[there.unwrap()].note, "Annotate");
    }

    #[test]
    fn files_and_recent_ones_are_found_once() {
        let mut state = State::default();
        let path = std::path::Path::new("clips/interview.mp4");
        state.add_file(path);
        state.settings.recent = vec![path.to_owned(), "clips/other.mov".into()];
        assert_eq!(texts(&state, "interv"), ["interview.mp4"]);
        assert_eq!(texts(&state, "other.m"), ["other.mov"]);
    }

    #[test]
    fn nonsense_finds_nothing() {
        assert!(find(&State::default(), "qqxzv").is_empty());
    }
}
