//! What an intake found, in words: how many people, how large, and how usable.

use seam_engine::analysis::applicable::{Applicability, Fit};
use seam_engine::analysis::intake::{FaceGroup, FacesFound};
use seam_engine::faces::GateState;
use seam_engine::faces::gate::FaceQuality;

use crate::words;

/// The one line of the card: "2 people, 96 and 41 px, one too small".
pub fn summary(found: &FacesFound) -> String {
    let looked_at = words::count(found.frames_looked_at);
    if found.groups.is_empty() {
        let frames = match found.frames_looked_at {
            1 => "the one frame".to_owned(),
            _ => format!("{looked_at} frames"),
        };
        return format!("No face found in {frames}");
    }
    if found.is_sampled {
        let group = &found.groups[0];
        let [smallest, _, largest] = group.sizes_px;
        return format!(
            "Faces on {} of {looked_at} frames looked at, up to {} at once, {smallest:.0} to {largest:.0} px",
            words::count(group.frames),
            group.most_at_once
        );
    }
    let num = found.groups.len();
    let people = if num == 1 {
        "1 person".to_owned()
    } else {
        format!("{num} people")
    };
    let mut parts = vec![people, sizes(&found.groups)];
    for (state, word) in [
        (GateState::NotUsable, None),
        (GateState::Weak, Some("weak")),
    ] {
        let those: Vec<&FaceGroup> = (found.groups.iter())
            .filter(|group| group.gate.state == state)
            .collect();
        if those.is_empty() {
            continue;
        }
        let small = those.iter().all(|group| group.sizes_px[1] < 40.0);
        let word = word.unwrap_or(if small { "too small" } else { "not usable" });
        let count = match those.len() {
            all if all == num && num != 1 => "all".to_owned(),
            1 if num == 1 => String::new(),
            1 => "one".to_owned(),
            few => few.to_string(),
        };
        parts.push(format!("{count} {word}").trim().to_owned());
    }
    parts.join(", ")
}

/// `96 and 41 px`; of many people the range.
fn sizes(groups: &[FaceGroup]) -> String {
    let sizes: Vec<String> = (groups.iter())
        .map(|group| format!("{:.0}", group.sizes_px[1]))
        .collect();
    match &sizes[..] {
        [one] => format!("{one} px"),
        [first, second] => format!("{first} and {second} px"),
        [first, second, third] => format!("{first}, {second} and {third} px"),
        _ => {
            let each = || groups.iter().map(|group| group.sizes_px[1]);
            let (least, most) = (
                each().fold(f32::INFINITY, f32::min),
                each().fold(0.0, f32::max),
            );
            format!("{least:.0} to {most:.0} px")
        }
    }
}

/// What a face is usually like: "174 px, sharp, frontal, on 125 frames".
pub fn group_words(group: &FaceGroup) -> String {
    let mut parts = vec![format!("{:.0} px", group.sizes_px[1])];
    parts.extend(group.typical.iter().flat_map(quality_words));
    let frames = match group.frames {
        1 => "on 1 frame".to_owned(),
        num => format!("on {} frames", words::count(num)),
    };
    parts.push(frames);
    parts.join(", ")
}

/// Sharpness and turn of the head.
pub fn quality_words(quality: &FaceQuality) -> Vec<String> {
    let sharp = match quality.sharpness {
        ..8.0 => "very blurred",
        8.0..30.0 => "blurred",
        30.0..60.0 => "a little soft",
        _ => "sharp",
    };
    let degrees = quality.yaw_radians.abs().to_degrees();
    let turn = if degrees < 20.0 {
        "frontal".to_owned()
    } else {
        format!("turned by {degrees:.0}°")
    };
    vec![sharp.to_owned(), turn]
}

pub fn fit_word(fit: Fit) -> &'static str {
    match fit {
        Fit::WillRun => "Will run",
        Fit::Weak => "Weak here",
        Fit::OnRequest => "Runs only when asked for",
        Fit::Cannot => "Cannot see this clip",
    }
}

