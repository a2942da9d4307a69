//! Random functions of several variables.

use rand::Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

/// Kinds of random functions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FunctionFamily {
    /// A draw from a Gaussian process with squared-exponential kernel of this length scale and variance 1, by 128
    /// random Fourier features (Rahimi and Recht 2007).
    GaussianProcess {
        /// Distance over which values change.
        length_scale: f64,
    },
    /// A network with one hidden layer of 100 sigmoids, weights of absolute value 0.5 to 2 (as in the simulations of
    /// NOTEARS; Zheng and others 2020).
    Network,
    /// A sum of sigmoids a b(x+c)/(1+|b(x+c)|), one for each input: monotone in each (Bühlmann, Peters and Ernest 2014).
    Sigmoids,
}

/// A function that was drawn.
#[derive(Clone, Debug)]
pub struct RandomFunction {
    inputs: usize,
    units: Vec<Unit>,
    shape: fn(f64) -> f64,
}

/// outer · shape(inner · x + offset)
#[derive(Clone, Debug)]
struct Unit {
    inner: Vec<f64>,
    offset: f64,
    outer: f64,
}

impl RandomFunction {
    /// Draws a function of this many inputs.
    pub fn draw(family: FunctionFamily, inputs: usize, rng: &mut impl Rng) -> Self {
        let mut signed = |low: f64, high: f64| {
            let size = rng.random_range(low..high);
            if rng.random_bool(0.5) { size } else { -size }
        };
        match family {
            FunctionFamily::GaussianProcess { length_scale } => {
                const FEATURES: usize = 128;
                let mut normal = || -> f64 { StandardNormal.sample(&mut *rng) };
                let units = (0..FEATURES)
                    .map(|_| Unit {
                        inner: (0..inputs).map(|_| normal() / length_scale).collect(),
                        // A phase that is uniform on the circle: the angle of two normals.
                        offset: normal().atan2(normal()),
                        outer: normal() * (2.0 / FEATURES as f64).sqrt(),
                    })
                    .collect();
                Self { inputs, units, shape: f64::cos }
            }
            FunctionFamily::Network => {
                let units = (0..100)
                    .map(|_| Unit {
                        inner: (0..inputs).map(|_| signed(0.5, 2.0)).collect(),
                        offset: 0.0,
                        outer: signed(0.5, 2.0),
                    })
                    .collect();
                Self { inputs, units, shape: |x| 1.0 / (1.0 + (-x).exp()) }
            }
            FunctionFamily::Sigmoids => {
                let units = (0..inputs)
                    .map(|input| {
                        let size: f64 = Exp1.sample(rng);
                        let sharpness = rng.random_range(0.5..2.0);
                        let slope = if rng.random_bool(0.5) { sharpness } else { -sharpness };
                        let mut inner = vec![0.0; inputs];
                        inner[input] = slope;
                        Unit { inner, offset: slope * rng.random_range(-2.0..2.0), outer: 1.0 + size / 4.0 }
                    })
                    .collect();
                Self { inputs, units, shape: |x| x / (1.0 + x.abs()) }
            }
        }
    }

    /// The function's values, sample by sample; each column is one input.
    ///
    /// # Panics
    /// When there are fewer columns than inputs, as indexing does.
    pub fn apply(&self, columns: &[&[f64]]) -> Vec<f64> {
        let rows = columns.first().map_or(0, |c| c.len());
        let at = |row: usize| {
            self.units.iter().fold(0.0, |sum, unit| {
                let inside: f64 = (0..self.inputs).map(|k| unit.inner[k] * columns[k][row]).sum();
                sum + unit.outer * (self.shape)(inside + unit.offset)
            })
        };
        (0..rows).map(at).collect()
    }
}
