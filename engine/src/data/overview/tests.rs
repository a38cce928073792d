//! Overviews of small manifests made here, with pictures of one color.

use super::*;
use crate::job::CancelToken;

/// A gray picture with a white right half.
fn picture(dir: &Path, name: &str, width: u32, height: u32) {
    let halves = |x, _| image::Rgb(if x < width / 2 { [90; 3] } else { [255; 3] });
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    image::RgbImage::from_fn(width, height, halves)
        .save(path)
        .unwrap();
}

fn line(path: &str, source: &str, split: &str, technique: Option<&str>) -> String {
    let mut line = serde_json::json!({
        "path": path, "label": u8::from(technique.is_some()), "source": source, "dataset": "made-up",
    });
    if !split.is_empty() {
        line["split"] = split.into();
    }
    if let Some(technique) = technique {
        line["technique"] = technique.into();
        line["mask"] = format!("masks/{path}").into();
    }
    format!("{line}\n")
}

/// Two pristine pictures and two swaps of which one is missing, with the mask of the other.
fn set(dir: &Path) -> PathBuf {
    picture(dir, "a.png", 400, 300);
    picture(dir, "b.png", 64, 48);
    picture(dir, "swap/a.png", 400, 300);
    picture(dir, "masks/swap/a.png", 400, 300);
    let text = line("a.png", "ann", "train", None)
        + &line("b.png", "bob", "test", None)
        + &line("swap/a.png", "ann", "train", Some("swap"))
        + &line("swap/b.png", "bob", "test", Some("swap"));
    let path = dir.join("manifest.jsonl");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn items_are_counted_and_missing_files_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = set(dir.path());
    let seen = look(dir.path(), &mut JobContext::detached()).unwrap();
    assert_eq!(seen.path, path);
    assert_eq!(seen.sha256, Manifest::read(&path).unwrap().hash());
    assert_eq!(seen.num_items, 4);
    let counts: Vec<(Option<Split>, u8, usize)> = seen
        .counts
        .iter()
        .map(|count| (count.split, count.label, count.items))
        .collect();
    let (train, test) = (Some(Split::Train), Some(Split::Test));
    let expected = [(train, 0, 1), (train, 1, 1), (test, 0, 1), (test, 1, 1)];
    assert_eq!(counts, expected);
    assert_eq!(seen.counts[1].technique.as_deref(), Some("swap"));
    assert_eq!(seen.datasets, [("made-up".to_owned(), 4)]);
    assert_eq!(seen.splits.len(), 2);
    assert!(seen.splits.iter().all(|split| split.sources == 1));
    assert!(seen.split_check.is_sound);
    assert_eq!(seen.missing.count, 1);
    assert_eq!(seen.missing.first, ["swap/b.png"]);
    assert_eq!((seen.masks.manipulated, seen.masks.listed), (2, 2));
    assert_eq!(seen.masks.missing.first, ["masks/swap/b.png"]);
}

#[test]
fn each_kind_has_a_picture_with_its_mask_and_what_cannot_be_read_says_so() {
    let dir = tempfile::tempdir().unwrap();
    set(dir.path());
    let seen = look(dir.path(), &mut JobContext::detached()).unwrap();
    let kinds: Vec<(&str, Option<Split>)> = seen
        .thumbnails
        .iter()
        .map(|thumbnail| (thumbnail.kind(), thumbnail.split))
        .collect();
    let (train, test) = (Some(Split::Train), Some(Split::Test));
    assert_eq!(
        kinds,
        [
            ("pristine", train),
            ("pristine", test),
            ("swap", train),
            ("swap", test)
        ]
    );
    let pristine = seen.thumbnails[0].picture.as_ref().unwrap();
    assert_eq!(pristine.size_px, [192, 144]);
    assert_eq!(pristine.rgb.len(), 3 * 192 * 144);
    assert_eq!((pristine.rgb[0], pristine.rgb[3 * 191]), (90, 255));
    assert_eq!(pristine.mask, None);
    let small = seen.thumbnails[1].picture.as_ref().unwrap();
    assert_eq!(small.size_px, [64, 48]);
    let swap = seen.thumbnails[2].picture.as_ref().unwrap();
    let mask = swap.mask.as_ref().unwrap();
    assert_eq!((mask[0], mask[191]), (90, 255));
    assert!(swap.is_outline(96, 70));
    assert!(!swap.is_outline(95, 70) && !swap.is_outline(150, 70));
    assert!(
        seen.thumbnails[3]
            .picture
            .as_ref()
            .unwrap_err()
            .contains("swap/b.png")
    );
}

#[test]
fn a_source_in_two_splits_is_told_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let path = set(dir.path());
    let mut text = std::fs::read_to_string(&path).unwrap();
    text += &line("b.png", "ann", "test", None);
    std::fs::write(&path, text).unwrap();
    let seen = look(&path, &mut JobContext::detached()).unwrap();
    assert!(!seen.split_check.is_sound);
    let words = &seen.split_check.in_words;
    assert!(
        words.contains("\"ann\"") && words.contains("train"),
        "{words}"
    );
    let without = line("a.png", "ann", "", None);
    std::fs::write(&path, without).unwrap();
    let seen = look(&path, &mut JobContext::detached()).unwrap();
    assert_eq!(seen.split_check.in_words, "No item has a split yet");
}

#[test]
fn pictures_are_chosen_evenly_and_never_too_many() {
    let dir = tempfile::tempdir().unwrap();
    let many: String = (0..40)
        .map(|at| {
            line(
                &format!("{at}.png"),
                &format!("p{at}"),
                "test",
                Some(&format!("t{at:02}")),
            )
        })
        .collect();
    let path = dir.path().join("manifest.jsonl");
    std::fs::write(&path, many).unwrap();
    let seen = look(&path, &mut JobContext::detached()).unwrap();
    assert_eq!(seen.thumbnails.len(), 24);
    assert_eq!(seen.missing.count, 40);
    assert_eq!(seen.missing.first.len(), 8);
}

#[test]
fn looking_can_be_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let path = set(dir.path());
    let token = CancelToken::default();
    token.cancel();
    let err = look(&path, &mut JobContext::new(token, |_| ())).unwrap_err();
    assert!(matches!(err, OverviewError::Cancelled(_)), "{err}");
}
