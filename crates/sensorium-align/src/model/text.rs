//! From words to token features.

use crate::error::AlignError;
use crate::sequence::Sequence;
use burn::tensor::Device;
use sensorium_nn::tower::Sentences;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Which front end language has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextKind {
    /// Token vectors of MiniLM.
    Minilm,
    /// Numbers of words, for a tower that is trained from scratch.
    Words,
}

/// Front end of language.
#[derive(Clone, Debug)]
pub enum TextFront {
    /// MiniLM, frozen.
    MiniLm(Box<Sentences>),
    /// Words of the training texts.
    Words(Vocabulary),
}

impl TextFront {
    /// Which it is.
    pub const fn kind(&self) -> TextKind {
        match self {
            Self::MiniLm(_) => TextKind::Minilm,
            Self::Words(_) => TextKind::Words,
        }
    }

    /// Token features of sentences.
    ///
    /// # Errors
    /// When the tokenizer fails.
    pub fn sequences(&self, texts: &[&str], device: &Device) -> Result<Vec<Sequence>, AlignError> {
        match self {
            Self::MiniLm(sentences) => {
                let tokens = sentences.tokens(texts, device)?;
                Ok(tokens
                    .into_iter()
                    .map(|s| {
                        let width = s.values.len() / s.tokens.max(1);
                        Sequence::new(&s.values, width)
                    })
                    .collect())
            }
            Self::Words(vocabulary) => Ok(texts.iter().map(|t| vocabulary.sequence(t)).collect()),
        }
    }
}

/// Words of the training texts, the commonest first; number 0 stands for all others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    words: Vec<String>,
    #[serde(skip)]
    numbers: HashMap<String, u16>,
    longest: usize,
}

/// What two digits in base 2,048 leave room for, and then some.
const LARGEST: usize = 65_000;

impl Vocabulary {
    /// Words that occur at least `least` times in `texts`; sentences are cut to `longest` words.
    pub fn fit<'a>(texts: impl Iterator<Item = &'a str>, least: usize, longest: usize) -> Self {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for text in texts {
            for word in words(text) {
                *counts.entry(word).or_default() += 1;
            }
        }
        let mut kept: Vec<(String, usize)> = counts.into_iter().filter(|(_, n)| *n >= least).collect();
        kept.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        kept.truncate(LARGEST);
        Self { words: kept.into_iter().map(|(w, _)| w).collect(), numbers: HashMap::new(), longest }.indexed()
    }

    /// With the numbers by word, after reading from a file.
    pub fn indexed(mut self) -> Self {
        self.numbers = self.words.iter().enumerate().map(|(i, w)| (w.clone(), (i + 1) as u16)).collect();
        self
    }

    /// How many numbers there are.
    pub fn size(&self) -> usize {
        self.words.len() + 1
    }

    /// A sentence's words as numbers, one a token: its low and high digit in base 2,048 (half precision
    /// keeps those exactly).
    pub fn sequence(&self, text: &str) -> Sequence {
        let mut numbers: Vec<u16> = words(text)
            .take(self.longest.max(1))
            .map(|w| self.numbers.get(&w).copied().unwrap_or(0))
            .collect();
        if numbers.is_empty() {
            numbers.push(0);
        }
        let values: Vec<f32> =
            numbers.iter().flat_map(|n| [f32::from(n % WORD_BASE), f32::from(n / WORD_BASE)]).collect();
        Sequence::new(&values, 2)
    }
}

/// See [`Vocabulary::sequence`].
pub const WORD_BASE: u16 = 2048;

/// The numbers that [`Vocabulary::sequence`] has made of a sentence's words.
pub fn word_numbers(sequence: &Sequence) -> impl Iterator<Item = usize> + '_ {
    let base = usize::from(WORD_BASE);
    sequence.values.chunks_exact(2).map(move |d| d[0].to_f32() as usize + d[1].to_f32() as usize * base)
}

/// Lower-case words and numbers of a sentence.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).map(str::to_lowercase)
}
