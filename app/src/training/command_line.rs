//! A training as a command line.

use seam_engine::device::Preference;
use seam_engine::train::TrainSettings;

/// What does the same in a terminal.
pub fn command(settings: &TrainSettings) -> String {
    let mut words = vec!["seam train".to_owned(), settings.method.clone()];
    let mut push = |option: &str, value: &str| words.push(format!("{option} {}", quoted(value)));
    match settings.data.to_string_lossy() {
        data if data.is_empty() => push("--data", "DATA"),
        data => push("--data", &data),
    }
    push("--out", &settings.out.to_string_lossy());
    push("--preset", &settings.preset);
    if let Some(seed) = settings.seed {
        push("--seed", &seed.to_string());
    }
    let files = [
        ("--config", &settings.config),
        ("--init", &settings.init),
        ("--masks", &settings.masks),
    ];
    for (option, path) in files {
        if let Some(path) = path {
            push(option, &path.to_string_lossy());
        }
    }
    if settings.device != Preference::Auto {
        push("--device", &device_name(settings.device));
    }
    if settings.resume {
        words.push("--resume".to_owned());
    }
    words.join(" ")
}

/// As the command line takes it.
pub fn device_name(device: Preference) -> String {
    match device {
        Preference::Auto => "auto".to_owned(),
        Preference::Cuda(number) => format!("cuda:{number}"),
        Preference::Wgpu => "wgpu".to_owned(),
        Preference::Cpu => "cpu".to_owned(),
    }
}

/// For a shell, where the text needs it.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-:\\".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
