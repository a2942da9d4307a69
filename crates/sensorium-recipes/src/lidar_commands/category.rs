//! The network that names the category of a candidate, or says that it is no road user.

use super::learn::{self, Part, Plan};
use super::meaning::CATEGORIES;
use super::scene::Scene;
use super::token::{FACTS_AT, POINTS, WHOLE};
use crate::{Progress, RecipeError};
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use rayon::prelude::*;
use sensorium_align::tower::{POINT_WIDTH, largest_and_mean};
use sensorium_nn::activation::activate;
use sensorium_nn::seed;
use sensorium_nn::train::AdamWConfig;

/// The categories and clutter, which comes last.
pub const CLASSES: usize = CATEGORIES + 1;
/// Width of the points' layers and of the others.
const DIMS: (usize, usize, usize) = (32, 64, 192);
/// Clutter for each road user in training.
const CLUTTER: f64 = 0.3;
/// Candidates of like numbers of points go through the points' layers together, cut to these numbers.
const CUTS: [usize; 3] = [12, 24, POINTS];
/// Candidates at a time when classes are asked for.
const CHUNK: usize = 512;
/// Standardised numbers are cut at this.
const LARGEST: f32 = 8.0;

/// PointNet over the points, a layer over facts and profile, and two layers over both.
#[derive(Module, Debug)]
struct CategoryNet {
    first: Linear,
    second: Linear,
    whole: Linear,
    join: Linear,
    between: Linear,
    out: Linear,
}

impl CategoryNet {
    fn new(device: &Device) -> Self {
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let (narrow, points, wide) = DIMS;
        Self {
            first: linear(POINT_WIDTH, narrow),
            second: linear(narrow, points),
            whole: linear(WHOLE, wide),
            join: linear(wide + 2 * points, wide),
            between: linear(wide, wide),
            out: linear(wide, CLASSES),
        }
    }

    /// Scores of the classes, `[candidate, class]`, in the batch's own order.
    fn forward(&self, batch: &CandidateBatch) -> Tensor<2> {
        let mut pooled = Vec::with_capacity(batch.clouds.len());
        for (points, there) in &batch.clouds {
            let each = activate(self.second.forward(activate(self.first.forward(points.clone()))));
            pooled.push(largest_and_mean(each, there.clone()));
        }
        let whole = activate(self.whole.forward(batch.whole.clone()));
        let x = Tensor::cat(vec![whole, Tensor::cat(pooled, 0)], 1);
        let x = activate(self.join.forward(x));
        let x = x.clone() + activate(self.between.forward(x));
        self.out.forward(x)
    }
}

/// Candidates, those with few points first.
struct CandidateBatch {
    /// Points `[candidate, point, 4]` and their presence `[candidate, point, 1]`.
    clouds: Vec<(Tensor<3>, Tensor<3>)>,
    /// Facts and profile, standardised.
    whole: Tensor<2>,
    /// Which of the candidates that were given each row is.
    order: Vec<usize>,
}

impl CandidateBatch {
    fn new(tokens: &[&[f16]], standard: &Standard, device: &Device) -> Self {
        let there = |token: &[f16]| token[4 * POINTS..FACTS_AT].iter().filter(|p| p.to_f32() > 0.5).count();
        let counts: Vec<usize> = tokens.iter().map(|token| there(token)).collect();
        let mut order = Vec::with_capacity(tokens.len());
        let mut clouds = Vec::with_capacity(CUTS.len());
        let mut least = 0;
        for cut in CUTS {
            let rows: Vec<usize> =
                (0..tokens.len()).filter(|&i| counts[i] >= least && counts[i] <= cut).collect();
            least = cut + 1;
            if rows.is_empty() {
                continue;
            }
            let part = |from: usize, to: usize| -> Vec<f32> {
                rows.iter().flat_map(|&i| tokens[i][from..to].iter().map(|v| v.to_f32())).collect()
            };
            let points = TensorData::new(part(0, 4 * cut), [rows.len(), cut, POINT_WIDTH]);
            let presence = TensorData::new(part(4 * POINTS, 4 * POINTS + cut), [rows.len(), cut, 1]);
            clouds.push((Tensor::from_data(points, device), Tensor::from_data(presence, device)));
            order.extend(rows);
        }
        let whole: Vec<f32> = order.iter().flat_map(|&i| standard.apply(tokens[i])).collect();
        let whole = Tensor::from_data(TensorData::new(whole, [order.len(), WHOLE]), device);
        Self { clouds, whole, order }
    }
}

