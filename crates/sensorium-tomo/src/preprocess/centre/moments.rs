//! The axis from the centres of mass.

use super::sinogram::{MOST_AT_ENDS, Sinogram};
use crate::TomoError;

/// How much the mass may vary over the views, as its standard deviation over its mean.
const MOST_VARIATION: f64 = 0.05;

/// Fits centre of mass = axis + a cos β + b sin β; returns the axis and the root mean square of what is left.
pub(super) fn search(sinogram: &Sinogram) -> Result<(f64, f64), TomoError> {
    let (views, columns) = (sinogram.views(), sinogram.columns);
    let (mut mass, mut first) = (vec![0.0; views], vec![0.0; views]);
    for row in &sinogram.rows {
        for (i, value) in row.iter().enumerate() {
            let (view, column, value) = (i / columns, i % columns, f64::from(*value));
            mass[view] += value;
            first[view] += value * column as f64;
        }
    }
    let mean = mass.iter().sum::<f64>() / views as f64;
    let variation = (mass.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / views as f64).sqrt() / mean;
    let share = sinogram.share_at_ends();
    // Written so that a mass of 0 or below, or NaN, is refused too.
    if !(mean > 0.0 && variation < MOST_VARIATION && share < MOST_AT_ENDS) {
        return Err(TomoError::Projections(format!(
            "the object is truncated or stands before a background (its mass varies by {:.1} % over the views, the rows \
             end at {:.1} % of the largest mean): moments do not show the axis; use OppositeRays or DoubleWedge",
            100.0 * variation,
            100.0 * share
        )));
    }
    let centres: Vec<f64> = first.iter().zip(&mass).map(|(f, m)| f / m).collect();
    let basis = |angle: f64| [1.0, angle.cos(), angle.sin()];
    let mut matrix = [[0.0; 4]; 3];
    for (angle, centre) in sinogram.angles_rad.iter().zip(&centres) {
        let b = basis(*angle);
        for (i, equation) in matrix.iter_mut().enumerate() {
            (0..3).for_each(|k| equation[k] += b[i] * b[k]);
            equation[3] += b[i] * centre;
        }
    }
    let fit = solve(matrix);
    let left = sinogram.angles_rad.iter().zip(&centres).map(|(angle, centre)| {
        let b = basis(*angle);
        (centre - fit[0] * b[0] - fit[1] * b[1] - fit[2] * b[2]).powi(2)
    });
    let rms = (left.sum::<f64>() / views as f64).sqrt();
    Ok((fit[0], rms))
}

/// Solves three equations with a positive definite matrix, which needs no pivots.
fn solve(mut m: [[f64; 4]; 3]) -> [f64; 3] {
    for i in 0..3 {
        let pivot = m[i];
        for equation in m.iter_mut().skip(i + 1) {
            let part = equation[i] / pivot[i];
            (i..4).for_each(|k| equation[k] -= part * pivot[k]);
        }
    }
    let z = m[2][3] / m[2][2];
    let y = (m[1][3] - m[1][2] * z) / m[1][1];
    [(m[0][3] - m[0][1] * y - m[0][2] * z) / m[0][0], y, z]
}
