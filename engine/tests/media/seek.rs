//! A frame got by seeking is byte for byte the frame got by reading through.

use std::path::Path;

use seam_engine::media::{self, FrameSource, MediaHash};

use crate::support::{Seen, media_folder, open, read_through, seen};

/// Reads through, then visits frames in a scattered order: with a table of frames from the reading,
/// and without one, as a player does at first.
pub fn check_seeks(path: &Path, num_seeks: usize) {
    let mut source = open(path);
    let all = read_through(&mut *source);
    assert!(!all.is_empty(), "{path:?}");
    for (place, (id, ..)) in all.iter().enumerate() {
        assert_eq!(id.index as usize, place, "{path:?}");
    }
    assert!(
        all.is_sorted_by(|a, b| a.0.pts_nanos < b.0.pts_nanos),
        "{path:?}"
    );
    scatter(&mut *source, &all, num_seeks, path);

    // The same file under another name has no table yet.
    let other = MediaHash::of(path.as_os_str().as_encoded_bytes());
    let mut fresh = media::open(path, other).unwrap();
    let renamed: Vec<Seen> = all
        .iter()
        .map(|(id, width, height, pixels)| {
            let id = media::FrameId {
                media: other,
                ..*id
            };
            (id, *width, *height, *pixels)
        })
        .collect();
    scatter(&mut *fresh, &renamed, num_seeks / 2, path);
    fresh.seek(i64::MIN).unwrap();
    for expected in &renamed {
        assert_eq!(fresh.skip_frame().unwrap(), Some(expected.0), "{path:?}");
    }
    assert_eq!(fresh.skip_frame().unwrap(), None, "{path:?}");
}

fn scatter(source: &mut dyn FrameSource, all: &[Seen], num_seeks: usize, path: &Path) {
    for turn in 0..num_seeks {
        // A multiplier without common factors visits every part in a mixed order.
        let place = (turn * 7919 + 13) % all.len();
        let start = all[place].0.pts_nanos;
        let end = all
            .get(place + 1)
            .map_or(start + 1_000_000_000, |next| next.0.pts_nanos);
        source
            .seek(start + (end - start) * (turn as i64 % 3) / 3)
            .unwrap();
        for expected in all[place..].iter().take(1 + turn % 3) {
            let frame = source.next_frame().unwrap().unwrap();
            assert_eq!(
                seen(&frame),
                *expected,
                "seek {turn} to {place} in {path:?}"
            );
        }
    }
    source.seek(i64::MIN).unwrap();
    assert_eq!(source.skip_frame().unwrap(), Some(all[0].0), "{path:?}");
}

#[test]
fn seeking_gives_the_frames_of_reading_through() {
    let Some(folder) = media_folder() else {
        return;
    };
    for name in [
        "awkward/animated_ghost_swap.webp",
        "awkward/corrupted_decord.mp4",
        "awkward/face_av1.mp4",
        "awkward/face_hevc_10bit.mov",
        "awkward/face_interlaced_pal.ts",
        "awkward/face_one_frame.mp4",
        "awkward/face_rotated_display_matrix.mp4",
        "awkward/face_vfr.mp4",
        "awkward/face_vp9.webm",
        "awkward/phone_rot180_vfr.mp4",
        "awkward/tc_av1_video.mkv",
        "awkward/truncated_faststart_60pct.mp4",
        "awkward/two_video_streams_subs.mp4",
        "awkward/unordered_pts.mov",
        "awkward/vp9_alpha.webm",
        "multi/stage_show_cuts.mp4",
        "noface/cartoon.gif",
        "noface/earth_60fps.avi",
        "real/lp_woman_expressions.mp4",
        "real/mesonet_real00240.jpg",
        "real/retalking_face1_vfr.mp4",
    ] {
        check_seeks(&folder.join(name), 12);
    }
}
