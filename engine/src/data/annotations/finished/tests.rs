//! Finished masks reach training cut as their faces are, and never from another frame.

use super::*;
use crate::data::annotations::TaskState;
use crate::data::annotations::example::{Example, SIDE, mask, write_clip};
use std::sync::{Arc, Mutex};

const RULE: CropRule = CropRule {
    size_px: 40,
    margin: 1.0,
    is_aligned: false,
};

fn faces(example: &Example) -> (Result<Vec<MaskedFace>, FinishedError>, Vec<String>) {
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&warnings);
    let mut job = JobContext::new(crate::job::CancelToken::default(), move |signal| {
        if let crate::job::Signal::Warning(text) = signal {
            sink.lock().unwrap().push(text);
        }
    });
    let faces = finished_faces(&example.folder, RULE, &mut job);
    drop(job);
    (
        faces,
        Arc::into_inner(warnings).unwrap().into_inner().unwrap(),
    )
}

#[test]
fn finished_masks_are_cut_as_their_faces_are() {
    let example = Example::new();
    let mask = mask(true);
    let tasks = [20, 3].map(|index| example.finished(index, &mask));
    let begun = example.finished(5, &mask);
    example.set_state(&begun, TaskState::Begun);
    let empty = example.finished(6, &Mask::empty(SIDE, SIDE));
    let (faces, warnings) = faces(&example);
    let faces = faces.unwrap();
    let ids: Vec<TaskId> = faces.iter().map(|face| face.task).collect();
    assert_eq!(ids, tasks.map(|task| task.id));
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].contains(&format!("task {}", empty.id.0)),
        "{warnings:?}"
    );
    for (face, index) in faces.iter().zip([20, 3]) {
        assert_eq!(
            (face.item.as_str(), face.source.as_str()),
            ("swap.mkv", "ann")
        );
        // The box is 40 px wide and so is the crop: every pixel is the frame's own, 12 and 10 further.
        let frame = &example.frames[index];
        for y in 0..40 {
            for x in 0..40 {
                let at = 40 * y + x;
                let there = (y + 10) * SIDE as usize + x + 12;
                assert_eq!(face.mask[at], mask.values[there], "{x} {y}");
                assert_eq!(face.pixels[3 * at..][..3], frame.pixels[3 * there..][..3]);
            }
        }
    }
}

#[test]
fn a_frame_that_is_another_now_is_an_error_with_its_task() {
    let example = Example::new();
    example.finished(3, &mask(false));
    let mut moved = example.task(8);
    moved.frame.index = 7;
    let moved = example.folder.add(vec![moved]).unwrap().remove(0);
    let stored = example.folder.strokes(TaskId(1)).unwrap();
    example
        .folder
        .write_stroke(moved.id, 0, &stored.deltas[0])
        .unwrap();
    assert_eq!(faces(&example).0.unwrap().len(), 1, "nobody finished it");
    example.set_state(&moved, TaskState::Done);
    let text = faces(&example).0.unwrap_err().to_string();
    assert!(
        text.contains("task 2") && text.contains("now number 8, not 7"),
        "{text}"
    );

    write_clip(&example.dir.path().join("swap.mkv"), 30, 1);
    let text = faces(&example).0.unwrap_err().to_string();
    assert!(
        text.contains("another than the one that was marked"),
        "{text}"
    );
}
