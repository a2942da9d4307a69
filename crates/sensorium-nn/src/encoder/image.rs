//! A small residual convolutional network for pictures.

use crate::activation::activate;
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

/// Side of a patch in pixels.
const PATCH: usize = 4;
/// Channels of the patches, and behind the strided convolution.
const CHANNELS: [usize; 2] = [16, 32];

/// Sizes of an [`ImageStem`].
#[derive(Clone, Copy, Debug)]
pub struct ImageStemConfig {
    /// 1 or 3.
    pub channels: usize,
    /// Pixels.
    pub height: usize,
    /// Pixels.
    pub width: usize,
    /// Width of the tokens.
    pub dim: usize,
}

impl ImageStemConfig {
    /// Fresh weights.
    pub fn init(&self, device: &Device) -> ImageStem {
        let [first, second] = CHANNELS;
        let conv = |to: usize, stride: usize| {
            Conv2dConfig::new([first, to], [3, 3])
                .with_stride([stride, stride])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(device)
        };
        let (rows, columns) = (self.height.div_ceil(PATCH), self.width.div_ceil(PATCH));
        ImageStem {
            patches: LinearConfig::new(self.channels * PATCH * PATCH, first).init(device),
            residual: conv(first, 1),
            shrink: conv(second, 2),
            project: LinearConfig::new(second * rows.div_ceil(2) * columns.div_ceil(2), self.dim)
                .init(device),
            channels: self.channels,
            height: self.height,
            width: self.width,
        }
    }
}

/// A convolution over patches that do not overlap (the stem of Liu et al. 2022, arXiv:2201.03545), a
/// residual convolution (He et al. 2016, doi:10.1109/CVPR.2016.90, without batch norm: batches here are
/// small and mixed), one with stride two, and a linear map.
///
/// The first is written as a dense map of each patch: the backend's own convolutions over all pixels
/// took two fifths of a training step.
#[derive(Module, Debug)]
pub struct ImageStem {
    patches: Linear,
    residual: Conv2d,
    shrink: Conv2d,
    project: Linear,
    channels: usize,
    height: usize,
    width: usize,
}

impl ImageStem {
    /// Pictures `[batch, token, channel·height·width]` to `[batch, token, dim]`.
    pub fn forward(&self, values: Tensor<3>) -> Tensor<3> {
        let [batch, frames, _] = values.dims();
        let pictures = values.reshape([batch * frames, self.channels, self.height, self.width]);
        let x = activate(self.embed(pictures));
        let x = relu(x.clone() + self.residual.forward(x));
        let x = relu(self.shrink.forward(x));
        let flat: Tensor<2> = x.flatten(1, 3);
        let tokens = self.project.forward(flat);
        let [_, dim] = tokens.dims();
        tokens.reshape([batch, frames, dim])
    }

    /// `[picture, channel, height, width]` to `[picture, 16, row, column]`, zeros beyond the edges.
    fn embed(&self, pictures: Tensor<4>) -> Tensor<4> {
        let [count, channels, height, width] = pictures.dims();
        let (rows, columns) = (height.div_ceil(PATCH), width.div_ceil(PATCH));
        let device = pictures.device();
        let mut whole = pictures;
        if rows * PATCH > height {
            let edge = Tensor::zeros([count, channels, rows * PATCH - height, width], &device);
            whole = Tensor::cat(vec![whole, edge], 2);
        }
        if columns * PATCH > width {
            let edge = Tensor::zeros([count, channels, rows * PATCH, columns * PATCH - width], &device);
            whole = Tensor::cat(vec![whole, edge], 3);
        }
        let cut: Tensor<6> = whole.reshape([count, channels, rows, PATCH, columns, PATCH]);
        let cut = cut.permute([0, 2, 4, 1, 3, 5]);
        let patches: Tensor<3> = cut.reshape([count, rows * columns, channels * PATCH * PATCH]);
        let embedded = self.patches.forward(patches);
        embedded.swap_dims(1, 2).reshape([count, CHANNELS[0], rows, columns])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::TensorData;
    use burn::tensor::module::conv2d;
    use burn::tensor::ops::ConvOptions;

    #[test]
    fn the_patches_are_the_backends_own_convolution() {
        let device = Device::flex();
        for (height, width) in [(8, 12), (5, 7), (4, 3)] {
            let stem = ImageStemConfig { channels: 3, height, width, dim: 4 }.init(&device);
            let values: Vec<f32> = (0..2 * 3 * height * width).map(|i| (i as f32 * 0.37).sin()).collect();
            let pictures = Tensor::<4>::from_data(TensorData::new(values, [2, 3, height, width]), &device);
            let [rows, columns] = [height.div_ceil(PATCH), width.div_ceil(PATCH)];
            let below = Tensor::zeros([2, 3, rows * PATCH - height + 1, width], &device);
            let tall = Tensor::cat(vec![pictures.clone(), below], 2).narrow(2, 0, rows * PATCH);
            let right = Tensor::zeros([2, 3, rows * PATCH, columns * PATCH - width + 1], &device);
            let padded = Tensor::cat(vec![tall, right], 3).narrow(3, 0, columns * PATCH);
            // [channel · row · column, to] to [to, channel, row, column].
            let kernel = stem.patches.weight.val().swap_dims(0, 1).reshape([CHANNELS[0], 3, PATCH, PATCH]);
            let bias = stem.patches.bias.as_ref().map(|b| b.val());
            let options = ConvOptions::new([PATCH, PATCH], [0, 0], [1, 1], 1);
            let theirs = conv2d(padded, kernel, bias, options);
            let apart = (stem.embed(pictures) - theirs).abs().max().into_scalar::<f32>();
            assert!(apart < 1e-5, "{height} x {width}: {apart}");
        }
    }
}
