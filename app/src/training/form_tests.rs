//! The form of a new training: what it refuses, what it writes.

use super::*;

fn own(name: &str) -> Key {
    Key {
        is_own: true,
        name: name.to_owned(),
    }
}

fn common(name: &str) -> Key {
    Key {
        is_own: false,
        name: name.to_owned(),
    }
}

fn typed(key: Key, text: &str) -> Form {
    let mut form = Form::default();
    form.set(Field::Key(key, Some(text.to_owned())));
    form
}

#[test]
fn every_method_can_be_asked_for_and_its_presets_fit() {
    let mut form = Form::default();
    for method in METHODS {
        form.set(Field::Method(method.detector.name));
        for preset in method.presets {
            form.set(Field::Preset(preset));
            assert!(
                form.checked.config.is_some(),
                "{preset}: {:?}",
                form.checked
            );
            assert!(5 < form.rows.len());
            // Each value, typed as it is shown, is what the preset has.
            for row in form.rows.clone() {
                let mut same = form.clone();
                same.changes.insert(row.key.clone(), row.preset.clone());
                same.check();
                assert_eq!(same.checked, form.checked, "{}", row.key.name);
            }
        }
    }
}

#[test]
fn a_changed_key_replaces_the_presets_and_goes_back() {
    let mut form = typed(common("steps"), "7");
    assert_eq!(form.checked.config.as_ref().unwrap().steps, 7);
    assert_eq!(form.toml(), "steps = 7\n");
    form.set(Field::Key(own("features"), Some("5".to_owned())));
    assert_eq!(form.toml(), "steps = 7\n\n[method_config]\nfeatures = 5\n");
    form.set(Field::Key(common("steps"), None));
    form.set(Field::Key(own("features"), None));
    assert_eq!(form.toml(), "");
    assert_eq!(form.settings().config, None);
}

#[test]
fn the_presets_own_value_is_no_change() {
    let preset = Form::default().rows[0].clone();
    assert!(typed(preset.key, &preset.preset).changes.is_empty());
}

#[test]
fn what_does_not_fit_is_said_in_words_at_its_key() {
    let fault = |key: Key, text: &str| {
        let form = typed(key.clone(), text);
        assert!(form.checked.config.is_none(), "{text}");
        assert!(!form.missing(|_| false).is_empty());
        form.checked.faults[&key].clone()
    };
    assert_eq!(
        fault(common("steps"), "many"),
        "This is to be a whole number"
    );
    assert_eq!(fault(common("learning_rate"), ""), "This is to be a number");
    assert!(fault(common("size_px"), "8").contains("size_px must be at least 32"));
    assert!(fault(common("batch_size"), "1\nsteps = 3").contains("whole number"));
    assert!(!fault(own("features"), "0").is_empty());
}

#[test]
fn a_whole_number_may_stand_for_a_number() {
    let form = typed(common("learning_rate"), "1");
    assert_eq!(form.checked.config.unwrap().learning_rate, 1.0);
}

#[test]
fn the_form_of_a_run_has_its_numbers() {
    let form = typed(common("steps"), "7");
    let config = form.checked.config.clone().unwrap();
    let again = Form::of(&config, Some(Path::new("data")));
    assert_eq!(again.checked.config, Some(config));
    assert_eq!(again.changes, form.changes);
    assert_eq!(again.data, "data");
}

#[test]
fn what_is_missing_is_named_until_nothing_is() {
    let mut form = Form::default();
    let missing = form.missing(|_| false).join(", ");
    assert!(
        missing.contains("data") && missing.contains("folder"),
        "{missing}"
    );
    form.set(Field::Data("somewhere".to_owned()));
    form.data_seen = DataSeen::Usable("12 clips".to_owned());
    form.set(Field::Out("runs/dadd-1".to_owned()));
    assert_eq!(form.missing(|_| false), Vec::<String>::new());
    let taken = form.missing(|path| path == Path::new("runs/dadd-1"));
    assert_eq!(taken, ["There is a run in this folder already"]);
}

#[test]
fn the_command_line_says_the_same() {
    let mut form = typed(common("steps"), "7");
    form.set(Field::Data("my clips".to_owned()));
    form.set(Field::Out("runs/v1.2".to_owned()));
    form.set(Field::Seed(3));
    assert_eq!(
        form.command(),
        "seam train dadd --data 'my clips' --out runs/v1.2 --preset laptop --seed 3 --config runs/v1.2.toml"
    );
    assert_eq!(form.settings().masks, None);
}

#[test]
fn a_filter_finds_keys_by_name() {
    let mut form = Form::default();
    form.set(Field::Filter("steps".to_owned()));
    assert!(form.shown_rows().any(|row| row.key.name == "steps"));
    form.set(Field::Filter("zzz".to_owned()));
    assert_eq!(form.shown_rows().count(), 0);
}
