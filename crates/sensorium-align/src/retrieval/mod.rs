//! How well items and texts find one another.

use rayon::prelude::*;

/// Rank of the first right answer of each query, counted from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranks(pub Vec<usize>);

impl Ranks {
    /// Share of the queries with a right answer among the first `k`.
    pub fn recall(&self, k: usize) -> f64 {
        self.0.iter().filter(|r| **r < k).count() as f64 / self.0.len().max(1) as f64
    }
}

/// Ranks of both directions, exact, by cosine of unit vectors: for each item that of the best of its texts,
/// for each text that of its item. Equal cosines count against.
pub fn ranks(items: &[Vec<f32>], texts: &[Vec<f32>], item_of_text: &[usize]) -> (Ranks, Ranks) {
    let scores: Vec<Vec<f32>> =
        items.par_iter().map(|item| texts.iter().map(|text| dot(item, text)).collect()).collect();
    let of_items = scores
        .par_iter()
        .enumerate()
        .map(|(i, row)| {
            let own = |t: &usize| item_of_text[*t] == i;
            let best = (0..row.len()).filter(own).map(|t| row[t]).fold(f32::NEG_INFINITY, f32::max);
            (0..row.len()).filter(|t| !own(t) && row[*t] >= best).count()
        })
        .collect();
    let of_texts = item_of_text
        .par_iter()
        .enumerate()
        .map(|(t, item)| {
            scores.iter().enumerate().filter(|(i, row)| i != item && row[t] >= scores[*item][t]).count()
        })
        .collect();
    (Ranks(of_items), Ranks(of_texts))
}

/// Inner product.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_best_text_and_of_the_item() {
        let items = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
        let texts = vec![vec![0.0, 1.0], vec![0.8, 0.6], vec![0.1, 0.9]];
        let (of_items, of_texts) = ranks(&items, &texts, &[0, 0, 1]);
        assert_eq!(of_items, Ranks(vec![0, 1]));
        assert_eq!(of_texts, Ranks(vec![1, 0, 0]));
        assert_eq!((of_items.recall(1), of_texts.recall(2)), (0.5, 1.0));
    }

    #[test]
    fn ties_count_against() {
        let same = vec![vec![1.0], vec![1.0]];
        let (of_items, of_texts) = ranks(&same, &same, &[0, 1]);
        assert_eq!((of_items, of_texts), (Ranks(vec![1, 1]), Ranks(vec![1, 1])));
    }
}
