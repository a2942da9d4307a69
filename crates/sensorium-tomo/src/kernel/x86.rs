//! Resampling with AVX2 and AVX-512.
//!
//! Neighbouring results read neighbouring entries: at a step of at most 1.9 all that a register of results
//! needs lies in two registers of entries. So both are loaded once and results pick theirs by permutation,
//! instead of by gathering, which is many times slower on most machines.

#![allow(unsafe_code)]

use super::simd::Simd;
use std::arch::x86_64::*;

/// 16 lanes.
pub(crate) struct Avx512;

impl Simd for Avx512 {
    // The last lane reads entries up to 1 + 15 · step + 1 < 32.
    const MOST_STEP: f64 = 1.93;

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn inner(sums: &mut [f32], source: &[f32], start: f64, step: f64) {
        let lanes = _mm512_setr_ps(
            0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0,
        );
        let offsets = _mm512_mul_ps(lanes, _mm512_set1_ps(step as f32));
        let one = _mm512_set1_epi32(1);
        let (mut place, stride) = (start, 16.0 * step);
        let mut done = 0;
        while done < sums.len() {
            let left = sums.len() - done;
            let mask: __mmask16 = if left >= 16 { 0xffff } else { (1u16 << left) - 1 };
            // SAFETY: `place` is the position of the first sum of this block, so by the contract it is not
            // negative and `SLACK` ≥ 32 entries from it on are within `source`; sums are read and written
            // under a mask that leaves out what is beyond them.
            unsafe {
                let index: i64 = place.to_int_unchecked();
                let from = source.as_ptr().add(index as usize);
                let (low_half, high_half) = (_mm512_loadu_ps(from), _mm512_loadu_ps(from.add(16)));
                let at = _mm512_add_ps(offsets, _mm512_set1_ps((place - index as f64) as f32));
                let whole = _mm512_cvttps_epi32(at);
                let part = _mm512_sub_ps(at, _mm512_cvtepi32_ps(whole));
                let low = _mm512_permutex2var_ps(low_half, whole, high_half);
                let high = _mm512_permutex2var_ps(low_half, _mm512_add_epi32(whole, one), high_half);
                let into = sums.as_mut_ptr().add(done);
                let sum = _mm512_add_ps(_mm512_maskz_loadu_ps(mask, into), low);
                let sum = _mm512_fmadd_ps(part, _mm512_sub_ps(high, low), sum);
                _mm512_mask_storeu_ps(into, mask, sum);
            }
            place += stride;
            done += 16;
        }
    }
}

/// 8 lanes.
pub(crate) struct Avx2;

impl Simd for Avx2 {
    // The last lane reads entries up to 1 + 7 · step + 1 < 16.
    const MOST_STEP: f64 = 1.9;

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn inner(sums: &mut [f32], source: &[f32], start: f64, step: f64) {
        let lanes = _mm256_setr_ps(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0);
        let numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        let offsets = _mm256_mul_ps(lanes, _mm256_set1_ps(step as f32));
        let one = _mm256_set1_epi32(1);
        let (mut place, stride) = (start, 8.0 * step);
        let mut done = 0;
        while done < sums.len() {
            let left = (sums.len() - done).min(8) as i32;
            let mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(left), numbers);
            // SAFETY: `place` is the position of the first sum of this block, so by the contract it is not
            // negative and `SLACK` ≥ 16 entries from it on are within `source`; sums are read and written
            // under a mask that leaves out what is beyond them.
            unsafe {
                let index: i64 = place.to_int_unchecked();
                let from = source.as_ptr().add(index as usize);
                let (low_half, high_half) = (_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8)));
                let at = _mm256_add_ps(offsets, _mm256_set1_ps((place - index as f64) as f32));
                let whole = _mm256_cvttps_epi32(at);
                let part = _mm256_sub_ps(at, _mm256_cvtepi32_ps(whole));
                let pick = |entry: __m256i| {
                    // A permutation looks at the lowest three bits; the fourth says which half.
                    let half = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(entry));
                    let low = _mm256_permutevar8x32_ps(low_half, entry);
                    _mm256_blendv_ps(low, _mm256_permutevar8x32_ps(high_half, entry), half)
                };
                let (low, high) = (pick(whole), pick(_mm256_add_epi32(whole, one)));
                let into = sums.as_mut_ptr().add(done);
                let sum = _mm256_add_ps(_mm256_maskload_ps(into, mask), low);
                _mm256_maskstore_ps(into, mask, _mm256_fmadd_ps(part, _mm256_sub_ps(high, low), sum));
            }
            place += stride;
            done += 8;
        }
    }
}
