//! The training loop of all three networks: each batch shared among threads, the averaged weights at the end.

use crate::{Progress, RecipeError};
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use sensorium_nn::seed;
use sensorium_nn::train::{AdamWConfig, AdamWState, Weights, schedule};

/// Share of the steps in which the learning rate rises; then it falls as half a cosine.
const WARM_UP: f32 = 0.1;

/// Loss and gradients of one worker's part.
type Found = Option<(f32, Vec<Vec<f32>>)>;

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What is trained, for the display.
    pub name: &'static str,
    /// Steps in all.
    pub steps: u64,
    /// Examples a step.
    pub batch: usize,
    /// Threads that share a batch.
    pub threads: usize,
    /// The optimizer.
    pub optimizer: AdamWConfig,
}

/// The part of a batch that one thread sees.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// Number of the step.
    pub step: u64,
    /// Place of the part's first example in the batch.
    pub first: usize,
    /// The examples.
    pub indices: &'a [usize],
}

/// Mean loss of a network over a part, `[1]`.
pub type Loss<'a, N> = &'a (dyn Fn(&N, &Part<'_>, &Device) -> Tensor<1> + Sync);

/// Fresh weights of a seed, matrices times `scale`.
pub fn start<N: Module>(network: &N, seed: u64, scale: f32) -> Weights {
    let mut weights = Weights::of(network);
    weights.reset(seed);
    for (shape, values) in weights.shapes.iter().zip(&mut weights.values) {
        if shape.len() > 1 {
            values.iter_mut().for_each(|v| *v *= scale);
        }
    }
    weights
}

/// Steps of some passes over `count` examples.
pub fn steps(epochs: u64, count: usize, batch: usize) -> u64 {
    epochs * count.div_ceil(batch.max(1)) as u64
}

/// `examples` in the random order of an epoch.
pub fn shuffled(examples: &[usize], seed: u64, epoch: u64) -> Vec<usize> {
    seed::shuffled(examples.len(), seed, &[2, epoch]).into_iter().map(|i| examples[i]).collect()
}

/// Trains a network from `weights` on and returns it with the moving average of its weights. `order` gives the
/// examples of each epoch.
///
/// # Errors
/// An epoch without examples; no threads to be had.
pub fn fit<N: Module + 'static>(
    fresh: &N,
    mut weights: Weights,
    plan: &Plan,
    order: &dyn Fn(u64) -> Vec<usize>,
    loss: Loss<'_, N>,
    progress: &mut dyn Progress,
) -> Result<N, RecipeError> {
    let device = Device::flex();
    let tracked = device.clone().autodiff();
    let batch = plan.batch.max(1);
    let pools = (0..plan.threads.clamp(1, batch))
        .map(|_| rayon::ThreadPoolBuilder::new().num_threads(1).build())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| RecipeError::Other(format!("cannot start training threads: {e}")))?;
    let mut state = AdamWState::new(&weights.values);
    let warm_up = (plan.steps as f32 * WARM_UP) as u64;
    let (mut step, mut epoch, mut last) = (0u64, 0u64, f64::NAN);
    progress.stage(plan.name, Some(plan.steps));
    while step < plan.steps {
        let examples = order(epoch);
        if examples.is_empty() {
            return Err(RecipeError::Other(format!("{}: nothing to train on", plan.name)));
        }
        let (mut losses, mut seen) = (0.0f64, 0usize);
        for indices in examples.chunks(batch) {
            if step == plan.steps {
                break;
            }
            let share = indices.len().div_ceil(pools.len()).max(1);
            let parts: Vec<Part<'_>> = indices
                .chunks(share)
                .enumerate()
                .map(|(i, indices)| Part { step, first: i * share, indices })
                .collect();
            let mut results: Vec<Found> = vec![None; parts.len()];
            std::thread::scope(|scope| {
                for ((pool, part), result) in pools.iter().zip(&parts).zip(&mut results) {
                    let (network, weights, tracked) = (fresh.clone(), &weights, &tracked);
                    scope.spawn(move || {
                        pool.install(|| {
                            let network = weights.load_unchecked(network, tracked, true);
                            let loss = loss(&network, part, tracked);
                            let value = loss.clone().try_into_scalar::<f32>().unwrap_or(f32::NAN);
                            let gradients = loss.backward();
                            *result = Some((value, Weights::gradients(&network, &gradients)));
                        });
                    });
                }
            });
            let (loss, gradients) = joined(&parts, results, indices.len());
            let rate = schedule(step, plan.steps, warm_up);
            state.update(&mut weights.values, &weights.shapes, &gradients, &plan.optimizer, rate);
            step += 1;
            losses += f64::from(loss) * indices.len() as f64;
            seen += indices.len();
            progress.advance(1);
        }
        last = losses / seen.max(1) as f64;
        epoch += 1;
    }
    progress.message(&format!("{}: loss {last:.3} in the last of {epoch} epochs", plan.name));
    let averaged = Weights { values: state.average, ..weights };
    Ok(averaged.load_unchecked(fresh.clone(), &device, false))
}

