//! The keys of a configuration: which a person may change, what may be typed, what each is for.

use seam_engine::methods::explained::explain;
use seam_engine::train::TrainConfig;
use serde_json::Value;

/// Keys of a configuration that the form asks for elsewhere, or that a training fills in.
const ELSEWHERE: [&str; 6] = [
    "method",
    "preset",
    "seed",
    "init",
    "techniques",
    "method_config",
];

/// A key of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Only the method knows it.
    pub is_own: bool,
    pub name: String,
}

/// A key with the preset's value.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyRow {
    pub key: Key,
    pub preset: String,
    pub kind: Kind,
    /// What it is for, in a line.
    pub why: Option<&'static str>,
}

/// What may be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Whole,
    Number,
    Switch,
    Word,
    /// Lists and tables, as TOML writes them.
    Other,
}

/// Every key that a person may change, those of all methods first.
pub fn rows_of(config: &TrainConfig) -> Vec<KeyRow> {
    let Ok(Value::Object(table)) = serde_json::to_value(config) else {
        return Vec::new();
    };
    let row = |is_own: bool, name: &str, value: &Value| KeyRow {
        key: Key {
            is_own,
            name: name.to_owned(),
        },
        preset: match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        },
        kind: Kind::of(value),
        why: explain(&config.method, name),
    };
    let common = table.iter();
    let mut rows: Vec<KeyRow> = common
        .filter(|(name, _)| !ELSEWHERE.contains(&name.as_str()))
        .map(|(name, value)| row(false, name, value))
        .collect();
    if let Some(Value::Object(own)) = table.get("method_config") {
        rows.extend(own.iter().map(|(name, value)| row(true, name, value)));
    }
    rows
}

impl Kind {
    fn of(value: &Value) -> Self {
        match value {
            Value::Bool(_) => Self::Switch,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Whole,
            Value::String(_) => Self::Word,
            Value::Null | Value::Array(_) | Value::Object(_) => Self::Other,
        }
    }

    /// What was typed as TOML writes it.
    pub fn toml(self, typed: &str) -> String {
        match self {
            Self::Word => Value::from(typed.trim()).to_string(),
            Self::Whole | Self::Number | Self::Switch | Self::Other => typed.trim().to_owned(),
        }
    }

    /// What is wrong with what was typed, before anything else looks at it.
    pub fn fault(self, typed: &str) -> Option<&'static str> {
        let typed = typed.trim();
        let (is_right, fault) = match self {
            Self::Whole => (typed.parse::<i64>().is_ok(), "This is to be a whole number"),
            Self::Number => (typed.parse::<f64>().is_ok(), "This is to be a number"),
            Self::Switch => (matches!(typed, "true" | "false"), "This is true or false"),
            Self::Word => (!typed.is_empty(), "This is to be a word"),
            Self::Other => (!typed.is_empty(), "This is to be a list, like [1, 2]"),
        };
        (!is_right).then_some(fault)
    }
}
