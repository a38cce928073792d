//! What every row of an experiment decides, and how much of its attention lies where faces were forged.

use crate::detectors::MapKind;
use crate::eval::experiment::record::{AttentionRecord, ExperimentRecord, NumberRecord, RowGroup};
use crate::eval::experiment::text::of_number;
use crate::eval::page::comparison::{
    difference_cell_of, group_title, percents, row_cell, two_storied,
};
use crate::eval::page::masks::place;

/// Accuracy and attention of every row on every group; nothing where no attention was measured.
pub fn table(record: &ExperimentRecord) -> String {
    let groups = || record.rows.iter().flat_map(|row| &row.groups);
    if !groups().any(|group| group.attention.is_some()) {
        return String::new();
    }
    let reference = record.row(&record.reference);
    let less = reference.map_or_else(String::new, |row| format!("less {}", row.label));
    let mut over = Vec::new();
    let mut names = Vec::new();
    for (at, group) in record.groups.iter().enumerate() {
        let own: &[&str] = if at == 0 {
            &["accuracy", &less, "attention in mask", &less, "chance"]
        } else {
            &["accuracy", "attention in mask", "chance"]
        };
        let class = if at == 0 { "main" } else { "side" };
        over.push((group_title(group), own.len(), class));
        names.extend(own.iter().map(|name| (*name).to_owned()));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = record.rows.iter().enumerate().map(|(at, row)| {
        let mut cells = vec![row_cell(place(at, row), row, "")];
        for at in 0..record.groups.len() {
            let group = row.groups.get(at);
            let accuracy = group.and_then(|group| group.accuracy.as_ref());
            let attention = group.and_then(|group: &RowGroup| group.attention.as_ref());
            let mass = attention.map(|own| &own.mass_in_mask);
            for number in [accuracy, mass] {
                cells.push(number_cell(number, at == 0));
                if at == 0 {
                    let difference = number.and_then(|own| own.difference.as_ref());
                    cells.push(difference_cell_of(difference));
                }
            }
            cells.push(chance_cell(attention));
        }
        cells.concat()
    });
    let maps: Vec<MapKind> = groups()
        .filter_map(|group| Some(group.attention.as_ref()?.map))
        .collect();
    let caption = format!(
        "By frame, in percent, mean ± standard deviation over trainings with the 95 % interval of the mean. \
         Attention is {}; chance is what a map that prefers no place has",
        map_words(&maps)
    );
    let table = two_storied(&caption, &over, &names, rows);
    format!("<h3>Decisions, and where they look</h3>{table}")
}

/// What was compared with masks.
fn map_words(maps: &[MapKind]) -> &'static str {
    if maps.iter().all(|map| *map == MapKind::GradCam) {
        "the share of Grad-CAM inside the exact masks"
    } else {
        "the share of each model's own map inside the exact masks: LAE's class activation, Grad-CAM of the others"
    }
}

fn number_cell(number: Option<&NumberRecord>, is_main: bool) -> String {
    let Some(number) = number else {
        return "<td>–</td>".to_owned();
    };
    let told = of_number(number);
    let told = if is_main {
        format!("<strong>{told}</strong>")
    } else {
        told
    };
    let range = percents(&number.interval);
    format!("<td>{told}<span class=\"range\">{range}</span></td>")
}

fn chance_cell(attention: Option<&AttentionRecord>) -> String {
    match attention {
        None => "<td class=\"noise\">–</td>".to_owned(),
        Some(own) => format!("<td class=\"noise\">{:.1}</td>", 100.0 * own.mask_area),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::experiment::made_up::{made_up_curve, made_up_experiment};

    #[test]
    fn accuracy_and_attention_stand_beside_chance() {
        let record = made_up_curve("x");
        let text = table(&record);
        let attention = record.rows[4].groups[0].attention.as_ref().unwrap();
        assert!(text.contains(&of_number(&attention.mass_in_mask)));
        assert!(text.contains("<td class=\"noise\">25.0</td>"));
        assert_eq!(text.matches("<tr>").count(), 2 + 5);
        let plain = made_up_experiment("x", [1.0, 1.0, 1.0]);
        assert!(table(&plain).is_empty());
    }
}
