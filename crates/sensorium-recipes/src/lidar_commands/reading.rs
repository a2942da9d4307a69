//! From commands to meanings: training the text network on the meanings of the simulator, and reading.

use super::learn::{self, Part, Plan};
use super::meaning::{MEANING, Meaning};
use super::text_net::{TextBatch, TextNet};
use super::words::Reads;
use crate::{Progress, RecipeError};
use burn::tensor::activation::{log_softmax, softmax};
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use sensorium_align::Sequence;
use sensorium_nn::train::AdamWConfig;
use std::sync::Arc;

/// Label smoothing.
const SMOOTHING: f32 = 0.05;
/// First weights are small, so that commands are told apart by what is learnt.
const START: f32 = 0.4;
/// Commands at a time when they are read.
const CHUNK: usize = 64;

/// A wording of a training command.
pub struct Sentence {
    /// Its words.
    pub words: Arc<Sequence>,
    /// What it means.
    pub meaning: Meaning,
    /// The number of its sentence frame.
    pub frame: usize,
}

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct ReadingPlan {
    /// What the networks read.
    pub reads: Reads,
    /// Parts of the sentence frames, each read by a network that was not trained on it.
    pub folds: usize,
    /// Networks for all other commands.
    pub networks: usize,
    /// Steps of each.
    pub steps: u64,
    /// Commands a step.
    pub batch: usize,
    /// Threads that share a batch.
    pub threads: usize,
    /// Fixes everything random.
    pub seed: u64,
}

/// Reads commands.
pub struct Reader {
    reads: Reads,
    networks: Vec<TextNet>,
}

impl Reader {
    /// Networks that are trained on all sentences, each from another seed.
    ///
    /// # Errors
    /// Those of training.
    pub fn train(
        sentences: &[Sentence],
        plan: ReadingPlan,
        progress: &mut dyn Progress,
    ) -> Result<Self, RecipeError> {
        let all: Vec<usize> = (0..sentences.len()).collect();
        let networks = (0..plan.networks as u64)
            .map(|i| fit(sentences, &all, plan, 1 + i, progress))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { reads: plan.reads, networks })
    }

    /// The mean of the probabilities that the networks give.
    pub fn read(&self, commands: &[&Sequence]) -> Vec<Meaning> {
        let mean = |part: &[&Sequence]| {
            let batch = TextBatch::new(part, self.reads, &Device::flex());
            let said: Vec<Vec<Meaning>> = self.networks.iter().map(|n| probabilities(n, &batch)).collect();
            (0..part.len())
                .map(|i| Meaning::mean(&said.iter().map(|all| all[i]).collect::<Vec<_>>()))
                .collect::<Vec<_>>()
        };
        commands.par_chunks(CHUNK).flat_map_iter(mean).collect()
    }
}

/// What is read in each sentence by a network that has not seen its frame.
///
/// # Errors
/// Those of training.
pub fn held_out(
    sentences: &[Sentence],
    plan: ReadingPlan,
    progress: &mut dyn Progress,
) -> Result<Vec<Meaning>, RecipeError> {
    let mut read = vec![Meaning::mean(&[]); sentences.len()];
    for (i, (seen, unseen)) in folds(sentences, plan.folds).into_iter().enumerate() {
        let network = fit(sentences, &seen, plan, 100 + i as u64, progress)?;
        let reader = Reader { reads: plan.reads, networks: vec![network] };
        let commands: Vec<&Sequence> = unseen.iter().map(|&s| sentences[s].words.as_ref()).collect();
        for (&s, meaning) in unseen.iter().zip(reader.read(&commands)) {
            read[s] = meaning;
        }
    }
    Ok(read)
}

/// For each part of the frames the sentences of the other parts and its own.
fn folds(sentences: &[Sentence], count: usize) -> Vec<(Vec<usize>, Vec<usize>)> {
    let count = count.max(2);
    (0..count)
        .map(|fold| -> (Vec<usize>, Vec<usize>) {
            (0..sentences.len()).partition(|&s| sentences[s].frame % count != fold)
        })
        .filter(|(_, unseen)| !unseen.is_empty())
        .collect()
}