/// Mean and spread of facts and profile over the training candidates.
struct Standard {
    mean: Vec<f32>,
    spread: Vec<f32>,
}

impl Standard {
    fn of(tokens: &[&[f16]]) -> Self {
        let count = tokens.len().max(1) as f64;
        let mut sums = vec![(0.0f64, 0.0f64); WHOLE];
        for token in tokens {
            for (sum, value) in sums.iter_mut().zip(&token[FACTS_AT..]) {
                let value = f64::from(value.to_f32());
                *sum = (sum.0 + value, sum.1 + value * value);
            }
        }
        let mean = |sum: &(f64, f64)| sum.0 / count;
        let spread = |sum: &(f64, f64)| (sum.1 / count - mean(sum).powi(2)).max(1e-4).sqrt();
        Self {
            mean: sums.iter().map(|s| mean(s) as f32).collect(),
            spread: sums.iter().map(|s| spread(s) as f32).collect(),
        }
    }

    fn apply(&self, token: &[f16]) -> Vec<f32> {
        let scale = self.mean.iter().zip(&self.spread);
        let each = token[FACTS_AT..].iter().zip(scale);
        each.map(|(v, (mean, spread))| ((v.to_f32() - mean) / spread).clamp(-LARGEST, LARGEST)).collect()
    }
}

/// How long to train.
#[derive(Clone, Copy, Debug)]
pub struct CategoryPlan {
    /// Passes over the road users.
    pub epochs: u64,
    /// Candidates a step.
    pub batch: usize,
    /// Threads that share a batch.
    pub threads: usize,
    /// Fixes everything random.
    pub seed: u64,
}

/// Names the categories of candidates.
pub struct Categories {
    network: CategoryNet,
    standard: Standard,
}

impl Categories {
    /// Trains on the candidates of scenes: all road users, and in each epoch another draw of the clutter.
    ///
    /// # Errors
    /// Those of training.
    pub fn train(
        scenes: &[Scene],
        plan: CategoryPlan,
        progress: &mut dyn Progress,
    ) -> Result<Self, RecipeError> {
        let tokens: Vec<&[f16]> = scenes.iter().flat_map(Scene::tokens).collect();
        let classes: Vec<usize> =
            scenes.iter().flat_map(|s| &s.classes).map(|class| class.unwrap_or(CATEGORIES)).collect();
        let (clutter, road): (Vec<usize>, Vec<usize>) =
            (0..tokens.len()).partition(|&i| classes[i] == CATEGORIES);
        let some = ((road.len() as f64 * CLUTTER) as usize).min(clutter.len());
        let order = |epoch: u64| {
            let drawn = seed::shuffled(clutter.len(), plan.seed, &[3, epoch]);
            let mut all = road.clone();
            all.extend(drawn.into_iter().take(some).map(|i| clutter[i]));
            learn::shuffled(&all, plan.seed, epoch)
        };
        let standard = Standard::of(&order(0).into_iter().map(|i| tokens[i]).collect::<Vec<_>>());
        let fresh = CategoryNet::new(&Device::flex());
        let settings = Plan {
            name: "categories of candidates",
            steps: learn::steps(plan.epochs, road.len() + some, plan.batch),
            batch: plan.batch,
            threads: plan.threads,
            optimizer: AdamWConfig {
                learning_rate: 2e-3,
                weight_decay: 0.03,
                clip_norm: f32::INFINITY,
                ema_decay: 0.995,
            },
        };
        let loss = |network: &CategoryNet, part: &Part<'_>, device: &Device| {
            let chosen: Vec<&[f16]> = part.indices.iter().map(|&i| tokens[i]).collect();
            let batch = CandidateBatch::new(&chosen, &standard, device);
            let mut truth = vec![0.0f32; chosen.len() * CLASSES];
            for (row, &at) in batch.order.iter().enumerate() {
                truth[row * CLASSES + classes[part.indices[at]]] = 1.0;
            }
            let truth = Tensor::<2>::from_data(TensorData::new(truth, [chosen.len(), CLASSES]), device);
            (log_softmax(network.forward(&batch), 1) * truth).sum_dim(1).mean().neg()
        };
        let weights = learn::start(&fresh, plan.seed, 1.0);
        let network = learn::fit(&fresh, weights, &settings, &order, &loss, progress)?;
        Ok(Self { network, standard })
    }

    /// Logarithms of the probabilities of the classes of each candidate.
    pub fn log_shares(&self, tokens: &[&[f16]]) -> Vec<[f32; CLASSES]> {
        tokens.par_chunks(CHUNK).flat_map_iter(|part| self.part(part)).collect()
    }

    fn part(&self, tokens: &[&[f16]]) -> Vec<[f32; CLASSES]> {
        let batch = CandidateBatch::new(tokens, &self.standard, &Device::flex());
        let scores =
            log_softmax(self.network.forward(&batch), 1).try_into_vec_as::<f32>().unwrap_or_default();
        let mut found = vec![[0.0; CLASSES]; tokens.len()];
        for (row, &at) in scores.chunks_exact(CLASSES).zip(&batch.order) {
            found[at].copy_from_slice(row);
        }
        found
    }

    /// The likeliest category of each candidate, clutter left aside.
    pub fn likeliest(&self, tokens: &[&[f16]]) -> Vec<usize> {
        self.log_shares(tokens).iter().map(likeliest).collect()
    }
}

