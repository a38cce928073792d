//! The form as a command that does the same in a terminal.

use std::path::Path;

use seam_engine::eval::protocol::Protocol;

use crate::evaluation::{Form, What};

/// What to type; parts that are not chosen yet are named in capitals.
pub fn command_line(form: &Form, out: Option<&Path>) -> String {
    let path = |path: Option<&Path>, name: &str| path.map_or_else(|| name.to_owned(), quoted);
    let mut words = vec!["seam eval".to_owned()];
    let experiment = form.experiment();
    match form.what {
        What::Methods if form.methods.is_empty() => words.push("all".to_owned()),
        What::Methods => {
            let names: Vec<&str> = form.methods.iter().map(String::as_str).collect();
            words.push(names.join(","));
        }
        What::Model => {
            let model = form.model.as_ref();
            words.push(model.map_or("METHOD", |model| &model.method).to_owned());
            let dir = path(model.map(|model| model.dir.as_path()), "FOLDER");
            words.push(format!("--model {dir}"));
        }
        What::Scores => words.push(format!(
            "--scores {}",
            path(form.scores.as_deref(), "TABLE")
        )),
        What::Probe => words.push("--probe".to_owned()),
        What::Experiment => {
            let (method, name) = (experiment.method, experiment.name);
            words.push(format!("{method} --experiment {name}"));
            words.push(format!(
                "--preset {} --seeds {}",
                form.preset, form.num_seeds
            ));
        }
    }
    if let (What::Methods, Some(training)) = (form.what, form.training) {
        words.push(format!("--train --preset {}", training.preset));
        words.extend(training.steps.map(|steps| format!("--steps {steps}")));
    }
    if form.has_protocol() && form.protocol != Protocol::Within {
        words.push(format!("--protocol {}", form.protocol));
    }
    if form.what != What::Scores || form.data.is_some() {
        words.push(format!("--data {}", path(form.data.as_deref(), "MANIFEST")));
    }
    if form.has_test_data() && (form.test_data.is_some() || form.what != What::Experiment) {
        let test = path(form.test_data.as_deref(), "OTHER-MANIFEST");
        words.push(format!("--test-data {test}"));
    }
    if form.split.name() != "test" && form.what != What::Probe {
        words.push(format!("--split {}", form.split));
    }
    if form.what != What::Scores {
        words.push(format!("--frames {}", form.frames));
    }
    if form.has_protocol() && form.calibrates {
        words.push("--calibrate".to_owned());
    }
    words.push(format!("--seed {}", form.seed));
    words.push(format!("--out {}", path(out, "FOLDER")));
    words.join(" ")
}

/// As a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/\\._-:+".contains(letter);
    if text.chars().all(is_plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
