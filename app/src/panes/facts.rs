//! What is known of a file as a file: container, picture, size, tags, hash.

use egui::{RichText, Ui};
use seam_engine::media::MediaInfo;

use crate::command::{Command, CommandQueue};
use crate::state::MediaFile;
use crate::theme::{self, UNIT};
use crate::widgets::{Icon, fact_ui, icon_button_ui, note_ui, term_ui};
use crate::words;

pub fn facts_ui(ui: &mut Ui, info: &MediaInfo) {
    let video = &info.video;
    let container = info.container.split(',').next().unwrap_or_default();
    fact_ui(ui, "Container", container).on_hover_text(&info.container);
    let profile = video.profile.as_deref().unwrap_or_default();
    fact_ui(ui, "Codec", format!("{} {profile}", video.codec).trim())
        .on_hover_text(format!("{}\n{}", video.pixel_format, video.color));
    let mut size = format!("{} × {}", video.width, video.height);
    if video.rotation != 0 {
        size += &format!(", turned {}°", video.rotation);
    }
    if video.interlaced {
        size += ", interlaced";
    }
    fact_ui(ui, "Picture", &size);
    if !video.is_still && 0 < video.frames_decoded {
        let claimed = match video.frames_claimed {
            Some(claimed) if claimed != video.frames_decoded => {
                format!(" (the file claims {})", words::count(claimed))
            }
            _ => String::new(),
        };
        let frames = format!("{}{claimed}", words::count(video.frames_decoded));
        fact_ui(ui, "Frames", &frames).on_hover_text("Counted by decoding every one");
        fact_ui(
            ui,
            "Length",
            &words::time((video.duration_secs * 1e9) as i64),
        );
        let rate = if video.variable_rate {
            format!("{:.2} a second, varying", video.fps_mean)
        } else {
            format!("{:.2} a second", video.fps_mean)
        };
        fact_ui(ui, "Rate", &rate);
    }
    let mut bytes = words::bytes(info.bytes);
    if let Some(rate) = video.bits_per_second {
        bytes += &format!(", {:.1} Mbit/s", rate as f64 / 1e6);
    }
    fact_ui(ui, "Size", &bytes);
    for stream in &info.other_streams {
        fact_ui(ui, "Also", stream);
    }
}

/// The file's own tags: long, and seldom what one looks for.
pub fn tags_ui(ui: &mut Ui, info: &MediaInfo) {
    if info.tags.is_empty() {
        return;
    }
    let title = RichText::new(format!("{} tags of the file", info.tags.len()))
        .size(theme::SMALL)
        .color(theme::text_faint());
    egui::CollapsingHeader::new(title)
        .id_salt("tags")
        .show_unindented(ui, |ui| {
            for (name, value) in &info.tags {
                note_ui(ui, name, theme::text_faint());
                note_ui(ui, value, theme::text());
            }
        });
}

pub fn hash_ui(ui: &mut Ui, file: &MediaFile, commands: &mut CommandQueue) {
    let Some(hash) = file.hash else {
        return;
    };
    ui.horizontal(|ui| {
        fact_ui(ui, "SHA-256", &format!("{}…", words::short_hash(&hash)))
            .on_hover_text(hash.to_string());
        let tooltip = "Copy the whole hash";
        if icon_button_ui(ui, Icon::Copy, "Copy SHA-256", tooltip, false).clicked() {
            commands.push(Command::CopyText(hash.to_string()));
        }
    });
}

pub fn signs_ui(ui: &mut Ui, title: &str, signs: &[String]) {
    if signs.is_empty() {
        return;
    }
    ui.add_space(UNIT);
    let title = RichText::new(title).size(theme::SMALL);
    term_ui(ui, title.color(theme::text_faint()));
    for sign in signs {
        note_ui(ui, sign, theme::text());
    }
}
