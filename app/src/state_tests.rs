//! What events make of the state, with events made by hand.

use std::path::Path;

use seam_engine::analysis::record::Score;
use seam_engine::analysis::{Partial, TrackScore};
use seam_engine::detectors::FaceScore;
use seam_engine::faces::{FaceBox, GateState, TrackId, TrackedFace};
use seam_engine::job::{JobId, Progress, Signal};
use seam_engine::media::{FrameId, MediaHash};
use seam_engine::{Engine, Event, Outcome, Request, Update};

use crate::command::{Action, Command};
use crate::inspect::faces::tests::{found, group};
use crate::maps::wanted::{Absence, wanted};
use crate::state::{AnalysisState, FileId, Intake, JobKind, State};

/// Job ids come from an engine only; what it does with the request is not looked at.
fn job_id(engine: &mut Engine) -> JobId {
    let path = "no/such.mp4".into();
    engine.submit(Request::Open { path }).unwrap()
}

fn state_with_job(kind: JobKind) -> (State, FileId, JobId) {
    let mut engine = Engine::new(|| ());
    let mut state = State::default();
    let (file, _) = state.add_file(Path::new("clips/a.mp4"));
    state.select(file);
    let job = job_id(&mut engine);
    state.job_started(job, file, kind);
    (state, file, job)
}

fn frame(pts_nanos: i64, index: u32) -> FrameId {
    FrameId {
        media: MediaHash::of(b"test"),
        stream: 0,
        pts_nanos,
        index,
    }
}

fn faces(pts_nanos: i64, index: u32) -> Partial {
    let frame = frame(pts_nanos, index);
    let face = TrackedFace {
        track: TrackId(1),
        frame,
        box_in_frame: FaceBox {
            x: 10.0,
            y: 10.0,
            width: 80.0,
            height: 80.0,
            confidence: 5.0,
        },
        is_detected: true,
    };
    Partial::Faces {
        frame,
        faces: vec![face],
    }
}

fn score(pts_nanos: i64, value: f32) -> Partial {
    let score = TrackScore {
        track: TrackId(1),
        frame: frame(pts_nanos, 0),
        raw: FaceScore {
            logit: 0.0,
            parts: vec![0.0, 40.0],
        },
        score: Score::new(value).unwrap(),
        domains: Vec::new(),
        likelihood: None,
    };
    Partial::Scored {
        method: "dadd",
        domains: Vec::new().into(),
        likelihoods: Vec::new().into(),
        scores: vec![score],
    }
}

fn partial(state: &mut State, job: JobId, partial: Partial) {
    let update = Update::Partial(partial);
    assert_eq!(state.apply(Event { job, update }), Vec::new());
}

#[test]
fn a_hashed_file_is_analyzed_unless_the_user_wants_to_look_first() {
    for analyze_on_open in [true, false] {
        let (mut state, file, job) = state_with_job(JobKind::Intake);
        state.settings.analyze_on_open = analyze_on_open;
        let update = Update::Hashed(MediaHash::of(b"test"));
        let commands = state.apply(Event { job, update });
        let wanted = if analyze_on_open {
            vec![Command::Analyze(file)]
        } else {
            Vec::new()
        };
        assert_eq!(commands, wanted);
        assert_eq!(state.file(file).unwrap().hash, Some(MediaHash::of(b"test")));
    }
}

#[test]
fn faces_and_scores_fill_the_lanes_as_they_come() {
    let (mut state, file, job) = state_with_job(JobKind::Analysis);
    for (index, pts_nanos) in (0..).zip((0..1_000_000_000).step_by(40_000_000)) {
        partial(&mut state, job, faces(pts_nanos, index));
    }
    partial(&mut state, job, score(0, 0.2));
    partial(&mut state, job, score(120_000_000, 0.9));
    partial(&mut state, job, score(120_000_000, 0.7));
    let evidence = &state.file(file).unwrap().evidence;
    let person = &evidence.people[&TrackId(1)];
    assert_eq!(person.presence, [(0, 960_000_000)]);
    let strip = &person.strips["dadd"];
    assert_eq!(strip.marks.len(), 2);
    assert_eq!(evidence.hottest(None).unwrap().score, 0.7);
    let means: Vec<f32> = strip.part_means().collect();
    assert!(
        (means[0] - 0.5).abs() < 1e-6 && (means[1] - 1.0).abs() < 1e-6,
        "{means:?}"
    );
    assert!(person.box_at(41_000_000, 20_000_000).is_some());
    assert!(person.box_at(5_000_000_000, 20_000_000).is_none());
}

#[test]
fn going_to_the_strongest_moment_seeks_there() {
    let (mut state, _, job) = state_with_job(JobKind::Analysis);
    partial(&mut state, job, score(0, 0.2));
    partial(&mut state, job, score(700_000_000, 0.9));
    state.act(Action::GoToStrongest);
    assert_eq!(state.playback.position_nanos, 700_000_000);
}

#[test]
fn a_cancelled_analysis_gives_no_verdict_and_its_row_goes_after_a_while() {
    let (mut state, file, job) = state_with_job(JobKind::Analysis);
    let progress = Progress {
        stage: "Following faces",
        done: 3,
        total: Some(9),
    };
    let update = Update::Signal(Signal::Progress(progress.clone()));
    state.apply(Event { job, update });
    assert_eq!(state.jobs[0].progress, Some(progress));
    let update = Update::Finished(Outcome::Cancelled);
    state.apply(Event { job, update });
    let analysis = &state.file(file).unwrap().analysis;
    assert!(matches!(analysis, AnalysisState::Cancelled), "{analysis:?}");
    assert_eq!(state.running().count(), 0);
    state.forget_old_jobs();
    assert_eq!(state.jobs.len(), 1);
    state.now_secs += 60.0;
    state.forget_old_jobs();
    assert!(state.jobs.is_empty());
}

