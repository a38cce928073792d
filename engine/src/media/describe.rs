//! What the container says of itself and its streams, in words.

use ffmpeg_next::codec::{self, Profile};
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{DictionaryRef, Stream, media};

use crate::media::container::Container;
use crate::media::probe::{MediaInfo, empty_info};

/// Tags that would fill a page and tell nothing of the file's history.
const MAX_TAG_CHARS: usize = 400;

impl Container {
    /// All that is known without decoding.
    pub(super) fn describe(&self) -> MediaInfo {
        let mut info = empty_info(self.input.format().name());
        info.tags = tags("", &self.input.metadata());
        for stream in self.input.streams() {
            if stream.index() == self.stream.index {
                info.tags.extend(tags("video ", &stream.metadata()));
                info.video.frames_claimed = frames_claimed(&stream);
            } else {
                info.tags.extend(tags(medium(&stream), &stream.metadata()));
                info.other_streams.push(words(&stream));
            }
        }
        info.video.stream = self.stream.index as u32;
        info.video.codec = self.decoder.id().name().to_owned();
        info.video.profile = profile_name(self.decoder.profile());
        info.video.rotation = self.stream.turn.degrees();
        info
    }
}

fn frames_claimed(stream: &Stream<'_>) -> Option<u64> {
    let stored = u64::try_from(stream.frames())
        .ok()
        .filter(|&count| count > 0);
    // Matroska's writers put it into a tag.
    stored.or_else(|| stream.metadata().get("NUMBER_OF_FRAMES")?.parse().ok())
}

fn tags(owner: &str, dictionary: &DictionaryRef<'_>) -> Vec<(String, String)> {
    let entry = |(key, value): (&str, &str)| {
        // A damaged file may hold anything; this keeps only what is text.
        let clean = |text: &str| String::from_utf8_lossy(text.as_bytes()).trim().to_owned();
        let mut value = clean(value);
        if let Some((end, _)) = value.char_indices().nth(MAX_TAG_CHARS) {
            value.truncate(end);
            value.push('…');
        }
        (format!("{owner}{}", clean(key)), value)
    };
    dictionary.iter().map(entry).collect()
}

fn medium(stream: &Stream<'_>) -> &'static str {
    match stream.parameters().medium() {
        media::Type::Video => "other video ",
        media::Type::Audio => "audio ",
        media::Type::Subtitle => "subtitle ",
        media::Type::Data | media::Type::Attachment | media::Type::Unknown => "data ",
    }
}

/// `1 audio: aac 44100 Hz stereo`
fn words(stream: &Stream<'_>) -> String {
    let parameters = stream.parameters();
    let (index, codec) = (stream.index(), parameters.id().name());
    let kind = match parameters.medium() {
        media::Type::Video if stream.disposition().contains(Disposition::ATTACHED_PIC) => {
            "cover picture"
        }
        media::Type::Video => "video",
        media::Type::Audio => "audio",
        media::Type::Subtitle => "subtitles",
        media::Type::Data => "data",
        media::Type::Attachment => "attachment",
        media::Type::Unknown => "unknown",
    };
    format!(
        "{index} {kind}: {codec}{}",
        details(stream).unwrap_or_default()
    )
}

/// Size or sound format. An opened decoder is the only one who tells.
fn details(stream: &Stream<'_>) -> Option<String> {
    let open = || {
        codec::Context::from_parameters(stream.parameters())
            .ok()
            .map(|it| it.decoder())
    };
    match stream.parameters().medium() {
        media::Type::Video => {
            let decoder = open()?.video().ok()?;
            Some(format!(" {} x {}", decoder.width(), decoder.height()))
        }
        media::Type::Audio => {
            let decoder = open()?.audio().ok()?;
            let channels = match decoder.channels() {
                1 => "mono".to_owned(),
                2 => "stereo".to_owned(),
                count => format!("{count} channels"),
            };
            Some(format!(" {} Hz {channels}", decoder.rate()))
        }
        media::Type::Subtitle
        | media::Type::Data
        | media::Type::Attachment
        | media::Type::Unknown => None,
    }
}

/// `High` of `H264(High)`.
fn profile_name(profile: Profile) -> Option<String> {
    if matches!(profile, Profile::Unknown | Profile::Reserved) {
        return None;
    }
    let text = format!("{profile:?}");
    let inner = text
        .split_once('(')
        .map_or(text.as_str(), |(_, inner)| inner);
    Some(
        inner
            .trim_end_matches(')')
            .trim_start_matches('_')
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_have_plain_names() {
        let high = Profile::H264(codec::profile::H264::High);
        assert_eq!(profile_name(high).as_deref(), Some("High"));
        assert_eq!(profile_name(Profile::Unknown), None);
    }
}
