//! Annotations end to end: nothing that was told as saved is lost, and masks never land on another frame.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use seam_engine::annotate::{Brush, History, Mode, SaveEvent, Saver, Stroke};
use seam_engine::data::annotations::{
    About, AnnotationError, AnnotationFolder, Delta, Face, FrameName, Mask, NamedFrames, Order,
    Progress, Task, TaskId, TaskState, Why, named_frames,
};
use seam_engine::data::{FrameRule, Item, MANIFEST_FILE, Manifest};
use seam_engine::faces::FaceBox;
use seam_engine::faces::landmarks::Landmarker;
use seam_engine::job::JobContext;
use seam_engine::media::Frame;

/// Where it is set, this program is the child that is killed while it paints.
const PAINT_IN: &str = "SEAM_TEST_PAINT_IN";
const TASK: TaskId = TaskId(1);
const SIZE: [u32; 2] = [640, 360];

/// The stroke after the first `place`: always the same, so that the parent can make it again.
fn paint(mask: &mut Mask, place: usize) -> Arc<Delta> {
    let mut stroke = Stroke::begin(mask);
    let spread = |step: usize, side: u32| ((place * step) % side as usize) as f32;
    let from = [spread(97, SIZE[0]), spread(61, SIZE[1])];
    let to = [spread(53, SIZE[0]), spread(89, SIZE[1])];
    // No two are alike, and each changes something: every third one takes marks away.
    let mode = if place % 3 == 2 {
        Mode::Erase
    } else {
        Mode::Paint
    };
    for (place, mode) in [(0.0, mode), (4.0, Mode::Erase), (9.0, Mode::Paint)] {
        let brush = Brush {
            radius_px: 6.0 + 20.0 / (1.0 + place),
            softness: 0.4,
            mode,
        };
        stroke.capsule(mask, from, [to[0] + place, to[1]], brush);
    }
    Arc::new(stroke.finish(mask).unwrap())
}

