//! Minimum description length by global and local regression (SLOPE; Marx and Vreeken 2017).
//!
//! Both variables are brought to [0, 1]. A direction costs the effect's residuals in bits under a Gaussian, and the
//! functions: one for all samples, and one each for values of the cause that are repeated so often that a function of
//! its own pays. The cause itself, coded as uniform, costs the same in both directions but for the resolutions of both
//! variables, which cancel.

use super::normalisation::{ascending, to_unit_interval};
use crate::CausalError;
use faer::linalg::solvers::Solve;
use faer::{Col, Mat, Side};

/// Decimal digits to which parameters are sent.
const DIGITS: i32 = 3;
/// A value of the cause needs this many samples for a function of its own.
const REPEATS: usize = 5;
/// Smallest residual variance, of values from 0 to 1.
const FLOOR: f64 = 1e-10;

/// The form of a function.
#[derive(Clone, Copy)]
enum Form {
    Polynomial(usize),
    Exponential,
    Reciprocal,
    Logarithm,
}

const FORMS: [Form; 7] = [
    Form::Polynomial(1),
    Form::Polynomial(2),
    Form::Polynomial(3),
    Form::Polynomial(4),
    Form::Exponential,
    Form::Reciprocal,
    Form::Logarithm,
];

/// Bits per sample for the effect given the cause.
pub(super) fn cost(cause: &[f64], effect: &[f64]) -> Result<f64, CausalError> {
    let (x, y) = (to_unit_interval(cause), to_unit_interval(effect));
    let global: Vec<Model> = FORMS.iter().filter_map(|&form| fit(form, &x, &y)).collect();
    let mut best = f64::INFINITY;
    for model in &global {
        let errors: Vec<f64> = y.iter().zip(&model.fitted).map(|(y, f)| (y - f).powi(2)).collect();
        let only_global = model.bits + gaussian_bits(errors.iter().sum(), y.len());
        best = best.min(only_global).min(with_local(&x, &y, &errors, model.bits));
    }
    if best.is_finite() {
        Ok(best / x.len() as f64)
    } else {
        Err(CausalError::Data("no function is determined by so few different values".into()))
    }
}

struct Model {
    fitted: Vec<f64>,
    bits: f64,
}

/// The global function, with local ones where they pay: every repeated value's samples, in ascending order, against
/// an even grid.
fn with_local(x: &[f64], y: &[f64], global_errors: &[f64], global_bits: f64) -> f64 {
    let order = ascending(x);
    let mut groups: Vec<&[usize]> = order.chunk_by(|&a, &b| x[a] == x[b]).collect();
    groups.retain(|g| g.len() >= REPEATS);
    let distinct = order.chunk_by(|&a, &b| x[a] == x[b]).count() as f64;
    let total: f64 = global_errors.iter().sum();
    // The same form for all local functions, as in SLOPE.
    let mut best = f64::INFINITY;
    for form in FORMS {
        let mut gains: Vec<(f64, f64)> = Vec::new();
        for group in &groups {
            let mut values: Vec<f64> = group.iter().map(|&i| y[i]).collect();
            values.sort_by(f64::total_cmp);
            let grid: Vec<f64> = (0..values.len()).map(|i| i as f64 / (values.len() - 1) as f64).collect();
            let Some(local) = fit(form, &grid, &values) else { continue };
            let before: f64 = group.iter().map(|&i| global_errors[i]).sum();
            let after: f64 = values.iter().zip(&local.fitted).map(|(y, f)| (y - f).powi(2)).sum();
            if after < before {
                gains.push((before - after, local.bits));
            }
        }
        // Local functions for the values that gain most; each makes the next one pay more.
        gains.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut error, mut bits) = (total, global_bits);
        for (index, (gain, local_bits)) in gains.into_iter().enumerate() {
            error -= gain;
            bits += local_bits;
            let count = index as f64 + 1.0;
            let which = count * (distinct / count).log2().max(0.0) + integer_bits(count);
            best = best.min(bits + which + gaussian_bits(error, y.len()));
        }
    }
    best
}

