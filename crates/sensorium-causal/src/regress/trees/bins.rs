//! Features as small whole numbers, so that a split is found by counting.

use rayon::prelude::*;

/// Columns cut into at most 255 ranges with about the same number of rows each.
pub(super) struct Binned {
    /// `codes[feature][row]`: the first edge that is not below the value.
    pub(super) codes: Vec<Vec<u8>>,
    /// `edges[feature]`, ascending: halfway between neighbouring values.
    pub(super) edges: Vec<Vec<f64>>,
}

impl Binned {
    pub(super) fn new(columns: &[&[f64]], bins: usize) -> Self {
        let bins = bins.clamp(2, 255);
        let (codes, edges) = columns
            .par_iter()
            .map(|column| {
                let edges = edges(column, bins);
                let codes = column.iter().map(|v| edges.partition_point(|e| e < v) as u8).collect();
                (codes, edges)
            })
            .unzip();
        Self { codes, edges }
    }
}

fn edges(column: &[f64], bins: usize) -> Vec<f64> {
    let mut sorted = column.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    let middle = |low: f64, high: f64| low + (high - low) / 2.0;
    if distinct.len() <= bins {
        return distinct.windows(2).map(|w| middle(w[0], w[1])).collect();
    }
    let mut edges: Vec<f64> = (1..bins)
        .filter_map(|k| {
            let low = sorted[k * sorted.len() / bins - 1];
            let next = distinct.partition_point(|v| *v <= low);
            distinct.get(next).map(|high| middle(low, *high))
        })
        .collect();
    edges.dedup();
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_get_a_range_each() {
        let binned = Binned::new(&[&[3.0, 1.0, 3.0, 2.0]], 255);
        assert_eq!(binned.codes[0], [2, 0, 2, 1]);
        assert_eq!(binned.edges[0], [1.5, 2.5]);
    }

    #[test]
    fn many_values_are_cut_evenly() {
        let column: Vec<f64> = (0..1000).map(f64::from).collect();
        let binned = Binned::new(&[&column], 10);
        for code in 0..10 {
            assert_eq!(binned.codes[0].iter().filter(|c| **c == code).count(), 100);
        }
    }
}
