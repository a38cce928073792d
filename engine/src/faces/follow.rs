//! Finds and follows every face of a clip, frame by frame, with detection on worker threads.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::faces::TrackedFace;
use crate::faces::cuts::CutWatch;
use crate::faces::find::{Effort, FaceFinder};
use crate::faces::person::Sighting;
use crate::faces::track::Tracker;
use crate::media::Frame;

/// Memory for the frames that wait for their faces.
const WAITING_BYTES: usize = 384 << 20;

/// Frames that wait at most, whatever their size.
const MAX_WAITING: usize = 240;

/// Every so many detections look harder where no face is found.
const THOROUGH_EVERY: u64 = 4;

/// How faces are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowSettings {
    /// The detector runs on every k-th frame given and at scene cuts; boxes between are tracked.
    pub detect_every: u32,
    /// Threads that detect; 0 takes the number of cores.
    pub num_workers: usize,
    /// Smallest face looked for, in pixels of the frame; see [`FaceFinder::new`] for its bounds.
    pub min_face_px: f32,
}

/// A frame with the faces in it; frames come out in the order they went in.
#[derive(Clone, Debug)]
pub struct FollowedFrame {
    pub frame: Arc<Frame>,
    /// By id.
    pub faces: Vec<TrackedFace>,
    /// The picture changed as a whole since the frame before.
    pub is_scene_cut: bool,
}

/// Give it frames in order, take them back with faces, a few frames later.
///
/// The same frames give the same faces, however the threads run: what a worker finds depends on its
/// frame alone, and is joined into tracks in the order of the frames. Frames come out about two
/// detections behind. Dropping the follower ends its threads after the detection they are at.
pub struct FaceFollower {
    detect_every: u64,
    max_waiting: usize,
    settings: FollowSettings,
    tasks: Option<Sender<Task>>,
    answers: Receiver<Answer>,
    workers: Vec<JoinHandle<()>>,
    cuts: CutWatch,
    tracker: Tracker,
    last_frame: Option<(u64, Arc<Frame>)>,
    last_planned: Option<u64>,
    num_frames: u64,
    num_detections: u64,
    /// Detections asked for and not yet joined, in order.
    planned: VecDeque<u64>,
    /// Answers that came before their turn.
    early: BTreeMap<u64, Vec<Sighting>>,
}

struct Task {
    place: u64,
    frame: Arc<Frame>,
    effort: Effort,
}

struct Answer {
    place: u64,
    sightings: Vec<Sighting>,
}

impl Default for FollowSettings {
    fn default() -> Self {
        Self {
            detect_every: 5,
            num_workers: 0,
            min_face_px: 24.0,
        }
    }
}

impl FaceFollower {
    /// Starts the threads `faces-0`, `faces-1` and so on.
    pub fn new(settings: FollowSettings) -> std::io::Result<Self> {
        let num_workers = match settings.num_workers {
            0 => thread::available_parallelism().map_or(1, usize::from),
            number => number,
        };
        // No more tasks than waiting frames are ever under way, so that no thread waits to send.
        let (tasks, task_inbox) = bounded(MAX_WAITING + 4);
        let (answer_outbox, answers) = bounded(MAX_WAITING + 4);
        let workers: std::io::Result<Vec<_>> = (0..num_workers)
            .map(|number| {
                let tasks = task_inbox.clone();
                let answers = answer_outbox.clone();
                let min_face_px = settings.min_face_px;
                thread::Builder::new()
                    .name(format!("faces-{number}"))
                    .spawn(move || work(&tasks, &answers, min_face_px))
            })
            .collect();
        Ok(Self {
            detect_every: 1,
            max_waiting: MAX_WAITING,
            settings,
            tasks: Some(tasks),
            answers,
            workers: workers?,
            cuts: CutWatch::default(),
            tracker: Tracker::default(),
            last_frame: None,
            last_planned: None,
            num_frames: 0,
            num_detections: 0,
            planned: VecDeque::new(),
            early: BTreeMap::new(),
        })
    }

