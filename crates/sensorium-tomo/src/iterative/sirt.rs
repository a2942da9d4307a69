//! SIRT and OS-SART.

use super::{Iteration, Problem, Watch, difference, root_mean_square};
use crate::{TomoError, Volume};
use rayon::prelude::*;

/// Settings of [`sirt`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SirtOptions {
    /// Passes over all views. Default: 30.
    pub iterations: usize,
    /// Subsets of views, each an update of its own: 1 is SIRT, more is OS-SART, as many as views is SART.
    /// Default: 1.
    pub subsets: usize,
    /// Length of a step, between 0 and 2. Default: 1.
    pub relaxation: f32,
    /// Whether attenuation below zero is cut off after each update. Default: yes.
    pub non_negative: bool,
}

impl Default for SirtOptions {
    fn default() -> Self {
        Self { iterations: 30, subsets: 1, relaxation: 1.0, non_negative: true }
    }
}

/// x ← x + λ C Aᵀ R (b − A x), for each subset in turn, where R and C hold the inverse sums of the rows
/// and columns of A.
///
/// Source: A. H. Andersen, A. C. Kak, "Simultaneous algebraic reconstruction technique", Ultrasonic
/// Imaging 6 (1984); G. Wang, M. Jiang, "Ordered-subset simultaneous algebraic reconstruction techniques",
/// J. X-Ray Sci. Technol. 12 (2004).
///
/// # Errors
/// [`TomoError::Request`] for a relaxation outside (0, 2), or no iterations.
pub fn sirt(problem: &Problem, options: &SirtOptions, watch: Watch) -> Result<Volume, TomoError> {
    if !(options.relaxation > 0.0 && options.relaxation < 2.0) || options.iterations == 0 {
        return Err(TomoError::Request(format!(
            "sirt needs a relaxation between 0 and 2 (it is {}) and at least one iteration (there are {})",
            options.relaxation, options.iterations
        )));
    }
    let projector = &problem.projector;
    let ones = vec![1.0f32; projector.grid().len()];
    let subsets: Vec<Subset> = problem
        .subsets(options.subsets)
        .into_iter()
        .map(|views| {
            let row_sums = projector.forward(&ones, &views);
            let column_sums = projector.adjoint(&vec![1.0; row_sums.len()], &views);
            let measured = problem.measured(&views);
            Subset { views, measured, row_weights: inverse(&row_sums), column_weights: inverse(&column_sums) }
        })
        .collect();

    let mut x = problem.start.clone();
    for number in 1..=options.iterations {
        let mut squares = 0.0;
        let mut count = 0;
        for subset in &subsets {
            let mut residual = difference(&subset.measured, &projector.forward(&x, &subset.views));
            squares += root_mean_square(&residual).powi(2) * residual.len() as f64;
            count += residual.len();
            residual.par_iter_mut().zip(&subset.row_weights).for_each(|(r, w)| *r *= w);
            let update = projector.adjoint(&residual, &subset.views);
            let least = if options.non_negative { 0.0 } else { f32::NEG_INFINITY };
            x.par_iter_mut().zip(&update).zip(&subset.column_weights).for_each(|((x, u), w)| {
                *x = (*x + options.relaxation * w * u).max(least);
            });
        }
        let residual = (squares / count.max(1) as f64).sqrt();
        if !watch(Iteration { number, of: options.iterations, residual }) {
            break;
        }
    }
    problem.volume(&x)
}

struct Subset {
    views: Vec<usize>,
    measured: Vec<f32>,
    row_weights: Vec<f32>,
    column_weights: Vec<f32>,
}

/// Inverses; where next to nothing is met there is nothing to learn.
fn inverse(sums: &[f32]) -> Vec<f32> {
    let most = sums.iter().copied().fold(0.0f32, f32::max);
    sums.iter().map(|s| if *s > 1e-4 * most { 1.0 / s } else { 0.0 }).collect()
}
