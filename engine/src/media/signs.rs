//! Signs that a file was encoded again after the camera: each one a fact that can be checked in the
//! tags, said in a sentence. None of them says that a picture was manipulated.

use crate::media::MediaInfo;

/// Programs that leave their name in an encoder tag, with what they are in words.
const ENCODERS: [(&str, &str); 9] = [
    (
        "Lavf",
        "written by FFmpeg's libavformat, as converters, editors and servers do",
    ),
    (
        "x264",
        "encoded by x264, a software encoder that cameras do not use",
    ),
    (
        "x265",
        "encoded by x265, a software encoder that cameras do not use",
    ),
    ("libvpx", "encoded by libvpx, a software encoder"),
    ("HandBrake", "converted by HandBrake"),
    ("Premiere", "exported by Adobe Premiere"),
    ("Photoshop", "saved by Adobe Photoshop"),
    ("GIMP", "saved by GIMP"),
    ("vimeo", "converted by Vimeo"),
];

/// Keys that cameras and phones fill in.
const CAMERA_KEYS: [&str; 6] = [
    "com.apple.quicktime.make",
    "com.apple.quicktime.model",
    "com.android.version",
    "com.android.manufacturer",
    "make",
    "model",
];

/// Sentences without a full stop, in a fixed order.
pub(super) fn reencode_signs(info: &MediaInfo) -> Vec<String> {
    let mut signs: Vec<String> = ENCODERS
        .iter()
        .filter_map(|(name, meaning)| {
            let (key, value) = find_value(info, name)?;
            Some(format!("The file was {meaning} (tag {key}: {value:?})"))
        })
        .collect();
    signs.extend(messenger(info));
    if info.video.is_still {
        return signs;
    }
    let has_camera = info
        .tags
        .iter()
        .any(|(key, _)| CAMERA_KEYS.contains(&key.to_ascii_lowercase().as_str()));
    let is_camera_container = info.container.contains("mp4");
    if is_camera_container && !has_camera {
        signs.push("No tag names a camera or phone; many phones write one, messengers and converters drop it".to_owned());
    }
    if is_camera_container && !has_key(info, "creation_time") {
        signs.push("No tag says when it was recorded".to_owned());
    }
    signs
}

/// What is known of files that came through a messenger: their names.
fn messenger(info: &MediaInfo) -> Option<String> {
    let name = info.path.file_name()?.to_string_lossy().into_owned();
    let is_whatsapp = name.contains("-WA")
        && (name.starts_with("VID-") || name.starts_with("IMG-"))
        || name.starts_with("WhatsApp ");
    if is_whatsapp {
        return Some(format!(
            "The name {name:?} is one that WhatsApp gives, and WhatsApp encodes again"
        ));
    }
    if name.starts_with("telegram-cloud-") || name.contains("@") && name.starts_with("video_") {
        return Some(format!(
            "The name {name:?} is one that Telegram gives, and Telegram may encode again"
        ));
    }
    None
}

fn find_value<'a>(info: &'a MediaInfo, part: &str) -> Option<(&'a str, &'a str)> {
    let part = part.to_ascii_lowercase();
    info.tags
        .iter()
        .find(|(_, value)| value.to_ascii_lowercase().contains(&part))
        .map(|(key, value)| (key.as_str(), value.as_str()))
}

fn has_key(info: &MediaInfo, name: &str) -> bool {
    info.tags
        .iter()
        .any(|(key, _)| key.rsplit(' ').next() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::probe::empty_info;

    #[test]
    fn an_encoder_tag_is_a_sign() {
        let mut info = empty_info("mov,mp4");
        info.tags = vec![
            ("encoder".to_owned(), "Lavf59.27.100".to_owned()),
            ("creation_time".to_owned(), "2024".to_owned()),
            ("make".to_owned(), "A".to_owned()),
        ];
        let signs = reencode_signs(&info);
        assert_eq!(signs.len(), 1, "{signs:?}");
        assert!(signs[0].contains("libavformat"), "{signs:?}");
    }

    #[test]
    fn a_camera_file_has_no_sign() {
        let mut info = empty_info("mov,mp4");
        info.path = "IMG_0042.MOV".into();
        info.tags = vec![
            ("com.apple.quicktime.make".to_owned(), "Apple".to_owned()),
            ("video creation_time".to_owned(), "2024".to_owned()),
        ];
        assert_eq!(reencode_signs(&info), Vec::<String>::new());
        info.path = "VID-20240101-WA0003.mp4".into();
        assert_eq!(reencode_signs(&info).len(), 1);
    }
}
