//! The paper's Figure 4: more and more masks, of faces that were chosen actively, by uncertainty, or by chance.

use crate::eval::experiment::lae::{
    BUDGETS, COLUMNS, GROUPS, LABELS_ALONE, SHARED, SOURCE, further,
};
use crate::eval::experiment::{Experiment, Point, Published, Row};

/// A point of the curve; one by chance has nothing to be compared with.
macro_rules! point {
    ($count:literal, $order:literal, $label:literal, $against:expr) => {
        Row {
            point: Some(Point {
                masks: $count,
                order: $order,
                against: $against,
            }),
            ..further(
                concat!($order, "-", $count),
                concat!($label, ", ", $count, " masks"),
                "",
                masks!($count, $order),
            )
        }
    };
}

pub const MASKS: Experiment = Experiment {
    method: "lae",
    name: "masks",
    title: "How many masks, and of which faces",
    question: "How much do masks help with forgeries of kinds that were never trained on, and does it matter for \
               which faces they are made? The paper's Figure 4 has faces that were chosen actively far above faces \
               by chance. The masks are those of the forge, exact to the pixel",
    rows: &[
        LABELS_ALONE,
        point!(10, "random", "random", None),
        point!(50, "random", "random", None),
        point!(100, "random", "random", None),
        point!(400, "random", "random", None),
        point!(10, "uncertainty", "uncertain", Some("random-10")),
        point!(50, "uncertainty", "uncertain", Some("random-50")),
        point!(100, "uncertainty", "uncertain", Some("random-100")),
        point!(400, "uncertainty", "uncertain", Some("random-400")),
        point!(10, "active", "active", Some("random-10")),
        point!(50, "active", "active", Some("random-50")),
        point!(100, "active", "active", Some("random-100")),
        point!(400, "active", "active", Some("random-400")),
    ],
    reference: "no-masks",
    budgets: BUDGETS,
    trained_on: SOURCE,
    groups: GROUPS,
    published: Published {
        about: "Accuracy in percent on FaceSwap, which was not trained on, and on Face2Face, which was (Tables 3 \
                and 4). Of random faces the text tells that they cost 9.81 points at 100 masks; the rest of Figure \
                4 is a drawing alone. Without masks is the paper's first stage, without further steps. Other data \
                and a full-size network: not to be compared number by number, only in its order",
        columns: COLUMNS,
        rows: &[
            ("no-masks", published!(50.54, 96.92)),
            ("random-100", &[Some((50.36, None)), None]),
            ("active-100", published!(60.17, 92.14)),
            ("active-400", published!(63.15, 90.93)),
        ],
    },
    shared: SHARED,
    is_within: true,
    has_attention: true,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_has_the_same_numbers_of_masks_and_meets_chance_there() {
        let of = |order: &str| -> Vec<u32> {
            let points = MASKS.rows.iter().filter_map(|row| row.point);
            let of_order = points.filter(|point| point.order == order);
            of_order.map(|point| point.masks).collect()
        };
        assert_eq!(of(""), [0]);
        for order in ["random", "uncertainty", "active"] {
            assert_eq!(of(order), [10, 50, 100, 400], "{order}");
        }
        for row in MASKS.rows {
            let point = row.point.unwrap();
            let Some(against) = point.against else {
                continue;
            };
            let other = MASKS.rows.iter().find(|row| row.id == against).unwrap();
            let other = other.point.unwrap();
            assert_eq!((other.masks, other.order), (point.masks, "random"));
            let table: toml::Table = row.recipes[0].overrides.parse().unwrap();
            let own = &table["method_config"];
            assert_eq!(own["num_masks"], i64::from(point.masks).into());
            assert_eq!(own["order"], point.order.into());
        }
    }
}
