//! Tables as they were written, and those of other programs.

use super::*;
use crate::eval::scores::tests::row;

fn read_text(text: &str) -> Result<ForeignScores, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scores.csv");
    fs::write(&path, text).unwrap();
    read(&path).map_err(|err| err.to_string())
}

#[test]
fn what_was_written_reads_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scores.csv");
    let set = ScoreSet {
        rows: vec![
            row("a, \"b\".mp4", None, -0.123_456_789_012_345_6),
            row("c.mp4", Some("swap"), 17.25),
        ],
        ..ScoreSet::default()
    };
    write(&set, &path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with(&format!("{}\n", COLUMNS.join(","))),
        "{text}"
    );
    let back = read(&path).unwrap();
    assert_eq!(back.set, set);
    assert!(back.has_videos);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn what_faces_resemble_reads_back_bit_for_bit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scores.csv");
    let mut set = ScoreSet {
        rows: vec![row("a", None, -1.0), row("b", Some("swap"), 1.0)],
        domains: vec!["pristine".to_owned(), "swap, twice".to_owned()],
        ..ScoreSet::default()
    };
    set.rows[0].domains = vec![1.0 / 3.0, 0.1_f32 + 0.2];
    write(&set, &path).unwrap();
    assert_eq!(read(&path).unwrap().set, set);
    check(
        "label,score,resembles_swap\n0,0.1,0.5\n1,0.9,much\n",
        &["Line 3", "resemblance to swap is \"much\""],
    );
}

#[test]
fn bits_per_dimension_read_back_where_they_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scores.csv");
    let mut set = ScoreSet {
        rows: vec![row("a", None, -1.0), row("b", Some("swap"), 1.0)],
        domains: vec!["pristine".to_owned()],
        ..ScoreSet::default()
    };
    set.rows[0].bits_per_dim = Some(0.1_f32 + 3.2);
    write(&set, &path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("probability,bits_per_dim,resembles_pristine"));
    assert_eq!(read(&path).unwrap().set, set);
    check(
        "label,score,bits_per_dim\n0,0.1,3\n1,0.9,many\n",
        &["Line 3", "bits_per_dim is \"many\""],
    );
}

#[test]
fn plain_scores_are_probabilities_only_between_zero_and_one() {
    let scores = read_text("Label,Score\n0,0.25\n1,0.75\n1,1\n0,0\n").unwrap();
    assert!(scores.scale.starts_with("probabilities"));
    assert!(!scores.has_videos);
    let rows = &scores.set.rows;
    assert_eq!(rows[1].probability, Some(0.75));
    assert!((rows[1].logit - 3_f64.ln()).abs() < 1e-12);
    assert_eq!((rows[2].logit, rows[3].logit), (MAX_LOGIT, -MAX_LOGIT));
    assert_eq!(rows[0].path, "row 1");

    let scores = read_text("video,label,score\na,real,-3\nb,fake,7.5\n").unwrap();
    assert!(!scores.set.has_probabilities());
    assert!(scores.set.rows[1].is_manipulated);
    assert_eq!(scores.set.rows[1].logit, 7.5);
}

#[track_caller]
fn check(text: &str, words: &[&str]) {
    let err = read_text(text).unwrap_err();
    for word in words {
        assert!(err.contains(word), "{err}");
    }
    assert!(err.ends_with("scores.csv\""), "{err}");
}

#[test]
fn mistakes_are_told_by_line_and_column() {
    check("score\n0.5\n", &["no column \"label\"", "\"score\""]);
    check("label,path\n0,a\n", &["no column \"score\""]);
    check("label,score\n0,0.1\n2,0.5\n", &["Line 3", "label is \"2\""]);
    check("label,score\n0,high\n", &["Line 2", "\"high\""]);
    check("label,score\n0,NaN\n", &["Line 2", "not a number"]);
    check("label,probability\n0,1.5\n", &["Line 2", "between 0 and 1"]);
    check("label,score\n0,0.1,9\n", &["Line 2"]);
    check("label,score\n", &["no scores"]);
    check("label,score,split\n0,0.1,half\n", &["Line 2", "\"half\""]);
}
