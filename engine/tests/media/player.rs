//! The player shows the frame of the newest wish.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seam_engine::media::player::Player;
use seam_engine::media::{Frame, MediaHash};

use crate::support::{hash_of, media_folder, open, read_through, seen};

const LIMIT: Duration = Duration::from_secs(20);

fn wait_for(player: &Player, is_it: impl Fn(&Result<Arc<Frame>, String>) -> bool) {
    let started = Instant::now();
    while started.elapsed() < LIMIT {
        if player.shown().is_some_and(|shown| is_it(&shown)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!(
        "waited in vain, last shown: {:?}",
        player.shown().map(|shown| shown.is_ok())
    );
}

#[test]
fn the_newest_wish_is_shown() {
    let Some(folder) = media_folder() else {
        return;
    };
    let path = folder.join("real/lp_woman_expressions.mp4");
    let all = read_through(&mut *open(&path));
    // One hash with a table of its frames, one without.
    for media in [hash_of(&path), MediaHash::of(b"player")] {
        let player = Player::open(path.clone(), media, || ()).unwrap();
        for place in [300, 0, 1, 2, 3, 2, 100, 101, 353, 352, 10] {
            player.show(all[place].0.pts_nanos + 1_000_000);
            let index = place as u32;
            wait_for(&player, |shown| {
                shown.as_ref().is_ok_and(|frame| frame.id.index == index)
            });
            let shown = player.shown().unwrap();
            let (_, width, height, pixels) = seen(shown.as_ref().as_ref().unwrap());
            assert_eq!(
                (width, height, pixels),
                (all[place].1, all[place].2, all[place].3)
            );
        }
        for (id, ..) in &all {
            player.show(id.pts_nanos);
        }
        let last = all.len() as u32 - 1;
        wait_for(&player, |shown| {
            shown.as_ref().is_ok_and(|frame| frame.id.index == last)
        });
        player.show(i64::MAX);
        wait_for(&player, |shown| {
            shown.as_ref().is_ok_and(|frame| frame.id.index == last)
        });
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let path = Path::new("no/such.mp4").to_owned();
    let player = Player::open(path, MediaHash::of(b""), || ()).unwrap();
    player.show(0);
    wait_for(&player, |shown| {
        shown
            .as_ref()
            .is_err_and(|text| text.ends_with("File: \"no/such.mp4\""))
    });
}
