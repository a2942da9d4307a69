//! A logistic regression that tells true captions from their edits by text alone.

use std::collections::BTreeMap;

use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::centre::Centre;
use super::features::{DENSE, HASHED, dense, hashed};
use super::ngram::Ngrams;
use crate::edit::{Editor, Family};

/// Edits of one family and caption to train with.
const EDITS: usize = 3;
/// Rounds over the training pairs.
const ROUNDS: usize = 4;
/// Step of the adaptive gradient method.
const STEP: f64 = 0.1;
/// Shrinkage of the weights of words.
const SHRINK: f64 = 1e-4;

/// A model of how plausible a caption is by its text: a trigram language model and, over its score
/// and over n-grams of words, a logistic regression that was trained to tell true captions from
/// their edits.
#[derive(Debug, Clone)]
pub struct Plausibility {
    ngrams: Ngrams,
    words: Vec<f32>,
    numbers: [f64; DENSE],
    centre: Centre,
}

/// The difference of the features of a true caption and of its edit.
struct Example {
    words: Vec<(usize, f64)>,
    numbers: [f64; DENSE],
}

impl Plausibility {
    /// Fits the language model on the captions of some pictures, makes a few edits of each family
    /// and caption, and trains the regression on the pairs.
    ///
    /// `captions` has a key for each picture and its captions, of which no edit is let equal one.
    #[must_use]
    pub fn fit(captions: &[(String, Vec<String>)], editor: &Editor, families: &[Family], seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut pairs = Vec::new();
        for (picture, (_, texts)) in captions.iter().enumerate() {
            for text in texts {
                for family in families {
                    let found = editor.candidates(text, *family, texts);
                    for (edit, _) in found.choose_multiple(&mut rng, EDITS) {
                        pairs.push((picture, text.as_str(), edit.clone()));
                    }
                }
            }
        }
        let mut trained = Self::train(captions, &pairs, &mut rng);
        trained.centre = Self::calibrate(captions, &pairs, &mut rng);
        trained
    }

    /// Fits two models on two thirds of the pictures, and compares them on the last third.
    fn calibrate(
        captions: &[(String, Vec<String>)],
        pairs: &[(usize, &str, String)],
        rng: &mut ChaCha8Rng,
    ) -> Centre {
        let thirds: Vec<u32> = captions.iter().map(|_| rng.random_range(0..3)).collect();
        let in_third = |third: u32| {
            let chosen = pairs.iter().filter(|(picture, ..)| thirds.get(*picture) == Some(&third));
            chosen.cloned().collect::<Vec<_>>()
        };
        let mut model = |third: u32| {
            let without = |of: &u32| *of != third;
            let some: Vec<(String, Vec<String>)> = captions
                .iter()
                .zip(&thirds)
                .map(|((key, texts), of)| (key.clone(), if without(of) { Vec::new() } else { texts.clone() }))
                .collect();
            Self::train(&some, &in_third(third), rng)
        };
        let models = [model(0), model(1)];
        let last = in_third(2);
        let gaps =
            |model: &Self| last.iter().map(|(_, text, edit)| model.gap(text, edit)).collect::<Vec<_>>();
        let nats = |model: &Self| {
            let of = |text: &str| model.ngrams.score(text);
            last.iter().map(|(_, text, edit)| of(text) - of(edit)).collect::<Vec<_>>()
        };
        Centre {
            gap: Centre::between(&gaps(&models[0]), &gaps(&models[1])),
            nats: Centre::between(&nats(&models[0]), &nats(&models[1])),
        }
    }

    /// Where to balance gaps.
    pub(crate) fn centre(&self) -> Centre {
        self.centre
    }

