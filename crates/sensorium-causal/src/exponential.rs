//! The exponential function in a form that compilers make vectors of.

/// e^t for t ≤ 0, to a relative error below 2e-14 above e^{-700} and e^{-700} below it. No branch and no table, so
/// that the compiler makes vectors of it: t = k ln 2 + r, Taylor's series to r¹¹ for |r| ≤ ln 2 / 2.
#[inline(always)]
pub(crate) fn exp_of_negative(t: f64) -> f64 {
    /// Adding it leaves the nearest integer in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const TAYLOR: [f64; 12] = [
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ];
    let t = t.max(-700.0);
    let shifted = t * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (t - k * LN2_HIGH) - k * LN2_LOW;
    let mut series = TAYLOR[0];
    for c in &TAYLOR[1..] {
        series = series * r + c;
    }
    series * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_exact_to_fourteen_digits() {
        for i in 0..70_000 {
            let t = -0.01 * f64::from(i);
            let error = (exp_of_negative(t) / t.exp() - 1.0).abs();
            assert!(error < 2e-14, "{t}: {error:e}");
        }
        assert!(exp_of_negative(-1e6) < 1e-300);
    }
}
