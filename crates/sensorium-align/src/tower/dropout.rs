//! Dropout whose masks can be drawn again.

use burn::tensor::{Tensor, TensorData};
use rand::Rng;
use sensorium_nn::seed;

/// Where the dropout masks of a batch come from (Srivastava et al. 2014, Dropout). A row's mask follows from the
/// seed, the tower, the layer and the row's place in the step: it is the same in both passes of the gradient
/// cache, and whatever the chunks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropout {
    /// Seed of the step.
    pub seed: u64,
    /// Whether the rows are texts; they share no mask with the items.
    pub text: bool,
    /// Place of the batch's first row in the step.
    pub first: usize,
}

impl Dropout {
    /// Sets a share of the numbers of each row (first dimension) to zero and scales the others by
    /// 1 / (1 − share). `layer` keeps the masks of one row apart.
    pub fn apply<const D: usize>(self, x: Tensor<D>, layer: u64, share: f32) -> Tensor<D> {
        if share <= 0.0 {
            return x;
        }
        let share = share.min(0.99);
        let dims = x.dims();
        let width: usize = dims[1..].iter().product();
        let bar = (f64::from(share) * f64::from(u32::MAX)) as u32;
        let kept = 1.0 / (1.0 - share);
        let mut mask: Vec<f32> = Vec::with_capacity(dims[0] * width);
        for row in self.first..self.first + dims[0] {
            let mut rng = seed::generator(self.seed, &[u64::from(self.text), layer, row as u64]);
            mask.extend((0..width).map(|_| if rng.random::<u32>() < bar { 0.0 } else { kept }));
        }
        let mask = Tensor::<D>::from_data(TensorData::new(mask, dims), &x.device());
        x * mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    fn masks(first: usize, rows: usize, width: usize) -> Vec<f32> {
        let x = Tensor::<2>::ones([rows, width], &Device::flex());
        let dropout = Dropout { seed: 5, text: false, first };
        dropout.apply(x, 1, 0.25).try_into_vec_as::<f32>().unwrap()
    }

    #[test]
    fn a_mask_belongs_to_its_row_and_keeps_the_mean() {
        let all = masks(0, 40, 200);
        assert_eq!(masks(30, 10, 200), all[30 * 200..]);
        assert_eq!(masks(7, 1, 50), all[7 * 200..7 * 200 + 50]);
        let mean = all.iter().sum::<f32>() / all.len() as f32;
        assert!((mean - 1.0).abs() < 0.03, "{mean}");
        assert!(all.iter().all(|v| *v == 0.0 || (*v - 4.0 / 3.0).abs() < 1e-6));
    }
}
