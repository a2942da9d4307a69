//! How far two streams' clocks are apart, and how fast they drift.
//!
//! Both streams are reduced to their activity on one time grid (the level of slow signals, the
//! root mean square of fast ones, change between pictures, the moments of events). The recording is
//! cut into pieces; each piece of the first stream is searched for in the second by normalised
//! cross-correlation (by FFT), with a parabola through the peak for fractions of a grid step. A
//! Theil-Sen line (Sen, 1968) through the pieces' offsets gives offset and drift; up to 29 % of the
//! pieces may be wrong altogether. Uncertainties are those of the line, with the spread of the
//! pieces taken from their median absolute deviation.

use crate::stream::{Samples, Stream};
use crate::time::{Span, Timestamp};
use realfft::RealFftPlanner;
use serde::{Deserialize, Serialize};

/// How to compare two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockConfig {
    /// Largest offset to look for, in milliseconds.
    pub max_offset_ms: f64,
    /// Grid step in milliseconds; 0 for the slower stream's period, at least 1 and at most 100.
    pub step_ms: f64,
    /// Length of a piece in milliseconds; 0 for a twelfth of the recording, at least eight times
    /// `max_offset_ms` where the recording is long enough.
    pub piece_ms: f64,
    /// Pieces whose best correlation is below this are left out.
    pub min_correlation: f64,
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self { max_offset_ms: 2000.0, step_ms: 0.0, piece_ms: 0.0, min_correlation: 0.3 }
    }
}

/// What relates the clock of the second stream to that of the first: what happens at `t` on the
/// first clock is stamped `t + offset + drift · (t − reference)` by the second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockFit {
    /// Offset at `reference`, in milliseconds; positive: the second clock is ahead.
    pub offset_ms: f64,
    /// Standard error of the offset, in milliseconds.
    pub offset_error_ms: f64,
    /// Drift in microseconds a second; 0 when fewer than three pieces could be matched.
    pub drift_ppm: f64,
    /// Standard error of the drift; infinite when fewer than three pieces could be matched.
    pub drift_error_ppm: f64,
    /// The middle of the pieces, on the first clock.
    pub reference: Timestamp,
    /// Median of the pieces' best correlations.
    pub correlation: f64,
    /// Number of pieces that could be matched.
    pub pieces: usize,
}

impl ClockFit {
    /// A time of the second clock on the first.
    pub fn correct(&self, time: Timestamp) -> Timestamp {
        let late = (time.as_micros() - self.reference.as_micros()) as f64;
        let drift = self.drift_ppm * 1e-6;
        let on_first = (late - self.offset_ms * 1e3) / (1.0 + drift);
        self.reference.offset(on_first.round() as i64)
    }
}

/// Estimates offset and drift of `second` against `first`.
///
/// # Errors
/// A sentence: a stream is empty, the streams do not overlap, or nothing in one resembles the other.
pub fn compare_clocks(first: &Stream, second: &Stream, config: &ClockConfig) -> Result<ClockFit, String> {
    let span = |s: &Stream| Some(Span::new(s.times.at(0), s.times.last()?.offset(1)));
    let (Some(a), Some(b)) = (span(first), span(second)) else {
        return Err("a stream without samples has no clock to compare".into());
    };
    let reach = (config.max_offset_ms.max(1.0) * 1e3) as i64;
    let both = a.intersect(Span::new(b.start.offset(-reach), b.end.offset(reach)));
    let step = grid_step(first, second, config);
    let len = both.micros() as f64 / step;
    if !(32.0..=2e7).contains(&len) {
        return Err(format!(
            "the streams share {:.3} s, which is {len:.0} steps of {:.1} ms; 32 to 20 million are needed",
            both.seconds(),
            step * 1e-3
        ));
    }
    let lags = ((reach as f64 / step).ceil() as usize).max(1);
    let left = activity(first, both.start, step, len as usize);
    let right =
        activity(second, both.start.offset(-((lags as f64 * step) as i64)), step, len as usize + 2 * lags);
    let piece = if config.piece_ms > 0.0 {
        (config.piece_ms * 1e3 / step) as usize
    } else {
        (left.len() / 12).max((8 * lags).min(left.len() / 3))
    };
    let piece = piece.clamp(16, left.len());
    // The grid of `right` starts a whole number of microseconds early, not of steps.
    let skew = (lags as f64 * step) - ((lags as f64 * step) as i64) as f64;
    let mut matched: Vec<(f64, f64, f64)> = Vec::new();
    for (k, template) in left.chunks_exact(piece).enumerate() {
        let from = k * piece;
        let Some((lag, correlation)) = best_lag(template, &right[from..from + piece + 2 * lags]) else {
            continue;
        };
        if correlation >= config.min_correlation && lag > 0.5 && lag < 2.0 * lags as f64 - 0.5 {
            let offset = (lag - lags as f64) * step + skew;
            matched.push(((from as f64 + piece as f64 / 2.0) * step, offset, correlation));
        }
    }
    fit(matched, both.start).ok_or_else(|| {
        format!(
            "nothing in `{}` resembles `{}` within ±{} ms; widen max_offset_ms, or compare other streams",
            second.spec.name, first.spec.name, config.max_offset_ms
        )
    })
}

