//! Strokes on disk: order, undo and redo, and what damage leaves.

use super::*;
use crate::data::annotations::Mask;

/// Masks after 0, 1, 2.. strokes, and the strokes between.
fn masks(count: usize) -> (Vec<Mask>, Vec<Delta>) {
    let mut masks = vec![Mask::empty(130, 70)];
    let mut deltas = Vec::new();
    for at in 0..count {
        let before = &masks[at];
        let mut after = before.clone();
        for value in after.values.iter_mut().skip(500 * at).take(2000) {
            *value = value.wrapping_add(40 + at as u8);
        }
        deltas.push(Delta::between(before, &after).unwrap());
        masks.push(after);
    }
    (masks, deltas)
}

fn written(dir: &Path, deltas: &[Delta]) -> StrokesDir {
    let strokes = StrokesDir::of(dir);
    for (place, delta) in deltas.iter().enumerate() {
        strokes.write(place, delta).unwrap();
    }
    strokes
}

fn mask(stored: &StoredStrokes) -> Mask {
    let mut mask = Mask::empty(130, 70);
    for delta in &stored.deltas[..stored.applied] {
        delta.apply(&mut mask).unwrap();
    }
    mask
}

#[test]
fn strokes_come_back_in_order_and_a_task_without_any_has_none() {
    let dir = tempfile::tempdir().unwrap();
    let none = StrokesDir::of(&dir.path().join("none")).read().unwrap();
    assert!(none.deltas.is_empty() && none.applied == 0 && none.damage.is_none());
    let (masks, deltas) = masks(12);
    let stored = written(dir.path(), &deltas).read().unwrap();
    assert_eq!((&stored.deltas, stored.applied), (&deltas, 12));
    assert_eq!(mask(&stored), masks[12]);
}

#[test]
fn strokes_taken_back_stay_so_until_a_new_one_removes_them() {
    let dir = tempfile::tempdir().unwrap();
    let (masks, deltas) = masks(5);
    let strokes = written(dir.path(), &deltas);
    strokes.write_applied(2).unwrap();
    let stored = strokes.read().unwrap();
    assert_eq!((stored.deltas.len(), stored.applied), (5, 2));
    assert_eq!(mask(&stored), masks[2]);
    strokes.write_applied(4).unwrap();
    assert_eq!(mask(&strokes.read().unwrap()), masks[4]);
    strokes.write_applied(1).unwrap();
    strokes.write(1, &deltas[3]).unwrap();
    let stored = strokes.read().unwrap();
    assert_eq!(stored.deltas, [deltas[0].clone(), deltas[3].clone()]);
    assert_eq!(stored.applied, 2);
    let err = strokes.write(4, &deltas[4]).unwrap_err().to_string();
    assert!(err.contains("stroke 4 is missing"), "{err}");
}

#[test]
fn a_damaged_stroke_is_named_and_those_before_it_are_kept() {
    let (masks, deltas) = masks(5);
    let check = |damage: &dyn Fn(&Path), reason: &str| {
        let dir = tempfile::tempdir().unwrap();
        let strokes = written(dir.path(), &deltas);
        damage(&strokes.path(3));
        let stored = strokes.read().unwrap();
        assert_eq!((stored.deltas.len(), stored.applied), (3, 3));
        assert_eq!(mask(&stored), masks[3]);
        let text = stored.damage.unwrap();
        assert!(text.starts_with("Stroke 4 of 5 is damaged, the 3 before it are kept: "));
        assert!(
            text.contains(reason) && text.contains("000004.stroke"),
            "{text}"
        );

        // The work goes on, and what could not be read is still there for whoever can.
        strokes.write(3, &deltas[3]).unwrap();
        let stored = strokes.read().unwrap();
        assert_eq!((stored.deltas.len(), stored.applied), (4, 4));
        assert_eq!(stored.damage, None);
        assert!(strokes.path(4).with_extension(DAMAGED_ENDING).exists());
    };
    check(
        &|path| fs::write(path, &fs::read(path).unwrap()[..40]).unwrap(),
        "damaged",
    );
    check(&|path| fs::write(path, "").unwrap(), "no stroke");
    check(&|path| fs::remove_file(path).unwrap(), "missing");
    check(
        &|path| {
            let mut bytes = fs::read(path).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(path, bytes).unwrap();
        },
        "checksum",
    );
}

#[test]
fn a_damaged_count_is_told_of_and_no_stroke_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let (_, deltas) = masks(3);
    let strokes = written(dir.path(), &deltas);
    for text in ["", "many", "7"] {
        fs::write(dir.path().join(APPLIED_FILE), text).unwrap();
        let stored = strokes.read().unwrap();
        assert_eq!((stored.deltas.len(), stored.applied), (3, 3));
        assert!(stored.damage.unwrap().contains(APPLIED_FILE), "{text}");
    }
}

#[test]
fn a_stroke_in_the_making_is_no_stroke() {
    let dir = tempfile::tempdir().unwrap();
    let (_, deltas) = masks(2);
    let strokes = written(dir.path(), &deltas);
    let half = dir.path().join(STROKES_DIR).join("000003.stroke.17-5.part");
    fs::write(&half, "half").unwrap();
    assert_eq!(strokes.read().unwrap().applied, 2);
    strokes.sweep().unwrap();
    assert!(!half.exists());
}