fn fit(
    sentences: &[Sentence],
    examples: &[usize],
    plan: ReadingPlan,
    number: u64,
    progress: &mut dyn Progress,
) -> Result<TextNet, RecipeError> {
    let seed = plan.seed.wrapping_add(1_000_003 * number);
    let fresh = TextNet::new(plan.reads, &Device::flex());
    let settings = Plan {
        name: "meanings of commands",
        steps: plan.steps,
        batch: plan.batch,
        threads: plan.threads,
        // An average over the last steps alone: there are few.
        optimizer: AdamWConfig {
            learning_rate: 2e-3,
            weight_decay: 0.05,
            clip_norm: f32::INFINITY,
            ema_decay: 0.9,
        },
    };
    let loss = |network: &TextNet, part: &Part<'_>, device: &Device| {
        let commands: Vec<&Sequence> = part.indices.iter().map(|&s| sentences[s].words.as_ref()).collect();
        let batch = TextBatch::new(&commands, plan.reads, device);
        let scores = network.forward(&batch.noisy(plan.reads, seed, part.step, part.first));
        let truth: Vec<f32> =
            part.indices.iter().flat_map(|&s| sentences[s].meaning.smoothed(SMOOTHING).0).collect();
        let truth = Tensor::<2>::from_data(TensorData::new(truth, [commands.len(), MEANING]), device);
        let logs: Vec<Tensor<2>> = scores.into_iter().map(|field| log_softmax(field, 1)).collect();
        (Tensor::cat(logs, 1) * truth).sum_dim(1).mean().neg()
    };
    let order = |epoch: u64| learn::shuffled(examples, seed, epoch);
    learn::fit(&fresh, learn::start(&fresh, seed, START), &settings, &order, &loss, progress)
}

fn probabilities(network: &TextNet, batch: &TextBatch) -> Vec<Meaning> {
    let shares: Vec<Tensor<2>> = network.forward(batch).into_iter().map(|field| softmax(field, 1)).collect();
    let shares = Tensor::cat(shares, 1).try_into_vec_as::<f32>().unwrap_or_default();
    let meaning = |row: &[f32]| {
        let mut values = [0.0; MEANING];
        values.copy_from_slice(row);
        Meaning(values)
    };
    shares.chunks_exact(MEANING).map(meaning).collect()
}

/// Shares of commands whose category, condition, other category and all three are read rightly.
pub fn accuracy(read: &[Meaning], truth: &[Meaning]) -> [f64; 4] {
    let mut right = [0.0f64; 4];
    for (read, truth) in read.iter().zip(truth) {
        let (read, truth) = (read.likeliest(), truth.likeliest());
        let fields = read.iter().zip(&truth).map(|(a, b)| a == b).chain([read == truth]);
        right.iter_mut().zip(fields).for_each(|(sum, same)| *sum += f64::from(u8::from(same)));
    }
    right.map(|sum| sum / truth.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Silent;
    use sensorium_data::street::{Category, Condition, Query};

    /// Sentences whose first word tells the category; frames differ in the second.
    fn sentences() -> Vec<Sentence> {
        let sentence = |i: usize| {
            let (category, frame) = (i % 7, i / 7);
            let mut values = vec![0.0f32; 3 * 16];
            values[category] = 4.0;
            values[16 + 8 + frame % 8] = 4.0;
            values[2 * 16 + 7] = 4.0;
            let query = Query { category: Category::ALL[category], condition: Condition::Towards };
            Sentence { words: Arc::new(Sequence::new(&values, 16)), meaning: Meaning::of(&query), frame }
        };
        (0..56).map(sentence).collect()
    }

    fn plan() -> ReadingPlan {
        ReadingPlan {
            reads: Reads::Vectors { width: 16 },
            folds: 4,
            networks: 2,
            steps: 400,
            batch: 16,
            threads: 1,
            seed: 5,
        }
    }

    #[test]
    fn folds_share_no_frame_and_hold_out_each_sentence_once() {
        let sentences = sentences();
        let folds = folds(&sentences, 4);
        let mut held: Vec<usize> = folds.iter().flat_map(|(_, unseen)| unseen.clone()).collect();
        held.sort_unstable();
        assert_eq!(held, (0..56).collect::<Vec<_>>());
        for (seen, unseen) in &folds {
            assert_eq!(seen.len() + unseen.len(), 56);
            let frame = |s: &usize| sentences[*s].frame;
            assert!(seen.iter().all(|s| unseen.iter().all(|u| frame(s) != frame(u))));
        }
    }

    #[test]
    fn meanings_of_frames_that_were_held_out_are_read() {
        let sentences = sentences();
        let truth: Vec<Meaning> = sentences.iter().map(|s| s.meaning).collect();
        let read = held_out(&sentences, plan(), &mut Silent).unwrap();
        assert!(accuracy(&read, &truth)[3] > 0.9, "{:?}", accuracy(&read, &truth));
        assert!(read.iter().all(|m| (m.0.iter().sum::<f32>() - 3.0).abs() < 1e-3));
    }

    #[test]
    fn a_reader_averages_its_networks() {
        let sentences = sentences();
        let reader = Reader::train(&sentences, ReadingPlan { steps: 5, ..plan() }, &mut Silent).unwrap();
        let commands: [&Sequence; 1] = [sentences[3].words.as_ref()];
        let each = |i: usize| {
            let network = reader.networks[i].clone();
            Reader { reads: reader.reads, networks: vec![network] }.read(&commands)[0]
        };
        let mean = Meaning::mean(&[each(0), each(1)]);
        let found = reader.read(&commands)[0];
        assert!(found.0.iter().zip(mean.0).all(|(a, b)| (a - b).abs() < 1e-5));
        assert_ne!(each(0), each(1));
    }
}
