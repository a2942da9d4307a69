//! What a plausibility model sees of a caption.

use super::ngram::{Ngrams, padded};

/// How many weights the hashed word features share.
pub(crate) const HASHED: usize = 1 << 20;

/// How many features are numbers and not words.
pub(crate) const DENSE: usize = 6;

/// Numbers of a caption: what the language model says, its length, how rare its words are.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn dense(ngrams: &Ngrams, caption: &str) -> [f64; DENSE] {
    let logarithms = ngrams.logarithms(caption);
    let words: Vec<String> = caption.split_whitespace().map(str::to_lowercase).collect();
    let rarity: Vec<f64> = words.iter().map(|word| (f64::from(ngrams.seen(word)) + 1.0).ln()).collect();
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let least = |values: &[f64]| values.iter().copied().fold(0.0, f64::min);
    let count = logarithms.len().max(1) as f64;
    [
        sum(&logarithms) / 10.0,
        sum(&logarithms) / count,
        least(&logarithms) / 3.0,
        words.len() as f64,
        sum(&rarity) / words.len().max(1) as f64,
        -rarity.iter().copied().fold(20.0, f64::min) / 3.0,
    ]
}

/// Places of the weights of a caption: runs of one to three words, words two and three apart, and
/// words with their place from the start.
pub(crate) fn hashed(caption: &str) -> Vec<usize> {
    let words = padded(caption);
    let mut places = Vec::with_capacity(words.len() * 6);
    for end in 1..words.len() {
        let word = words[end].as_str();
        places.push(place(&["1", word]));
        places.push(place(&["2", &words[end - 1], word]));
        if end >= 2 {
            places.push(place(&["3", &words[end - 2], &words[end - 1], word]));
            places.push(place(&["2s", &words[end - 2], word]));
        }
        if end >= 3 {
            places.push(place(&["3s", &words[end - 3], word]));
        }
        let bucket = if end < 5 { end } else { 5 + end / 4 };
        places.push(place(&["p", &bucket.to_string(), word]));
    }
    places
}

/// FNV-1a over the parts, folded to the number of weights.
fn place(parts: &[&str]) -> usize {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.iter().flat_map(|part| part.bytes().chain(std::iter::once(0))) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    usize::try_from((hash ^ (hash >> 29)) % HASHED as u64).unwrap_or(0)
}
