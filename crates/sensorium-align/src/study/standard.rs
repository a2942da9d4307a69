//! What standardises token features.

use crate::sequence::Sequence;
use sensorium_nn::train::Weights;

/// Sets what standardises tokens before the first layer of a tower (`item` or `text`), where it has that: the mean
/// of each number over all tokens of `rows`, and the spread of all numbers.
pub(super) fn standardise<'a>(weights: &mut Weights, tower: &str, rows: impl Iterator<Item = &'a Sequence>) {
    let place = |leaf: &str| {
        weights.names.iter().position(|name| {
            name.starts_with(&format!("net.{tower}.stem.")) && name.ends_with(&format!(".standard.{leaf}"))
        })
    };
    let (Some(at_mean), Some(at_spread)) = (place("mean"), place("spread")) else { return };
    let width = weights.values[at_mean].len().max(1);
    let mut sum = vec![0.0f64; width];
    let (mut square, mut count) = (0.0f64, 0.0f64);
    for token in rows.flat_map(|item| item.values.chunks_exact(width)) {
        for (sum, v) in sum.iter_mut().zip(token) {
            let v = f64::from(v.to_f32());
            *sum += v;
            square += v * v;
        }
        count += 1.0;
    }
    let count = count.max(1.0);
    let all = count * width as f64;
    let centre = sum.iter().sum::<f64>() / all;
    let spread = (square / all - centre * centre).max(0.0).sqrt();
    weights.values[at_mean] = sum.iter().map(|s| (s / count) as f32).collect();
    weights.values[at_spread] = vec![if spread > 0.0 { spread as f32 } else { 1.0 }];
}