/// Not a test: the child of the one below. Paints without end, and says which strokes are saved.
#[test]
fn child_that_paints() {
    let Some(dir) = std::env::var_os(PAINT_IN) else {
        return;
    };
    let folder = AnnotationFolder::open(Path::new(&dir)).unwrap();
    let saver = Saver::new(folder, |event| {
        if let SaveEvent::Saved { place, .. } = event {
            writeln!(std::io::stdout(), "saved {place}").unwrap();
        }
    });
    let saver = saver.unwrap();
    let mut mask = Mask::empty(SIZE[0], SIZE[1]);
    for place in 0.. {
        saver.stroke(TASK, place, paint(&mut mask, place));
        while 20 < saver.num_waiting() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Lets a child paint until it has told of `num_told` strokes, kills it, and gives how many it told of.
fn paint_and_kill(dir: &Path, num_told: usize, pause: Duration) -> usize {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child_that_paints", "--exact", "--nocapture"])
        .env(PAINT_IN, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let saved = lines.filter_map(|line| {
        let line = line.ok()?;
        // The first line may stand behind the words of the test program.
        let (_, place) = line.split_once("saved ")?;
        place.parse::<usize>().ok()
    });
    let mut saved = saved.peekable();
    let mut num_seen = 0;
    while num_seen < num_told {
        assert_eq!(saved.next(), Some(num_seen));
        num_seen += 1;
    }
    let err = AnnotationFolder::open(dir).unwrap().begin_writing();
    let err = err.unwrap_err();
    assert!(matches!(err, AnnotationError::InUse { .. }), "{err}");
    std::thread::sleep(pause);
    child.kill().unwrap();
    child.wait().unwrap();
    num_seen + saved.count()
}

#[test]
fn a_program_killed_while_painting_loses_no_stroke_that_was_told_as_saved() {
    for round in 0..6_u32 {
        let dir = tempfile::tempdir().unwrap();
        let about = About::new(None, None, Order::Asked, 1);
        drop(AnnotationFolder::create(dir.path(), &about).unwrap());
        let pause = Duration::from_micros(u64::from(round) * 1700);
        let num_told = paint_and_kill(dir.path(), 1 + 9 * round as usize, pause);

        let folder = AnnotationFolder::open(dir.path()).unwrap();
        let stored = folder.strokes(TASK).unwrap();
        assert_eq!(stored.damage, None);
        let num_strokes = stored.deltas.len();
        assert!(
            num_told <= num_strokes,
            "{num_told} told, {num_strokes} found"
        );
        // The one on its way to the disk may be whole already, untold.
        assert!(
            num_strokes <= num_told + 1,
            "{num_told} told, {num_strokes} found"
        );
        let mut expected = Mask::empty(SIZE[0], SIZE[1]);
        for (place, delta) in stored.deltas.iter().enumerate() {
            assert_eq!(*paint(&mut expected, place), *delta);
        }
        let deltas = stored.deltas.into_iter().map(Arc::new).collect();
        let mut history = History::new(deltas, stored.applied);
        let mut mask = history.replay(SIZE[0], SIZE[1]).unwrap();
        assert_eq!(mask, expected);

        // The lock is free, the leftovers go, and the work goes on.
        let saver = Saver::new(folder.clone(), |_| ()).unwrap();
        let delta = paint(&mut mask, num_strokes);
        saver.stroke(TASK, history.push(Arc::clone(&delta)), delta);
        drop(saver);
        assert_eq!(folder.strokes(TASK).unwrap().applied, num_strokes + 1);
        let strokes = dir.path().join("tasks/000001/strokes");
        assert_eq!(fs::read_dir(strokes).unwrap().count(), num_strokes + 1);
    }
}

/// A clip of moving bars made with the program `ffmpeg`; `None` where it is not installed.
fn clip(path: &Path, arguments: &[&str]) -> Option<Vec<Frame>> {
    let source = "testsrc2=size=192x144:rate=25:duration=1.2";
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", source])
        .args(arguments)
        .arg(path)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        return None;
    }
    let job = &mut JobContext::detached();
    let media = named_frames::hash_of(path, job).unwrap();
    let mut frames = Vec::new();
    let mut clip = NamedFrames::open(path, media).unwrap();
    clip.each(job, |frame| {
        frames.push(frame.clone());
        true
    })
    .unwrap();
    Some(frames)
}

fn task(frame: &Frame, item: &str) -> Task {
    let face = FaceBox {
        x: 40.0,
        y: 30.0,
        width: 90.0,
        height: 90.0,
        confidence: 1.0,
    };
    Task {
        id: TaskId(0),
        item: item.to_owned(),
        frame: FrameName::of(frame),
        face: Face::new(face, &Landmarker::box_estimate().find(frame, &face)),
        why: Why {
            order: Order::Asked,
            value: 0.0,
            channels: Vec::new(),
            text: "Asked for".to_owned(),
        },
        technique: None,
        counterpart: None,
        carried_from: None,
    }
}

/// A ring and a dot apart, soft where the sum of places says so.
fn ring(seed: u32) -> Mask {
    let mut mask = Mask::empty(192, 144);
    for (at, value) in mask.values.iter_mut().enumerate() {
        let (x, y) = (at as u32 % 192, at as u32 / 192);
        let radius = (x.abs_diff(80 + seed)).pow(2) + (y.abs_diff(70)).pow(2);
        let is_ring = (300..900).contains(&radius);
        let is_dot = (150..155).contains(&x) && (100..107).contains(&y);
        *value = if is_ring { 255 } else { 180 * u8::from(is_dot) };
    }
    mask
}

fn begin(dir: &Path, name: &str, item: &str) -> AnnotationFolder {
    let manifest = dir.join(MANIFEST_FILE);
    if !manifest.exists() {
        let item = Item {
            path: item.to_owned(),
            frames: FrameRule::Spread,
            label: 1,
            source: "bars".to_owned(),
            donors: Vec::new(),
            technique: Some("swap".to_owned()),
            split: None,
            mask: None,
            dataset: "test".to_owned(),
            sha256: None,
            details: Default::default(),
        };
        let all = Manifest {
            dir: dir.to_owned(),
            items: vec![item],
        };
        all.write(&manifest).unwrap();
    }
    let about = About::new(Some(&manifest), None, Order::Asked, 1);
    AnnotationFolder::create(&dir.join(name), &about).unwrap()
}

fn seam(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_seam");
    Command::new(program).args(arguments).output().unwrap()
}

#[track_caller]
fn said(arguments: &[&str], code: i32) -> String {
    let output = seam(arguments);
    let text = [&*output.stdout, &*output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    text
}

/// Marks every sixth frame of a clip, hands the masks out in every format and takes them back into new annotations;
/// then says each is of the next frame, which is refused.
fn check_round_trips(name: &str, arguments: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let Some(frames) = clip(&dir.join(name), arguments) else {
        return;
    };
    assert!(15 < frames.len(), "{name} has {} frames", frames.len());
    let folder = begin(dir, "notes", name);
    let tasks = frames.iter().step_by(6).map(|frame| task(frame, name));
    let tasks = folder.add(tasks.collect()).unwrap();
    for task in &tasks {
        let mask = ring(task.frame.index);
        let delta = Delta::between(&Mask::empty(192, 144), &mask).unwrap();
        folder.write_stroke(task.id, 0, &delta).unwrap();
        let progress = Progress {
            state: TaskState::Done,
            ..Progress::default()
        };
        folder.set_progress(task.id, &progress).unwrap();
    }
    let notes = dir.join("notes");
    for format in ["png", "coco", "npz"] {
        let out = dir.join(format!("masks-{format}"));
        let out = out.to_str().unwrap();
        let text = said(
            &[
                "annotate",
                "export",
                notes.to_str().unwrap(),
                "--format",
                format,
                "--out",
                out,
            ],
            0,
        );
        assert!(
            text.contains(&format!("masks       {}", tasks.len())),
            "{text}"
        );
        assert_eq!(text.contains("cut at half"), format == "coco", "{text}");
        let again = begin(dir, &format!("again-{format}"), name);
        let again_dir = again.dir().to_str().unwrap();
        let text = said(&["annotate", "import", again_dir, out], 0);
        assert!(text.contains("refused     0"), "{text}");
        for (old, new) in tasks.iter().zip(again.tasks().unwrap()) {
            assert_eq!((&old.frame, &old.face), (&new.frame, &new.face), "{name}");
            let (before, after) = (folder.mask(old).unwrap(), again.mask(&new).unwrap());
            assert_eq!(before.iou(&after), 1.0, "{name} {format}");
            assert!(format == "coco" || before == after, "{name} {format}");
        }
        let text = said(&["annotate", "list", again_dir], 0);
        assert!(
            text.contains(&format!("done        {}", tasks.len())),
            "{text}"
        );
    }
    check_shifted(dir, &frames, &tasks, name);
}

fn check_shifted(dir: &Path, frames: &[Frame], tasks: &[Task], name: &str) {
    let file = dir.join("masks-coco");
    let mut value: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let images = value["images"].as_array_mut().unwrap();
    let mut num_shifted = 0;
    for (image, task) in images.iter_mut().zip(tasks) {
        if let Some(next) = frames.get(task.frame.index as usize + 1) {
            image["seam"]["frame"]["index"] = next.id.index.into();
            image["seam"]["frame"]["pts_nanos"] = next.id.pts_nanos.into();
            num_shifted += 1;
        }
    }
    fs::write(&file, value.to_string()).unwrap();
    let again = begin(dir, "shifted", name);
    let out = file.to_str().unwrap();
    let output = seam(&[
        "annotate",
        "import",
        again.dir().to_str().unwrap(),
        out,
        "--json",
    ]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let refused = report["refused"].as_array().unwrap();
    assert_eq!(refused.len(), num_shifted, "{name}: {report}");
    for (refused, task) in refused.iter().zip(tasks) {
        let reason = refused["reason"].as_str().unwrap();
        let words = format!(
            "those of frame {}: the mask is shifted by one",
            task.frame.index
        );
        assert!(reason.contains(&words), "{name}: {reason}");
    }
}

#[test]
fn masks_find_their_frames_again_whatever_the_clip_is_like() {
    let h264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
    check_round_trips("b.mp4", &[&h264[..], &["-bf", "3", "-g", "12"]].concat());
    // Frames come unevenly: every third is missing, and the times stay.
    let varied = ["-vf", "select=mod(n\\,3)", "-fps_mode", "vfr"];
    check_round_trips("vfr.mp4", &[&varied[..], &h264].concat());
    // An edit list hides the first frames: the clip begins between two key frames.
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole.mp4");
    if clip(&whole, &[&h264[..], &["-g", "50", "-bf", "2"]].concat()).is_some() {
        let cut = [
            "-ss",
            "0.2",
            "-i",
            whole.to_str().unwrap(),
            "-map",
            "1:v",
            "-c",
            "copy",
        ];
        check_round_trips("edited.mp4", &cut);
    }
}

#[test]
fn the_command_line_says_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let none: PathBuf = dir.path().join("none");
    let none = none.to_str().unwrap();
    for command in [
        &["annotate", "list", none][..],
        &[
            "annotate", "export", none, "--format", "npz", "--out", "x.npz",
        ],
        &["annotate", "import", none, "x.npz"],
    ] {
        let text = said(command, 3);
        assert!(text.contains("holds no annotations"), "{text}");
        assert!(text.trim_end().ends_with(&format!("{none:?}")), "{text}");
    }
    let text = said(
        &["annotate", "export", none, "--format", "gif", "--out", "x"],
        2,
    );
    assert!(text.contains("png, coco, npz"), "{text}");
}
