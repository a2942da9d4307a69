//! Word vectors from which words are said of the same picture.

use super::captions::Captioned;
use crate::error::AlignError;
use crate::model::word_numbers;
use faer::{Mat, Side};
use std::collections::BTreeMap;

/// Words beyond the commonest so many start at zero: the matrix must fit into memory.
const MOST: usize = 4_000;
/// A word's count in one picture's captions is cut here.
const CLAMP: f32 = 3.0;
/// Exponent that lifts the probability of rare contexts.
const CONTEXT: f32 = 0.75;
/// Pairs that are seen together less are taken for chance.
const LEAST: f32 = 0.2;
/// Root mean square of the vectors' numbers.
const SIZE: f32 = 0.3;

/// Start vectors of `dim` numbers for the words 0 to `vocabulary` − 1, `[word, dim]` row-major. The captions of
/// a picture are one bag. Of the positive pointwise mutual information of words in bags, the eigenvectors of
/// the largest eigenvalues, each times the root of its eigenvalue (Levy & Goldberg 2014, Neural word embedding
/// as implicit matrix factorization, section 4; contexts smoothed as in Levy, Goldberg & Dagan 2015,
/// equation 3). Word 0, that stands for unknown ones, is at zero.
///
/// # Errors
/// When the eigenvalues cannot be found.
pub fn word_vectors(pictures: &[Captioned], vocabulary: usize, dim: usize) -> Result<Vec<f32>, AlignError> {
    let words = vocabulary.min(MOST);
    let mut vectors = vec![0.0f32; vocabulary * dim];
    if words == 0 {
        return Ok(vectors);
    }
    let information = mutual_information(&bags(pictures, words), words);
    let matrix = Mat::<f64>::from_fn(words, words, |i, j| f64::from(information[i * words + j]));
    let eigen = matrix
        .self_adjoint_eigen(Side::Lower)
        .map_err(|e| AlignError::invalid(format!("no word vectors can be made of these captions: {e:?}")))?;
    // Ascending in faer.
    for k in 0..dim.min(words) {
        let column = words - 1 - k;
        let root = eigen.S()[column].max(0.0).sqrt();
        for word in 0..words {
            vectors[word * dim + k] = (root * eigen.U()[(word, column)]) as f32;
        }
    }
    vectors[..dim].fill(0.0);
    let square: f64 = vectors.iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
    let size = (square / (words * dim).max(1) as f64).sqrt().max(1e-12) as f32;
    vectors.iter_mut().for_each(|v| *v *= SIZE / size);
    Ok(vectors)
}

/// Known words of each picture's captions with their cut counts, at most 1.
fn bags(pictures: &[Captioned], words: usize) -> Vec<Vec<(usize, f32)>> {
    let bag = |picture: &Captioned| -> Vec<(usize, f32)> {
        let mut counts: BTreeMap<usize, f32> = BTreeMap::new();
        for word in picture.captions.iter().flat_map(|caption| word_numbers(caption)) {
            if word > 0 && word < words {
                *counts.entry(word).or_default() += 1.0;
            }
        }
        counts.into_iter().map(|(word, n)| (word, n.min(CLAMP) / CLAMP)).collect()
    };
    pictures.iter().map(bag).collect()
}

/// max(0, log (p(i, j) / (p(i) q(j)))), q being p to the power of ¾, `[word, word]`. Words are numbered by how
/// common they are; of a pair the commoner is the context in both places.
fn mutual_information(bags: &[Vec<(usize, f32)>], words: usize) -> Vec<f32> {
    let mut joint = vec![0.0f32; words * words];
    for bag in bags {
        for (i, a) in bag {
            for (j, b) in bag {
                joint[i * words + j] += a * b;
            }
        }
    }
    let of_word: Vec<f32> = joint.chunks_exact(words).map(|row| row.iter().sum::<f32>().max(1e-6)).collect();
    let context: Vec<f32> = of_word.iter().map(|p| p.powf(CONTEXT)).collect();
    let all: f32 = context.iter().sum();
    let mut information = vec![0.0f32; words * words];
    for i in 0..words {
        for j in 0..=i {
            let together = joint[i * words + j];
            if together >= LEAST {
                let value = (together * all / (of_word[i] * context[j])).ln().max(0.0);
                information[i * words + j] = value;
                information[j * words + i] = value;
            }
        }
    }
    information
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Vocabulary;
    use crate::retrieval::dot;
    use std::sync::Arc;

    #[test]
    fn words_of_the_same_pictures_come_to_lie_together() {
        let said = [["a dog barks", "the dog runs"], ["a ball flies", "the ball rolls"]];
        let all = (0..8).flat_map(|i| said[i % 2]);
        let vocabulary = Vocabulary::fit(all, 1, 10);
        let pictures: Vec<Captioned> = (0..8)
            .map(|i| Captioned {
                captions: said[i % 2].iter().map(|c| Arc::new(vocabulary.sequence(c))).collect(),
                ..Captioned::default()
            })
            .collect();
        let dim = 4;
        let vectors = word_vectors(&pictures, vocabulary.size(), dim).unwrap();
        let number = |word: &str| word_numbers(&vocabulary.sequence(word)).next().unwrap();
        let vector = |word: &str| &vectors[number(word) * dim..][..dim];
        let cosine = |a: &str, b: &str| {
            let (a, b) = (vector(a), vector(b));
            dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
        };
        assert!(cosine("dog", "barks") > 0.9, "{}", cosine("dog", "barks"));
        assert!(cosine("dog", "ball").abs() < 0.3, "{}", cosine("dog", "ball"));
        assert!(vectors[..dim].iter().all(|v| *v == 0.0));
        let size = (vectors.iter().map(|v| v * v).sum::<f32>() / vectors.len() as f32).sqrt();
        assert!((size - SIZE).abs() < 1e-4, "{size}");
    }

    #[test]
    fn information_is_that_of_the_formula() {
        // Word 1 in every bag, word 2 in one of two: joint counts 2, 1, 1, 1 for (1,1), (1,2), (2,1), (2,2).
        let bags = vec![vec![(1, 1.0), (2, 1.0)], vec![(1, 1.0)]];
        let found = mutual_information(&bags, 3);
        let all = 3.0f32.powf(0.75) + 2.0f32.powf(0.75) + 1e-6f32.powf(0.75);
        let expected = (all / (2.0 * 3.0f32.powf(0.75))).ln().max(0.0);
        assert!((found[2 * 3 + 1] - expected).abs() < 1e-5 && found[2 * 3 + 1] == found[3 + 2]);
        assert_eq!(found[0], 0.0);
        let own = (all / (2.0 * 2.0f32.powf(0.75))).ln().max(0.0);
        assert!((found[2 * 3 + 2] - own).abs() < 1e-5);
    }
}
