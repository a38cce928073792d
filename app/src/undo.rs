//! What can be taken back where clips are looked at and models are trained. Paint has a history of its own.

use std::collections::VecDeque;
use std::path::PathBuf;

use crate::layout::Layout;
use crate::state::{AnalysisState, FileId, Intake, MediaFile, State};

/// Kept. A removed file keeps its evidence, some megabytes for an hour of video.
const MAX: usize = 32;

/// A change that undoes another one.
#[derive(Debug)]
pub enum Change {
    /// Puts a removed file back into the list, with all that was found.
    PutBack {
        at: usize,
        file: Box<MediaFile>,
    },
    TakeOff(FileId),
    /// Loops this part of the file again.
    Loop {
        file: FileId,
        region: Option<(i64, i64)>,
    },
    Arrange(Box<Layout>),
    /// Puts a run back into the list of trainings.
    ListRun(PathBuf),
}

/// Changes that can be taken back, and those that were.
#[derive(Debug, Default)]
pub struct Undo {
    done: VecDeque<Change>,
    undone: Vec<Change>,
}

/// What else is to be done after a change was taken back.
#[derive(Debug, PartialEq)]
pub enum After {
    Nothing,
    /// The file was not read to its end when it was removed.
    ReadAgain(FileId),
    /// Work on the file ends.
    Stop(FileId),
    /// The run is read and listed.
    ListRun(PathBuf),
}

impl Undo {
    /// Notes what takes back something that the user just did.
    pub fn did(&mut self, back: Change) {
        self.undone.clear();
        if self.done.len() == MAX {
            self.done.pop_front();
        }
        self.done.push_back(back);
    }

    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }
}

/// Takes back the last change, or, with `again`, brings back the last one that was taken back. Gives what was done in
/// words; `None` where there is nothing.
pub fn step(state: &mut State, layout: &mut Layout, again: bool) -> Option<(String, After)> {
    let undo = &mut state.shell.undo;
    let change = if again {
        undo.undone.pop()
    } else {
        undo.done.pop_back()
    }?;
    let (inverse, words, after) = run(state, layout, change)?;
    let undo = &mut state.shell.undo;
    let Some(inverse) = inverse else {
        return Some((words, after));
    };
    if again {
        undo.done.push_back(inverse);
    } else {
        undo.undone.push(inverse);
    }
    Some((words, after))
}

/// Makes a change, and gives what takes it back, if anything does.
fn run(
    state: &mut State,
    layout: &mut Layout,
    change: Change,
) -> Option<(Option<Change>, String, After)> {
    match change {
        Change::PutBack { at, mut file } => {
            let id = file.id;
            let mut after = After::Nothing;
            if matches!(file.intake, Intake::Reading(_)) {
                after = After::ReadAgain(id);
            }
            // Its work was stopped when it was removed.
            if matches!(file.analysis, AnalysisState::Running(_)) {
                file.analysis = AnalysisState::Cancelled;
            }
            let words = format!("{} is back in the list", file.name);
            state.files.insert(at.min(state.files.len()), *file);
            state.select(id);
            Some((Some(Change::TakeOff(id)), words, after))
        }
        Change::TakeOff(id) => {
            let (at, file) = state.remove(id)?;
            let words = format!("{} is off the list again", file.name);
            let file = Box::new(file);
            let inverse = Change::PutBack { at, file };
            Some((Some(inverse), words, After::Stop(id)))
        }
        Change::Loop { file, region } => {
            state.file(file)?;
            state.select(file);
            let before = std::mem::replace(&mut state.playback.region, region);
            let words = match region {
                Some(_) => "The region is back",
                None => "The region is cleared again",
            };
            let inverse = Change::Loop {
                file,
                region: before,
            };
            Some((Some(inverse), words.to_owned(), After::Nothing))
        }
        Change::Arrange(before) => {
            let now = std::mem::replace(layout, *before);
            let words = "The panes are where they were".to_owned();
            let inverse = Change::Arrange(Box::new(now));
            Some((Some(inverse), words, After::Nothing))
        }
        // Taking it off again is one click.
        Change::ListRun(dir) => {
            let words = "The run is back in the list".to_owned();
            Some((None, words, After::ListRun(dir)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn with_files(names: &[&str]) -> State {
        let mut state = State::default();
        for name in names {
            let (id, _) = state.add_file(Path::new(name));
            state.file_mut(id).unwrap().intake = Intake::Failed("not read here".to_owned());
            state.select(id);
        }
        state
    }

    fn remove(state: &mut State, id: FileId) {
        let (at, file) = state.remove(id).unwrap();
        let file = Box::new(file);
        state.shell.undo.did(Change::PutBack { at, file });
    }

    fn names(state: &State) -> Vec<&str> {
        state.files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn a_removed_file_comes_back_to_its_place_with_what_was_found() {
        let mut state = with_files(&["a.mp4", "b.mp4", "c.mp4"]);
        let mut layout = Layout::default();
        let id = state.files[1].id;
        state.files[1].warnings.push("kept".to_owned());
        remove(&mut state, id);
        assert_eq!(names(&state), ["a.mp4", "c.mp4"]);
        let (words, after) = step(&mut state, &mut layout, false).unwrap();
        assert_eq!(words, "b.mp4 is back in the list");
        assert_eq!(after, After::Nothing);
        assert_eq!(names(&state), ["a.mp4", "b.mp4", "c.mp4"]);
        assert_eq!(state.selected_file().unwrap().warnings, ["kept"]);
        // And goes again, and comes back once more.
        step(&mut state, &mut layout, true).unwrap();
        assert_eq!(names(&state), ["a.mp4", "c.mp4"]);
        step(&mut state, &mut layout, false).unwrap();
        assert_eq!(names(&state), ["a.mp4", "b.mp4", "c.mp4"]);
        assert!(step(&mut state, &mut layout, false).is_none());
    }

    #[test]
    fn a_file_that_was_being_read_is_read_again() {
        let mut state = with_files(&["a.mp4"]);
        let id = state.files[0].id;
        state.files[0].intake = Intake::Reading(None);
        remove(&mut state, id);
        assert!(state.selected_file().is_none());
        let (_, after) = step(&mut state, &mut Layout::default(), false).unwrap();
        assert_eq!(after, After::ReadAgain(id));
        assert_eq!(state.selected, Some(id));
    }

    #[test]
    fn a_cleared_region_comes_back() {
        let mut state = with_files(&["a.mp4", "b.mp4"]);
        let file = state.files[0].id;
        state.shell.undo.did(Change::Loop {
            file,
            region: Some((1, 2)),
        });
        let mut layout = Layout::default();
        step(&mut state, &mut layout, false).unwrap();
        assert_eq!(state.selected, Some(file));
        assert_eq!(state.playback.region, Some((1, 2)));
        step(&mut state, &mut layout, true).unwrap();
        assert_eq!(state.playback.region, None);
    }

    #[test]
    fn something_new_ends_what_could_be_brought_back() {
        let mut state = with_files(&["a.mp4", "b.mp4"]);
        let (a, b) = (state.files[0].id, state.files[1].id);
        remove(&mut state, a);
        step(&mut state, &mut Layout::default(), false).unwrap();
        assert!(state.shell.undo.can_redo());
        remove(&mut state, b);
        assert!(!state.shell.undo.can_redo() && state.shell.undo.can_undo());
    }
}
