//! Which frame follows which, without a window.

use std::path::Path;

use super::*;

const MS: i64 = 1_000_000;

fn pair(offset_nanos: i64) -> Pair {
    Pair {
        offset_nanos,
        ..Pair::new(FileId(1))
    }
}

#[test]
fn the_second_clip_shows_the_frame_of_the_same_time() {
    let frames: Vec<i64> = (0..10).map(|at| at * 40 * MS).collect();
    let check = |offset, first, expected| {
        assert_eq!(
            pair(offset).wish(first, &frames),
            expected,
            "{offset} {first}"
        );
    };
    check(0, 120 * MS, (120 * MS, Reach::Inside));
    check(0, 130 * MS, (120 * MS, Reach::Inside));
    // Times that a container rounded are the same moment.
    check(0, 120 * MS - 600_000, (120 * MS, Reach::Inside));
    check(-40 * MS, 120 * MS, (80 * MS, Reach::Inside));
    check(-200 * MS, 120 * MS, (0, Reach::Before));
    check(0, 399 * MS, (360 * MS, Reach::Inside));
    check(0, 400 * MS, (360 * MS, Reach::After));
    // A picture has one moment, which is always there.
    assert_eq!(pair(0).wish(5000 * MS, &[0]), (0, Reach::Inside));
    assert_eq!(pair(7).wish(5000 * MS, &[]), (5000 * MS + 7, Reach::Inside));
}

#[test]
fn choosing_the_second_clip_swaps_them_in_step() {
    let mut state = State::default();
    let ids = ["a", "b", "c"].map(|name| state.add_file(Path::new(name)).0);
    state.select(ids[0]);
    state.act_on_pair(PairAction::Toggle);
    assert_eq!(state.pair.as_ref().unwrap().second, ids[1]);
    state.run_pair(PairCommand::SetOffset(80 * MS));
    state.run_pair(PairCommand::SetMode(Mode::Wipe));
    state.act_on_pair(PairAction::Swap);
    let pair = state.pair.as_ref().unwrap();
    assert_eq!(state.selected, Some(ids[1]));
    assert_eq!(
        (pair.second, pair.offset_nanos, pair.mode),
        (ids[0], -80 * MS, Mode::Wipe)
    );
    // Another first clip leaves the second one where it is; without it, there is no pair.
    state.select(ids[2]);
    assert_eq!(state.pair.as_ref().unwrap().second, ids[0]);
    state.remove(ids[0]);
    assert!(state.pair.is_none());
    // A clip is not compared with itself.
    state.run_pair(PairCommand::With(ids[2]));
    assert!(state.pair.is_none());
}

#[test]
fn frames_nudge_the_offset_by_whole_frames() {
    let mut state = State::default();
    let ids = ["a", "b"].map(|name| state.add_file(Path::new(name)).0);
    state.select(ids[0]);
    state.run_pair(PairCommand::With(ids[1]));
    let nanos = state.second_file().unwrap().frame_nanos();
    state.act_on_pair(PairAction::FrameLater);
    state.act_on_pair(PairAction::FrameLater);
    assert_eq!(state.pair.as_ref().unwrap().offset_nanos, 2 * nanos);
    state.act_on_pair(PairAction::FrameEarlier);
    assert_eq!(state.pair.as_ref().unwrap().offset_nanos, nanos);
    state.act_on_pair(PairAction::NoOffset);
    assert_eq!(state.pair.as_ref().unwrap().offset_nanos, 0);
}