    /// As [`fit`](Self::fit), with given pairs of a true caption and its edit, each with the
    /// place of its picture in `captions`.
    #[must_use]
    pub fn fit_pairs(
        captions: &[(String, Vec<String>)],
        pairs: &[(usize, String, String)],
        seed: u64,
    ) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let pairs: Vec<(usize, &str, String)> =
            pairs.iter().map(|(picture, text, edit)| (*picture, text.as_str(), edit.clone())).collect();
        Self::train(captions, &pairs, &mut rng)
    }

    /// Trains with language models that have not seen the pictures whose captions they score: one
    /// of two halves scores the other.
    fn train(
        captions: &[(String, Vec<String>)],
        pairs: &[(usize, &str, String)],
        rng: &mut ChaCha8Rng,
    ) -> Self {
        let halves: Vec<bool> = captions.iter().map(|_| rng.random()).collect();
        let model = |half: Option<bool>| {
            let chosen = captions.iter().zip(&halves).filter(|(_, of)| half.is_none_or(|half| **of == half));
            Ngrams::fit(chosen.flat_map(|((_, texts), _)| texts.iter().map(String::as_str)))
        };
        let (first, second) = (model(Some(true)), model(Some(false)));
        let mut examples: Vec<Example> = pairs
            .iter()
            .map(|(picture, text, edit)| {
                let other = if halves.get(*picture) == Some(&true) { &second } else { &first };
                example(other, text, edit)
            })
            .collect();
        let mut trained = Self {
            ngrams: model(None),
            words: vec![0.0; HASHED],
            numbers: [0.0; DENSE],
            centre: Centre::default(),
        };
        trained.descend(&mut examples, rng);
        trained
    }

    /// Adaptive gradient descent (Duchi, Hazan and Singer 2011, JMLR 12:2121-2159) on the logistic
    /// loss of the difference.
    #[allow(clippy::cast_possible_truncation)]
    fn descend(&mut self, examples: &mut [Example], rng: &mut ChaCha8Rng) {
        let mut past = vec![1e-2_f32; HASHED];
        let mut past_numbers = [1.0_f64; DENSE];
        for _ in 0..ROUNDS {
            examples.shuffle(rng);
            for example in examples.iter() {
                let pull = 1.0 / (1.0 + self.gap_of(example).exp());
                for (place, value) in &example.words {
                    let gradient = pull * value - SHRINK * f64::from(self.words[*place]);
                    past[*place] += (gradient * gradient) as f32;
                    self.words[*place] += (STEP * gradient / f64::from(past[*place]).sqrt()) as f32;
                }
                let values = self.numbers.iter_mut().zip(&mut past_numbers).zip(&example.numbers);
                for ((weight, past), value) in values {
                    let gradient = pull * value;
                    *past += gradient * gradient;
                    *weight += STEP * gradient / past.sqrt();
                }
            }
        }
    }

    fn gap_of(&self, example: &Example) -> f64 {
        let words: f64 =
            example.words.iter().map(|(place, value)| f64::from(self.words[*place]) * value).sum();
        words + self.numbers.iter().zip(&example.numbers).map(|(weight, value)| weight * value).sum::<f64>()
    }

    /// How plausible a caption is; only differences between captions mean anything.
    #[must_use]
    pub fn score(&self, caption: &str) -> f64 {
        let words: f64 = hashed(caption).iter().map(|place| f64::from(self.words[*place])).sum();
        let numbers = dense(&self.ngrams, caption);
        words + self.numbers.iter().zip(&numbers).map(|(weight, value)| weight * value).sum::<f64>()
    }

    /// How much more plausible one caption is than another, as a log-odds.
    #[must_use]
    pub fn gap(&self, caption: &str, edit: &str) -> f64 {
        self.gap_of(&example(&self.ngrams, caption, edit))
    }

    /// The language model alone.
    #[must_use]
    pub fn ngrams(&self) -> &Ngrams {
        &self.ngrams
    }

    /// The share of pairs of a true caption and its edit in which the true one is the more
    /// plausible; a tie counts half. One half is chance. No pairs give one half.
    #[must_use]
    pub fn accuracy<'a>(&self, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> f64 {
        share(pairs.map(|(caption, edit)| self.gap(caption, edit)))
    }
}

/// The share of positive gaps, ties counting half; one half where there are none.
pub(crate) fn share(gaps: impl Iterator<Item = f64>) -> f64 {
    let (mut won, mut count) = (0.0, 0.0);
    for gap in gaps {
        count += 1.0;
        won += if gap > 0.0 {
            1.0
        } else if gap < 0.0 {
            0.0
        } else {
            0.5
        };
    }
    if count > 0.0 { won / count } else { 0.5 }
}

fn example(ngrams: &Ngrams, text: &str, edit: &str) -> Example {
    let mut words: BTreeMap<usize, f64> = BTreeMap::new();
    for place in hashed(text) {
        *words.entry(place).or_default() += 1.0;
    }
    for place in hashed(edit) {
        *words.entry(place).or_default() -= 1.0;
    }
    let words = words.into_iter().filter(|(_, value)| *value != 0.0).collect();
    let (one, other) = (dense(ngrams, text), dense(ngrams, edit));
    let mut numbers = one;
    numbers.iter_mut().zip(other).for_each(|(value, other)| *value -= other);
    Example { words, numbers }
}
