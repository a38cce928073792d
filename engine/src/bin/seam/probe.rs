//! `seam probe`.

use std::path::PathBuf;

use clap::Args;
use seam_engine::media::{MediaInfo, VideoInfo};
use seam_engine::{Outcome, Request};

use crate::{EXIT_UNREADABLE, Failure, jobs, print};

#[derive(Args)]
pub struct ProbeOptions {
    /// The clip or picture
    file: PathBuf,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(options: &ProbeOptions) -> Result<u8, Failure> {
    let path = options.file.clone();
    match jobs::run(Request::Open { path }, "probe", |_, _| ())? {
        Outcome::Opened(info) if options.json => {
            let text = serde_json::to_string_pretty(&info).map_err(|err| Failure::new(1, err))?;
            print(&text)?;
        }
        Outcome::Opened(info) => print(&in_words(&info))?,
        Outcome::Failed(err) => return Err(Failure::new(EXIT_UNREADABLE, err)),
        outcome => return Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
    Ok(0)
}

fn in_words(info: &MediaInfo) -> String {
    let video = &info.video;
    let mut lines = vec![
        format!("file        {}", info.path.display()),
        format!("sha256      {}", info.sha256),
        format!("bytes       {}", info.bytes),
        format!("container   {}", info.container),
        format!("video       {}", stream_in_words(video)),
        format!(
            "shown as    {} x {} pixels{}",
            video.width,
            video.height,
            turned(video)
        ),
        format!("frames      {}", frames_in_words(video)),
        format!("times       {}", times_in_words(video)),
    ];
    lines.extend(
        info.other_streams
            .iter()
            .map(|text| format!("stream      {text}")),
    );
    lines.extend(
        info.tags
            .iter()
            .map(|(key, value)| format!("tag         {key} = {value}")),
    );
    lines.extend(
        info.reencode_signs
            .iter()
            .map(|text| format!("re-encode   {text}")),
    );
    lines.extend(
        info.warnings
            .iter()
            .map(|text| format!("warning     {text}")),
    );
    lines.join("\n")
}

fn stream_in_words(video: &VideoInfo) -> String {
    let profile = video
        .profile
        .as_deref()
        .map(|text| format!(" {text}"))
        .unwrap_or_default();
    let scan = if video.interlaced { ", interlaced" } else { "" };
    let rate = video
        .bits_per_second
        .map(|rate| format!(", {} kbit/s", rate / 1000))
        .unwrap_or_default();
    format!(
        "{}{profile}, {}, {}{scan}{rate}",
        video.codec, video.pixel_format, video.color
    )
}

fn turned(video: &VideoInfo) -> String {
    let (num, den) = video.pixel_aspect;
    let aspect = if num == den {
        String::new()
    } else {
        format!(", stored pixels are {num}:{den}")
    };
    let turn = match video.rotation {
        0 => String::new(),
        degrees => format!(", turned by {degrees} degrees"),
    };
    format!("{turn}{aspect}")
}

fn frames_in_words(video: &VideoInfo) -> String {
    match video.frames_claimed {
        Some(claimed) if claimed != video.frames_decoded => format!(
            "{} decoded; the container says {claimed}",
            video.frames_decoded
        ),
        _ => format!("{} decoded", video.frames_decoded),
    }
}

fn times_in_words(video: &VideoInfo) -> String {
    let rate = if video.variable_rate {
        "variable rate, mean"
    } else {
        "constant rate"
    };
    format!(
        "from {:.3} s, {:.3} s long, {rate} {:.3} frames a second",
        video.first_pts_secs, video.duration_secs, video.fps_mean
    )
}
