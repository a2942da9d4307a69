//! Conjugate gradients for least squares.

use super::{Iteration, Problem, Watch, add_scaled, difference, dot, root_mean_square};
use crate::{TomoError, Volume};
use rayon::prelude::*;

/// Settings of [`cgls`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CglsOptions {
    /// Iterations; few are a regularisation: noise comes in late. Default: 15.
    pub iterations: usize,
    /// Weight of the squared norm of the volume, relative to the data's. Default: 0.
    pub damping: f64,
}

impl Default for CglsOptions {
    fn default() -> Self {
        Self { iterations: 15, damping: 0.0 }
    }
}

/// The minimum of ‖A x − b‖² + damping ‖x‖², approached by conjugate gradients.
///
/// Source: M. R. Hestenes, E. Stiefel (1952), in the form of Å. Björck, *Numerical Methods for Least
/// Squares Problems* (1996), algorithm 7.4.1.
///
/// # Errors
/// [`TomoError::Request`] for no iterations or a negative damping.
pub fn cgls(problem: &Problem, options: &CglsOptions, watch: Watch) -> Result<Volume, TomoError> {
    if options.iterations == 0 || !(options.damping >= 0.0 && options.damping.is_finite()) {
        return Err(TomoError::Request(format!(
            "cgls needs at least one iteration (there are {}) and a damping of at least 0 (it is {})",
            options.iterations, options.damping
        )));
    }
    let (projector, views) = (&problem.projector, &problem.views);
    let mut x = problem.start.clone();
    let mut residual = difference(problem.projections.values(), &projector.forward(&x, views));
    let gradient = |residual: &[f32], x: &[f32]| {
        let mut s = projector.adjoint(residual, views);
        if options.damping > 0.0 {
            add_scaled(&mut s, -options.damping as f32, x);
        }
        s
    };
    let mut s = gradient(&residual, &x);
    let mut direction = s.clone();
    let mut norm = dot(&s, &s);
    for number in 1..=options.iterations {
        let before = root_mean_square(&residual);
        if norm <= f64::from(f32::MIN_POSITIVE) {
            break;
        }
        let q = projector.forward(&direction, views);
        let step = norm / (dot(&q, &q) + options.damping * dot(&direction, &direction));
        add_scaled(&mut x, step as f32, &direction);
        add_scaled(&mut residual, -step as f32, &q);
        s = gradient(&residual, &x);
        let next = dot(&s, &s);
        let keep = (next / norm) as f32;
        norm = next;
        direction.par_iter_mut().zip(&s).for_each(|(d, s)| *d = s + keep * *d);
        if !watch(Iteration { number, of: options.iterations, residual: before }) {
            break;
        }
    }
    problem.volume(&x)
}