/// Grid step in microseconds.
fn grid_step(first: &Stream, second: &Stream, config: &ClockConfig) -> f64 {
    if config.step_ms > 0.0 {
        return config.step_ms * 1e3;
    }
    let period = |s: &Stream| s.spec.rate.map_or(1e5, |r| r.period_micros());
    period(first).max(period(second)).clamp(1e3, 1e5)
}

/// Activity of a stream at `len` times from `start`, `step` µs apart.
fn activity(stream: &Stream, start: Timestamp, step: f64, len: usize) -> Vec<f64> {
    let level: Vec<f64> = level(stream);
    let mut sums = vec![(0.0f64, 0.0f64, 0u32); len];
    let position = |i: usize| (stream.times.at(i).as_micros() - start.as_micros()) as f64 / step;
    for (i, v) in level.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        let cell = (position(i) + 0.5).floor();
        if cell >= 0.0 && cell < len as f64 {
            let sum = &mut sums[cell as usize];
            *sum = (sum.0 + v, sum.1 + v * v, sum.2 + 1);
        }
    }
    if matches!(stream.samples, Samples::Text(_)) {
        // Events: smooth impulses, so that near misses still count.
        let counts: Vec<f64> = sums.iter().map(|s| s.0).collect();
        let at = |i: i64| counts.get(i as usize).copied().unwrap_or(0.0);
        return (0..len as i64).map(|i| at(i) + 0.6 * (at(i - 1) + at(i + 1))).collect();
    }
    let dense = stream.spec.rate.is_some_and(|r| r.period_micros() * 4.0 <= step);
    if dense {
        return sums.iter().map(|(_, q, n)| if *n > 0 { (q / f64::from(*n)).sqrt() } else { 0.0 }).collect();
    }
    let mut out = vec![0.0; len];
    let finite: Vec<(f64, f64)> =
        level.iter().enumerate().filter(|(_, v)| v.is_finite()).map(|(i, v)| (position(i), *v)).collect();
    for pair in finite.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let (from, to) = (x0.ceil().max(0.0), x1.floor().min(len as f64 - 1.0));
        if x1 > x0 && to >= from {
            for (i, slot) in out.iter_mut().enumerate().take(to as usize + 1).skip(from as usize) {
                *slot = y0 + (y1 - y0) * (i as f64 - x0) / (x1 - x0);
            }
        }
    }
    out
}

/// One number a sample: the mean of the standardised channels, the change between pictures, or 1 an
/// event.
fn level(stream: &Stream) -> Vec<f64> {
    match &stream.samples {
        Samples::Text(entries) => vec![1.0; entries.len()],
        Samples::Values { channels, data } => {
            let channels = (*channels).max(1);
            let mut level = vec![0.0; data.len() / channels];
            for c in 0..channels {
                let column = || data.iter().skip(c).step_by(channels).map(|v| f64::from(*v));
                let finite: Vec<f64> = column().filter(|v| v.is_finite()).collect();
                let mean = finite.iter().sum::<f64>() / finite.len().max(1) as f64;
                let variance = finite.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
                let deviation = (variance / finite.len().max(1) as f64).sqrt();
                for (slot, v) in level.iter_mut().zip(column()) {
                    *slot += if deviation > 0.0 { (v - mean) / deviation } else { 0.0 };
                }
            }
            level
        }
        Samples::Images { data, .. } => {
            let stride = stream.samples.stride().max(1);
            let frames: Vec<&[f32]> = data.chunks_exact(stride).collect();
            let change = |w: &[&[f32]]| {
                let sum: f64 = w[0].iter().zip(w[1]).map(|(a, b)| f64::from((a - b).abs())).sum();
                sum / stride as f64
            };
            let first = frames.windows(2).next().map(change);
            first.into_iter().chain(frames.windows(2).map(change)).take(frames.len()).collect()
        }
    }
}

