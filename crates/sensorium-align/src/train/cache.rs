//! One step over a batch that is larger than what memory could track at once.

use crate::joint::JointNet;
use crate::objective::{Links, Objective};
use crate::sequence::{Sequence, SequenceBatch};
use crate::tower::Dropout;
use burn::tensor::{Device, Int, Tensor, TensorData};
use sensorium_nn::NnError;
use sensorium_nn::train::Weights;
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc;

/// What one step learns from.
#[derive(Clone, Debug)]
pub struct Step {
    /// Item rows (pairs), or segments whose tokens are the rows (synchronous links).
    pub items: Vec<Arc<Sequence>>,
    /// Text rows.
    pub texts: Vec<Arc<Sequence>>,
    /// Which belong together.
    pub links: Links,
    /// Seed of the towers' dropout; `None` for none.
    pub dropout: Option<u64>,
}

impl Step {
    fn by_token(&self) -> bool {
        matches!(self.links, Links::Synchronous(_))
    }
}

/// Threads that embed a batch, and the two passes over it (Gao et al. 2021, arXiv:2101.06983): embeddings
/// without a graph, the loss's gradient by embedding, then chunk after chunk with a graph, fed with that
/// gradient. The result is that of one pass over the whole batch. Where a thread's share fits into a chunk
/// the first pass keeps its graph and the second is spared.
pub struct GradientCache {
    net: JointNet,
    objective: Objective,
    pools: Vec<rayon::ThreadPool>,
    device: Device,
    chunk: usize,
}

/// A tower's rows of one thread.
#[derive(Clone, Debug)]
struct Chunk {
    /// Place among all chunks.
    number: usize,
    text: bool,
    rows: Range<usize>,
}

/// A chunk's number and its embeddings.
type Rows = (usize, Vec<f32>);

/// Between a worker and the centre.
struct Line {
    to_centre: mpsc::Sender<Vec<Rows>>,
    gradients: mpsc::Receiver<Arc<Vec<Vec<f32>>>>,
}

