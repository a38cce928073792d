//! A scripted session in the real window, timed frame by frame: `seam bench window`.

mod hand;
mod record;
mod script;
mod work;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Context, RawInput};
use seam_engine::{Engine, Event};
use serde_json::json;

use crate::bench::hand::Hand;
use crate::bench::record::Record;
use crate::bench::script::{PHASES, Phase};
use crate::bench::work::Work;
use crate::command::CommandQueue;
use crate::samples;
use crate::settings::Settings;
use crate::state::State;

/// Beyond the script's own time, for a slow machine to prepare in.
const PATIENCE: Duration = Duration::from_secs(240);

/// What is asked for on the command line.
#[derive(Clone, Debug)]
pub struct BenchSettings {
    /// Where the numbers go.
    pub out: PathBuf,
    /// How long the script takes, without preparing.
    pub secs: f64,
    /// The clip to open; `None` is the sample.
    pub clip: Option<PathBuf>,
    /// For the data that a training learns from; removed at the end.
    pub scratch: PathBuf,
}

pub struct Bench {
    settings: BenchSettings,
    graphics: String,
    record: Record,
    work: Work,
    /// The phase and when it began; `None` while work is prepared.
    phase: Option<(usize, Instant)>,
    /// Frames of the phase.
    num: usize,
    began: Instant,
    left_out: Vec<String>,
    is_over: bool,
}

impl Bench {
    /// `graphics` names what draws the window.
    pub fn new(settings: BenchSettings, graphics: String) -> Self {
        Self {
            work: Work::new(settings.scratch.clone()),
            settings,
            graphics,
            record: Record::default(),
            phase: None,
            num: 0,
            began: Instant::now(),
            left_out: Vec::new(),
            is_over: false,
        }
    }

    /// Settings of its own: what the user chose does not change the numbers, and is not changed.
    pub fn user_settings(&self) -> Settings {
        Settings {
            annotations: Some(self.settings.scratch.join("annotations")),
            was_tour_offered: true,
            ..Settings::default()
        }
    }

    /// Plays the next bit of the script: what the hand does becomes input, what has no key becomes commands.
    pub fn play(
        &mut self,
        ctx: &Context,
        input: &mut RawInput,
        state: &State,
        commands: &mut CommandQueue,
    ) {
        ctx.request_repaint();
        input.focused = true;
        // Nobody else's hand.
        input.events.clear();
        if self.is_over {
            return;
        }
        let Some((at, since)) = self.phase else {
            if self.work.is_running() {
                self.phase = Some((0, Instant::now()));
            }
            return;
        };
        let phase = &PHASES[at];
        let secs = phase.share * self.settings.secs / script::whole();
        let passed = since.elapsed().as_secs_f64();
        let clip = self.settings.clip.clone().or_else(samples::first_clip);
        let mut hand = Hand::new(ctx, &mut input.events, commands, clip);
        (phase.play)(&mut hand, state, (passed / secs).min(1.0), self.num);
        self.num += 1;
        if self.is_done(phase, passed, secs, state) {
            hand.release();
            self.phase = Some((at + 1, Instant::now()));
            self.num = 0;
            self.is_over = at + 1 == PHASES.len();
        }
    }

    fn is_done(&mut self, phase: &Phase, passed: f64, secs: f64, state: &State) -> bool {
        let Some(is_reached) = phase.until else {
            return secs <= passed;
        };
        if is_reached(state) {
            return true;
        }
        let is_late = 10.0 + secs < passed;
        if is_late {
            self.left_out.push(format!("{} took too long", phase.name));
        }
        is_late
    }

    /// Notes how long the frame before this one took as a whole, and what this one took so far.
    pub fn note(&mut self, whole_before: Option<Duration>, drawn: Duration) {
        let phase = match self.phase {
            Some((at, _)) => PHASES.get(at).map_or("end", |phase| phase.name),
            None => "preparing",
        };
        self.record.note(phase, whole_before, drawn);
    }

    /// Keeps analysis and training going.
    pub fn keep_busy(&mut self, engine: &mut Engine, state: &State, commands: &mut CommandQueue) {
        self.work.keep_busy(engine, commands);
        if self.phase.is_some() && !self.is_over {
            self.work.keep_analyzing(state, commands);
        }
    }

    pub fn hear(&mut self, event: &Event) {
        self.work.hear(event);
    }

    /// The script is played, or it takes so long that it never will be.
    pub fn is_over(&self) -> bool {
        let limit = Duration::from_secs_f64(2.0 * self.settings.secs) + PATIENCE;
        self.is_over || self.work.failure().is_some() || limit < self.began.elapsed()
    }

    /// Writes the numbers, and clears away what was made.
    ///
    /// # Errors
    ///
    /// What failed, in words.
    pub fn finish(&mut self, ctx: &Context) -> Result<(), String> {
        if !self.is_over && self.work.failure().is_none() {
            self.left_out.push("the script was cut off".to_owned());
        }
        self.left_out
            .extend(self.work.failure().map(ToOwned::to_owned));
        let size = ctx.content_rect().size() * ctx.pixels_per_point();
        let report = json!({
            "format": "seam-bench-window/1",
            "version": env!("CARGO_PKG_VERSION"),
            "graphics": self.graphics,
            "width_px": size.x.round(),
            "height_px": size.y.round(),
            "secs": self.settings.secs,
            "training_steps": self.work.num_steps(),
            "analyses": self.work.num_analyses(),
            "left_out": self.left_out,
            "all": self.record.all(),
            "phases": self.record.phases(),
        });
        let out = &self.settings.out;
        let part = out.with_extension("part");
        let written = std::fs::write(&part, format!("{report:#}\n"))
            .and_then(|()| std::fs::rename(&part, out));
        // The training may still write there; what is left lies in the system's temporary folder.
        std::fs::remove_dir_all(&self.settings.scratch).ok();
        written.map_err(|err| format!("Could not write the numbers: {err}\nFile: {out:?}"))
    }
}
