//! One training step, its batch shared among threads.

use super::run::{Network, TrainingSet};
use super::weights::Weights;
use crate::error::NnError;
use burn::tensor::Device;

/// Threads that share a batch, each with its own copy of the network and a pool of one thread for
/// the tensor operations it runs.
pub struct Workers<N> {
    network: N,
    pools: Vec<rayon::ThreadPool>,
    tracked: Device,
}

/// Loss and gradients of one worker's part.
type Part = Option<(f32, Vec<Vec<f32>>)>;

impl<N: Network> Workers<N> {
    /// Starts `threads` workers for `network`.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn new(network: &N, threads: usize, device: &Device) -> Result<Self, NnError> {
        let pools = (0..threads)
            .map(|_| rayon::ThreadPoolBuilder::new().num_threads(1).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| NnError::Invalid(format!("cannot start training threads: {e}")))?;
        Ok(Self { network: network.clone(), pools, tracked: device.clone().autodiff() })
    }

    /// Mean loss over the examples `indices` and its gradients by parameter: each worker's mean,
    /// weighted by its share of the examples, added in the workers' order.
    pub fn loss_and_gradients(
        &self,
        weights: &Weights,
        data: &dyn TrainingSet<N>,
        indices: &[usize],
        epoch: u64,
    ) -> (f32, Vec<Vec<f32>>) {
        let share = indices.len().div_ceil(self.pools.len()).max(1);
        let mut results: Vec<Part> = vec![None; self.pools.len()];
        std::thread::scope(|scope| {
            for ((pool, part), result) in self.pools.iter().zip(indices.chunks(share)).zip(&mut results) {
                let network = self.network.clone();
                scope.spawn(move || {
                    pool.install(|| {
                        let network = weights.load_unchecked(network, &self.tracked, true);
                        let loss = network.loss(&data.batch(part, epoch, &self.tracked));
                        let value = loss.clone().try_into_scalar::<f32>().unwrap_or(f32::NAN);
                        let gradients = loss.backward();
                        *result = Some((value, Weights::gradients(&network, &gradients)));
                    });
                });
            }
        });
        let mut total = 0.0f32;
        let mut sum: Vec<Vec<f32>> = Vec::new();
        for (part, result) in indices.chunks(share).zip(results) {
            let Some((loss, gradients)) = result else { continue };
            let portion = part.len() as f32 / indices.len() as f32;
            total += loss * portion;
            if sum.is_empty() {
                sum = gradients;
                sum.iter_mut().flatten().for_each(|g| *g *= portion);
            } else {
                for (all, one) in sum.iter_mut().flatten().zip(gradients.iter().flatten()) {
                    *all += one * portion;
                }
            }
        }
        (total, sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Batch, StreamBatch};
    use burn::module::Module;
    use burn::nn::{Linear, LinearConfig};
    use burn::tensor::{Tensor, TensorData};
    use sensorium_data::Target;

    /// tanh of a linear map, and the mean square of its distance to one.
    #[derive(Module, Debug)]
    struct Curve {
        map: Linear,
    }

    impl Network for Curve {
        fn loss(&self, batch: &Batch) -> Tensor<1> {
            let answer = self.map.forward(batch.streams[0].values.clone()).tanh();
            (answer - 1.0).square().mean()
        }
    }

    struct Points;

    impl TrainingSet<Curve> for Points {
        fn len(&self) -> usize {
            7
        }

        fn batch(&self, indices: &[usize], _epoch: u64, device: &Device) -> Batch {
            let values: Vec<f32> =
                indices.iter().flat_map(|i| [(*i as f32).sin(), (*i as f32 * 0.7).cos()]).collect();
            let size = indices.len();
            let one = || Tensor::<2>::ones([size, 1], device);
            Batch {
                streams: vec![StreamBatch {
                    values: Tensor::from_data(TensorData::new(values, [size, 1, 2]), device),
                    start_ms: one(),
                    end_ms: one(),
                    mask: one(),
                    quality: one(),
                }],
                present: one(),
                hidden: one(),
                quality: one(),
                staleness: one(),
                targets: vec![Target::Unknown; size],
            }
        }

        fn score(&self, _network: &Curve, _device: &Device) -> f64 {
            0.0
        }
    }

    fn start() -> (Curve, Weights) {
        let curve = Curve { map: LinearConfig::new(2, 3).init(&Device::flex()) };
        let mut weights = Weights::of(&curve);
        weights.reset(5);
        (curve, weights)
    }

    fn step(threads: usize, weights: &Weights) -> (f32, Vec<Vec<f32>>) {
        let workers = Workers::new(&start().0, threads, &Device::flex()).unwrap();
        workers.loss_and_gradients(weights, &Points, &[0, 1, 2, 3, 4, 5, 6], 0)
    }

    #[test]
    fn parts_of_a_batch_add_up_to_the_whole() {
        let (_, weights) = start();
        let (loss, gradients) = step(1, &weights);
        assert!(gradients.iter().flatten().any(|g| g.abs() > 1e-2));
        // Seven examples over 2, 3 and 5 workers: parts of different sizes, and idle workers.
        for threads in [2, 3, 5] {
            let (other, parts) = step(threads, &weights);
            assert!((loss - other).abs() < 1e-6, "{threads} threads");
            for (a, b) in gradients.iter().flatten().zip(parts.iter().flatten()) {
                assert!((a - b).abs() < 1e-6, "{threads} threads: {a} and {b}");
            }
        }
    }

    #[test]
    fn gradients_are_the_slopes_of_the_loss() {
        let (_, weights) = start();
        let (_, gradients) = step(2, &weights);
        #[allow(clippy::needless_range_loop)]
        for p in 0..weights.values.len() {
            #[allow(clippy::needless_range_loop)]
            for i in 0..weights.values[p].len() {
                let at = |shift: f32| {
                    let mut moved = weights.clone();
                    moved.values[p][i] += shift;
                    step(2, &moved).0
                };
                let slope = (at(1e-2) - at(-1e-2)) / 2e-2;
                assert!((slope - gradients[p][i]).abs() < 1e-3, "{slope} for {}", gradients[p][i]);
            }
        }
    }
}
