//! A small residual convolutional network for pictures.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

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
        let conv = |from: usize, to: usize, stride: usize| {
            Conv2dConfig::new([from, to], [3, 3])
                .with_stride([stride, stride])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(device)
        };
        let half = |n: usize| n.div_ceil(2);
        let (rows, columns) = (half(half(half(self.height))), half(half(half(self.width))));
        ImageStem {
            first: conv(self.channels, 8, 2),
            first_residual: conv(8, 8, 1),
            second: conv(8, 16, 2),
            second_residual: conv(16, 16, 1),
            third: conv(16, 32, 2),
            project: LinearConfig::new(32 * rows * columns, self.dim).init(device),
            channels: self.channels,
            height: self.height,
            width: self.width,
        }
    }
}

/// Three stride-2 convolutions with residual ones between them (He et al. 2016,
/// doi:10.1109/CVPR.2016.90, without batch norm: batches here are small and mixed), then a linear map.
#[derive(Module, Debug)]
pub struct ImageStem {
    first: Conv2d,
    first_residual: Conv2d,
    second: Conv2d,
    second_residual: Conv2d,
    third: Conv2d,
    project: Linear,
    channels: usize,
    height: usize,
    width: usize,
}

impl ImageStem {
    /// Pictures `[batch, token, channel·height·width]` to `[batch, token, dim]`.
    pub fn forward(&self, values: Tensor<3>) -> Tensor<3> {
        let [batch, frames, _] = values.dims();
        let x = values.reshape([batch * frames, self.channels, self.height, self.width]);
        let x = relu(self.first.forward(x));
        let x = relu(x.clone() + self.first_residual.forward(x));
        let x = relu(self.second.forward(x));
        let x = relu(x.clone() + self.second_residual.forward(x));
        let x = relu(self.third.forward(x));
        let flat: Tensor<2> = x.flatten(1, 3);
        let tokens = self.project.forward(flat);
        let [_, dim] = tokens.dims();
        tokens.reshape([batch, frames, dim])
    }
}
