//! The window under a script that times it.

use std::time::Duration;

use egui::{Context, ViewportCommand};

use crate::app::App;
use crate::bench::{Bench, BenchSettings};
use crate::logging::Ring;
use crate::words;

impl App {
    /// Opens the window's program to be timed by a script; it closes by itself.
    ///
    /// # Errors
    ///
    /// When a thread could not be started.
    pub fn timed(
        cc: &eframe::CreationContext<'_>,
        settings: BenchSettings,
        log: Ring,
    ) -> std::io::Result<Self> {
        let mut app = Self::new(cc, Vec::new(), log)?;
        let graphics = cc.wgpu_render_state.as_ref().map(|card| {
            let info = card.adapter.get_info();
            format!("{} ({})", info.name, info.backend)
        });
        let bench = Bench::new(settings, graphics.unwrap_or_else(|| "not known".to_owned()));
        app.state.settings = bench.user_settings();
        app.bench = Some(bench);
        Ok(app)
    }

    pub(super) fn update_bench(&mut self, ctx: &Context) {
        let Some(bench) = &mut self.bench else {
            return;
        };
        bench.keep_busy(&mut self.engine, &self.state, &mut self.commands);
        if !bench.is_over() || self.may_close {
            return;
        }
        if let Err(err) = bench.finish(ctx) {
            tracing::error!(target: "seam_app", "{err}");
        }
        self.may_close = true;
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    /// Notes how long the window took: `drawn` for what this program does, `frame` for the frame before as a whole.
    pub(super) fn note_frame(&mut self, frame: &eframe::Frame, drawn: Duration) {
        let whole = frame
            .info()
            .cpu_usage
            .and_then(|secs| Duration::try_from_secs_f32(secs).ok());
        if let Some(bench) = &mut self.bench {
            bench.note(whole, drawn);
        }
        let times = &mut self.state.frame_times;
        times.push(whole.unwrap_or(drawn).max(drawn));
    }

    pub(super) fn log_frame_times(&self, what: &str) {
        if let Some(times) = self.state.frame_times.summary() {
            tracing::info!(
                target: "seam_app",
                "{what} drawn in {:.1} ms a frame ({:.1} ms at the 99th percentile, {:.1} ms at most, over {} frames)",
                times.median_millis,
                times.p99_millis,
                times.longest_millis,
                words::count(times.frames as u64),
            );
        }
    }
}
