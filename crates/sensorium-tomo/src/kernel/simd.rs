//! The one loop that all projectors share: resampling a column at even steps.

#![allow(unsafe_code)]

#[cfg(test)]
use super::Isa;

/// Entries that must be readable behind the last one that counts: vector loads reach that far.
pub(crate) const SLACK: usize = 34;

/// Resampling with one instruction set.
pub(crate) trait Simd {
    /// The largest step for which [`Simd::inner`] finds all it needs in the two registers it loads.
    const MOST_STEP: f64;

    /// `sums[k] += source at start + k · step`, linear between neighbours.
    ///
    /// # Safety
    /// The instruction set must be there; `start` ≥ 0, 0 < `step` ≤ [`Simd::MOST_STEP`], and
    /// `start + (sums.len() − 1) · step + SLACK` must be within `source`.
    unsafe fn inner(sums: &mut [f32], source: &[f32], start: f64, step: f64);
}

/// `sums[k] += source at start + k · step`, linear between neighbours; before the first and behind the last
/// of the `length` entries their values are held. `source` has at least [`SLACK`] entries more, finite ones.
///
/// # Safety
/// The instruction set of `S` must be there.
#[inline(always)]
pub(crate) unsafe fn resample_add<S: Simd>(
    sums: &mut [f32],
    source: &[f32],
    length: usize,
    start: f64,
    step: f64,
) {
    assert!(length >= 1 && source.len() >= length + SLACK && step > 0.0 && start.is_finite());
    let (count, last) = (sums.len(), (length - 1) as f64);
    let (mut from, mut to) = (0, count);
    if start < 0.0 || start + (count as f64 - 1.0) * step >= last {
        let per_step = step.recip();
        from = ((-start * per_step).ceil().max(0.0) as usize).min(count);
        to = (((last - start) * per_step).ceil().max(0.0) as usize).clamp(from, count);
        // Rounding must not leave an entry on the wrong side.
        if from < to && start + from as f64 * step < 0.0 {
            from += 1;
        }
        while from < to && start + (to - 1) as f64 * step >= last {
            to -= 1;
        }
        for (range, held) in [(0..from, source[0]), (to..count, source[length - 1])] {
            if held != 0.0 {
                sums[range].iter_mut().for_each(|s| *s += held);
            }
        }
    }
    if from == to {
        return;
    }
    let (inner, start) = (&mut sums[from..to], start + from as f64 * step);
    if step <= S::MOST_STEP {
        // SAFETY: the set is there by this function's contract; `start` is at least 0, and every place is
        // below `last`, so `SLACK` more entries are within `source` by the assertion above.
        unsafe { S::inner(inner, source, start, step) }
    } else {
        plain(inner, source, start, step);
    }
}

/// The loop in plain Rust.
#[inline(always)]
fn plain(sums: &mut [f32], source: &[f32], start: f64, step: f64) {
    for (k, sum) in sums.iter_mut().enumerate() {
        let place = start + k as f64 * step;
        let index = place as usize;
        let part = (place - index as f64) as f32;
        let (low, high) = (source[index], source[index + 1]);
        *sum += low + part * (high - low);
    }
}

/// Plain Rust.
pub(crate) struct Scalar;

impl Simd for Scalar {
    const MOST_STEP: f64 = f64::INFINITY;

    #[inline(always)]
    unsafe fn inner(sums: &mut [f32], source: &[f32], start: f64, step: f64) {
        plain(sums, source, start, step);
    }
}

/// Runs `$run::<S>($arguments)` compiled for an instruction set, whichever `$isa` names.
///
/// `$run` must be `#[inline(always)]`, so that it is compiled once for each set.
macro_rules! dispatch {
    ($isa:expr, $run:ident ( $($name:ident : $kind:ty),* $(,)? )) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        unsafe fn avx2($($name: $kind),*) {
            // SAFETY: this function's features are those of the set.
            unsafe { $run::<$crate::kernel::x86::Avx2>($($name),*) }
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
        unsafe fn avx512($($name: $kind),*) {
            // SAFETY: this function's features are those of the set.
            unsafe { $run::<$crate::kernel::x86::Avx512>($($name),*) }
        }
        let isa = $isa;
        assert!($crate::kernel::is_available(isa), "this machine has no {isa:?}");
        match isa {
            // SAFETY: the assertion above found the set on this machine.
            #[cfg(target_arch = "x86_64")]
            $crate::kernel::Isa::Avx512 => unsafe { avx512($($name),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            $crate::kernel::Isa::Avx2 => unsafe { avx2($($name),*) },
            // SAFETY: every 64-bit ARM machine has NEON.
            #[cfg(target_arch = "aarch64")]
            $crate::kernel::Isa::Neon => unsafe { $run::<$crate::kernel::neon::Neon>($($name),*) },
            // SAFETY: plain Rust runs anywhere.
            _ => unsafe { $run::<$crate::kernel::simd::Scalar>($($name),*) },
        }
    }};
}
pub(crate) use dispatch;

/// [`resample_add`] on its own.
#[cfg(test)]
pub(crate) fn resample_add_with(
    isa: Isa,
    sums: &mut [f32],
    source: &[f32],
    length: usize,
    start: f64,
    step: f64,
) {
    dispatch!(isa, resample_add(sums: &mut [f32], source: &[f32], length: usize, start: f64, step: f64));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(length: usize) -> Vec<f32> {
        (0..length + SLACK)
            .map(|i| if i < length { ((i * 37 + 11) % 23) as f32 - 9.0 } else { 0.0 })
            .collect()
    }

    fn held(source: &[f32], length: usize, place: f64) -> f64 {
        let place = place.clamp(0.0, (length - 1) as f64);
        let index = (place as usize).min(length.saturating_sub(2));
        let next = (index + 1).min(length - 1);
        let part = place - index as f64;
        f64::from(source[index]) * (1.0 - part) + f64::from(source[next]) * part
    }

    #[test]
    fn every_instruction_set_resamples_as_written_out() {
        for isa in Isa::available() {
            for length in [1, 2, 5, 17, 64, 300] {
                let source = column(length);
                for (start, step) in [
                    (0.0, 1.0),
                    (-3.25, 0.37),
                    (0.4, 1.13),
                    (2.0, 1.6),
                    (1.7, 1.93),
                    (-40.0, 2.7),
                    (500.0, 0.5),
                    (-900.0, 0.9),
                ] {
                    for count in [1, 3, 8, 15, 16, 17, 31, 100, 333] {
                        let mut sums = vec![0.5f32; count];
                        resample_add_with(isa, &mut sums, &source, length, start, step);
                        for (k, sum) in sums.iter().enumerate() {
                            let want = 0.5 + held(&source, length, start + k as f64 * step);
                            assert!(
                                (f64::from(*sum) - want).abs() < 2e-4,
                                "{isa:?} length {length} start {start} step {step} count {count} k {k}: {sum} {want}"
                            );
                        }
                    }
                }
            }
        }
    }
}