/// Methods of which the same is to be said, together.
pub fn grouped(methods: &[Applicability]) -> Vec<(Vec<&'static str>, &Applicability)> {
    let mut groups: Vec<(Vec<&'static str>, &Applicability)> = Vec::new();
    for one in methods {
        let same = groups.iter_mut().find(|(_, other)| {
            (other.fit, &other.because, &other.notes) == (one.fit, &one.because, &one.notes)
        });
        match same {
            Some((names, _)) => names.push(one.method),
            None => groups.push((vec![one.method], one)),
        }
    }
    groups
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use seam_engine::faces::{Aligner, Gate, TrackId};

    pub fn group(number: u32, size_px: f32, state: GateState) -> FaceGroup {
        FaceGroup {
            track: Some(TrackId(number)),
            most_at_once: 1,
            first_nanos: 0,
            last_nanos: 9_875_000_000,
            frames: 80,
            sizes_px: [size_px; 3],
            typical: Some(FaceQuality {
                size_px,
                sharpness: 120.0,
                yaw_radians: 0.1,
                brightness: 120.0,
            }),
            gate: Gate {
                state,
                reasons: match state {
                    GateState::Usable => Vec::new(),
                    _ => vec![format!("the face is {size_px:.0} px wide; 80 are needed")],
                },
            },
        }
    }

    pub fn found(groups: Vec<FaceGroup>) -> FacesFound {
        FacesFound {
            aligner: Aligner::Dlib68,
            frames_looked_at: 80,
            is_sampled: false,
            groups,
            methods: Vec::new(),
        }
    }

    #[test]
    fn people_are_summed_up_in_one_line() {
        use GateState::{NotUsable, Usable, Weak};
        let check = |groups: Vec<FaceGroup>, expected: &str| {
            assert_eq!(summary(&found(groups)), expected);
        };
        check(Vec::new(), "No face found in 80 frames");
        check(vec![group(1, 174.2, Usable)], "1 person, 174 px");
        check(
            vec![group(1, 31.0, NotUsable)],
            "1 person, 31 px, too small",
        );
        check(
            vec![group(1, 96.0, Usable), group(2, 31.0, NotUsable)],
            "2 people, 96 and 31 px, one too small",
        );
        check(
            vec![group(1, 60.0, Weak), group(2, 70.0, Weak)],
            "2 people, 60 and 70 px, all weak",
        );
    }

    #[test]
    fn a_sampled_clip_counts_faces_and_no_people() {
        let mut all = group(1, 60.0, GateState::Usable);
        all.track = None;
        all.most_at_once = 3;
        all.frames = 37;
        all.sizes_px = [41.0, 60.0, 96.0];
        let mut found = found(vec![all]);
        found.is_sampled = true;
        found.frames_looked_at = 64;
        assert_eq!(
            summary(&found),
            "Faces on 37 of 64 frames looked at, up to 3 at once, 41 to 96 px"
        );
    }

    #[test]
    fn methods_of_which_the_same_is_said_share_a_line() {
        let one = |method, fit| Applicability {
            method,
            fit,
            because: Vec::new(),
            notes: Vec::new(),
        };
        let all = [
            one("did", Fit::WillRun),
            one("lae", Fit::OnRequest),
            one("dadd", Fit::WillRun),
        ];
        let groups = grouped(&all);
        let names: Vec<&[&str]> = groups.iter().map(|(names, _)| &names[..]).collect();
        assert_eq!(names, [&["did", "dadd"][..], &["lae"][..]]);
    }

    #[test]
    fn a_face_is_described_by_size_sharpness_and_turn() {
        let mut face = group(1, 174.0, GateState::Usable);
        assert_eq!(group_words(&face), "174 px, sharp, frontal, on 80 frames");
        face.typical = face.typical.map(|typical| FaceQuality {
            sharpness: 12.0,
            yaw_radians: -0.7,
            ..typical
        });
        assert_eq!(
            group_words(&face),
            "174 px, blurred, turned by 40°, on 80 frames"
        );
    }
}
