//! Folds whose maps are the same, as one.

use crate::eval::attention::{Attention, AttentionMeans, AttentionNumbers, PictureRow};

impl Attention {
    /// Of several folds whose maps are the same: each technique and the pristine faces as they come first. `None`
    /// for none.
    pub fn united(parts: &[&Self]) -> Option<Self> {
        let mut all = (*parts.first()?).clone();
        for part in &parts[1..] {
            for own in &part.techniques {
                if all
                    .techniques
                    .iter()
                    .all(|known| known.technique != own.technique)
                {
                    all.techniques.push(own.clone());
                }
            }
            for row in &part.pictures {
                if all
                    .pictures
                    .iter()
                    .all(|known| known.technique != row.technique)
                {
                    all.pictures.push(row.clone());
                }
            }
        }
        all.techniques.sort_by(|a, b| a.technique.cmp(&b.technique));
        // Pristine ones stay last.
        all.pictures.sort_by(|a, b| {
            let place = |row: &PictureRow| (row.technique.is_none(), row.technique.clone());
            place(a).cmp(&place(b))
        });
        let numbers = all.techniques.iter().map(|own| &own.numbers);
        all.overall = AttentionNumbers::together(numbers);
        Some(all)
    }
}

impl AttentionNumbers {
    /// Over all faces of several techniques.
    fn together<'a>(parts: impl Iterator<Item = &'a Self>) -> Self {
        let mut all = Self::default();
        let mut sums = [0.0; 3];
        for part in parts {
            all.faces += part.faces;
            all.items += part.items;
            all.empty_maps += part.empty_maps;
            all.without_mask += part.without_mask;
            let Some(means) = part.means else { continue };
            let values = [means.mass_in_mask, means.mask_area, means.pointing];
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += part.faces as f64 * value;
            }
        }
        all.means = (0 < all.faces).then(|| {
            let [mass_in_mask, mask_area, pointing] = sums.map(|sum| sum / all.faces as f64);
            AttentionMeans {
                mass_in_mask,
                mask_area,
                pointing,
            }
        });
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::MapKind;
    use crate::eval::attention::{Overlap, TechniqueAttention};

    #[test]
    fn folds_are_united_with_the_means_of_all_their_faces() {
        let fold = |technique: &str, masses: &[f64]| {
            let overlap = |&mass: &f64| {
                Some(Overlap {
                    mass_in_mask: Some(mass),
                    mask_area: 0.25,
                    is_pointing: true,
                })
            };
            let numbers = AttentionNumbers::of(&[masses.iter().map(overlap).collect()]);
            let row = |technique: Option<&str>| PictureRow {
                technique: technique.map(str::to_owned),
                faces: Vec::new(),
            };
            Attention {
                kind: MapKind::LogLikelihood,
                range: (0.0, 20.0),
                overall: numbers.clone(),
                techniques: vec![TechniqueAttention {
                    technique: technique.to_owned(),
                    numbers,
                }],
                pictures: vec![row(Some(technique)), row(None)],
            }
        };
        let (swap, blend) = (fold("swap", &[0.2, 0.3, 0.4]), fold("blend", &[0.9]));
        let all = Attention::united(&[&swap, &blend, &swap]).unwrap();
        let names: Vec<&str> = all
            .techniques
            .iter()
            .map(|own| own.technique.as_str())
            .collect();
        assert_eq!(names, ["blend", "swap"]);
        let rows: Vec<Option<&str>> = all
            .pictures
            .iter()
            .map(|row| row.technique.as_deref())
            .collect();
        assert_eq!(rows, [Some("blend"), Some("swap"), None]);
        assert_eq!((all.overall.faces, all.overall.items), (4, 2));
        assert!((all.overall.means.unwrap().mass_in_mask - 0.45).abs() < 1e-12);
        assert_eq!(Attention::united(&[]), None);
    }
}