impl GradientCache {
    /// `threads` workers that track at most `chunk` sequences a tower at once.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn new(
        net: &JointNet,
        objective: &Objective,
        threads: usize,
        chunk: usize,
        device: &Device,
    ) -> Result<Self, NnError> {
        let pools = (0..threads.max(1))
            .map(|_| rayon::ThreadPoolBuilder::new().num_threads(1).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| NnError::Invalid(format!("cannot start training threads: {e}")))?;
        Ok(Self {
            net: net.clone(),
            objective: objective.clone(),
            pools,
            device: device.clone(),
            chunk: chunk.max(1),
        })
    }

    /// Loss and its gradients by parameter, when the share `done` of the training is over. `weights` are those of
    /// the net, then of the objective; so are the gradients.
    pub fn loss_and_gradients(&self, weights: &Weights, step: &Step, done: f32) -> (f32, Vec<Vec<f32>>) {
        let of_net = weights.names.len() - Weights::of(&self.objective).names.len();
        let shares = self.shares(step);
        let keep = shares.iter().all(|share| share.len() <= 2);
        let (to_centre, from_workers) = mpsc::channel::<Vec<Rows>>();
        let mut answers = Vec::new();
        let mut outcome = (f32::NAN, Vec::new());
        let mut parts: Vec<Vec<Vec<f32>>> = vec![Vec::new(); shares.len()];
        std::thread::scope(|scope| {
            for (w, (share, part)) in shares.iter().zip(&mut parts).enumerate() {
                let (answer, gradients) = mpsc::channel::<Arc<Vec<Vec<f32>>>>();
                answers.push(answer);
                let to_centre = to_centre.clone();
                scope.spawn(move || {
                    self.pools[w].install(move || {
                        let line = Line { to_centre, gradients };
                        *part = self.work(weights, step, share, keep, &line);
                    });
                });
            }
            drop(to_centre);
            let order: Vec<&Chunk> = shares.iter().flatten().collect();
            let mut rows: Vec<Vec<f32>> = vec![Vec::new(); order.len()];
            for found in from_workers.iter().take(shares.len()) {
                for (at, values) in found {
                    rows[at] = values;
                }
            }
            outcome = self.centre(weights, step, done, &order, &rows, of_net, &mut answers);
        });
        let (loss, objective) = outcome;
        let mut sum: Vec<Vec<f32>> = Vec::new();
        for part in parts.into_iter().filter(|p| !p.is_empty()) {
            if sum.is_empty() {
                sum = part;
            } else {
                sum.iter_mut().flatten().zip(part.iter().flatten()).for_each(|(a, b)| *a += b);
            }
        }
        sum.extend(objective);
        (loss, sum)
    }

    /// Chunks of each worker, items and texts dealt evenly.
    fn shares(&self, step: &Step) -> Vec<Vec<Chunk>> {
        let workers = self.pools.len();
        let deal = |count: usize, text: bool, w: usize| {
            let (from, to) = (count * w / workers, count * (w + 1) / workers);
            let mut chunks = Vec::new();
            let mut at = from;
            while at < to {
                let end = (at + self.chunk).min(to);
                chunks.push(Chunk { number: 0, text, rows: at..end });
                at = end;
            }
            chunks
        };
        let mut shares: Vec<Vec<Chunk>> = (0..workers)
            .map(|w| {
                let mut chunks = deal(step.items.len(), false, w);
                chunks.extend(deal(step.texts.len(), true, w));
                chunks
            })
            .collect();
        shares.iter_mut().flatten().enumerate().for_each(|(number, chunk)| chunk.number = number);
        shares
    }

    /// A worker's part: embed, tell the centre, wait for the gradients by embedding, go back through the towers.
    fn work(
        &self,
        weights: &Weights,
        step: &Step,
        share: &[Chunk],
        keep: bool,
        line: &Line,
    ) -> Vec<Vec<f32>> {
        let tracked = self.device.clone().autodiff();
        let net = weights.load_unchecked(self.net.clone(), &tracked, true);
        let plain = (!keep).then(|| weights.load_unchecked(self.net.clone(), &self.device, false));
        let mut kept = Vec::new();
        let mut found = Vec::new();
        for chunk in share {
            let rows = match &plain {
                Some(plain) => embed(plain, step, chunk, &self.device),
                None => {
                    let rows = embed(&net, step, chunk, &tracked);
                    kept.push((chunk.number, rows.clone()));
                    rows.inner()
                }
            };
            found.push((chunk.number, rows.try_into_vec_as::<f32>().unwrap_or_default()));
        }
        // The centre only goes away when it has failed; then there is nothing to go back for.
        if line.to_centre.send(found).is_err() {
            return Vec::new();
        }
        let Ok(gradients) = line.gradients.recv() else { return Vec::new() };
        let mut sum: Vec<Vec<f32>> = Vec::new();
        let back = |surrogate: Tensor<1>, sum: &mut Vec<Vec<f32>>| {
            let found = Weights::gradients(&net, &surrogate.backward());
            if sum.is_empty() {
                *sum = found;
            } else {
                sum.iter_mut().flatten().zip(found.iter().flatten()).for_each(|(a, b)| *a += b);
            }
        };
        let surrogate = |rows: Tensor<2>, number: usize| {
            let shape = rows.dims();
            let gradient = TensorData::new(gradients[number].clone(), shape);
            (rows * Tensor::from_data(gradient, &tracked)).sum()
        };
        if keep {
            let all = kept.into_iter().map(|(number, rows)| surrogate(rows, number)).reduce(|a, b| a + b);
            if let Some(all) = all {
                back(all, &mut sum);
            }
        } else {
            for chunk in share {
                back(surrogate(embed(&net, step, chunk, &tracked), chunk.number), &mut sum);
            }
        }
        sum
    }

    /// The loss over all rows, and its gradients by row, sent to every worker.
    #[allow(clippy::too_many_arguments)]
    fn centre(
        &self,
        weights: &Weights,
        step: &Step,
        done: f32,
        order: &[&Chunk],
        rows: &[Vec<f32>],
        of_net: usize,
        answers: &mut Vec<mpsc::Sender<Arc<Vec<Vec<f32>>>>>,
    ) -> (f32, Vec<Vec<f32>>) {
        let tracked = self.device.clone().autodiff();
        let tail = Weights {
            names: weights.names[of_net..].to_vec(),
            shapes: weights.shapes[of_net..].to_vec(),
            values: weights.values[of_net..].to_vec(),
        };
        let objective = tail.load_unchecked(self.objective.clone(), &tracked, true);
        let joint = self.net.text.joint();
        let gather = |text: bool| {
            let values: Vec<f32> = order
                .iter()
                .filter(|chunk| chunk.text == text)
                .flat_map(|chunk| rows[chunk.number].iter().copied())
                .collect();
            let count = values.len() / joint.max(1);
            Tensor::<2>::from_data(TensorData::new(values, [count, joint]), &tracked).require_grad()
        };
        let (items, texts) = (gather(false), gather(true));
        let loss = objective.loss(items.clone(), texts.clone(), &step.links, done);
        let value = loss.clone().try_into_scalar::<f32>().unwrap_or(f32::NAN);
        let found = loss.backward();
        let host = |x: &Tensor<2>| {
            x.grad(&found)
                .and_then(|g| g.try_into_vec_as::<f32>().ok())
                .unwrap_or_else(|| vec![0.0; x.shape().num_elements()])
        };
        let (by_item, by_text) = (host(&items), host(&texts));
        let mut gradients = vec![Vec::new(); rows.len()];
        let (mut at_item, mut at_text) = (0, 0);
        for chunk in order {
            let length = rows[chunk.number].len();
            let (all, at) = if chunk.text { (&by_text, &mut at_text) } else { (&by_item, &mut at_item) };
            gradients[chunk.number] = all[*at..*at + length].to_vec();
            *at += length;
        }
        let gradients = Arc::new(gradients);
        for answer in answers.drain(..) {
            // A worker that is gone has nothing to add.
            let _ = answer.send(gradients.clone());
        }
        (value, Weights::gradients(&objective, &found))
    }
}

/// Rows of a chunk, `[row, joint]`: items or texts, or the valid tokens of segments.
fn embed(net: &JointNet, step: &Step, chunk: &Chunk, device: &Device) -> Tensor<2> {
    let sequences = if chunk.text { &step.texts } else { &step.items };
    let sequences: Vec<&Sequence> = sequences[chunk.rows.clone()].iter().map(Arc::as_ref).collect();
    let dropout = step.dropout.map(|seed| Dropout { seed, text: chunk.text, first: chunk.rows.start });
    let batch = SequenceBatch { dropout, ..SequenceBatch::new(&sequences, device) };
    if chunk.text {
        return net.text.pooled(&batch);
    }
    if !step.by_token() {
        return net.item.pooled(&batch);
    }
    let tokens = net.item.unit_tokens(&batch);
    let [items, longest, joint] = tokens.dims();
    let rows = tokens.reshape([items * longest, joint]);
    if sequences.iter().all(|s| s.tokens() == longest) {
        return rows;
    }
    let valid: Vec<i64> = sequences
        .iter()
        .enumerate()
        .flat_map(|(s, sequence)| (0..sequence.tokens()).map(move |t| (s * longest + t) as i64))
        .collect();
    let count = valid.len();
    rows.select(0, Tensor::<1, Int>::from_data(TensorData::new(valid, [count]), device))
}
