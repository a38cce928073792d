//! What the material is like over time: size and sharpness of a face, bits of the stream. In neutral gray: it says how
//! much an answer weighs, not what the answer is.

use egui::{Color32, Painter, Rect};

use crate::evidence::Person;
use crate::theme;
use crate::viewport::TimeView;
use crate::widgets::score_strip::{Bar, paint_bars};

/// The size strip is full at this face size, in pixels of the frame, and empty at the smallest.
const LARGEST_FACE_PX: f32 = 400.0;
const SMALLEST_FACE_PX: f32 = 16.0;
/// The same for sharpness: below the smaller one a face is not usable.
const SHARPEST: f32 = 700.0;
const BLURRED: f32 = 8.0;
/// From here on faces are fit without reserve, as the gate judges them.
const FIT_PX: f32 = 80.0;
const FIT_SHARPNESS: f32 = 30.0;

const SECOND_NANOS: i64 = 1_000_000_000;

/// The face's size over time.
pub fn paint_sizes(
    painter: &Painter,
    rect: Rect,
    view: TimeView,
    person: &Person,
    frame_nanos: i64,
) {
    let boxes = &person.boxes;
    let shown = in_view(rect, view, boxes.len(), |at| boxes[at].pts_nanos);
    let bars = shown.into_iter().map(|place| {
        let at = &boxes[place];
        let size = at.face.width.min(at.face.height);
        Bar {
            left: view.x_of(rect, at.pts_nanos),
            right: view.x_of(rect, at.pts_nanos + frame_nanos),
            height: log_share(size, SMALLEST_FACE_PX, LARGEST_FACE_PX),
            fill: gray(FIT_PX <= size),
        }
    });
    paint_bars(painter, rect, bars, false);
}

/// How sharp the face is over time, where it was examined.
pub fn paint_sharpness(painter: &Painter, rect: Rect, view: TimeView, person: &Person) {
    let all = &person.qualities;
    let shown = in_view(rect, view, all.len(), |at| all[at].pts_nanos);
    let bars = shown.into_iter().map(|place| {
        let at = &all[place];
        let next = all.get(place + 1).map_or(i64::MAX, |next| next.pts_nanos);
        let end = next.min(at.pts_nanos + SECOND_NANOS / 2);
        Bar {
            left: view.x_of(rect, at.pts_nanos),
            right: view.x_of(rect, end),
            height: log_share(at.quality.sharpness, BLURRED, SHARPEST),
            fill: gray(FIT_SHARPNESS <= at.quality.sharpness),
        }
    });
    paint_bars(painter, rect, bars, false);
}

/// Bytes of the stream in each second, the most of the clip filling the strip.
pub fn paint_bit_rate(painter: &Painter, rect: Rect, view: TimeView, second_bytes: &[u32]) {
    let most = second_bytes.iter().copied().max().unwrap_or(0).max(1) as f32;
    let first = (view.start / 1e9).floor().max(0.0) as usize;
    let last = ((view.end / 1e9).ceil().max(0.0) as usize).min(second_bytes.len());
    let bars = (first.min(last)..last).map(|second| {
        let start = second as i64 * SECOND_NANOS;
        Bar {
            left: view.x_of(rect, start),
            right: view.x_of(rect, start + SECOND_NANOS),
            height: (second_bytes[second] as f32 / most).max(0.04),
            fill: gray(true),
        }
    });
    paint_bars(painter, rect, bars, false);
}

/// What is not fit is fainter.
fn gray(is_fit: bool) -> Color32 {
    if is_fit {
        theme::outline()
    } else {
        theme::faded(theme::outline(), 0.5)
    }
}

/// On a logarithmic scale, 0 to 1; never so little that it cannot be seen.
fn log_share(value: f32, smallest: f32, largest: f32) -> f32 {
    let share = (value.max(1.0) / smallest).ln() / (largest / smallest).ln();
    share.clamp(0.1, 1.0)
}

/// Places of the values in view; of more than two in a point, the first of each point.
pub fn in_view(
    rect: Rect,
    view: TimeView,
    count: usize,
    time: impl Fn(usize) -> i64,
) -> Vec<usize> {
    let from = first_at(0..count, view.start as i64, &time).saturating_sub(1);
    let to = first_at(from..count, view.end as i64 + 1, &time);
    let columns = rect.width().ceil().max(1.0) as usize;
    if to - from <= 2 * columns {
        return (from..to).collect();
    }
    let mut places = Vec::with_capacity(columns);
    let mut next = from;
    for column in 0..columns {
        let end = view.time_at(rect, rect.left() + column as f32 + 1.0);
        let after = first_at(next..to, end, &time);
        if next < after {
            places.push(next);
        }
        next = after;
    }
    places
}

/// The first place whose time is not before this one.
fn first_at(places: std::ops::Range<usize>, nanos: i64, time: &impl Fn(usize) -> i64) -> usize {
    let (mut low, mut high) = (places.start, places.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if time(middle) < nanos {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn hours_of_frames_become_no_more_than_a_few_bars_a_point() {
        let rect = Rect::from_min_max(pos2(150.0, 0.0), pos2(1150.0, 10.0));
        let frame_nanos = 40_000_000;
        let count = 3 * 3600 * 25;
        let whole = TimeView {
            start: 0.0,
            end: (count * frame_nanos) as f64,
        };
        let time = |at: usize| at as i64 * frame_nanos;
        let all = in_view(rect, whole, count as usize, time);
        assert!((990..=1000).contains(&all.len()), "{}", all.len());
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
        let second = TimeView {
            start: 5e9,
            end: 6e9,
        };
        let few = in_view(rect, second, count as usize, time);
        assert_eq!((few.first(), few.last()), (Some(&124), Some(&150)));
        assert_eq!(in_view(rect, whole, 0, time), Vec::<usize>::new());
    }

    #[test]
    fn what_is_larger_stands_higher_and_nothing_is_lost() {
        let share = |value: f32| log_share(value, SMALLEST_FACE_PX, LARGEST_FACE_PX);
        assert!(share(40.0) < share(80.0) && share(80.0) < share(300.0));
        assert_eq!((share(1.0), share(9000.0)), (0.1, 1.0));
    }
}
