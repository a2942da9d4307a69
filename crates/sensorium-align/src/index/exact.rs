//! Exact search: every vector is compared. The reference for the graph's answers.

// Wide dot products need the processor's own instructions; the one call says why it holds.
#![allow(unsafe_code)]

use super::vectors::Vectors;
use rayon::prelude::*;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Rows compared with every query while they are in the cache.
const BLOCK: usize = 256;

/// A row and its cosine; greater means better, and on a tie the earlier row is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scored {
    pub score: f32,
    pub row: usize,
}

impl Eq for Scored {}

impl Ord for Scored {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.row.cmp(&self.row))
    }
}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The best `k` of what is offered.
struct Best {
    k: usize,
    heap: BinaryHeap<Reverse<Scored>>,
}

impl Best {
    fn offer(&mut self, scored: Scored) {
        if self.heap.len() < self.k {
            self.heap.push(Reverse(scored));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && worst.0 < scored
        {
            *worst = Reverse(scored);
        }
    }
}

/// For each query (unit, `[dim]`) the best `k` of `rows`, best first.
pub(crate) fn top_k(vectors: &Vectors, rows: &[u32], queries: &[Vec<f32>], k: usize) -> Vec<Vec<Scored>> {
    let dot = Dot::detect();
    let start = || queries.iter().map(|_| Best { k, heap: BinaryHeap::new() }).collect::<Vec<_>>();
    let best = rows
        .par_chunks(BLOCK)
        .fold(start, |mut best, block| {
            for (query, best) in queries.iter().zip(&mut best) {
                for &row in block {
                    let row = row as usize;
                    best.offer(Scored { score: dot.of(query, vectors.row(row)), row });
                }
            }
            best
        })
        .reduce(start, |mut a, b| {
            for (a, b) in a.iter_mut().zip(b) {
                b.heap.into_iter().for_each(|Reverse(scored)| a.offer(scored));
            }
            a
        });
    best.into_iter().map(|best| sorted(best.heap.into_iter().map(|Reverse(scored)| scored), k)).collect()
}

/// The cosines of the given rows with one query, the best `k` of them, best first.
pub(crate) fn rescore(
    vectors: &Vectors,
    rows: impl Iterator<Item = usize>,
    query: &[f32],
    k: usize,
) -> Vec<Scored> {
    let dot = Dot::detect();
    sorted(rows.map(|row| Scored { score: dot.of(query, vectors.row(row)), row }), k)
}

fn sorted(scored: impl Iterator<Item = Scored>, k: usize) -> Vec<Scored> {
    let mut all: Vec<_> = scored.collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.truncate(k);
    all
}

/// The widest dot product this processor has. One kind serves all searches of a machine, so that
/// exact and graph searches give a row the same score.
#[derive(Clone, Copy)]
enum Dot {
    Plain,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Dot {
    fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Self::Avx2;
        }
        Self::Plain
    }

    #[inline]
    fn of(self, a: &[f32], b: &[f32]) -> f32 {
        match self {
            Self::Plain => dot(a, b, |x, y, sum| x * y + sum),
            // SAFETY: `detect` found both features on this processor.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { dot_avx2(a, b) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn dot_avx2(a: &[f32], b: &[f32]) -> f32 {
    dot(a, b, |x, y, sum| x.mul_add(y, sum))
}

#[inline(always)]
fn dot(a: &[f32], b: &[f32], step: impl Fn(f32, f32, f32) -> f32) -> f32 {
    const LANES: usize = 32;
    let mut sums = [0.0f32; LANES];
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            sums[lane] = step(a[lane], b[lane], sums[lane]);
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    a_rest.iter().zip(b_rest).fold(sums[0], |sum, (&x, &y)| step(x, y, sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_is_right_for_every_length() {
        for n in 0..100 {
            let a: Vec<f32> = (0..n).map(|i| (i as f32 * 0.7).sin()).collect();
            let b: Vec<f32> = (0..n).map(|i| (i as f32 * 0.3).cos()).collect();
            let want: f64 = a.iter().zip(&b).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
            assert!((f64::from(Dot::detect().of(&a, &b)) - want).abs() < 1e-5, "{n}");
            assert!((f64::from(Dot::Plain.of(&a, &b)) - want).abs() < 1e-5, "{n}");
        }
    }

    #[test]
    fn ties_go_to_the_earlier_row() {
        let mut vectors = Vectors::empty(2);
        (0..600).for_each(|_| vectors.push(&[1.0, 0.0]));
        let rows: Vec<u32> = (0..600).collect();
        let best = top_k(&vectors, &rows, &[vec![1.0, 0.0]], 3);
        assert_eq!(best[0].iter().map(|s| s.row).collect::<Vec<_>>(), [0, 1, 2]);
    }
}
