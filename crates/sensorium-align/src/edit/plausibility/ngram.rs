//! A trigram language model with absolute discounting.

use std::collections::HashMap;

/// What is taken from every count and given to the shorter context.
const DISCOUNT: f64 = 0.75;

/// A trigram language model: counts with absolute discounting, interpolated down to single words
/// (Ney, Essen and Kneser 1994, Computer Speech and Language 8:1-38).
#[derive(Debug, Clone, Default)]
pub struct Ngrams {
    vocabulary: HashMap<String, u32>,
    /// Contexts of two, one and no words with how often and how many sorts of words followed.
    contexts: HashMap<Vec<u32>, (u32, u32)>,
    counts: HashMap<Vec<u32>, u32>,
}

impl Ngrams {
    /// Counts captions, without regard to case.
    #[must_use]
    pub fn fit<'a>(captions: impl Iterator<Item = &'a str>) -> Self {
        let mut model = Self::default();
        for caption in captions {
            let ids: Vec<u32> = padded(caption)
                .into_iter()
                .map(|word| {
                    let next = u32::try_from(model.vocabulary.len()).unwrap_or(u32::MAX - 1) + 1;
                    *model.vocabulary.entry(word).or_insert(next)
                })
                .collect();
            for end in 2..ids.len() {
                for start in end - 2..=end {
                    let seen = model.counts.entry(ids[start..=end].to_vec()).or_default();
                    *seen += 1;
                    let context = model.contexts.entry(ids[start..end].to_vec()).or_default();
                    context.0 += 1;
                    context.1 += u32::from(*seen == 1);
                }
            }
        }
        model
    }

    /// The natural logarithm of the probability of each word of a caption and of its end.
    #[must_use]
    pub fn logarithms(&self, caption: &str) -> Vec<f64> {
        let ids: Vec<u32> =
            padded(caption).iter().map(|word| self.vocabulary.get(word).copied().unwrap_or(0)).collect();
        (2..ids.len()).map(|end| self.probability(&ids[end - 2..=end]).ln()).collect()
    }

    /// The natural logarithm of the probability of a caption.
    #[must_use]
    pub fn score(&self, caption: &str) -> f64 {
        self.logarithms(caption).iter().sum()
    }

    /// How often a word was seen.
    pub(crate) fn seen(&self, word: &str) -> u32 {
        let id = self.vocabulary.get(word).copied().unwrap_or(0);
        self.counts.get([id].as_slice()).copied().unwrap_or(0)
    }

    fn probability(&self, gram: &[u32]) -> f64 {
        let Some((_, rest)) = gram.split_first() else {
            #[allow(clippy::cast_precision_loss)]
            return 1.0 / (self.vocabulary.len() as f64 + 1.0);
        };
        let shorter = self.probability(rest);
        let context = &gram[..gram.len() - 1];
        let Some((total, kinds)) = self.contexts.get(context) else { return shorter };
        let seen = f64::from(self.counts.get(gram).copied().unwrap_or(0));
        let total = f64::from(*total);
        (seen - DISCOUNT).max(0.0) / total + DISCOUNT * f64::from(*kinds) / total * shorter
    }
}

/// The words in lower case with two marks before and one after.
pub(crate) fn padded(caption: &str) -> Vec<String> {
    let words = caption.split_whitespace().map(str::to_lowercase);
    let start = ["<s>", "<s>"].into_iter().map(str::to_owned);
    start.chain(words).chain(std::iter::once("</s>".to_owned())).collect()
}
