//! Total-variation regularised least squares by FISTA over ordered subsets.

use super::tv_prox::{Dual, denoise};
use super::{Iteration, Problem, Watch, difference, dot, root_mean_square};
use crate::{TomoError, Volume};
use rayon::prelude::*;

/// Settings of [`total_variation`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TvOptions {
    /// Weight of the total variation, λ: a number without unit, the same at other attenuations, numbers of views
    /// and sizes of voxels. Default: 0.002.
    pub weight: f64,
    /// Passes over all views. Default: 30.
    pub iterations: usize,
    /// Subsets of views, each an update of its own; the last fifth of the passes takes all views at once, so
    /// that the end is the minimum and no cycle around it. Default: 8.
    pub subsets: usize,
    /// Iterations of each denoising. Default: 8.
    pub inner_iterations: usize,
    /// Whether attenuation below zero is ruled out. Default: yes.
    pub non_negative: bool,
}

impl Default for TvOptions {
    fn default() -> Self {
        Self { weight: 0.002, iterations: 30, subsets: 8, inner_iterations: 8, non_negative: true }
    }
}

/// The minimum of ½‖A x − b‖² + λ m ‖A‖² TV(x), with ‖A‖² the largest eigenvalue of AᵀA and m the mean
/// attenuation of the grid that fits the projections best, so that λ has no unit.
///
/// Source: A. Beck, M. Teboulle, "A fast iterative shrinkage-thresholding algorithm", SIAM J. Imaging Sci. 2
/// (2009); with ordered subsets: D. Kim, S. Ramani, J. A. Fessler, IEEE Trans. Med. Imaging 34 (2015).
///
/// # Errors
/// [`TomoError::Request`] for no iterations or a negative weight.
pub fn total_variation(problem: &Problem, options: &TvOptions, watch: Watch) -> Result<Volume, TomoError> {
    let fine = options.weight >= 0.0 && options.weight.is_finite();
    if !fine || options.iterations == 0 || options.inner_iterations == 0 {
        return Err(TomoError::Request(format!(
            "tv needs a weight of at least 0 (it is {}), and at least one iteration of both kinds (there are {} and {})",
            options.weight, options.iterations, options.inner_iterations
        )));
    }
    let (projector, grid) = (&problem.projector, *problem.projector.grid());
    let step = 1.0 / largest_eigenvalue(problem);
    let weight = (options.weight * mean_attenuation(problem)) as f32;
    let least = if options.non_negative { 0.0 } else { f32::NEG_INFINITY };
    let mut x: Vec<f32> = problem.start.iter().map(|v| v.max(least)).collect();
    let mut y = x.clone();
    let mut dual = Dual::zeros(&grid);
    let mut t = 1.0f64;
    let whole_from = options.iterations - options.iterations / 5;
    for number in 1..=options.iterations {
        let subsets = problem.subsets(if number > whole_from { 1 } else { options.subsets });
        if number == whole_from + 1 {
            // Momentum that was gathered over subsets points along their cycle.
            (y, t) = (x.clone(), 1.0);
        }
        let mut squares = 0.0;
        for views in &subsets {
            let residual = difference(&problem.measured(views), &projector.forward(&y, views));
            squares += root_mean_square(&residual).powi(2) / subsets.len() as f64;
            let update = projector.adjoint(&residual, views);
            let factor = (step * subsets.len() as f64) as f32;
            y.par_iter_mut().zip(&update).for_each(|(y, u)| *y += factor * u);
            let new = denoise(&y, &grid, weight, options.inner_iterations, options.non_negative, &mut dual);
            let t_next = 0.5 * (1.0 + (1.0 + 4.0 * t * t).sqrt());
            let momentum = ((t - 1.0) / t_next) as f32;
            y.par_iter_mut().zip(&new).zip(&x).for_each(|((y, new), old)| *y = new + momentum * (new - old));
            (x, t) = (new, t_next);
        }
        if !watch(Iteration { number, of: options.iterations, residual: squares.sqrt() }) {
            break;
        }
    }
    problem.volume(&x)
}

/// The one attenuation for all voxels that fits the projections best.
fn mean_attenuation(problem: &Problem) -> f64 {
    let ones = vec![1.0f32; problem.projector.grid().len()];
    let lengths = problem.projector.forward(&ones, &problem.views);
    let (measured, squares) = (dot(&lengths, problem.projections.values()), dot(&lengths, &lengths));
    (measured / squares.max(f64::MIN_POSITIVE)).max(0.0)
}

/// The largest eigenvalue of AᵀA, by the power method, with some margin.
fn largest_eigenvalue(problem: &Problem) -> f64 {
    let (projector, views) = (&problem.projector, &problem.views);
    let mut v = vec![1.0f32; projector.grid().len()];
    let mut value = 0.0;
    for _ in 0..12 {
        let norm = dot(&v, &v).sqrt() as f32;
        v.par_iter_mut().for_each(|v| *v /= norm);
        v = projector.adjoint(&projector.forward(&v, views), views);
        value = dot(&v, &v).sqrt();
    }
    1.05 * value
}