/// Loss and gradients of a batch from those of its parts, weighted by their shares.
fn joined(parts: &[Part<'_>], results: Vec<Found>, count: usize) -> (f32, Vec<Vec<f32>>) {
    let (mut total, mut sum): (f32, Vec<Vec<f32>>) = (0.0, Vec::new());
    for (part, result) in parts.iter().zip(results) {
        let Some((loss, mut gradients)) = result else { continue };
        let portion = part.indices.len() as f32 / count as f32;
        total += loss * portion;
        gradients.iter_mut().flatten().for_each(|g| *g *= portion);
        if sum.is_empty() {
            sum = gradients;
        } else {
            sum.iter_mut().flatten().zip(gradients.iter().flatten()).for_each(|(all, one)| *all += one);
        }
    }
    (total, sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Silent;
    use burn::nn::{Linear, LinearConfig};
    use burn::tensor::TensorData;

    /// A linear map learns the sum of two numbers.
    fn learnt(threads: usize) -> Vec<f32> {
        let fresh = LinearConfig::new(2, 1).init(&Device::flex());
        let optimizer = AdamWConfig { learning_rate: 0.05, weight_decay: 0.0, ..AdamWConfig::default() };
        let plan = Plan { name: "sums", steps: 300, batch: 8, threads, optimizer };
        let numbers = |i: usize| [(i as f32 * 0.7).sin(), (i as f32 * 1.3).cos()];
        let loss = |network: &Linear, part: &Part<'_>, device: &Device| {
            let rows = part.indices.len();
            let x: Vec<f32> = part.indices.iter().flat_map(|i| numbers(*i)).collect();
            let y: Vec<f32> = part.indices.iter().map(|i| numbers(*i).iter().sum()).collect();
            let x = Tensor::<2>::from_data(TensorData::new(x, [rows, 2]), device);
            let y = Tensor::<2>::from_data(TensorData::new(y, [rows, 1]), device);
            (network.forward(x) - y).square().mean()
        };
        let all: Vec<usize> = (0..20).collect();
        let weights = start(&fresh, 3, 0.5);
        let found =
            fit(&fresh, weights, &plan, &|epoch| shuffled(&all, 1, epoch), &loss, &mut Silent).unwrap();
        Weights::of(&found).values.concat()
    }

    #[test]
    fn a_network_learns_the_same_with_any_number_of_threads() {
        let (one, three) = (learnt(1), learnt(3));
        assert!(one.iter().zip(&three).all(|(a, b)| (a - b).abs() < 1e-3), "{one:?} {three:?}");
        assert!(one.iter().filter(|w| (**w - 1.0).abs() < 0.05).count() == 2, "{one:?}");
    }
}
