//! What waits is written in order, failures are told and tried again, and undo outlives the program.

use std::fs;
use std::time::{Duration, Instant};

use super::*;
use crate::annotate::History;
use crate::data::annotations::{About, Mask, Order, TaskState};

const TASK: TaskId = TaskId(3);

fn folder() -> (tempfile::TempDir, AnnotationFolder) {
    let dir = tempfile::tempdir().unwrap();
    let about = About::new(None, None, Order::Asked, 1);
    let folder = AnnotationFolder::create(dir.path(), &about).unwrap();
    (dir, folder)
}

/// One more stroke on the mask.
fn paint(mask: &mut Mask, at: usize) -> Arc<Delta> {
    let before = mask.clone();
    let width = mask.width as usize;
    for row in mask
        .values
        .chunks_exact_mut(width)
        .skip(7 * at % 50)
        .take(20)
    {
        for value in &mut row[3 * at % 60..3 * at % 60 + 30] {
            *value = value.wrapping_add(50 + at as u8);
        }
    }
    Arc::new(Delta::between(&before, mask).unwrap())
}

/// Events so far, kept by whoever saves.
type Told = Arc<Mutex<Vec<SaveEvent>>>;

fn saver(folder: &AnnotationFolder) -> (Saver, Told) {
    let told = Told::default();
    let sink = Arc::clone(&told);
    let saver = Saver::new(folder.clone(), move |event| {
        sink.lock().unwrap().push(event);
    });
    (saver.unwrap(), told)
}

#[track_caller]
fn wait_until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited in vain");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn strokes_undone_stay_undone_over_a_restart_and_can_be_done_again() {
    let (dir, folder) = folder();
    let (saver, told) = saver(&folder);
    let mut mask = Mask::empty(96, 80);
    let mut history = History::default();
    let mut masks = vec![mask.clone()];
    for at in 0..6 {
        let delta = paint(&mut mask, at);
        let place = history.push(Arc::clone(&delta));
        saver.stroke(TASK, place, delta);
        masks.push(mask.clone());
    }
    for _ in 0..4 {
        history.undo(&mut mask).unwrap();
        saver.applied(TASK, history.num_applied());
    }
    drop(saver);
    drop(folder);
    assert_eq!(told.lock().unwrap().last(), Some(&SaveEvent::AllSaved));

    let reopened = || {
        let folder = AnnotationFolder::open(dir.path()).unwrap();
        let stored = folder.strokes(TASK).unwrap();
        let deltas = stored.deltas.into_iter().map(Arc::new).collect();
        (folder, History::new(deltas, stored.applied))
    };
    let (folder, mut again) = reopened();
    assert_eq!(again, history);
    let mut mask = again.replay(96, 80).unwrap();
    assert_eq!(mask, masks[2]);
    for expected in &masks[3..] {
        again.redo(&mut mask).unwrap();
        assert_eq!(&mask, expected);
    }
    assert!(!again.can_redo());

    // A new stroke after some undone ones removes those, on disk too.
    again.undo(&mut mask).unwrap();
    again.undo(&mut mask).unwrap();
    let (saver, _told) = self::saver(&folder);
    saver.applied(TASK, again.num_applied());
    let delta = paint(&mut mask, 40);
    let place = again.push(Arc::clone(&delta));
    saver.stroke(TASK, place, delta);
    drop(saver);
    drop(folder);
    let (_folder, last) = reopened();
    assert_eq!(last, again);
    assert_eq!(last.replay(96, 80).unwrap(), mask);
}

#[test]
fn only_the_newest_of_what_replaces_itself_waits() {
    let mut state = State::default();
    let other = TaskId(4);
    let delta = paint(&mut Mask::empty(96, 80), 0);
    let stroke = || Change::Stroke {
        place: 0,
        delta: Arc::clone(&delta),
    };
    for applied in [9, 8, 7] {
        state.put(TASK, Change::Applied(applied));
        state.put(other, Change::Applied(1));
        state.put(TASK, Change::Progress(Box::default()));
    }
    assert_eq!(state.waiting.len(), 3);
    state.put(TASK, stroke());
    state.put(TASK, Change::Applied(0));
    assert_eq!(
        state.waiting.len(),
        5,
        "a count before a stroke is not one after it"
    );
    state.put(TASK, stroke());
    assert_eq!(state.waiting.len(), 6, "no stroke is ever dropped");
    assert!(matches!(state.waiting[0].change, Change::Applied(7)));
}

#[test]
fn a_failed_write_is_told_and_tried_again_in_order() {
    let (dir, folder) = folder();
    // A file where the folder of the task should be: nothing of it can be written.
    let in_the_way = dir.path().join("tasks");
    fs::write(&in_the_way, "").unwrap();
    let (saver, told) = saver(&folder);
    let mut mask = Mask::empty(96, 80);
    let deltas: Vec<_> = (0..2).map(|at| paint(&mut mask, at)).collect();
    saver.stroke(TASK, 0, Arc::clone(&deltas[0]));
    let has_failed = |event: &SaveEvent| matches!(event, SaveEvent::Failed { task: TASK, reason } if reason.contains("tasks"));
    wait_until(|| told.lock().unwrap().iter().any(has_failed));
    assert_eq!(saver.num_waiting(), 1);
    fs::remove_file(&in_the_way).unwrap();
    saver.stroke(TASK, 1, Arc::clone(&deltas[1]));
    wait_until(|| saver.num_waiting() == 0);
    drop(saver);
    let saved = told
        .lock()
        .unwrap()
        .iter()
        .filter_map(|event| match event {
            SaveEvent::Saved { place, .. } => Some(*place),
            SaveEvent::AllSaved | SaveEvent::Failed { .. } => None,
        })
        .collect::<Vec<_>>();
    assert_eq!(saved, [0, 1]);
    assert_eq!(folder.strokes(TASK).unwrap().applied, 2);
}

#[test]
fn the_last_words_are_written_when_it_is_dropped() {
    let (_dir, folder) = folder();
    let (saver, _told) = saver(&folder);
    let mut mask = Mask::empty(96, 80);
    for at in 0..40 {
        saver.stroke(TASK, at, paint(&mut mask, at));
        let progress = Progress {
            state: TaskState::Begun,
            comment: format!("{at}"),
            ..Progress::default()
        };
        saver.progress(TASK, progress);
    }
    drop(saver);
    let stored = folder.strokes(TASK).unwrap();
    assert_eq!(stored.applied, 40);
    assert_eq!(folder.progress(TASK).unwrap().comment, "39");
}
