//! Building blocks of sampled signals: periodic tables, two-pole resonators, first-order lags.

use std::f64::consts::TAU;

const POINTS: usize = 1024;

/// One period of a sum of cosines, read by linear interpolation. All lines locked to one shaft cost
/// one look-up a sample, whatever their number, and follow every change of speed.
#[derive(Clone, Debug)]
pub(super) struct PeriodicTable {
    values: Vec<f32>,
}

impl PeriodicTable {
    /// `Σ amplitude · cos(2π (order · x + phase))` over one revolution x in `[0, 1)`; phases count in
    /// cycles.
    pub(super) fn new(lines: &[(u32, f32, f32)]) -> Self {
        let mut values = vec![0.0f32; POINTS + 1];
        for &(order, amplitude, phase) in lines.iter().filter(|l| l.1 != 0.0) {
            for (i, v) in values.iter_mut().enumerate() {
                let x = i as f64 / POINTS as f64;
                *v += amplitude * (TAU * (f64::from(order) * x + f64::from(phase))).cos() as f32;
            }
        }
        Self { values }
    }

    /// The value at `revolutions` (any number, the whole part does not matter).
    #[inline]
    pub(super) fn at(&self, revolutions: f64) -> f32 {
        let x = (revolutions - revolutions.floor()) * POINTS as f64;
        let i = (x as usize).min(POINTS - 1);
        let part = (x - i as f64) as f32;
        self.values[i] + part * (self.values[i + 1] - self.values[i])
    }
}

/// A damped oscillator, `y[n] = b x[n] + 2 r cos θ y[n-1] - r² y[n-2]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resonator {
    b: f32,
    c1: f32,
    c2: f32,
    y1: f32,
    y2: f32,
}

impl Resonator {
    fn poles(frequency_hz: f64, radius: f64, rate_hz: f64) -> (f64, Self) {
        let theta = TAU * (frequency_hz / rate_hz).min(0.49);
        let c1 = 2.0 * radius * theta.cos();
        (theta, Self { b: 1.0, c1: c1 as f32, c2: -(radius * radius) as f32, y1: 0.0, y2: 0.0 })
    }

    /// Turns white noise of unit variance into noise of unit variance around `frequency_hz`.
    pub(super) fn for_noise(frequency_hz: f64, bandwidth_hz: f64, rate_hz: f64) -> Self {
        let r = (-std::f64::consts::PI * bandwidth_hz / rate_hz).exp();
        let (theta, mut resonator) = Self::poles(frequency_hz, r, rate_hz);
        let r2 = r * r;
        let variance = (1.0 + r2) / ((1.0 - r2) * (1.0 + r2 * r2 - 2.0 * r2 * (2.0 * theta).cos()));
        resonator.b = (1.0 / variance.sqrt()) as f32;
        resonator
    }

    /// Answers an impulse of one with `e^(-t / decay) sin(2π f t)`.
    pub(super) fn for_impacts(frequency_hz: f64, decay_s: f64, rate_hz: f64) -> Self {
        let (theta, mut resonator) = Self::poles(frequency_hz, (-1.0 / (decay_s * rate_hz)).exp(), rate_hz);
        resonator.b = theta.sin() as f32;
        resonator
    }

    #[inline]
    pub(super) fn step(&mut self, input: f32) -> f32 {
        let y = self.b * input + self.c1 * self.y1 + self.c2 * self.y2;
        self.y2 = self.y1;
        self.y1 = y;
        y
    }
}

/// First-order lag, `y += (x - y) · (1 - e^(-1 / (τ rate)))`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lag {
    share: f32,
    scale: f32,
    pub(super) value: f32,
}

impl Lag {
    pub(super) fn new(time_constant_s: f64, rate_hz: f64, start: f32) -> Self {
        let share = 1.0 - (-1.0 / (time_constant_s * rate_hz)).exp();
        // Variance of the output for white input is share / (2 - share).
        let scale = ((2.0 - share) / share).sqrt();
        Self { share: share as f32, scale: scale as f32, value: start }
    }

    #[inline]
    pub(super) fn step(&mut self, input: f32) -> f32 {
        self.value += (input - self.value) * self.share;
        self.value
    }

    /// Turns white noise of unit variance into red noise of unit variance.
    #[inline]
    pub(super) fn noise(&mut self, white: f32) -> f32 {
        self.step(white * self.scale)
    }
}

/// Fires each time that a growing phase passes a whole number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crossings {
    next: f64,
}

impl Crossings {
    pub(super) fn new(start: f64) -> Self {
        Self { next: start.floor() + 1.0 }
    }

    /// Whether `phase` has passed the next whole number; `jitter` (in cycles) moves the one after.
    #[inline]
    pub(super) fn passed(&mut self, phase: f64, jitter: impl FnOnce() -> f32) -> bool {
        if phase < self.next {
            return false;
        }
        self.next = (self.next + 0.5).floor() + 1.0 + f64::from(jitter());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resonator_keeps_the_variance_of_white_noise() {
        use super::super::random::{Draws, Purpose, normal};
        let mut rng = Draws::new(1, 1).stream(Purpose::Machine);
        let mut resonator = Resonator::for_noise(600.0, 120.0, 2000.0);
        let mean_square: f32 =
            (0..200_000).map(|_| resonator.step(normal(&mut rng)).powi(2)).sum::<f32>() / 2e5;
        assert!((mean_square - 1.0).abs() < 0.05, "{mean_square}");
    }

    #[test]
    fn a_table_reads_its_cosines() {
        let table = PeriodicTable::new(&[(3, 2.0, 0.25)]);
        let expected = 2.0 * (TAU * (3.0 * 0.37 + 0.25)).cos() as f32;
        assert!((table.at(5.37) - expected).abs() < 1e-3);
    }

    #[test]
    fn crossings_fire_once_a_cycle() {
        let mut crossings = Crossings::new(0.0);
        let fired = (0..1000).filter(|i| crossings.passed(*i as f64 * 0.0101, || 0.0)).count();
        assert_eq!(fired, 10);
    }
}
