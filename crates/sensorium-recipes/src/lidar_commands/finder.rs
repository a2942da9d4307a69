//! Training the scene network, and picking candidates.

use super::learn::{self, Part, Plan};
use super::meaning::Meaning;
use super::scene_net::{SceneBatch, SceneNet};
use super::sight::Sight;
use crate::{Progress, RecipeError};
use burn::tensor::Device;
use rayon::prelude::*;
use sensorium_nn::train::{AdamWConfig, Weights};

/// Scenes at a time when candidates are picked.
const CHUNK: usize = 64;
/// Peak learning rates of the two phases.
const RATES: [f32; 2] = [2e-3, 1e-3];

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct FinderPlan {
    /// Passes over the scenes, with the simulator's meanings and with meanings that were read.
    pub epochs: [u64; 2],
    /// Scenes a step.
    pub batch: usize,
    /// Threads that share a batch.
    pub threads: usize,
    /// Fixes everything random.
    pub seed: u64,
}

/// Trains on scenes, first with the meanings `told` by the simulator, then with those `read` in the commands by
/// networks that had not seen their sentence frames: so it learns how far to trust them.
///
/// # Errors
/// No scene whose referent has a candidate, and those of training.
pub fn train(
    sights: &[Sight],
    told: &[Meaning],
    read: &[Meaning],
    plan: FinderPlan,
    progress: &mut dyn Progress,
) -> Result<SceneNet, RecipeError> {
    let usable: Vec<usize> = (0..sights.len()).filter(|&i| sights[i].right.contains(&true)).collect();
    if usable.is_empty() {
        return Err(RecipeError::Other("no training scene has a candidate for its referent".to_owned()));
    }
    let fresh = SceneNet::new(&Device::flex());
    let mut weights = learn::start(&fresh, plan.seed, 1.0);
    let names = ["referents, meanings told", "referents, meanings read"];
    let phases = names.into_iter().zip([told, read]).zip(RATES.into_iter().zip(plan.epochs));
    for (phase, ((name, meanings), (learning_rate, epochs))) in phases.enumerate() {
        let settings = Plan {
            name,
            steps: learn::steps(epochs, usable.len(), plan.batch),
            batch: plan.batch,
            threads: plan.threads,
            optimizer: AdamWConfig { learning_rate, weight_decay: 0.02, clip_norm: 1.0, ema_decay: 0.998 },
        };
        let loss = |network: &SceneNet, part: &Part<'_>, device: &Device| {
            let items: Vec<(&Sight, &Meaning)> =
                part.indices.iter().map(|&i| (&sights[i], &meanings[i])).collect();
            network.loss(&SceneBatch::new(&items, device))
        };
        let seed = plan.seed.wrapping_add(phase as u64);
        let order = |epoch: u64| learn::shuffled(&usable, seed, epoch);
        weights = Weights::of(&learn::fit(&fresh, weights, &settings, &order, &loss, progress)?);
    }
    Ok(weights.load_unchecked(fresh, &Device::flex(), false))
}

/// Whether the candidate that scores highest is the referent, in each scene.
pub fn found(network: &SceneNet, sights: &[Sight], meanings: &[Meaning]) -> Vec<bool> {
    let items: Vec<(&Sight, &Meaning)> = sights.iter().zip(meanings).collect();
    let part = |part: &[(&Sight, &Meaning)]| {
        let scores = network.forward(&SceneBatch::new(part, &Device::flex()));
        let longest = scores.dims()[1].max(1);
        let scores = scores.try_into_vec_as::<f32>().unwrap_or_default();
        let right = |((sight, _), row): (&(&Sight, &Meaning), &[f32])| {
            let best = (0..sight.right.len().min(row.len())).max_by(|a, b| row[*a].total_cmp(&row[*b]));
            best.is_some_and(|i| sight.right[i])
        };
        part.iter().zip(scores.chunks(longest)).map(right).collect::<Vec<_>>()
    };
    items.par_chunks(CHUNK).flat_map_iter(part).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sight::tests::street;
    use super::*;
    use crate::Silent;
    use sensorium_data::street::{Category, Condition, Query};

    #[test]
    fn a_network_learns_which_candidate_is_meant() {
        let sights: Vec<Sight> = (0..16).map(|_| street()).collect();
        let bus = Meaning::of(&Query { category: Category::Bus, condition: Condition::Farthest });
        let meanings = vec![bus; sights.len()];
        let plan = FinderPlan { epochs: [4, 2], batch: 8, threads: 2, seed: 1 };
        let network = train(&sights, &meanings, &meanings, plan, &mut Silent).unwrap();
        assert!(found(&network, &sights, &meanings).iter().all(|right| *right));
        assert!(train(&[], &[], &[], plan, &mut Silent).is_err());
    }
}
