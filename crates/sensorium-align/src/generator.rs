//! Negatives that are learned: points on the sphere, moved towards where they hurt most.

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};
use rand_distr::{Distribution, StandardNormal};
use sensorium_nn::seed;

/// Two banks of unit vectors, texts and items that were never there. They are trained by gradient ascent on
/// the loss that the towers descend (AdCo, Hu et al. 2021, arXiv:2011.08435, equation 6).
#[derive(Module, Debug)]
pub struct Generator {
    texts: Param<Tensor<2>>,
    items: Param<Tensor<2>>,
}

impl Generator {
    /// `size` vectors a bank, evenly spread over the sphere.
    pub fn new(size: usize, joint: usize, device: &Device) -> Self {
        let bank = |which: u64| {
            let mut values = sphere(size, joint, which);
            project(&mut values, joint);
            let bank = Tensor::from_data(TensorData::new(values, [size, joint]), device);
            Param::from_tensor(bank)
        };
        Self { texts: bank(0), items: bank(1) }
    }

    /// Generated texts, `[n, joint]`.
    pub fn texts(&self) -> Tensor<2> {
        self.texts.val()
    }

    /// Generated items, `[n, joint]`.
    pub fn items(&self) -> Tensor<2> {
        self.items.val()
    }
}

fn sphere(size: usize, joint: usize, which: u64) -> Vec<f32> {
    let mut rng = seed::generator(0, &[seed::of_name("generator"), which]);
    (0..size * joint).map(|_| StandardNormal.sample(&mut rng)).collect()
}

/// Rows of width `joint` back to length one.
fn project(values: &mut [f32], joint: usize) {
    for row in values.chunks_exact_mut(joint.max(1)) {
        let norm = row.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-12);
        row.iter_mut().for_each(|v| *v /= norm);
    }
}

/// One step of ascent on the sphere: each row moves along its gradient, the row with the largest one by
/// `step` radians, and returns to length one. Gradients that are not finite move nothing.
pub fn ascend(values: &mut [f32], gradient: &[f32], joint: usize, step: f32) {
    let norms: Vec<f32> =
        gradient.chunks_exact(joint.max(1)).map(|g| g.iter().map(|v| v * v).sum::<f32>().sqrt()).collect();
    let largest = norms.iter().copied().fold(0.0f32, f32::max);
    if !largest.is_finite() || largest <= 0.0 || norms.iter().any(|n| !n.is_finite()) {
        return;
    }
    values.iter_mut().zip(gradient).for_each(|(v, g)| *v += step * g / largest);
    project(values, joint);
}

/// Cosines of `rows` `[row, joint]` to a bank `[n, joint]`, `[row, n]`; those above a row's `bar` `[row, 1]`
/// less `margin` are out of the way (−2): they lie where a true partner lies.
pub fn guarded(rows: Tensor<2>, bank: Tensor<2>, bar: Tensor<2>, margin: f32) -> Tensor<2> {
    let cosines = rows.matmul(bank.transpose());
    let too_close = cosines.clone().detach().greater(bar.sub_scalar(margin).expand(cosines.dims())).float();
    cosines.clone() * (too_close.clone().neg() + 1.0) + too_close.mul_scalar(-2.0)
}
