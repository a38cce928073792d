//! The training that rows share: the first stage of a method in two, as configurations.

use crate::eval::experiment::plan::{Wish, config, number};
use crate::methods::training::TrainConfig;
use crate::methods::{MethodInfo, Start};

/// What its folder begins with.
pub const ID: &str = "shared-start";

/// One training that others go on from.
pub struct SharedStart {
    pub method: &'static MethodInfo,
    /// With the first stage's steps alone; the seed in it is that of the preset.
    pub config: TrainConfig,
    /// What makes it of the method's preset.
    pub overrides: toml::Table,
}

impl Wish {
    /// The shared training of the preset; the reason where there is none.
    pub fn start(&self) -> Result<SharedStart, String> {
        let mut recipes = self.experiment.shared.iter();
        let recipe = recipes
            .find(|own| own.preset == self.preset)
            .ok_or_else(|| format!("nothing is shared in the preset {:?}", self.preset))?;
        let mut overrides = self.own_budget().map_err(|err| err.to_string())?;
        let (method, mut config) = config(recipe, &mut overrides, self.steps)?;
        let Start::Own { alone, .. } = method.start else {
            return Err(not_in_stages(method));
        };
        alone(&mut config);
        overrides.insert("steps".to_owned(), number(config.steps)?);
        overrides.insert(
            "method_config".to_owned(),
            config.method_config.clone().into(),
        );
        Ok(SharedStart {
            method,
            config,
            overrides,
        })
    }
}

/// What is left of a row's configuration after the shared training, with its keys: it is validated at its end,
/// so that its last step is kept.
pub fn after_the_start(
    method: &MethodInfo,
    config: &mut TrainConfig,
    overrides: &mut toml::Table,
) -> Result<(), String> {
    let Start::Own { started, .. } = method.start else {
        return Err(not_in_stages(method));
    };
    started(config);
    let steps = number(config.steps)?;
    for (key, own) in [
        ("validate_every", &mut config.validate_every),
        ("checkpoint_every", &mut config.checkpoint_every),
    ] {
        *own = config.steps;
        overrides.insert(key.to_owned(), steps.clone());
    }
    Ok(())
}

fn not_in_stages(method: &MethodInfo) -> String {
    format!(
        "the method {:?} has no first stage that others could go on from",
        method.detector.name
    )
}