fn gaussian_bits(squared_error: f64, samples: usize) -> f64 {
    let n = samples as f64;
    let variance = (squared_error / n).max(FLOOR);
    0.5 * n * (std::f64::consts::TAU * std::f64::consts::E * variance).log2()
}

fn fit(form: Form, x: &[f64], y: &[f64]) -> Option<Model> {
    let transformed = |f: fn(f64) -> f64| x.iter().map(|&x| f(x)).collect::<Vec<f64>>();
    let features: Vec<Vec<f64>> = match form {
        Form::Polynomial(degree) => {
            (1..=degree).map(|k| x.iter().map(|x| x.powi(k as i32)).collect()).collect()
        }
        Form::Exponential => vec![transformed(f64::exp)],
        // Moved away from 0, where both are infinite.
        Form::Reciprocal => vec![transformed(|x| 1.0 / (x + 0.1))],
        Form::Logarithm => vec![transformed(|x| (x + 0.01).ln())],
    };
    let width = features.len() + 1;
    if x.len() < width + 1 {
        return None;
    }
    let value = |k: usize, i: usize| if k == 0 { 1.0 } else { features[k - 1][i] };
    let gram =
        Mat::from_fn(width, width, |a, b| (0..x.len()).map(|i| value(a, i) * value(b, i)).sum::<f64>());
    let cross = Col::from_fn(width, |a| (0..x.len()).map(|i| value(a, i) * y[i]).sum::<f64>());
    let coefficients: Col<f64> = gram.llt(Side::Lower).ok()?.solve(&cross);
    if coefficients.iter().any(|c| !c.is_finite()) {
        return None;
    }
    let fitted =
        (0..x.len()).map(|i| (0..width).map(|k| coefficients[k] * value(k, i)).sum::<f64>()).collect();
    let bits = (FORMS.len() as f64).log2() + coefficients.iter().map(|c| parameter_bits(*c)).sum::<f64>();
    Some(Model { fitted, bits })
}

/// A sign, a power of ten, and the number to [`DIGITS`] digits (Marx and Vreeken 2017, section IV).
fn parameter_bits(parameter: f64) -> f64 {
    if parameter == 0.0 {
        return 2.0;
    }
    let shift = (f64::from(DIGITS) - parameter.abs().log10()).ceil().max(0.0);
    let digits = (parameter.abs() * 10.0_f64.powf(shift)).ceil();
    1.0 + integer_bits(shift + 1.0) + integer_bits(digits)
}

/// Rissanen's universal code for integers from 1 on.
fn integer_bits(number: f64) -> f64 {
    let mut bits = 2.865_064_f64.log2();
    let mut left = number.max(1.0).log2();
    while left > 0.0 {
        bits += left;
        left = left.log2();
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_integers_cost_more_bits() {
        assert!((integer_bits(1.0) - 1.5185).abs() < 1e-3);
        assert!(integer_bits(1000.0) > integer_bits(100.0));
    }

    #[test]
    fn a_value_that_is_repeated_gets_a_function_of_its_own() {
        let x: Vec<f64> = (0..200).map(|i| f64::from(i % 4)).collect();
        let y: Vec<f64> = (0..200).map(|i| f64::from(i % 4) + f64::from((i * 37) % 50) / 10.0).collect();
        let (xs, ys) = (to_unit_interval(&x), to_unit_interval(&y));
        let model = fit(Form::Polynomial(1), &xs, &ys).unwrap();
        let errors: Vec<f64> = ys.iter().zip(&model.fitted).map(|(y, f)| (y - f).powi(2)).collect();
        let global = model.bits + gaussian_bits(errors.iter().sum(), 200);
        assert!(with_local(&xs, &ys, &errors, model.bits) < global);
    }
}
