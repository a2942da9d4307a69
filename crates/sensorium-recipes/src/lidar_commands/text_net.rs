//! The network that reads a command: one attention over its words for each field of the meaning.

use super::meaning::FIELDS;
use super::words::Reads;
use burn::module::{Module, Param};
use burn::nn::{Embedding, EmbeddingConfig, Initializer, Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::module::linear;
use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use sensorium_align::model::word_numbers;
use sensorium_align::{Sequence, SequenceBatch};
use sensorium_nn::seed;
use std::f32::consts::TAU;

/// Width of word vectors that are learnt here.
const WORD: usize = 96;
/// Numbers on the place of a word in its sentence.
const PLACE: usize = 4;
/// What they are multiplied by.
const PLACE_SCALE: f32 = 4.0;
/// Spread of the noise in training, of each word and of the whole sentence.
const NOISE: f32 = 0.3;
/// Share of the channels that training leaves out of a sentence.
const DROPPED: f32 = 0.3;

/// Commands as tensors.
pub struct TextBatch {
    /// Token vectors, `[command, word, width]`.
    vectors: Tensor<3>,
    /// Numbers of words, where those are read.
    numbers: Option<Tensor<2, Int>>,
    /// 1 where there is a word, `[command, word]`.
    mask: Tensor<2>,
    /// Where each word stands, `[command, word, 4]`.
    places: Tensor<3>,
    /// Noise `[command, word, width]` and what channels are multiplied by `[command, 1, width]`.
    noise: Option<(Tensor<3>, Tensor<3>)>,
}

impl TextBatch {
    /// Commands as they are.
    pub fn new(commands: &[&Sequence], reads: Reads, device: &Device) -> Self {
        let SequenceBatch { values, mask, .. } = SequenceBatch::new(commands, device);
        let [rows, longest] = mask.dims();
        let numbers = match reads {
            Reads::Vectors { .. } => None,
            Reads::Numbers { .. } => {
                let mut ids = vec![0i64; rows * longest];
                for (row, command) in ids.chunks_mut(longest).zip(commands) {
                    row.iter_mut().zip(word_numbers(command)).for_each(|(to, word)| *to = word as i64);
                }
                Some(Tensor::<2, Int>::from_data(TensorData::new(ids, [rows, longest]), device))
            }
        };
        let mut places = vec![0.0f32; rows * longest * PLACE];
        for (row, command) in places.chunks_mut(longest * PLACE).zip(commands) {
            let count = command.tokens();
            for (i, four) in row.chunks_exact_mut(PLACE).take(count).enumerate() {
                four.copy_from_slice(&place(i, count));
            }
        }
        let places = Tensor::from_data(TensorData::new(places, [rows, longest, PLACE]), device);
        Self { vectors: values, numbers, mask, places, noise: None }
    }

    /// With noise and channels left out, drawn for each command from its place in the batch.
    pub fn noisy(mut self, reads: Reads, seed: u64, step: u64, first: usize) -> Self {
        let width = width(reads);
        let [rows, longest] = self.mask.dims();
        let device = self.mask.device();
        let mut added = Vec::with_capacity(rows * longest * width);
        let mut kept = Vec::with_capacity(rows * width);
        for row in 0..rows {
            let mut rng = seed::generator(seed, &[7, step, (first + row) as u64]);
            let mut normal = || -> f32 {
                let value: f32 = StandardNormal.sample(&mut rng);
                NOISE * value
            };
            let sentence: Vec<f32> = (0..width).map(|_| normal()).collect();
            for _ in 0..longest {
                added.extend(sentence.iter().map(|shift| shift + normal()));
            }
            let whole = 1.0 / (1.0 - DROPPED);
            kept.extend((0..width).map(|_| if rng.random::<f32>() < DROPPED { 0.0 } else { whole }));
        }
        let added = Tensor::from_data(TensorData::new(added, [rows, longest, width]), &device);
        let kept = Tensor::from_data(TensorData::new(kept, [rows, 1, width]), &device);
        self.noise = Some((added, kept));
        self
    }
}

/// Where word `i` of `count` stands.
fn place(i: usize, count: usize) -> [f32; PLACE] {
    let at = i as f32 / count.max(2) as f32;
    [at, 1.0 - at, (TAU * at).sin(), (1.5 * TAU * at).cos()].map(|v| PLACE_SCALE * v)
}

/// Numbers of a word's vector.
fn width(reads: Reads) -> usize {
    match reads {
        Reads::Vectors { width } => width,
        Reads::Numbers { .. } => WORD,
    }
}

/// For each field, a mean of the standardised word vectors weighted by a softmax over x·q + p·r (x the vector,
/// p the place, q and r learnt), and a linear map to the field's classes.
#[derive(Module, Debug)]
pub struct TextNet {
    words: Option<Embedding>,
    query: Param<Tensor<2>>,
    heads: Vec<Linear>,
}

impl TextNet {
    /// Fresh weights.
    pub fn new(reads: Reads, device: &Device) -> Self {
        let width = width(reads);
        let words = match reads {
            Reads::Vectors { .. } => None,
            Reads::Numbers { vocabulary } => Some(EmbeddingConfig::new(vocabulary, WORD).init(device)),
        };
        Self {
            words,
            query: Initializer::Normal { mean: 0.0, std: 0.02 }.init([width + PLACE, FIELDS.len()], device),
            heads: FIELDS.iter().map(|classes| LinearConfig::new(width, *classes).init(device)).collect(),
        }
    }

    /// Scores of the classes of each field, `[command, class]`.
    pub fn forward(&self, batch: &TextBatch) -> Vec<Tensor<2>> {
        let x = match (&self.words, &batch.numbers) {
            (Some(words), Some(numbers)) => words.forward(numbers.clone()),
            _ => batch.vectors.clone(),
        };
        let x = standardised(x);
        let x = match &batch.noise {
            Some((added, kept)) => (x + added.clone()) * kept.clone(),
            None => x,
        };
        let placed = Tensor::cat(vec![x.clone(), batch.places.clone()], 2);
        let absent = (batch.mask.clone().unsqueeze_dim::<3>(2) - 1.0).mul_scalar(1e4);
        let share = softmax(linear(placed, self.query.val(), None) + absent, 1);
        let read = share.swap_dims(1, 2).matmul(x);
        let field =
            |(i, head): (usize, &Linear)| head.forward(read.clone().narrow(1, i, 1).squeeze_dim::<2>(1));
        self.heads.iter().enumerate().map(field).collect()
    }
}

/// Vectors of mean zero and spread one.
fn standardised(x: Tensor<3>) -> Tensor<3> {
    let mean = x.clone().mean_dim(2);
    let x = x - mean;
    let spread = x.clone().square().mean_dim(2).add_scalar(1e-5).sqrt();
    x / spread
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(words: usize) -> Sequence {
        Sequence::new(&(0..words * 6).map(|i| (i as f32 * 0.9).sin()).collect::<Vec<_>>(), 6)
    }

    #[test]
    fn padding_changes_nothing() {
        let reads = Reads::Vectors { width: 6 };
        let device = Device::flex();
        let fresh = TextNet::new(reads, &device);
        let net = super::super::learn::start(&fresh, 4, 1.0).load_unchecked(fresh, &device, false);
        let (short, long) = (sentence(3), sentence(9));
        let read = |commands: &[&Sequence]| -> Vec<f32> {
            let scores = net.forward(&TextBatch::new(commands, reads, &device));
            scores[1].clone().try_into_vec_as::<f32>().unwrap()
        };
        let (alone, beside) = (read(&[&short]), read(&[&short, &long]));
        assert!(alone.iter().zip(&beside).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn noise_belongs_to_the_place_in_the_batch() {
        let reads = Reads::Vectors { width: 6 };
        let device = Device::flex();
        let (a, b) = (sentence(4), sentence(4));
        let noise = |commands: &[&Sequence], first: usize| -> Vec<f32> {
            let batch = TextBatch::new(commands, reads, &device).noisy(reads, 1, 2, first);
            batch.noise.unwrap().0.try_into_vec_as::<f32>().unwrap()
        };
        let both = noise(&[&a, &b], 0);
        assert_eq!(noise(&[&b], 1), both[24..]);
        assert_ne!(both[..24], both[24..]);
    }
}
