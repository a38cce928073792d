//! The shape of the JSON `seam-scan/1`, as other programs rely on it: fields may be added, never changed.

use serde_json::Value;

/// Every field that must be there: where, and of which kind. `[]` stands for each item of a list.
const FIELDS: &[(&str, Kind)] = &[
    ("schema", Kind::Text),
    ("seam.version", Kind::Text),
    ("device.kind", Kind::OneOf(&["cuda", "wgpu", "cpu"])),
    ("device.name", Kind::Text),
    ("media.path", Kind::Text),
    ("media.sha256", Kind::Sha256),
    ("media.bytes", Kind::Count),
    ("media.container", Kind::Text),
    ("media.video.codec", Kind::Text),
    ("media.video.width", Kind::Count),
    ("media.video.height", Kind::Count),
    ("media.video.rotation", Kind::Count),
    ("media.video.frames_decoded", Kind::Count),
    ("media.video.duration_secs", Kind::Number),
    ("media.video.fps_mean", Kind::Number),
    ("media.video.variable_rate", Kind::Truth),
    ("sampling.frames_examined", Kind::Count),
    ("sampling.rule", Kind::Text),
    ("tracks[].id", Kind::Count),
    ("tracks[].first_pts_secs", Kind::Number),
    ("tracks[].last_pts_secs", Kind::Number),
    ("tracks[].frames", Kind::Count),
    ("tracks[].median_box_px", Kind::Number),
    (
        "tracks[].gate.state",
        Kind::OneOf(&["usable", "weak", "not_usable"]),
    ),
    ("tracks[].gate.reasons[]", Kind::Text),
    ("tracks[].checks[].method", Kind::Text),
    ("tracks[].checks[].model", Kind::Text),
    ("tracks[].checks[].state", Kind::OneOf(STATES)),
    ("tracks[].checks[].calibrated", Kind::Truth),
    ("tracks[].checks[].frames[].pts_secs", Kind::Number),
    ("tracks[].checks[].frames[].index", Kind::Count),
    ("tracks[].checks[].frames[].logit", Kind::Number),
    ("tracks[].checks[].frames[].score", Kind::Share),
    (
        "summary.verdict",
        Kind::OneOf(&["strong", "some", "little", "cannot_tell"]),
    ),
    ("summary.sentence", Kind::Text),
    ("summary.limits[]", Kind::Text),
    ("ledger[].check", Kind::Text),
    ("ledger[].state", Kind::OneOf(STATES)),
    ("ledger[].millis", Kind::Count),
];

const STATES: &[&str] = &["ran", "not_applicable", "failed", "skipped", "cancelled"];

enum Kind {
    Text,
    Sha256,
    Count,
    Number,
    /// A number from 0 to 1.
    Share,
    Truth,
    OneOf(&'static [&'static str]),
}

/// Fails with the field's place where the record does not have the published shape.
#[track_caller]
pub fn check_scan_record(record: &Value) {
    for (path, kind) in FIELDS {
        check(record, path, kind, path);
    }
    assert_eq!(record["schema"], "seam-scan/1");
    for check in record["tracks"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|track| track["checks"].as_array().cloned().unwrap_or_default())
    {
        let has_reason = check["reason"].is_string();
        assert!(
            has_reason || check["state"] == "ran",
            "a check that did not run has no reason: {check}"
        );
        if let Some(resembles) = check.get("resembles") {
            check_resemblance(resembles);
        }
    }
}

/// Only checks that found evidence have one.
#[track_caller]
fn check_resemblance(resembles: &Value) {
    assert!(resembles["sentence"].is_string(), "{resembles}");
    let techniques = resembles["techniques"].as_array();
    let shares = techniques.into_iter().flatten();
    let sum: f64 = shares.filter_map(|it| it["share"].as_f64()).sum();
    assert!((sum - 1.0).abs() < 1e-3, "{resembles}");
}

#[track_caller]
fn check(value: &Value, path: &str, kind: &Kind, whole: &str) {
    if path.is_empty() {
        assert!(kind.fits(value), "{whole} is {value}");
        return;
    }
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    match step.strip_suffix("[]") {
        Some(name) => {
            let items = value[name].as_array();
            let Some(items) = items else {
                panic!("{whole}: {name} is no list: {value}");
            };
            for item in items {
                check(item, rest, kind, whole);
            }
        }
        None => check(&value[step], rest, kind, whole),
    }
}

impl Kind {
    fn fits(&self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Sha256 => value.as_str().is_some_and(|text| text.len() == 64),
            Self::Count => value.is_u64(),
            Self::Number => value.is_number(),
            Self::Share => value.as_f64().is_some_and(|v| (0.0..=1.0).contains(&v)),
            Self::Truth => value.is_boolean(),
            Self::OneOf(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        }
    }
}
