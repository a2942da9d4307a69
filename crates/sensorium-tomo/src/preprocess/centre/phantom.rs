//! Exact sinograms of ellipses, for tests.

use std::f64::consts::FRAC_PI_2;

/// An ellipse with its middle, half-axes, turn and attenuation, in columns.
pub(crate) struct Ellipse {
    middle: (f64, f64),
    half: (f64, f64),
    turn_rad: f64,
    attenuation: f64,
}

impl Ellipse {
    pub(crate) fn new(x: f64, y: f64, a: f64, b: f64, turn_rad: f64, attenuation: f64) -> Self {
        Self { middle: (x, y), half: (a, b), turn_rad, attenuation }
    }

    /// Along the line x cos θ + y sin θ = t.
    fn line_integral(&self, theta: f64, t: f64) -> f64 {
        let (sin, cos) = (theta - self.turn_rad).sin_cos();
        let wide = (self.half.0 * cos).powi(2) + (self.half.1 * sin).powi(2);
        let off = t - self.middle.0 * theta.cos() - self.middle.1 * theta.sin();
        2.0 * self.attenuation * self.half.0 * self.half.1 * (wide - off * off).max(0.0).sqrt() / wide
    }
}

/// Parallel, `[view, column]`, angles from 0 on without the end, each column the mean of eight lines.
pub(crate) fn sinogram(
    shapes: &[Ellipse],
    views: usize,
    range_deg: f64,
    columns: usize,
    axis: f64,
) -> Vec<f32> {
    rays(shapes, views, range_deg, columns, |beta, column| (beta, column - axis))
}

/// A flat fan with pitch 1 at the axis' scale times `distance` / `axis_distance`.
pub(crate) fn fan_sinogram(
    shapes: &[Ellipse],
    views: usize,
    columns: usize,
    axis: f64,
    (axis_distance, distance): (f64, f64),
) -> Vec<f32> {
    rays(shapes, views, 360.0, columns, |beta, column| {
        let gamma = ((column - axis) / distance).atan();
        (beta - gamma, axis_distance * gamma.sin())
    })
}

fn rays(
    shapes: &[Ellipse],
    views: usize,
    range_deg: f64,
    columns: usize,
    line: impl Fn(f64, f64) -> (f64, f64),
) -> Vec<f32> {
    let value = |i: usize| {
        let beta = (range_deg * (i / columns) as f64 / views as f64).to_radians();
        let part = |k: i32| {
            let (theta, t) = line(beta, (i % columns) as f64 + (f64::from(k) - 3.5) / 8.0);
            shapes.iter().map(|s| s.line_integral(theta, t)).sum::<f64>()
        };
        ((0..8).map(part).sum::<f64>() / 8.0) as f32
    };
    (0..views * columns).map(value).collect()
}

/// Standard normal numbers that are always the same for a seed.
pub(crate) fn normal(seed: u64) -> impl FnMut() -> f64 {
    let mut uniform = uniform(seed);
    move || (-2.0 * (1.0 - uniform()).ln()).sqrt() * (4.0 * FRAC_PI_2 * uniform()).cos()
}

/// Numbers from 0 to 1, by SplitMix64.
pub(crate) fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}
