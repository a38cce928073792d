//! The window as people use it who see no screen, press keys, or are here for the first time.

use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::App;
use crate::common::step_until;
use crate::logging::Ring;
use crate::samples;

const LIMIT: Duration = Duration::from_secs(180);

fn window(with_clip: bool) -> Harness<'static, App> {
    let files = samples::first_clip().into_iter().filter(|_| with_clip);
    let files = files.collect();
    let mut harness = Harness::builder()
        .with_size([1440.0, 900.0])
        .with_step_dt(0.02)
        .build_eframe(|cc| App::new(cc, files, Ring::default()).unwrap());
    harness.step();
    harness
}

#[track_caller]
fn wait_for(harness: &mut Harness<'_, App>, label: &str) {
    step_until(harness, LIMIT, label, |window| {
        window.query_all_by_label(label).next().is_some()
    });
}

/// Steps until a label that begins so is gone.
#[track_caller]
fn wait_without(harness: &mut Harness<'_, App>, label: &str) {
    step_until(harness, LIMIT, format!("end of {label}"), |window| {
        window.query_all_by_label_contains(label).next().is_none()
    });
}

/// What a screen reader could not say anything about.
fn unnamed(harness: &Harness<'_, App>) -> Vec<String> {
    const INTERACTIVE: [Role; 13] = [
        Role::Button,
        Role::CheckBox,
        Role::ComboBox,
        Role::Link,
        Role::ListBoxOption,
        Role::MenuItem,
        Role::RadioButton,
        Role::Slider,
        Role::SpinButton,
        Role::Switch,
        Role::Tab,
        Role::TextInput,
        Role::ColorWell,
    ];
    let is_blank = |text: Option<String>| text.is_none_or(|text| text.trim().is_empty());
    harness
        .root()
        .children_recursive()
        .map(|node| node.accesskit_node())
        .filter(|node| INTERACTIVE.contains(&node.role()))
        .filter(|node| is_blank(node.label()))
        .map(|node| {
            let at = node.raw_bounds();
            format!("{:?} {:?} at {at:?}", node.role(), node.value())
        })
        .collect()
}

#[test]
fn everything_that_can_be_used_has_a_name() {
    let mut harness = window(true);
    wait_for(&mut harness, "#0");
    let workspaces = [Key::Num1, Key::Num2, Key::Num3];
    for key in workspaces {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        (0..4).for_each(|_| harness.step());
        let unnamed = unnamed(&harness);
        assert!(unnamed.is_empty(), "{key:?}: {unnamed:#?}");
    }
    for (opens, key) in [(Key::K, Modifiers::COMMAND), (Key::F1, Modifiers::NONE)] {
        harness.key_press_modifiers(key, opens);
        (0..4).for_each(|_| harness.step());
        let unnamed = unnamed(&harness);
        assert!(unnamed.is_empty(), "{opens:?}: {unnamed:#?}");
        harness.key_press(Key::Escape);
        (0..4).for_each(|_| harness.step());
    }
}

#[test]
fn the_palette_goes_by_arrow_keys_and_switches_workspaces() {
    let mut harness = window(false);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    wait_for(&mut harness, "Find a command");
    harness
        .get_by_label("Find a command")
        .type_text("grow mask");
    (0..3).for_each(|_| harness.step());
    harness.key_press(Key::Enter);
    // An action of Annotate is done there.
    wait_for(&mut harness, "Queue");
    assert!(harness.query_by_label("Find a command").is_none());
}

#[test]
fn the_sheet_shows_keys_and_is_filtered() {
    let mut harness = window(false);
    harness.key_press(Key::F1);
    wait_for(&mut harness, "Filter shortcuts");
    let num = harness.query_all_by_label("Magic wand").count();
    assert_eq!(num, 1, "actions of other workspaces are there, too");
    harness
        .get_by_label("Filter shortcuts")
        .type_text("next frame");
    wait_without(&mut harness, "Magic wand");
    assert!(0 < harness.query_all_by_label("Next frame").count());
    harness.key_press(Key::Escape);
    wait_without(&mut harness, "Filter shortcuts");
}

#[test]
fn text_grows_with_the_keys() {
    let mut harness = window(false);
    let before = harness.ctx.zoom_factor();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    (0..4).for_each(|_| harness.step());
    assert!(before < harness.ctx.zoom_factor());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num0);
    (0..4).for_each(|_| harness.step());
    assert!((harness.ctx.zoom_factor() - 1.0).abs() < 1e-6);
}

#[test]
fn a_file_that_was_removed_comes_back_with_undo() {
    let mut harness = window(true);
    wait_for(&mut harness, "#0");
    harness.key_press(Key::Delete);
    wait_for(&mut harness, "Open a clip to begin");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    wait_for(&mut harness, "#0");
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    wait_for(&mut harness, "Open a clip to begin");
}

#[test]
fn the_tour_goes_on_when_its_steps_are_done_and_can_be_left() {
    let mut harness = window(false);
    harness.get_by_label("Take the tour").click();
    wait_for(&mut harness, "Look first");
    wait_for(&mut harness, "#0");
    // A step goes nowhere before the frames were counted.
    let start = Instant::now();
    while harness.query_by_label("What the file says").is_none() {
        assert!(start.elapsed() < LIMIT, "the first step is never done");
        harness.key_press(Key::ArrowRight);
        harness.step();
    }
    // A card lies where it stays from its second frame on.
    (0..4).for_each(|_| harness.step());
    harness.get_by_label("Next").click();
    wait_for(&mut harness, "Ask the methods");
    (0..4).for_each(|_| harness.step());
    harness.get_by_label("Back").click();
    wait_for(&mut harness, "What the file says");
    harness.key_press(Key::Escape);
    wait_without(&mut harness, "What the file says");
    // It was taken, and is not offered again.
    assert!(harness.query_by_label("Take the tour").is_none());
}
