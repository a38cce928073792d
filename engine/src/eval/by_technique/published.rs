//! What papers print of known and unknown techniques (METHODS 4.8).

/// Tables of one paper: detection accuracy by frame, in percent.
#[derive(Debug, PartialEq)]
pub struct Published {
    /// `pixelcnn`.
    pub method: &'static str,
    pub techniques: [&'static str; 4],
    pub rows: &'static [PublishedRow],
    /// Where it is printed, and why it is not to be compared number by number.
    pub source: &'static str,
}

#[derive(Debug, PartialEq)]
pub struct PublishedRow {
    pub name: &'static str,
    /// Whether it is the method itself, not one that it is compared with.
    pub is_own: bool,
    pub is_known: bool,
    /// Side of the network's pictures, pixels.
    pub input_px: u32,
    pub accuracies: [f64; 4],
    /// Where the paper prints one.
    pub mean: Option<f64>,
}

const PIXELCNN: Published = Published {
    method: "pixelcnn",
    techniques: ["DeepFakes", "Face2Face", "FaceSwap", "NeuralTextures"],
    rows: &[
        own(true, [99.30, 98.25, 99.11, 98.46], None),
        own(false, [89.26, 98.41, 96.80, 98.44], Some(95.73)),
        other(
            "Steganalysis features, SVM",
            128,
            [99.03, 99.13, 98.27, 99.88],
        ),
        other("Cozzolino et al.", 128, [98.83, 98.56, 98.89, 99.88]),
        other("Bayar and Stamm", 128, [99.28, 98.79, 98.98, 98.78]),
        other("Rahmouni et al.", 100, [98.03, 98.96, 98.94, 96.06]),
        other("MesoNet", 256, [98.41, 97.96, 96.07, 97.05]),
        other("XceptionNet", 299, [99.59, 99.61, 99.14, 99.36]),
    ],
    source: "paper 003, Tables 1 and 2: accuracy by frame, in percent, on uncompressed FaceForensics++ with balanced \
             sets; the other methods as it took them over, known techniques alone. Not the same data: these \
             numbers stand here for their pattern, not to be met",
};

/// Of a method; `None` where nothing of the kind was printed.
pub fn published(method: &str) -> Option<&'static Published> {
    (method == PIXELCNN.method).then_some(&PIXELCNN)
}

impl Published {
    /// One line: the method's own rows, with the source.
    pub fn in_words(&self) -> String {
        let own: Vec<String> = self
            .rows
            .iter()
            .filter(|row| row.is_own)
            .map(|row| {
                let cells = self.techniques.iter().zip(row.accuracies);
                let cells: Vec<String> = cells
                    .map(|(name, accuracy)| format!("{name} {accuracy:.2}"))
                    .collect();
                let mean = row
                    .mean
                    .map_or(String::new(), |mean| format!(", mean {mean:.2}"));
                format!("{} {}{mean}", row.training(), cells.join(", "))
            })
            .collect();
        format!("published   {} ({})", own.join("; "), self.source)
    }
}

impl PublishedRow {
    pub fn training(&self) -> &'static str {
        if self.is_known { "known" } else { "unknown" }
    }
}

const fn own(is_known: bool, accuracies: [f64; 4], mean: Option<f64>) -> PublishedRow {
    PublishedRow {
        name: "This method",
        is_own: true,
        is_known,
        input_px: 64,
        accuracies,
        mean,
    }
}

const fn other(name: &'static str, input_px: u32, accuracies: [f64; 4]) -> PublishedRow {
    PublishedRow {
        name,
        is_own: false,
        is_known: true,
        input_px,
        accuracies,
        mean: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_mean_is_that_of_the_printed_numbers() {
        let row = &published("pixelcnn").unwrap().rows[1];
        let mean = row.accuracies.iter().sum::<f64>() / 4.0;
        assert!((mean - row.mean.unwrap()).abs() < 0.005);
        assert_eq!(published("dadd"), None);
    }
}
