//! How fast the kernels could be: their arithmetic with everything in the nearest cache.

#![allow(unsafe_code)]

use super::Isa;
use super::simd::{SLACK, Simd, dispatch, resample_add};
use std::time::Instant;

/// Voxel updates a second if nothing but arithmetic took time, for columns of `depth` voxels that read `rows`
/// rows, on all threads of the pool: the two loops of [`super::Backprojector`], mixing two columns and
/// resampling the mix, again and again on the same columns, which stay in the nearest cache.
pub fn measure_limit(isa: Isa, depth: usize, rows: usize) -> f64 {
    let repeats = 20_000;
    let seconds = || {
        let all = rayon::broadcast(|_| column_seconds(isa, depth, rows, repeats));
        all.into_iter().fold(0.0, f64::max)
    };
    // The best of a few: what else the machine does is not the kernel's.
    let best = (0..8).map(|_| seconds()).fold(f64::INFINITY, f64::min);
    (rayon::current_num_threads() * depth * repeats) as f64 / best
}

fn column_seconds(isa: Isa, depth: usize, rows: usize, repeats: usize) -> f64 {
    let column = |seed: usize| (0..rows + 2).map(|i| ((i * 31 + seed) % 19) as f32).collect::<Vec<f32>>();
    let (low, high) = (column(1), column(5));
    let (mut sums, mut mix) = (vec![0.0f32; depth], vec![0.0f32; rows + 2 + SLACK]);
    let began = Instant::now();
    repeat(isa, &mut sums, &mut mix, &low, &high, repeats);
    std::hint::black_box(&sums);
    began.elapsed().as_secs_f64()
}

fn repeat(isa: Isa, sums: &mut [f32], mix: &mut [f32], low: &[f32], high: &[f32], repeats: usize) {
    dispatch!(
        isa,
        repeat_with(sums: &mut [f32], mix: &mut [f32], low: &[f32], high: &[f32], repeats: usize)
    );
}

/// # Safety
/// The instruction set of `S` must be there.
#[inline(always)]
unsafe fn repeat_with<S: Simd>(sums: &mut [f32], mix: &mut [f32], low: &[f32], high: &[f32], repeats: usize) {
    let length = low.len();
    let step = (length - 2) as f64 / sums.len() as f64;
    for i in 0..repeats {
        let (left, right) = (i as f32 * 1e-9, 1.0 - i as f32 * 1e-9);
        for ((mixed, low), high) in mix.iter_mut().zip(low).zip(high) {
            *mixed = left * low + right * high;
        }
        // SAFETY: the set is there by this function's contract.
        unsafe { resample_add::<S>(sums, mix, length, 0.25, step) };
        std::hint::black_box(&mut *sums);
    }
}