    /// Takes one frame and gives those that are done. Blocks only while too many are waiting.
    pub fn push(&mut self, frame: Arc<Frame>) -> Vec<FollowedFrame> {
        let place = self.num_frames;
        self.num_frames += 1;
        if place == 0 {
            self.fit_memory(&frame);
        }
        let is_cut = self.cuts.is_cut(&frame);
        if is_cut {
            self.detect_last_frame();
        }
        self.tracker.push(place, Arc::clone(&frame), is_cut);
        let is_due = self
            .last_planned
            .is_none_or(|last| last + self.detect_every <= place);
        self.last_frame = Some((place, Arc::clone(&frame)));
        if is_cut || is_due {
            let effort = self.effort(is_cut);
            self.detect(place, frame, effort);
        }
        let mut done = Vec::new();
        while let Ok(answer) = self.answers.try_recv() {
            self.join(answer, &mut done);
        }
        while self.max_waiting < self.tracker.num_waiting() && !self.planned.is_empty() {
            if !self.join_next(&mut done) {
                break;
            }
        }
        done
    }

    /// Waits for the frames still inside.
    pub fn finish(mut self) -> Vec<FollowedFrame> {
        self.detect_last_frame();
        self.tasks = None;
        let mut done = Vec::new();
        while !self.planned.is_empty() && self.join_next(&mut done) {}
        for worker in self.workers.drain(..) {
            // Workers catch their panics, and one that died anyway has nothing more to say.
            worker.join().ok();
        }
        done.extend(self.tracker.finish());
        done
    }

    /// Large frames wait in smaller numbers, and are searched more often for that.
    fn fit_memory(&mut self, frame: &Frame) {
        let fitting = WAITING_BYTES / frame.pixels.len().max(1);
        self.max_waiting = fitting.clamp(4, MAX_WAITING);
        let detect_every = u64::from(self.settings.detect_every);
        self.detect_every = detect_every.clamp(1, (self.max_waiting / 4) as u64);
    }

    /// So that the boxes up to the end of a scene lie between two detections.
    fn detect_last_frame(&mut self) {
        let Some((place, frame)) = self.last_frame.take() else {
            return;
        };
        if self.last_planned.is_none_or(|last| last < place) {
            self.detect(place, frame, Effort::Usual);
        }
    }

    fn detect(&mut self, place: u64, frame: Arc<Frame>, effort: Effort) {
        let task = Task {
            place,
            frame,
            effort,
        };
        let is_sent = self
            .tasks
            .as_ref()
            .is_some_and(|tasks| tasks.send(task).is_ok());
        if is_sent {
            self.num_detections += 1;
            self.last_planned = Some(place);
            self.planned.push_back(place);
        }
    }

    /// The first frame may be the only one; a scene's first says most about what is in it.
    fn effort(&self, is_cut: bool) -> Effort {
        match self.num_detections {
            0 => Effort::Exhaustive,
            number if is_cut || number % THOROUGH_EVERY == 0 => Effort::Thorough,
            _ => Effort::Usual,
        }
    }

    /// Waits for one answer; `false` if none can come any more.
    fn join_next(&mut self, done: &mut Vec<FollowedFrame>) -> bool {
        match self.answers.recv() {
            Ok(answer) => {
                self.join(answer, done);
                true
            }
            Err(_) => {
                self.planned.clear();
                false
            }
        }
    }

    /// Joins all answers whose turn it is.
    fn join(&mut self, answer: Answer, done: &mut Vec<FollowedFrame>) {
        self.early.insert(answer.place, answer.sightings);
        while let Some(&place) = self.planned.front() {
            let Some(sightings) = self.early.remove(&place) else {
                break;
            };
            self.planned.pop_front();
            done.extend(self.tracker.detected(place, sightings));
        }
    }
}

/// One worker: finds faces until the follower is gone.
fn work(tasks: &Receiver<Task>, answers: &Sender<Answer>, min_face_px: f32) {
    let mut finder = FaceFinder::new(min_face_px);
    for Task {
        place,
        frame,
        effort,
    } in tasks
    {
        // A frame that makes the detector panic costs its own faces, not the clip.
        let found = catch_unwind(AssertUnwindSafe(|| finder.find(&frame, effort)));
        let found = found.unwrap_or_else(|_| {
            tracing::warn!("the face detector panicked on frame {}", frame.id.index);
            finder = FaceFinder::new(min_face_px);
            Vec::new()
        });
        let sightings = found
            .into_iter()
            .map(|face| Sighting::new(&frame, face))
            .collect();
        if answers.send(Answer { place, sightings }).is_err() {
            break;
        }
    }
}
