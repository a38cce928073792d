//! Frame times by phase.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

#[derive(Debug, Default)]
pub struct Record {
    frames: Vec<Frame>,
    last: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    phase: &'static str,
    /// The window thread's work: running commands, laying out and painting panes, tessellating and uploading, without
    /// waiting for the display.
    own_ms: Option<f32>,
    /// Of that, what this program does itself: without tessellating and uploading.
    drawn_ms: f32,
    /// From the frame before to this one.
    wall_ms: Option<f32>,
}

/// Phases that are no part of the whole.
const APART: [&str; 2] = ["preparing", "end"];

impl Record {
    pub fn note(&mut self, phase: &'static str, whole_before: Option<Duration>, drawn: Duration) {
        let millis = |time: Duration| time.as_secs_f32() * 1e3;
        if let (Some(frame), Some(whole)) = (self.frames.last_mut(), whole_before) {
            frame.own_ms = Some(millis(whole).max(frame.drawn_ms));
        }
        let now = Instant::now();
        let wall_ms = self.last.map(|last| millis(now - last));
        self.last = Some(now);
        self.frames.push(Frame {
            phase,
            own_ms: None,
            drawn_ms: millis(drawn),
            wall_ms,
        });
    }

    /// All phases together, without preparing.
    pub fn all(&self) -> Value {
        numbers(
            self.frames
                .iter()
                .filter(|frame| !APART.contains(&frame.phase)),
        )
    }

    /// In the order in which they were played.
    pub fn phases(&self) -> Vec<Value> {
        let mut names: Vec<&str> = self.frames.iter().map(|frame| frame.phase).collect();
        names.dedup();
        names
            .into_iter()
            .map(|name| {
                let mut value = numbers(self.frames.iter().filter(|frame| frame.phase == name));
                value["name"] = json!(name);
                value
            })
            .collect()
    }
}

fn numbers<'a>(frames: impl Iterator<Item = &'a Frame> + Clone) -> Value {
    json!({
        "frames": frames.clone().count(),
        "own_ms": spread(frames.clone().filter_map(|frame| frame.own_ms)),
        "drawn_ms": spread(frames.clone().map(|frame| frame.drawn_ms)),
        "wall_ms": spread(frames.filter_map(|frame| frame.wall_ms)),
    })
}

/// Middle, high percentiles and longest, in milliseconds to a hundredth.
fn spread(values: impl Iterator<Item = f32>) -> Value {
    let mut sorted: Vec<f32> = values.collect();
    sorted.sort_unstable_by(f32::total_cmp);
    if sorted.is_empty() {
        return Value::Null;
    }
    let at = |share: f64| {
        let value = sorted[(share * (sorted.len() - 1) as f64).round() as usize];
        (f64::from(value) * 100.0).round() / 100.0
    };
    json!({"median": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": at(1.0)})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_noted_with_the_frame_that_took_them() {
        let mut record = Record::default();
        let millis = Duration::from_millis;
        record.note("preparing", None, millis(1));
        record.note("open", Some(millis(90)), millis(2));
        record.note("open", Some(millis(7)), millis(3));
        record.note("scrub", Some(millis(5)), millis(4));
        record.note("end", Some(millis(9)), millis(1));
        let phases = record.phases();
        let names: Vec<&str> = phases
            .iter()
            .filter_map(|phase| phase["name"].as_str())
            .collect();
        assert_eq!(names, ["preparing", "open", "scrub", "end"]);
        assert_eq!(phases[0]["own_ms"]["max"], json!(90.0));
        assert_eq!(phases[1]["own_ms"]["max"], json!(7.0));
        assert_eq!(phases[2]["own_ms"]["max"], json!(9.0));
        assert_eq!(record.all()["frames"], json!(3));
        assert_eq!(record.all()["own_ms"]["max"], json!(9.0));
        assert_eq!(phases[3]["own_ms"], Value::Null);
    }
}
