//! One vector an item into the joint space.

use super::dropout::Dropout;
use super::unit;
use burn::module::{Module, Param};
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use sensorium_nn::activation::activate;
use serde::{Deserialize, Serialize};

/// What vectors are brought to before a [`ResidualHead`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VectorScale {
    /// Less the mean of each channel, over one spread: both of the training items, never trained.
    Standard,
    /// Length √width, so that a number is about one.
    Unit,
}

/// Settings of a [`ResidualHead`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResidualConfig {
    /// Width of the layer between.
    pub hidden: usize,
    /// Share of the numbers that training leaves out, before each layer.
    pub dropout: f32,
    /// What vectors are brought to first.
    pub scale: VectorScale,
}

/// Mean and spread of the training items; they collect no gradient and, as vectors, do not decay.
#[derive(Module, Debug)]
pub(super) struct Standard {
    /// `[width]`.
    mean: Param<Tensor<1>>,
    /// `[1]`.
    spread: Param<Tensor<1>>,
}

impl Standard {
    pub(super) fn new(width: usize, device: &Device) -> Self {
        Self {
            mean: Param::from_tensor(Tensor::zeros([width], device)),
            spread: Param::from_tensor(Tensor::ones([1], device)),
        }
    }

    pub(super) fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let mean = self.mean.val().detach().unsqueeze::<D>();
        let spread = self.spread.val().detach().clamp_min(1e-6).unsqueeze::<D>();
        (x - mean) / spread
    }
}

/// W₁ d(x) + W₃ d(gelu(W₂ d(x))), each with its bias, d being dropout: a linear map and a correction that
/// starts at zero (residual learning, He et al. 2016, arXiv:1512.03385).
#[derive(Module, Debug)]
pub struct ResidualHead {
    standard: Option<Standard>,
    direct: Linear,
    widen: Linear,
    correction: Linear,
    #[module(skip)]
    dropout: f32,
}

impl ResidualConfig {
    /// A head from `width` numbers to `joint`.
    pub fn init(&self, width: usize, joint: usize, device: &Device) -> ResidualHead {
        ResidualHead {
            standard: (self.scale == VectorScale::Standard).then(|| Standard::new(width, device)),
            direct: LinearConfig::new(width, joint).init(device),
            widen: LinearConfig::new(width, self.hidden).init(device),
            correction: LinearConfig::new(self.hidden, joint)
                .with_initializer(Initializer::Zeros)
                .init(device),
            dropout: self.dropout,
        }
    }
}

impl ResidualHead {
    /// `[row, .., width]` to `[row, .., joint]`, not yet of length one.
    pub fn forward<const D: usize>(&self, x: Tensor<D>, dropout: Option<Dropout>) -> Tensor<D> {
        let width = x.dims()[D - 1];
        let x = match &self.standard {
            Some(standard) => standard.apply(x),
            None => unit(x).mul_scalar((width as f32).sqrt()),
        };
        let dropped = |x: Tensor<D>, layer: u64| match dropout {
            Some(dropout) => dropout.apply(x, layer, self.dropout),
            None => x,
        };
        let x = dropped(x, 0);
        let wide = dropped(activate(self.widen.forward(x.clone())), 1);
        self.direct.forward(x) + self.correction.forward(wide)
    }
}
