//! The network that finds the referent: a transformer over the candidates, steered by the meaning.

use super::meaning::{MEANING, Meaning};
use super::pairs::{PAIRS, pair};
use super::sight::{NUMBERS, Sight, log};
use burn::module::{Module, Param};
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor, TensorData};
use sensorium_nn::activation::activate;
use sensorium_nn::block::{Block, BlockConfig};

/// Width of the tokens.
const DIM: usize = 64;
/// Attention heads.
const HEADS: usize = 4;
/// Transformer blocks.
const BLOCKS: usize = 2;
/// Width of the layer over pairs.
const PAIR_DIM: usize = 16;

/// Scenes with the meanings of their commands.
pub struct SceneBatch {
    /// `[scene, candidate, number]`.
    numbers: Tensor<3>,
    /// Each candidate (second dimension) as seen from each other (third), `[scene, candidate, candidate, number]`.
    pairs: Tensor<4>,
    /// `[scene, number]`.
    meaning: Tensor<2>,
    /// Logarithm of the probability that a candidate is of the named category, `[scene, candidate]`.
    named: Tensor<2>,
    /// 1 where there is a candidate, `[scene, candidate]`.
    mask: Tensor<2>,
    /// 1 for candidates that are the referent, `[scene, candidate]`.
    right: Tensor<2>,
}

impl SceneBatch {
    /// Puts scenes together.
    pub fn new(items: &[(&Sight, &Meaning)], device: &Device) -> Self {
        let rows = items.len();
        let longest = items.iter().map(|(sight, _)| sight.facts.len()).max().unwrap_or(0).max(1);
        let mut numbers = vec![0.0f32; rows * longest * NUMBERS];
        let mut pairs = vec![0.0f32; rows * longest * longest * PAIRS];
        let mut meaning = Vec::with_capacity(rows * MEANING);
        let mut named = vec![0.0f32; rows * longest];
        let mut mask = vec![0.0f32; rows * longest];
        let mut right = vec![0.0f32; rows * longest];
        for (row, (sight, told)) in items.iter().enumerate() {
            meaning.extend(told.0);
            let matches = sight.matches(told);
            for (i, own) in sight.numbers(&matches).iter().enumerate() {
                let at = row * longest + i;
                numbers[at * NUMBERS..][..NUMBERS].copy_from_slice(own);
                named[at] = log(matches.named[i]);
                mask[at] = 1.0;
                right[at] = if sight.right[i] { 1.0 } else { 0.0 };
                for (j, other) in sight.facts.iter().enumerate() {
                    let seen = pair(&sight.facts[i], other, matches.named[j], matches.anchor[j]);
                    pairs[(at * longest + j) * PAIRS..][..PAIRS].copy_from_slice(&seen);
                }
            }
        }
        let two = |values: Vec<f32>| Tensor::from_data(TensorData::new(values, [rows, longest]), device);
        let pairs = TensorData::new(pairs, [rows, longest, longest, PAIRS]);
        Self {
            numbers: Tensor::from_data(TensorData::new(numbers, [rows, longest, NUMBERS]), device),
            pairs: Tensor::from_data(pairs, device),
            meaning: Tensor::from_data(TensorData::new(meaning, [rows, MEANING]), device),
            named: two(named),
            mask: two(mask),
            right: two(right),
        }
    }
}

/// What a meaning does to the candidates: x · (1 + a) + b, a and b linear in the meaning's vector (FiLM, Perez et
/// al. 2018, arXiv:1709.07871).
#[derive(Module, Debug)]
struct Film {
    scale: Linear,
    shift: Linear,
}

impl Film {
    fn new(device: &Device) -> Self {
        let linear = || LinearConfig::new(DIM, DIM).init(device);
        Self { scale: linear(), shift: linear() }
    }

    fn forward(&self, x: Tensor<3>, query: &Tensor<2>) -> Tensor<3> {
        let scale = self.scale.forward(query.clone()).add_scalar(1.0).unsqueeze_dim::<3>(1);
        let shift = self.shift.forward(query.clone()).unsqueeze_dim::<3>(1);
        x * scale + shift
    }
}

/// Scores the candidates of a scene for a meaning.
///
/// The meaning is a token before the candidates, and steers them before each block and before the last layers.
/// What candidates are to one another is added to the scores of attention.
#[derive(Module, Debug)]
pub struct SceneNet {
    query: Linear,
    input: Linear,
    lift: Linear,
    pair: Linear,
    biases: Vec<Linear>,
    films: Vec<Film>,
    blocks: Vec<Block>,
    norm: LayerNorm,
    last: Film,
    hidden: Linear,
    score: Linear,
    /// What the logarithm of the match with the named category counts, `[1]`; starts at one.
    gamma: Param<Tensor<1>>,
}

