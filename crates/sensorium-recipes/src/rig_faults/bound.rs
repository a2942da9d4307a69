//! What can be reached with k modalities missing by a model that is told which are left.

use super::contest::Contest;
use super::scenario::Scenario;
use crate::{Progress, RecipeError};
use rand::seq::SliceRandom;
use sensorium_fuse::{Dropout, FusionConfig, FusionKind, FusionModel};
use sensorium_nn::seed;

/// One k.
pub struct Bound {
    /// Missing modalities.
    pub missing: usize,
    /// Macro-F1 of the specialists on their own subsets, mean.
    pub specialist: f64,
    /// Macro-F1 of the router on the same subsets, mean.
    pub router: f64,
}

/// Trains `subsets` specialists (none gives no bound) for each k = 1..6: routers that see a random
/// subset of the modalities and nothing else, in training and in the test. They keep some dropout among
/// those: without any they overfit and did worse than the router that had seen everything.
pub fn bounds(
    contest: &Contest,
    router: &FusionModel,
    subsets: usize,
    seed: u64,
    progress: &mut dyn Progress,
) -> Result<Vec<Bound>, RecipeError> {
    if subsets == 0 {
        return Ok(Vec::new());
    }
    let all = contest.rows();
    let streams = contest.streams();
    let routed_windows = contest.summarise(router);
    (1..=6)
        .map(|missing| {
            let (mut specialist, mut routed) = (0.0, 0.0);
            for subset in 0..subsets {
                let mut order: Vec<usize> = (0..streams).collect();
                order.shuffle(&mut seed::generator(seed, &[12, missing as u64, subset as u64]));
                let left: Vec<usize> = order[missing..].to_vec();
                let network =
                    FusionConfig { streams: Some(left.clone()), ..FusionConfig::new(FusionKind::Router) };
                let dropout = Dropout { clean: 0.6, ..Dropout::default() };
                let name = format!("a specialist for {} modalities", left.len());
                let model = contest.fit(network, dropout, &name, progress)?;
                let scenario = Scenario::Left { streams: left };
                specialist += contest.macro_f1(&contest.answers(&contest.summarise(&model), &scenario), &all);
                routed += contest.macro_f1(&contest.answers(&routed_windows, &scenario), &all);
            }
            let n = subsets as f64;
            Ok(Bound { missing, specialist: specialist / n, router: routed / n })
        })
        .collect()
}
