//! Exported files hold what the look holds, and take nobody's place.

use std::fs;
use std::time::Duration;

use super::*;
use crate::analysis::look::LookKey;
use crate::analysis::record::Score;
use crate::detectors::{FaceScore, known_answer};
use crate::faces::{Gate, GateState, TrackId};
use crate::media::FrameId;

fn look() -> Look {
    let face = known_answer::pattern(0, 4);
    let frame = FrameId {
        pts_nanos: 63_240_000_000,
        index: 81,
        ..face.frame
    };
    Look {
        key: LookKey {
            media: frame.media,
            pts_nanos: frame.pts_nanos,
            track: TrackId(1),
            method: "did",
        },
        frame,
        crop: face.crop,
        raw: FaceScore::of(1.5),
        score: Score::from_logit(1.5).unwrap(),
        gate: Gate {
            state: GateState::Usable,
            reasons: Vec::new(),
        },
        maps: vec![Map {
            kind: MapKind::DeepfakeAttention,
            width: 2,
            height: 3,
            values: vec![0.0, 0.25, f32::NAN, 0.5, 0.75, 1.0],
            range: (0.0, 1.0),
        }],
        likelihood: None,
        model: "did-laptop@0123abcd".to_owned(),
        took: Duration::ZERO,
    }
}

fn export(look: &Look, kind: Option<MapKind>) -> Export<'_> {
    Export {
        look,
        kind,
        media_name: "my clip: 1.mp4",
        picture: kind.map(|_| Colored {
            pixels: (0..18).collect(),
            colors: Colors {
                name: "inferno".to_owned(),
                low: 0.0,
                high: 1.0,
            },
        }),
        has_values: kind.is_some(),
    }
}

#[test]
fn a_map_is_written_whole_with_its_name_and_its_scale() {
    let dir = tempfile::tempdir().unwrap();
    let look = look();
    let files = export(&look, Some(MapKind::DeepfakeAttention))
        .write(&dir.path().join("new"))
        .unwrap();
    let names: Vec<_> = files
        .iter()
        .map(|file| file.file_name().unwrap().to_str().unwrap())
        .collect();
    let stem = "my_clip__1_person1_01m03s240_f81_did_m_df";
    let expected = ["png", "npy", "csv", "json"].map(|ending| format!("{stem}.{ending}"));
    assert_eq!(names, expected);

    let png = image::open(&files[0]).unwrap().into_rgb8();
    assert_eq!(png.dimensions(), (2, 3));
    assert_eq!(png.into_raw(), (0..18).collect::<Vec<u8>>());
    let npy = fs::read(&files[1]).unwrap();
    assert_eq!(npy[npy.len() - 4..], 1.0_f32.to_le_bytes());
    assert_eq!(
        fs::read_to_string(&files[2]).unwrap(),
        "0,0.25\nNaN,0.5\n0.75,1\n"
    );

    let note: MapNote = serde_json::from_slice(&fs::read(&files[3]).unwrap()).unwrap();
    assert_eq!(note.format, "seam-map/1");
    assert_eq!(
        (note.frame.index, note.frame.pts_nanos),
        (81, 63_240_000_000)
    );
    assert_eq!(note.media.sha256, look.frame.media);
    assert_eq!(
        (note.model.as_str(), note.model_weights.as_str()),
        ("did-laptop", "0123abcd")
    );
    assert_eq!(
        (note.map.as_str(), note.size, note.channels),
        ("m-df", [2, 3], 1)
    );
    assert_eq!(
        (note.scale, note.smallest, note.largest),
        (Some([0.0, 1.0]), Some(0.0), Some(1.0))
    );
    assert_eq!(note.colors.unwrap().name, "inferno");
    assert_eq!(note.files, expected[..3]);
}

#[test]
fn a_face_is_its_pixels_and_nothing_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let look = look();
    let first = export(&look, None).write(dir.path()).unwrap();
    let again = export(&look, None).write(dir.path()).unwrap();
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(
        name(&first[0]),
        "my_clip__1_person1_01m03s240_f81_did_face.png"
    );
    assert_eq!(
        name(&again[0]),
        "my_clip__1_person1_01m03s240_f81_did_face_2.png"
    );
    let png = image::open(&first[0]).unwrap().into_rgb8();
    assert_eq!(png.into_raw(), look.crop.pixels);
    // Two pictures with their notes, and nothing half done.
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
}

#[test]
fn what_is_not_there_or_does_not_fit_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let look = look();
    let missing = export(&look, Some(MapKind::GradCam)).write(dir.path());
    assert!(matches!(missing, Err(ExportError::NoMap(name)) if name == "grad-cam"));
    let mut torn = export(&look, Some(MapKind::DeepfakeAttention));
    torn.picture.as_mut().unwrap().pixels.pop();
    assert!(matches!(
        torn.write(dir.path()),
        Err(ExportError::Picture(_))
    ));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn any_clip_has_a_name_that_every_system_takes() {
    assert_eq!(plain("b:c?.mp4"), "b_c_");
    assert_eq!(plain(".mp4"), ".mp4");
    assert_eq!(plain(""), "clip");
    assert_eq!(plain(&"ä".repeat(300)).len(), MAX_NAME);
}
