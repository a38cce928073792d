//! What the user chose and finds again at the next start.

use std::collections::BTreeMap;
use std::path::PathBuf;

use seam_engine::analysis::{Sampling, ScanSettings};
use seam_engine::device::Preference;
use serde::{Deserialize, Serialize};

use crate::theme::{Brightness, LikelihoodColors, MaskColor};
use crate::workspace::Workspace;

/// Key in eframe's storage; raised when the shape changes beyond what defaults can fill.
pub const KEY: &str = "settings-1";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Files are analyzed as soon as they are opened. Off: the user looks first, unbiased.
    pub analyze_on_open: bool,
    /// Score every frame instead of eight a second.
    pub every_frame: bool,
    pub shows_boxes: bool,
    /// The maps pane is open; looks are made only then.
    pub shows_maps: bool,
    /// Use the CPU even where a graphics card could be used.
    pub cpu_only: bool,
    /// The scale that log-likelihoods are drawn in.
    pub likelihood_colors: LikelihoodColors,
    pub brightness: Brightness,
    /// What the window is arranged for.
    pub workspace: Workspace,
    /// The workspace for marking has its sides swapped.
    pub is_left_handed: bool,
    pub mask_color: MaskColor,
    /// Of the mask over the face, 0 to 1.
    pub mask_opacity: f32,
    /// The model that learns from each folder of annotations, where the user chose one.
    pub learners: BTreeMap<PathBuf, PathBuf>,
    /// Manifests that were opened, imported or forged.
    pub datasets: Vec<PathBuf>,
    /// Where the person's own annotations are; `None` for the usual place.
    pub annotations: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            analyze_on_open: true,
            every_frame: false,
            shows_boxes: true,
            shows_maps: true,
            cpu_only: false,
            likelihood_colors: LikelihoodColors::Paper,
            brightness: Brightness::Dark,
            workspace: Workspace::Inspect,
            is_left_handed: false,
            mask_color: MaskColor::Sky,
            mask_opacity: 0.5,
            learners: BTreeMap::new(),
            datasets: Vec::new(),
            annotations: None,
        }
    }
}

impl Settings {
    /// What to ask the engine for one file.
    pub fn scan(&self, path: PathBuf) -> ScanSettings {
        let mut scan = ScanSettings::new(path);
        if self.every_frame {
            scan.sampling = Sampling::EveryFrame;
        }
        if self.cpu_only {
            scan.device = Preference::Cpu;
        }
        scan
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_an_older_version_still_load() {
        let settings: Settings = serde_json::from_str(r#"{"analyze_on_open": false}"#).unwrap();
        assert!(!settings.analyze_on_open);
        assert!(settings.shows_boxes);
    }

    #[test]
    fn chosen_colors_are_found_again() {
        let settings = Settings {
            likelihood_colors: LikelihoodColors::Even,
            ..Settings::default()
        };
        let text = serde_json::to_string(&settings).unwrap();
        assert!(text.contains(r#""likelihood_colors":"even""#), "{text}");
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
    }
}
