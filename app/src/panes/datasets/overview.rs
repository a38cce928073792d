//! What is in a manifest: counts by technique and split, whether the splits hold, what is missing.

use egui::Ui;
use seam_engine::data::Split;
use seam_engine::data::overview::Overview;

use crate::theme::{self, UNIT};
use crate::widgets::{Cell, RowStyle, fact_ui, note_ui, table_row_ui};
use crate::words;

/// Width of a column of counts, in points.
const COLUMN: f32 = 52.0;

pub fn overview_ui(ui: &mut Ui, seen: &Overview) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let check = &seen.split_check;
    let color = if check.is_sound {
        theme::text_quiet()
    } else {
        theme::error()
    };
    note_ui(ui, &check.in_words, color);
    ui.add_space(UNIT);
    counts_ui(ui, seen);
    ui.add_space(UNIT);
    missing_ui(ui, seen);
    let datasets = seen.datasets.iter().map(|(name, items)| {
        if seen.datasets.len() == 1 {
            name.clone()
        } else {
            format!("{name} ({})", words::count(*items as u64))
        }
    });
    fact_ui(ui, "From", &datasets.collect::<Vec<_>>().join(", "));
    fact_ui(ui, "Masks", &masks_words(seen));
    fact_ui(ui, "List hash", &words::short_hash(&seen.sha256)).on_hover_text(format!(
        "SHA-256 of the list, as cards and evaluations name this data\n{}",
        seen.sha256
    ));
    ui.add_space(2.0 * UNIT);
}

/// A row a technique, a column a split.
fn counts_ui(ui: &mut Ui, seen: &Overview) {
    let splits: Vec<Option<Split>> = seen.splits.iter().map(|facts| facts.split).collect();
    let row = |ui: &mut Ui, name: &str, numbers: Vec<usize>| {
        let cells: Vec<Cell> = numbers.into_iter().map(count_cell).collect();
        table_row_ui(ui, name, &cells, COLUMN, RowStyle::Plain);
    };
    let head: Vec<Cell> = splits
        .iter()
        .map(|split| Cell::new(split.map_or("no split", Split::name)))
        .collect();
    table_row_ui(ui, "Items", &head, COLUMN, RowStyle::Head);
    let mut kinds: Vec<(u8, &Option<String>)> = seen
        .counts
        .iter()
        .map(|count| (count.label, &count.technique))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    for (label, technique) in kinds {
        let of_split = |split: &Option<Split>| {
            let own = seen.counts.iter().filter(|count| {
                (count.label, &count.technique, &count.split) == (label, technique, split)
            });
            own.map(|count| count.items).sum()
        };
        let name = match (label, technique) {
            (0, _) => "pristine",
            (_, Some(technique)) => technique,
            (_, None) => "manipulated",
        };
        row(ui, name, splits.iter().map(of_split).collect());
    }
    let sources = seen.splits.iter().map(|facts| facts.sources).collect();
    row(ui, "People or videos", sources);
}

fn count_cell(number: usize) -> Cell {
    match number {
        0 => Cell::new("–"),
        _ => Cell::new(words::count(number as u64)),
    }
}

fn missing_ui(ui: &mut Ui, seen: &Overview) {
    for (missing, what) in [
        (&seen.missing, "listed files are not on disk"),
        (&seen.masks.missing, "listed masks are not on disk"),
    ] {
        if missing.count == 0 {
            continue;
        }
        let count = words::count(missing.count as u64);
        let mut text = format!("{count} {what}: {}", missing.first.join(", "));
        if missing.first.len() < missing.count {
            text.push_str(", …");
        }
        note_ui(ui, &text, theme::error());
    }
}

fn masks_words(seen: &Overview) -> String {
    let masks = &seen.masks;
    match (masks.listed, masks.manipulated) {
        (0, _) => "None: nothing tells where clips were manipulated".to_owned(),
        (listed, all) if listed == all => "Of all manipulated items".to_owned(),
        (listed, all) => format!(
            "Of {} of {} manipulated items",
            words::count(listed as u64),
            words::count(all as u64)
        ),
    }
}