#[test]
fn a_file_that_cannot_be_read_stops_its_analysis_and_stays_in_the_list() {
    let (mut state, file, intake) = state_with_job(JobKind::Intake);
    let mut engine = Engine::new(|| ());
    job_id(&mut engine);
    let analysis = job_id(&mut engine);
    state.job_started(analysis, file, JobKind::Analysis);
    let failure = loop {
        match engine.wait().map(|event| event.update) {
            Some(Update::Finished(outcome)) => break outcome,
            Some(_) => {}
            None => panic!("a missing file was opened"),
        }
    };
    let update = Update::Finished(failure);
    let commands = state.apply(Event {
        job: intake,
        update,
    });
    assert_eq!(commands, [Command::CancelJob(analysis)]);
    let intake = &state.file(file).unwrap().intake;
    assert!(
        matches!(intake, Intake::Failed(text) if text.contains("no/such.mp4")),
        "{intake:?}"
    );
}

#[test]
fn events_of_unknown_jobs_change_nothing() {
    let (mut state, file, _) = state_with_job(JobKind::Analysis);
    let mut engine = Engine::new(|| ());
    job_id(&mut engine);
    let stranger = job_id(&mut engine);
    partial(&mut state, stranger, faces(0, 0));
    assert!(state.file(file).unwrap().evidence.people.is_empty());
}

#[test]
fn each_file_keeps_its_place_and_the_same_file_is_opened_once() {
    let mut state = State::default();
    let (a, is_new) = state.add_file(Path::new("a.mp4"));
    assert!(is_new);
    let (b, _) = state.add_file(Path::new("b.mp4"));
    assert_eq!(state.add_file(Path::new("a.mp4")), (a, false));
    state.select(a);
    state.seek(5_000_000_000);
    state.select(b);
    assert_eq!(state.playback.position_nanos, 0);
    state.select(a);
    assert_eq!(state.playback.position_nanos, 5_000_000_000);
    state.remove(a);
    assert_eq!(state.selected, Some(b));
}

#[test]
fn there_is_a_face_to_look_at_or_a_reason_why_not() {
    let (mut state, file, job) = state_with_job(JobKind::Analysis);
    let reason = |state: &State, pts_nanos: i64| match wanted(state, frame(pts_nanos, 0)) {
        Ok(wanted) => format!("person {}", wanted.track.0),
        Err(Absence::NotAnalyzed) => "not analyzed".to_owned(),
        Err(Absence::Because(text)) => text,
    };
    assert_eq!(reason(&state, 0), "Looking for models…");
    state.maps.methods = Some(vec!["dadd"]);
    assert_eq!(reason(&state, 0), "Looking for faces…");
    partial(&mut state, job, faces(40_000_000, 1));
    assert_eq!(reason(&state, 40_000_000), "person 1");
    assert_eq!(reason(&state, 0), "No face on this frame");
    let ahead = "Faces have not been followed up to this frame yet";
    assert_eq!(reason(&state, 80_000_000), ahead);
    state.person = Some(TrackId(1));
    assert_eq!(reason(&state, 0), "Person 1 is not on this frame");
    state.file_mut(file).unwrap().analysis = AnalysisState::NotAsked;
    state.file_mut(file).unwrap().evidence = crate::evidence::Evidence::default();
    assert_eq!(reason(&state, 0), "not analyzed");
}

#[test]
fn the_calmest_moment_is_gone_to_as_the_strongest_is() {
    let (mut state, _, job) = state_with_job(JobKind::Analysis);
    state.maps.methods = Some(vec!["dadd"]);
    for (index, pts_nanos) in (0..).zip([0, 40_000_000, 80_000_000]) {
        partial(&mut state, job, faces(pts_nanos, index));
    }
    for (pts_nanos, logit) in [(0, 1.0), (40_000_000, -2.0), (80_000_000, 3.0)] {
        let Partial::Scored {
            method,
            domains,
            likelihoods,
            mut scores,
        } = score(pts_nanos, 0.5)
        else {
            continue;
        };
        scores[0].raw.logit = logit;
        let scored = Partial::Scored {
            method,
            domains,
            likelihoods,
            scores,
        };
        partial(&mut state, job, scored);
    }
    state.act(Action::GoToCalmest);
    assert_eq!(state.playback.position_nanos, 40_000_000);
}

#[test]
fn people_who_were_followed_stay_when_the_methods_are_asked() {
    for is_sampled in [false, true] {
        let (mut state, file, look) = state_with_job(JobKind::Look);
        partial(&mut state, look, faces(0, 0));
        let mut found = found(vec![group(1, 80.0, GateState::Usable)]);
        found.is_sampled = is_sampled;
        let update = Update::Finished(Outcome::FacesFound(Box::new(found)));
        assert_eq!(state.apply(Event { job: look, update }), Vec::new());
        assert!(state.file(file).unwrap().faces.is_some());
        let mut engine = Engine::new(|| ());
        job_id(&mut engine);
        let analysis = job_id(&mut engine);
        state.job_started(analysis, file, JobKind::Analysis);
        let people = &state.file(file).unwrap().evidence.people;
        assert_eq!(people.len(), usize::from(!is_sampled));
    }
}
