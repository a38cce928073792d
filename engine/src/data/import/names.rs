//! What the file names of datasets say: who was filmed, whose face went in, which clip a picture is of.

use crate::data::Split;

/// A video as its name tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// The video or person that was filmed.
    pub target: &'a str,
    /// The video or person whose face went in.
    pub donor: Option<&'a str>,
}

/// `000` is an original of `FaceForensics++`, `000_003` has the face of 003 in it (METHODS 17:
/// `<target>_<source>`).
pub(super) fn face_forensics(stem: &str) -> Option<Named<'_>> {
    let (target, donor) = match stem.split_once('_') {
        Some((target, donor)) => (target, Some(donor)),
        None => (stem, None),
    };
    let is_named = is_video_number(target) && donor.is_none_or(is_video_number);
    is_named.then_some(Named { target, donor })
}

/// Three digits.
pub(super) fn is_video_number(text: &str) -> bool {
    text.len() == 3 && is_number(text)
}

/// `01__exit_phone_room` is the actor 01 in a scene, `01_02__exit_phone_room__YVGY8LOK` has the face of
/// 02 in it: `DeepFakeDetection` of `FaceForensics++`.
pub(super) fn actors(stem: &str) -> Option<Named<'_>> {
    let (people, _scene) = stem.split_once("__")?;
    let (target, donor) = match people.split_once('_') {
        Some((target, donor)) => (target, Some(donor)),
        None => (people, None),
    };
    let is_named = is_number(target) && donor.is_none_or(is_number);
    is_named.then_some(Named { target, donor })
}

/// A video of Celeb-DF with a known person in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CelebName<'a> {
    /// `id0_0000`: the original, which manipulated ones share.
    pub video: String,
    pub person: &'a str,
    pub donor_person: Option<&'a str>,
}

/// `id0_0000` is an original, `id0_id1_0000` is the same video with the face of `id1` in it.
pub(super) fn celeb(stem: &str) -> Option<CelebName<'_>> {
    let parts: Vec<&str> = stem.split('_').collect();
    let (person, donor_person, number) = match parts[..] {
        [person, number] => (person, None, number),
        [person, donor, number] => (person, Some(donor), number),
        _ => return None,
    };
    let is_person = |text: &str| text.strip_prefix("id").is_some_and(is_number);
    let is_named = is_person(person) && donor_person.is_none_or(is_person) && is_number(number);
    is_named.then(|| CelebName {
        video: format!("{person}_{number}"),
        person,
        donor_person,
    })
}

/// The clip that a picture is a frame of: `anna_frame0012` and `anna-12` are of `anna`. A name without
/// a number after a separator stands for itself.
pub(super) fn clip_of_picture(stem: &str) -> &str {
    let clip = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    if clip.len() == stem.len() {
        return stem;
    }
    let clip = clip.strip_suffix("frame").unwrap_or(clip);
    match clip.strip_suffix(['_', '-']) {
        Some(clip) if !clip.is_empty() => clip,
        _ => stem,
    }
}

/// `train`, `val`, `test`, and what else people call them.
pub(super) fn split_of(name: &str) -> Option<Split> {
    match name.to_ascii_lowercase().as_str() {
        "train" | "training" => Some(Split::Train),
        "val" | "valid" | "validation" => Some(Split::Val),
        "test" | "testing" => Some(Split::Test),
        _ => None,
    }
}

/// The label that the name of a folder means.
pub(super) fn label_of_folder(name: &str) -> Option<u8> {
    match name.to_ascii_lowercase().as_str() {
        "real" | "reals" | "0_real" | "pristine" | "original" | "originals" => Some(0),
        "fake" | "fakes" | "1_fake" | "manipulated" | "forged" | "deepfake" | "deepfakes" => {
            Some(1)
        }
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swaps_name_their_target_first() {
        let check = |found: Option<Named<'_>>, expected: Option<(&str, Option<&str>)>| {
            assert_eq!(found.map(|named| (named.target, named.donor)), expected);
        };
        check(face_forensics("000"), Some(("000", None)));
        check(face_forensics("035_036"), Some(("035", Some("036"))));
        check(face_forensics("35_36"), None);
        check(face_forensics("000_003_001"), None);
        check(actors("01__exit_phone_room"), Some(("01", None)));
        check(actors("01_02__walking__YVGY8LOK"), Some(("01", Some("02"))));
        check(actors("000_003"), None);
        check(actors("a__b"), None);
    }

    #[test]
    fn manipulated_celebrities_share_the_video_of_their_target() {
        let original = celeb("id0_0003").unwrap();
        assert_eq!((original.person, original.donor_person), ("id0", None));
        let swapped = celeb("id0_id16_0003").unwrap();
        assert_eq!(swapped.video, original.video);
        assert_eq!(swapped.donor_person, Some("id16"));
        for other in [
            "00170",
            "id0",
            "id_0003",
            "ida_0003",
            "id0_x1_0003",
            "id0_id1_id2_0003",
        ] {
            assert_eq!(celeb(other), None, "{other}");
        }
    }

    #[test]
    fn pictures_belong_to_clips() {
        let check = |stem, clip| assert_eq!(clip_of_picture(stem), clip);
        check("anna_frame0012", "anna");
        check("anna-12", "anna");
        check("anna_frame_12", "anna_frame");
        check("000123", "000123");
        check("df00204", "df00204");
        check("_12", "_12");
        check("anna", "anna");
    }
}