/// The likeliest category, clutter left aside.
pub fn likeliest(logs: &[f32; CLASSES]) -> usize {
    (0..CATEGORIES).max_by(|a, b| logs[*a].total_cmp(&logs[*b])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::token::WIDTH;
    use super::*;

    fn token(points: usize, fact: f32) -> Vec<f16> {
        let mut token = vec![0.1f32; 4 * points];
        token.resize(4 * POINTS, 0.0);
        token.extend((0..POINTS).map(|i| if i < points { 1.0 } else { 0.0 }));
        token.resize(WIDTH, fact);
        token.into_iter().map(f16::from_f32).collect()
    }

    #[test]
    fn each_candidate_gets_its_own_answer_whatever_stands_beside_it() {
        let tokens = [token(40, 1.0), token(5, -1.0), token(20, 0.5), token(12, 0.0)];
        let tokens: Vec<&[f16]> = tokens.iter().map(Vec::as_slice).collect();
        let device = Device::flex();
        let fresh = CategoryNet::new(&device);
        let network = learn::start(&fresh, 1, 1.0).load_unchecked(fresh, &device, false);
        let categories = Categories { network, standard: Standard::of(&tokens) };
        let all = categories.log_shares(&tokens);
        for (i, logs) in all.iter().enumerate() {
            let alone = categories.log_shares(&tokens[i..=i])[0];
            assert!(alone.iter().zip(logs).all(|(a, b)| (a - b).abs() < 1e-4), "{i}");
            assert!((logs.iter().map(|l| l.exp()).sum::<f32>() - 1.0).abs() < 1e-4);
        }
        assert!((all[0][0] - all[1][0]).abs() > 1e-4);
    }

    #[test]
    fn standardised_numbers_have_mean_zero_and_spread_one() {
        let tokens = [token(5, 1.0), token(5, 3.0)];
        let tokens: Vec<&[f16]> = tokens.iter().map(Vec::as_slice).collect();
        let standard = Standard::of(&tokens);
        assert!(standard.apply(tokens[0]).iter().all(|v| (v + 1.0).abs() < 1e-3));
        assert!(standard.apply(tokens[1]).iter().all(|v| (v - 1.0).abs() < 1e-3));
    }
}
