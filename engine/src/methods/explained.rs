//! What each number of a training's configuration does, in one plain line: for the form that begins a training.
//! What the papers used is from METHODS.

/// Sections `[method method]` with lines `key: text`.
const LINES: &str = include_str!("explained.txt");

/// What a key does, its unit, and what the paper used; of the method's own table by its bare name. `None` for a
/// key that the method does not have.
pub fn explain(method: &str, key: &str) -> Option<&'static str> {
    let mut is_about_it = false;
    LINES.lines().find_map(|line| {
        if let Some(names) = section(line) {
            let is_meant = |name: &str| match name {
                "*" => true,
                "ce" => method.starts_with("ce-"),
                name => name == method,
            };
            is_about_it = names.split(' ').any(is_meant);
            return None;
        }
        let (named, text) = line.split_once(": ")?;
        (is_about_it && named == key).then_some(text)
    })
}

/// The names between the brackets, where the line begins a section.
fn section(line: &'static str) -> Option<&'static str> {
    line.strip_prefix('[')?.strip_suffix(']')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::{self, METHODS};

    #[test]
    fn every_key_of_every_preset_has_a_plain_line() {
        let mut lacking = Vec::new();
        for method in METHODS {
            let name = method.detector.name;
            for preset in method.presets {
                let config = (method.preset)(preset).unwrap();
                let table = toml::Table::try_from(&config).unwrap();
                let common = table.keys().filter(|key| *key != "method_config");
                let optional = ["init".to_owned(), "techniques".to_owned()];
                for key in common.chain(config.method_config.keys()).chain(&optional) {
                    match explain(name, key) {
                        Some(line) => {
                            let is_line =
                                line.len() < 160 && !line.contains('\n') && !line.ends_with('.');
                            assert!(is_line && 20 < line.len(), "{name} {key}: {line}");
                        }
                        None => lacking.push(format!("{name} {preset} {key}")),
                    }
                }
            }
        }
        assert!(lacking.is_empty(), "without a line: {lacking:#?}");
    }

    #[test]
    fn sections_name_methods_and_no_line_is_for_nothing() {
        let mut names = Vec::new();
        for line in LINES.lines().skip_while(|line| section(line).is_none()) {
            if let Some(section) = section(line) {
                names = section.split(' ').collect();
                for name in &names {
                    let method = if *name == "ce" { "ce-xception" } else { name };
                    assert!(*name == "*" || methods::find(method).is_some(), "{name}");
                }
            } else if let Some((key, _)) = line.split_once(": ") {
                let is_key = METHODS.iter().any(|method| {
                    let presets = method
                        .presets
                        .iter()
                        .filter_map(|name| (method.preset)(name));
                    let mut keys = presets.flat_map(|config| {
                        let own = config.method_config.clone();
                        let common = toml::Table::try_from(&config).unwrap();
                        own.into_iter().chain(common).map(|(key, _)| key)
                    });
                    keys.any(|found| found == key)
                });
                let is_optional = ["init", "techniques", "is_aligned"].contains(&key);
                assert!(is_key || is_optional, "{names:?} {key}");
            }
        }
    }

    #[test]
    fn keys_of_other_methods_are_not_explained() {
        assert_eq!(explain("dadd", "cue_weight"), None);
        assert_eq!(explain("ce-xception", "lambda"), None);
        assert_eq!(explain("none", "backbone"), None);
        assert_eq!(explain("none", "ce"), None);
        assert_ne!(
            explain("lae", "learning_rate"),
            explain("did", "learning_rate")
        );
    }
}
