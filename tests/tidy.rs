//! Rules about the source itself, checked like any other behavior.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// Modules of the engine, lowest first: each may use itself and those before it.
const LAYERS: &[&str] = &[
    "job",
    "latest",
    "device",
    "media",
    "tensor",
    "nn",
    "faces",
    "detectors",
    "data",
    "forge",
    "methods",
    "eval",
    "train",
    "analysis",
    "annotate",
    "engine",
];

const MAX_LINES: usize = 400;

#[test]
fn engine_modules_use_only_lower_ones() {
    for file in sources("engine/src") {
        let Some(own) = layer(&module_of(&file)) else {
            continue; // lib.rs and the command line use everything.
        };
        for used in used_modules(&fs::read_to_string(&file).unwrap()) {
            assert!(
                layer(&used).is_none_or(|used| used <= own),
                "{} uses {used}, which is above it",
                file.display()
            );
        }
    }
}

#[test]
fn every_engine_module_has_its_place() {
    let lib = fs::read_to_string(root().join("engine/src/lib.rs")).unwrap();
    for line in lib.lines() {
        if let Some(module) = line.strip_prefix("pub mod ") {
            let module = module.trim_end_matches(';');
            assert!(layer(module).is_some(), "{module} is missing in LAYERS");
        }
    }
}

#[test]
fn engine_knows_no_gui() {
    let manifest = fs::read_to_string(root().join("engine/Cargo.toml")).unwrap();
    for crate_name in ["egui", "eframe", "rfd", "seam-app"] {
        assert!(
            !manifest.contains(crate_name),
            "engine depends on {crate_name}"
        );
    }
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    for dir in ["engine", "app", "tests"] {
        for file in sources(dir) {
            let text = fs::read_to_string(&file).unwrap();
            let lines = text.lines().count();
            assert!(lines <= MAX_LINES, "{} has {lines} lines", file.display());
            assert!(
                text.starts_with("//!"),
                "{} has no first line",
                file.display()
            );
        }
    }
}

#[test]
fn every_crate_inherits_the_lints() {
    for name in ["app", "engine", "tests"] {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{name} has lints of its own"
        );
    }
}

#[test]
fn bundled_files_are_small() {
    let mut open = vec![root().join("assets"), root().join("sample_media")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else {
            let bytes = fs::metadata(&path).unwrap().len();
            assert!(bytes <= 16 << 20, "{} has {bytes} bytes", path.display());
        }
    }
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|name| *name == module)
}

/// The first name after every `crate::`, in imports and in paths.
fn used_modules(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|path| {
            path.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

/// `engine/src/media/video.rs` belongs to `media`.
fn module_of(file: &Path) -> String {
    let below = file.strip_prefix(root().join("engine/src")).unwrap();
    let first = below.components().next().unwrap().as_os_str();
    Path::new(first)
        .file_stem()
        .unwrap()
        .to_string_lossy()
        .into_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// All Rust files below `dir`, sorted.
fn sources(dir: &str) -> Vec<PathBuf> {
    let mut open = vec![root().join(dir)];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() && !path.ends_with("target") {
            open.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