/// Where in `field` (longer than `template`) the template fits best, in steps with a fraction, and
/// the size of the normalised correlation there. `None` when either is constant.
fn best_lag(template: &[f64], field: &[f64]) -> Option<(f64, f64)> {
    let n = template.len();
    let mean = template.iter().sum::<f64>() / n as f64;
    let centred: Vec<f64> = template.iter().map(|v| v - mean).collect();
    let norm = centred.iter().map(|v| v * v).sum::<f64>().sqrt();
    let products = correlate(&centred, field)?;
    let (mut sum, mut square): (f64, f64) = (field[..n].iter().sum(), field[..n].iter().map(|v| v * v).sum());
    let mut correlations = Vec::with_capacity(products.len());
    for (lag, product) in products.iter().enumerate() {
        let spread = (square - sum * sum / n as f64).max(0.0).sqrt();
        let scale = norm * spread;
        // The size counts: pressure may fall when the current rises.
        correlations.push(if scale > 1e-9 * (1.0 + norm * norm) { (product / scale).abs() } else { 0.0 });
        if let Some(next) = field.get(lag + n) {
            sum += next - field[lag];
            square += next * next - field[lag] * field[lag];
        }
    }
    let (peak, best) = correlations.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    if *best <= 0.0 {
        return None;
    }
    let at = |i: Option<usize>| i.and_then(|i| correlations.get(i)).copied().unwrap_or(*best);
    let (left, right) = (at(peak.checked_sub(1)), at(Some(peak + 1)));
    let bend = left - 2.0 * best + right;
    let fraction = if bend < -1e-12 { (0.5 * (left - right) / bend).clamp(-0.5, 0.5) } else { 0.0 };
    Some((peak as f64 + fraction, best.min(1.0)))
}

/// Sums of products of `template` with `field` at each lag, by FFT.
fn correlate(template: &[f64], field: &[f64]) -> Option<Vec<f64>> {
    let size = (template.len() + field.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, backward) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let padded = |values: &[f64]| {
        let mut out = values.to_vec();
        out.resize(size, 0.0);
        out
    };
    let (mut t, mut f) = (padded(template), padded(field));
    let (mut ts, mut fs) = (forward.make_output_vec(), forward.make_output_vec());
    forward.process(&mut t, &mut ts).ok()?;
    forward.process(&mut f, &mut fs).ok()?;
    for (a, b) in fs.iter_mut().zip(&ts) {
        *a *= b.conj();
    }
    // Rounding must not leave an imaginary part where a real signal has none.
    if let Some(first) = fs.first_mut() {
        first.im = 0.0;
    }
    if let Some(last) = fs.last_mut() {
        last.im = 0.0;
    }
    let mut out = backward.make_output_vec();
    backward.process(&mut fs, &mut out).ok()?;
    out.truncate(field.len() + 1 - template.len());
    Some(out.into_iter().map(|v| v / size as f64).collect())
}

fn fit(pieces: Vec<(f64, f64, f64)>, start: Timestamp) -> Option<ClockFit> {
    if pieces.is_empty() {
        return None;
    }
    let middle = pieces.iter().map(|p| p.0).sum::<f64>() / pieces.len() as f64;
    let mut slopes = Vec::new();
    for (i, a) in pieces.iter().enumerate() {
        slopes.extend(pieces[i + 1..].iter().map(|b| (b.1 - a.1) / (b.0 - a.0)));
    }
    let enough = pieces.len() >= 3;
    let drift = if enough { median(&mut slopes) } else { 0.0 };
    let mut levels: Vec<f64> = pieces.iter().map(|p| p.1 - drift * (p.0 - middle)).collect();
    let offset = median(&mut levels);
    let mut misses: Vec<f64> = levels.iter().map(|l| (l - offset).abs()).collect();
    // 1.4826 makes the median absolute deviation a standard deviation for normal errors; a median
    // needs π/2 times the samples of a mean.
    let spread = 1.4826 * median(&mut misses) * (std::f64::consts::FRAC_PI_2).sqrt();
    let lever = pieces.iter().map(|p| (p.0 - middle).powi(2)).sum::<f64>().sqrt();
    let mut correlations: Vec<f64> = pieces.iter().map(|p| p.2).collect();
    Some(ClockFit {
        offset_ms: offset * 1e-3,
        offset_error_ms: if enough { spread / (pieces.len() as f64).sqrt() * 1e-3 } else { f64::INFINITY },
        drift_ppm: drift * 1e6,
        drift_error_ppm: if enough && lever > 0.0 { spread / lever * 1e6 } else { f64::INFINITY },
        reference: start.offset(middle.round() as i64),
        correlation: median(&mut correlations),
        pieces: pieces.len(),
    })
}

fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    let upper = *values.select_nth_unstable_by(middle, f64::total_cmp).1;
    if values.len() % 2 == 1 {
        return upper;
    }
    let lower = values[..middle].iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (lower + upper) / 2.0
}