impl SceneNet {
    /// Fresh weights.
    pub fn new(device: &Device) -> Self {
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let block = BlockConfig { dim: DIM, heads: HEADS, hidden: 2 * DIM };
        Self {
            query: LinearConfig::new(MEANING, DIM).with_bias(false).init(device),
            input: linear(NUMBERS, DIM),
            lift: linear(DIM, DIM),
            pair: linear(PAIRS, PAIR_DIM),
            biases: (0..BLOCKS).map(|_| linear(PAIR_DIM, HEADS)).collect(),
            films: (0..BLOCKS).map(|_| Film::new(device)).collect(),
            blocks: (0..BLOCKS).map(|_| block.init(device)).collect(),
            norm: LayerNormConfig::new(DIM).init(device),
            last: Film::new(device),
            hidden: linear(2 * DIM, DIM),
            score: linear(DIM, 1),
            gamma: Param::from_tensor(Tensor::ones([1], device)),
        }
    }

    /// Score of each candidate, `[scene, candidate]`; far below all others where there is none.
    pub fn forward(&self, batch: &SceneBatch) -> Tensor<2> {
        let [scenes, count] = batch.mask.dims();
        let device = batch.mask.device();
        let query = self.query.forward(batch.meaning.clone());
        let first = query.clone().unsqueeze_dim::<3>(1);
        let mut x = self.lift.forward(activate(self.input.forward(batch.numbers.clone())));
        let pairs = activate(self.pair.forward(batch.pairs.clone()));
        let there = Tensor::cat(vec![Tensor::<2>::ones([scenes, 1], &device), batch.mask.clone()], 1);
        let keys = (there - 1.0).mul_scalar(1e4).reshape([scenes, 1, 1, count + 1]);
        let mut token = first;
        for ((block, film), bias) in self.blocks.iter().zip(&self.films).zip(&self.biases) {
            let steered = film.forward(x, &query);
            // [scene, a, b, head] to [scene, head, a, b]; the meaning's token has no place.
            let bias = bias.forward(pairs.clone()).swap_dims(1, 3).swap_dims(2, 3);
            let above = Tensor::<4>::zeros([scenes, HEADS, 1, count], &device);
            let before = Tensor::<4>::zeros([scenes, HEADS, count + 1, 1], &device);
            let bias = Tensor::cat(vec![before, Tensor::cat(vec![above, bias], 2)], 3);
            let all = Tensor::cat(vec![token, steered], 1);
            let all = block.forward_with(all, bias + keys.clone(), |heads| heads);
            token = all.clone().narrow(1, 0, 1);
            x = all.narrow(1, 1, count);
        }
        let x = self.last.forward(self.norm.forward(x), &query);
        let joined = Tensor::cat(vec![x.clone(), x * query.unsqueeze_dim::<3>(1)], 2);
        let score = self.score.forward(activate(self.hidden.forward(joined))).squeeze_dim::<2>(2);
        let named = batch.named.clone() * self.gamma.val().unsqueeze::<2>();
        score + named + (batch.mask.clone() - 1.0).mul_scalar(1e4)
    }

    /// Mean of minus the logarithm of the share that right candidates have in the softmax.
    pub fn loss(&self, batch: &SceneBatch) -> Tensor<1> {
        let share = (softmax(self.forward(batch), 1) * batch.right.clone()).sum_dim(1);
        share.add_scalar(1e-7).log().mean().neg()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sight::tests::street;
    use super::*;
    use sensorium_data::street::{Category, Condition, Query};

    #[test]
    fn a_candidate_of_the_named_category_starts_ahead() {
        let device = Device::flex();
        let fresh = SceneNet::new(&device);
        let network = super::super::learn::start(&fresh, 1, 0.1).load_unchecked(fresh, &device, false);
        let sight = street();
        let of = |category| Meaning::of(&Query { category, condition: Condition::Towards });
        let (bus, car) = (of(Category::Bus), of(Category::Car));
        let batch = SceneBatch::new(&[(&sight, &bus), (&sight, &car)], &device);
        let scores = network.forward(&batch).try_into_vec_as::<f32>().unwrap();
        assert_eq!(scores.len(), 4);
        assert!(scores[1] > scores[0] + 2.0 && scores[2] > scores[3] + 2.0, "{scores:?}");
    }
}
