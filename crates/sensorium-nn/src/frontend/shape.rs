//! What a stretch of a signal looks like, in a few numbers.

/// Numbers of [`shape`].
pub(super) const SHAPE: usize = 13;

/// Lags of [`autocorrelation`].
pub(super) const AUTOCORRELATIONS: usize = 8;

/// Level and trend of a signal, the shape of what is left without them, and what is left.
///
/// Mean, log |mean|, rise of the straight line over the stretch, that rise over |mean|, log |rise|; then, of the
/// remainder: log spread, skewness, log kurtosis, log peak-to-peak, log crest factor, share of zero
/// crossings, log spread of the steps from sample to sample, and their skewness. Logarithms beside the
/// values make ratios linear: a spread relative to the level is a difference of two of them.
pub(super) fn shape(signal: &[f32]) -> ([f32; SHAPE], Vec<f32>) {
    let n = signal.len().max(1) as f64;
    let mean = signal.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let centre = (n - 1.0) / 2.0;
    let (mut along, mut square) = (0.0, 1e-9);
    for (i, v) in signal.iter().enumerate() {
        let t = i as f64 - centre;
        along += t * (f64::from(*v) - mean);
        square += t * t;
    }
    let slope = along / square;
    let line = |i: usize| mean + slope * (i as f64 - centre);
    let rest: Vec<f32> = signal.iter().enumerate().map(|(i, v)| (f64::from(*v) - line(i)) as f32).collect();

    let moment = |values: &mut dyn Iterator<Item = f32>, power: i32| {
        values.map(|v| f64::from(v).powi(power)).sum::<f64>()
    };
    let of = |power: i32| moment(&mut rest.iter().copied(), power) / n;
    // A signal that a line explains down to rounding has no shape of its own.
    let floor = 1e-6 * (1.0 + mean.abs());
    let spread = of(2).sqrt().max(floor);
    let steps = || rest.windows(2).map(|w| w[1] - w[0]);
    let count = (n - 1.0).max(1.0);
    let step = (moment(&mut steps(), 2) / count).sqrt().max(floor);
    let (low, high) = rest.iter().fold((0.0f32, 0.0f32), |(l, h), v| (l.min(*v), h.max(*v)));
    let crest = f64::from(high.max(-low)).max(floor) / spread;
    let crossings = rest.windows(2).filter(|w| (w[0] < 0.0) != (w[1] < 0.0)).count() as f64;
    let size = mean.abs().max(1e-6);
    let rise = slope * n;
    let numbers = [
        mean,
        size.ln(),
        rise,
        (rise / size).clamp(-10.0, 10.0),
        rise.abs().max(1e-6).ln(),
        spread.ln(),
        (of(3) / spread.powi(3)).clamp(-20.0, 20.0),
        (of(4) / spread.powi(4)).max(1e-3).ln(),
        f64::from(high - low).max(floor).ln(),
        crest.ln(),
        crossings / n,
        step.ln(),
        (moment(&mut steps(), 3) / count / step.powi(3)).clamp(-20.0, 20.0),
    ];
    (numbers.map(|v| v as f32), rest)
}

/// Autocorrelation of a signal of zero mean at one to eight samples; 0 where it is too short.
pub(super) fn autocorrelation(signal: &[f32]) -> [f32; AUTOCORRELATIONS] {
    let product =
        |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let energy = product(signal, signal).max(1e-12);
    std::array::from_fn(|lag| (product(signal, signal.get(lag + 1..).unwrap_or_default()) / energy) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn the_shape_of_a_sine_on_a_ramp_is_that_of_the_sine() {
        let wave = |i: usize| 2.0 * (TAU * (i as f64 + 0.5) / 64.0).cos();
        let signal: Vec<f32> =
            (0..1024).map(|i| (3.0 + 0.01 * (i as f64 - 511.5) + wave(i)) as f32).collect();
        let (numbers, rest) = shape(&signal);
        let peak = (TAU * 0.5 / 64.0).cos();
        let expected = [
            3.0,
            3f64.ln(),
            10.24,
            10.24 / 3.0,
            10.24f64.ln(),
            2f64.sqrt().ln(),          // spread: amplitude / √2
            0.0,                       // skewness
            1.5f64.ln(),               // kurtosis
            (4.0 * peak).ln(),         // peak to peak
            (peak * 2f64.sqrt()).ln(), // crest factor
            32.0 / 1024.0,             // two crossings a period, 16 periods
            (2f64.sqrt() * 2.0 * (TAU / 128.0).sin()).ln(),
            0.0,
        ];
        for (k, (a, b)) in numbers.iter().zip(expected).enumerate() {
            assert!((f64::from(*a) - b).abs() < 3e-3, "number {k}: {a} for {b}");
        }
        let correlation = autocorrelation(&rest);
        assert!((f64::from(correlation[7]) - (TAU * 8.0 / 64.0).cos()).abs() < 0.02, "{correlation:?}");
    }

    #[test]
    fn short_and_constant_signals_give_finite_numbers() {
        for signal in [&[][..], &[2.0], &[2.0, 2.0], &[0.0; 9], &[1e30, -1e30, 1e30]] {
            let (numbers, rest) = shape(signal);
            assert!(
                numbers.iter().chain(&autocorrelation(&rest)).all(|v| v.is_finite()),
                "{signal:?}: {numbers:?}"
            );
        }
    }
}
