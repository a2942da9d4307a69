//! Resampling with NEON: the permutations of the x86 kernels as table lookups.

#![allow(unsafe_code)]

use super::simd::Simd;
use std::arch::aarch64::*;

/// 4 lanes.
pub(crate) struct Neon;

impl Simd for Neon {
    // The last lane reads entries up to 1 + 3 · step + 1 < 8.
    const MOST_STEP: f64 = 1.9;

    #[inline]
    unsafe fn inner(sums: &mut [f32], source: &[f32], start: f64, step: f64) {
        let (mut place, stride) = (start, 4.0 * step);
        let mut done = 0;
        // SAFETY: every 64-bit ARM machine has NEON. `place` is the position of the first sum of a block, so
        // by the contract it is not negative and `SLACK` ≥ 8 entries from it on are within `source`; sums
        // are read and written four at a time only where four are left.
        unsafe {
            let lanes = vld1q_f32([0.0f32, 1.0, 2.0, 3.0].as_ptr());
            let offsets = vmulq_n_f32(lanes, step as f32);
            while done < sums.len() {
                let index: i64 = place.to_int_unchecked();
                let from = source.as_ptr().add(index as usize);
                let halves = uint8x16x2_t(
                    vreinterpretq_u8_f32(vld1q_f32(from)),
                    vreinterpretq_u8_f32(vld1q_f32(from.add(4))),
                );
                let at = vaddq_f32(offsets, vdupq_n_f32((place - index as f64) as f32));
                let whole = vcvtq_u32_f32(at);
                let part = vsubq_f32(at, vcvtq_f32_u32(whole));
                let pick = |entry: uint32x4_t| {
                    // Entry e is the bytes 4e, 4e + 1, 4e + 2, 4e + 3 of the table.
                    let bytes = vmlaq_u32(vdupq_n_u32(0x0302_0100), entry, vdupq_n_u32(0x0404_0404));
                    vreinterpretq_f32_u8(vqtbl2q_u8(halves, vreinterpretq_u8_u32(bytes)))
                };
                let (low, high) = (pick(whole), pick(vaddq_u32(whole, vdupq_n_u32(1))));
                let value = vfmaq_f32(low, part, vsubq_f32(high, low));
                let into = sums.as_mut_ptr().add(done);
                if sums.len() - done >= 4 {
                    vst1q_f32(into, vaddq_f32(vld1q_f32(into), value));
                } else {
                    let mut last = [0.0f32; 4];
                    vst1q_f32(last.as_mut_ptr(), value);
                    for (sum, value) in sums[done..].iter_mut().zip(last) {
                        *sum += value;
                    }
                }
                place += stride;
                done += 4;
            }
        }
    }
}
