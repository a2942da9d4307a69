//! The network: candidates and words in one transformer, a score for each candidate.

use super::candidate::{FACTS, POINTS};
use burn::module::Module;
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::{log_softmax, softmax};
use burn::tensor::{Device, Tensor};
use sensorium_align::tower::{PointStem, PointStemConfig, Tower};
use sensorium_align::{Pool, SequenceBatch, StemKind, TowerConfig};
use sensorium_nn::block::{Block, BlockConfig};

/// Categories of road users.
pub const CATEGORIES: usize = 7;
/// Weight of naming the categories beside finding the referent.
const NAMING: f32 = 0.3;

/// Candidates and words of some scenes.
pub struct SceneBatch {
    /// Tokens of the candidates.
    pub candidates: SequenceBatch,
    /// Tokens of the command.
    pub words: SequenceBatch,
}

/// What is true of the scenes of a batch.
pub struct Truth {
    /// 1 for candidates that are the referent, `[scene, candidate]`.
    pub right: Tensor<2>,
    /// 1 at the category of a candidate that is a road user, `[scene, candidate, category]`.
    pub classes: Tensor<3>,
    /// 1 at the category that the command names, `[scene, category]`.
    pub spoken: Tensor<2>,
}

/// What the network says.
pub struct Answer {
    /// Score of each candidate, `[scene, candidate]`; far below all others where there is none.
    pub scores: Tensor<2>,
    /// Scores of each candidate's category, `[scene, candidate, category]`.
    pub classes: Tensor<3>,
    /// Scores of the category that the command names, `[scene, category]`.
    pub spoken: Tensor<2>,
}

/// Finds the object that a command refers to.
#[derive(Module, Debug)]
pub struct Grounder {
    stem: PointStem,
    text: Tower,
    blocks: Vec<Block>,
    norm: LayerNorm,
    answer: Linear,
    question: Linear,
    direct: Linear,
    category: Linear,
    spoken: Linear,
}

/// Sizes of a [`Grounder`].
#[derive(Clone, Copy, Debug)]
pub struct GrounderConfig {
    /// What the text tower reads.
    pub text: StemKind,
    /// Width of the tokens.
    pub dim: usize,
    /// Transformer blocks over words and candidates.
    pub blocks: usize,
}

impl GrounderConfig {
    /// Fresh weights.
    pub fn init(&self, device: &Device) -> Grounder {
        let dim = self.dim;
        let linear = |to| LinearConfig::new(dim, to).init(device);
        let text = TowerConfig {
            stem: self.text,
            dim,
            joint: dim,
            blocks: 1,
            heads: 4,
            neighbours: true,
            reach_ms: None,
            pool: Pool::Mean,
        };
        Grounder {
            stem: PointStemConfig { points: POINTS, facts: FACTS, dim }.init(device),
            text: text.init(device),
            blocks: (0..self.blocks).map(|_| BlockConfig::new(dim).init(device)).collect(),
            norm: LayerNormConfig::new(dim).init(device),
            answer: linear(dim),
            question: linear(dim),
            direct: linear(1),
            category: linear(CATEGORIES),
            spoken: linear(CATEGORIES),
        }
    }
}

impl Grounder {
    /// Scores of the candidates and of the categories.
    pub fn forward(&self, batch: &SceneBatch) -> Answer {
        let seen = self.stem.forward(batch.candidates.values.clone());
        let words = self.text.tokens(&batch.words);
        let said = Pool::Mean.apply(words.clone(), batch.words.mask.clone());
        let [scenes, count, dim] = seen.dims();
        let before = words.dims()[1] + 1;
        let there = batch.candidates.mask.clone();
        let one = Tensor::<2>::ones([scenes, 1], &there.device());
        let keys = Tensor::cat(vec![batch.words.mask.clone(), one, there.clone()], 1);
        let classes = self.category.forward(seen.clone());
        let x = Tensor::cat(vec![words, said.clone().unsqueeze_dim::<3>(1), seen], 1);
        let x = self.blocks.iter().fold(x, |x, block| block.forward(x, keys.clone()));
        let x = self.norm.forward(x.narrow(1, before, count));
        let question = self.question.forward(said.clone()).unsqueeze_dim::<3>(1);
        let product =
            (self.answer.forward(x.clone()) * question).sum_dim(2).mul_scalar((dim as f32).powf(-0.5));
        let scores = (product + self.direct.forward(x)).squeeze_dim::<2>(2);
        Answer { scores: scores + (there - 1.0).mul_scalar(1e4), classes, spoken: self.spoken.forward(said) }
    }

    /// Scores of the categories of candidates, without a command.
    pub fn classes(&self, candidates: &SequenceBatch) -> Tensor<3> {
        self.category.forward(self.stem.forward(candidates.values.clone()))
    }

    /// Scores of the categories that commands name, without a scene.
    pub fn spoken(&self, words: &SequenceBatch) -> Tensor<2> {
        self.spoken.forward(Pool::Mean.apply(self.text.tokens(words), words.mask.clone()))
    }

    /// Mean loss: minus the log of the share that right candidates have in the softmax, and naming.
    pub fn loss(&self, batch: &SceneBatch, truth: &Truth) -> Tensor<1> {
        let answer = self.forward(batch);
        let share = (softmax(answer.scores, 1) * truth.right.clone()).sum_dim(1);
        let found = share.add_scalar(1e-7).log().mean().neg();
        let known = truth.classes.clone().sum().clamp_min(1.0);
        let named = (log_softmax(answer.classes, 2) * truth.classes.clone()).sum().neg() / known;
        let spoken = (log_softmax(answer.spoken, 1) * truth.spoken.clone()).sum_dim(1).mean().neg();
        found + (named + spoken).mul_scalar(NAMING)
    }
}
