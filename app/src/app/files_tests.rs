//! The window by its labels: pictures of a sample clip become files, and a second clip follows the first.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use seam_engine::detectors::MapKind;

use super::*;
use crate::command::{FilesAction, PairAction};
use crate::common::step_until;
use crate::logging::Ring;
use crate::maps::save::{SaveWish, What};
use crate::maps::view::View;
use crate::maps::{MapsCommand, Picture, Row, Tile};

/// Everything here is done in seconds; a loaded machine gets its time.
const LIMIT: Duration = Duration::from_secs(180);

/// A window that asks the methods as soon as a clip is open.
fn window(files: Vec<PathBuf>) -> Harness<'static, App> {
    Harness::builder()
        .with_size([1440.0, 900.0])
        .with_step_dt(0.02)
        .build_eframe(|cc| {
            let mut app = App::new(cc, files, Ring::default()).unwrap();
            app.state.settings.analyze_on_open = true;
            app
        })
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../sample_media")
        .join(name)
}

#[track_caller]
fn wait_until(
    window: &mut Harness<'_, App>,
    what: &str,
    holds: impl Fn(&Harness<'_, App>) -> bool,
) {
    step_until(window, LIMIT, what, holds);
}

fn has(window: &Harness<'_, App>, part_of_label: &str) -> bool {
    window
        .query_all_by_label_contains(part_of_label)
        .next()
        .is_some()
}

/// What the dialog would answer.
fn save(window: &mut Harness<'_, App>, what: What, dir: &Path) {
    let ctx = window.ctx.clone();
    let app = window.state_mut();
    let style = app.state.maps.style(app.state.settings.likelihood_colors);
    app.state.maps.to_save = SaveWish::new(&app.state.maps, what, style, "middle_third.mp4");
    assert!(app.state.maps.to_save.is_some(), "{what:?}");
    app.run(&ctx, Command::SaveMapsTo(dir.to_owned()));
    wait_until(window, "saved", |window| {
        let notice = window.state().state.maps.notice.as_ref();
        notice.is_some_and(|notice| !notice.is_error && notice.text.starts_with("Saved "))
    });
    window.step();
    assert!(has(window, "Saved "));
    window.state_mut().state.maps.notice = None;
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_map_of_a_sample_clip_becomes_files_with_its_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = window(vec![sample("middle_third.mp4")]);
    wait_until(&mut window, "look", |window| {
        has(window, "Grad-CAM of this frame")
    });
    wait_until(&mut window, "look at the first frame", |window| {
        window.state().state.maps.frame.is_some()
    });
    let maps = &window.state().state.maps;
    let look = std::sync::Arc::clone(&maps.frame.as_ref().unwrap().look);
    let method = look.key.method;
    let map = look.map(MapKind::ReconstructionDifference).unwrap().clone();
    let tile = Tile {
        row: Row::Frame,
        picture: Picture::Map(map.kind),
    };
    save(&mut window, What::Values(method, tile), dir.path());
    let stem = format!("middle_third_person1_00m00s000_f0_{method}_f1_minus_f0");
    let expected = ["csv", "json", "npy"].map(|ending| format!("{stem}.{ending}"));
    assert_eq!(names(dir.path()), expected);
    let npy = fs::read(dir.path().join(&expected[2])).unwrap();
    let values: Vec<f32> = npy[npy.len() - 4 * map.values.len()..]
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect();
    assert_eq!(values, map.values);
    assert!(values.iter().any(|value| 0.0 < *value));

    // The picture has the map's pixels, one for one, and the face's beside it.
    let pictures = dir.path().join("pictures");
    save(&mut window, What::Picture(method, tile), &pictures);
    let png = image::open(pictures.join(format!("{stem}.png")))
        .unwrap()
        .into_rgb8();
    assert_eq!(png.dimensions(), (map.width, map.height));
    let face = stem.replace("f1_minus_f0", "face.png");
    let face = image::open(pictures.join(face)).unwrap().into_rgb8();
    assert_eq!(face.into_raw(), look.crop.pixels);

    // Every method looks at the same face, and all of it goes into one folder.
    window.key_press(Key::G);
    let num_methods = window.state().state.maps.methods.as_ref().unwrap().len();
    assert!(3 < num_methods, "{num_methods}");
    wait_until(&mut window, "all methods", |window| {
        let state = &window.state().state;
        state.maps.view == View::All
            && state.maps.gallery.len() == num_methods
            && (state.maps.gallery.iter()).all(|shelf| shelf.rows[0].is_some())
    });
    assert!(has(&window, "DID, M_df of this frame"));
    let moment = dir.path().join("moment");
    save(&mut window, What::Moment, &moment);
    let folder = moment.join("middle_third_person1_00m00s000_f0");
    let names = names(&folder);
    for name in [
        "did_m_df.npy",
        "intele_f1_minus_f0.png",
        "lae_reconstruction.npy",
    ] {
        let name = format!("middle_third_person1_00m00s000_f0_{name}");
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
}

#[test]
fn one_picture_fills_the_window_and_keys_go_through_the_others() {
    let mut window = window(vec![sample("middle_third.mp4")]);
    wait_until(&mut window, "look", |window| {
        window.state().state.maps.frame.is_some()
    });
    let ctx = window.ctx.clone();
    let choose = Command::Maps(MapsCommand::ChooseMethod("dadd"));
    window.state_mut().run(&ctx, choose);
    window.step();
    wait_until(&mut window, "look by DADD", |window| {
        let drawn = window.state().state.maps.frame.as_ref();
        drawn.is_some_and(|drawn| drawn.look.key.method == "dadd")
    });
    window.key_press(Key::F11);
    wait_until(&mut window, "large picture", |window| {
        has(window, "Grad-CAM of this frame, in large")
    });
    window.key_press(Key::ArrowLeft);
    wait_until(&mut window, "other picture", |window| {
        has(window, "Face x of this frame, in large")
    });
    window.key_press(Key::Space);
    wait_until(&mut window, "wipe", |window| !has(window, "in large"));
    window.key_press(Key::Escape);
    wait_until(&mut window, "panes", |window| {
        window.state().state.maps.full.is_none()
    });
    assert_eq!(window.state().state.playback.position_nanos, 0);
    // In large beside each other, within the pane.
    window.key_press(Key::S);
    wait_until(&mut window, "both", |window| {
        window.state().state.maps.view == View::Sides && has(window, " of the calmest frame")
    });
}

#[test]
fn a_second_clip_follows_the_first_by_time() {
    let mut window = window(vec![sample("middle_third.mp4"), sample("pristine.mp4")]);
    let ctx = window.ctx.clone();
    window.state_mut().state.settings.analyze_on_open = false;
    wait_until(&mut window, "frames", |window| {
        // Paths become files of the list a little later.
        let files = &window.state().state.files;
        files.len() == 2 && files.iter().all(|file| 10 < file.frames().len())
    });
    window.state_mut().files_act(FilesAction::Previous);
    window.key_press(Key::V);
    let pair = |window: &Harness<'_, App>| {
        let state = &window.state().state;
        let (a, b) = (state.shown?, state.pair.as_ref()?.shown?);
        Some((a.frame.pts_nanos, b.frame.pts_nanos))
    };
    wait_until(&mut window, "both frames", |window| {
        pair(window) == Some((0, 0))
    });
    let frames = |window: &Harness<'_, App>, at: usize| {
        let files = &window.state().state.files;
        [files[0].frames()[at], files[1].frames()[at]]
    };
    window.key_press(Key::ArrowRight);
    let [a1, b1] = frames(&window, 1);
    wait_until(&mut window, "second frames", |window| {
        let seen = pair(window);
        seen == Some((a1, b1)) || seen == Some((a1, 0)) && a1 + 1_000_000 < b1
    });
    // One frame later, against the first clip.
    window.key_press(Key::Home);
    window.key_press(Key::Period);
    wait_until(&mut window, "nudged", |window| {
        pair(window) == Some((0, b1))
    });
    window.key_press_modifiers(Modifiers::SHIFT, Key::V);
    wait_until(&mut window, "wipe", |window| {
        has(window, "Wipe between clips")
    });
    // The two are of one size: their difference is drawn, and says how large it is.
    window
        .state_mut()
        .run(&ctx, Command::Act(Action::Pair(PairAction::NextMode)));
    wait_until(&mut window, "difference", |window| {
        has(window, "levels of 255")
    });
    window.key_press(Key::V);
    wait_until(&mut window, "one clip", |window| {
        window.state().state.pair.is_none()
    });
    wait_until(&mut window, "posters", |window| {
        window.state().state.posters.len() == 2
    });
}
