//! All numbers of one level, frames or videos, with their intervals.

use serde::{Deserialize, Serialize};

use crate::detectors::card::Interval;
use crate::eval::metrics::probability::{Judged, ProbabilityNumbers};
use crate::eval::metrics::rank::{FIXED_FPRS, RankNumbers, Ranked};
use crate::eval::metrics::{Draws, NUM_DRAWS, Scored};

/// Every number of METHODS 18 at one level. Those that need probabilities are `None` without them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Faces or videos.
    pub count: usize,
    pub manipulated: usize,
    pub auc: Interval,
    pub eer: Interval,
    pub eer_interpolated: Interval,
    pub ap: Interval,
    pub tpr_at_fpr: Vec<TprAtFpr>,
    /// At probability 0.5.
    pub acc: Option<Interval>,
    /// The same with pristine and manipulated ones of equal weight.
    #[serde(default)]
    pub balanced_acc: Option<Interval>,
    pub brier: Option<Interval>,
    /// Over 15 bins of equal width.
    pub ece: Option<Interval>,
    pub log_loss: Option<Interval>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TprAtFpr {
    pub fpr: f64,
    pub tpr: Interval,
}

impl Metrics {
    /// `ranks` give the order; `probabilities` are the same faces with their probabilities. `None`
    /// without both kinds.
    pub fn measure(ranks: &[Scored], probabilities: Option<&[Scored]>, seed: u64) -> Option<Self> {
        let ranked = Ranked::new(ranks)?;
        let value = ranked.numbers(&ranked.once())?;
        let judged = probabilities.and_then(Judged::new);
        let judged_value = judged.as_ref().and_then(|all| all.numbers(&all.once()));
        let draws = Draws::new(ranks, NUM_DRAWS, seed);
        let drawn: Vec<(Option<RankNumbers>, Option<ProbabilityNumbers>)> = draws.map(|weights| {
            let judged = judged.as_ref().and_then(|all| all.numbers(weights));
            (ranked.numbers(weights), judged)
        });
        let of_rank = |number: &dyn Fn(&RankNumbers) -> f64| {
            let drawn = drawn.iter().filter_map(|(ranks, _)| ranks.as_ref());
            draws.interval(number(&value), drawn.map(number))
        };
        let of_probability = |number: &dyn Fn(&ProbabilityNumbers) -> f64| {
            let drawn = drawn.iter().filter_map(|(_, judged)| judged.as_ref());
            let value = judged_value.as_ref()?;
            Some(draws.interval(number(value), drawn.map(number)))
        };
        Some(Self {
            count: ranks.len(),
            manipulated: ranks.iter().filter(|face| face.is_manipulated).count(),
            auc: of_rank(&|numbers| numbers.auc),
            eer: of_rank(&|numbers| numbers.eer),
            eer_interpolated: of_rank(&|numbers| numbers.eer_interpolated),
            ap: of_rank(&|numbers| numbers.ap),
            tpr_at_fpr: FIXED_FPRS
                .iter()
                .enumerate()
                .map(|(at, &fpr)| TprAtFpr {
                    fpr,
                    tpr: of_rank(&|numbers| numbers.tpr_at_fpr[at]),
                })
                .collect(),
            acc: of_probability(&|numbers| numbers.acc),
            balanced_acc: of_probability(&|numbers| numbers.balanced_acc),
            brier: of_probability(&|numbers| numbers.brier),
            ece: of_probability(&|numbers| numbers.ece),
            log_loss: of_probability(&|numbers| numbers.log_loss),
        })
    }
}
