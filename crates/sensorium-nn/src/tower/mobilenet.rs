//! MobileNetV2 as an image tower.

use super::published::Published;
use crate::error::NnError;
use crate::train::Weights;
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use std::path::Path;

/// Width of the tokens that the whole network gives.
pub const IMAGE_TOKEN_WIDTH: usize = 1280;

/// Expansion, channels, repetitions and first stride of each stage (Sandler et al. 2018, table 2).
const STAGES: [(usize, usize, usize, usize); 7] = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
];

/// Classes of the published classifier.
const CLASSES: usize = 1000;

/// The published batch norms' constant.
const EPSILON: f32 = 1e-5;

/// A convolution with its batch norm folded in.
#[derive(Module, Debug)]
struct Unit {
    conv: Conv2d,
    clipped: bool,
}

impl Unit {
    fn new(
        from: usize,
        to: usize,
        kernel: usize,
        stride: usize,
        groups: usize,
        clipped: bool,
        device: &Device,
    ) -> Self {
        let edge = kernel / 2;
        let conv = Conv2dConfig::new([from, to], [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(edge, edge, edge, edge))
            .with_groups(groups)
            .init(device);
        Self { conv, clipped }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.conv.forward(x);
        if self.clipped { relu(x).clamp_max(6.0) } else { x }
    }
}

/// An inverted residual: widen, filter each channel, narrow.
#[derive(Module, Debug)]
struct Bottleneck {
    expand: Option<Unit>,
    filter: Unit,
    project: Unit,
    residual: bool,
}

impl Bottleneck {
    fn new(from: usize, to: usize, expansion: usize, stride: usize, device: &Device) -> Self {
        let wide = from * expansion;
        Self {
            expand: (expansion > 1).then(|| Unit::new(from, wide, 1, 1, 1, true, device)),
            filter: Unit::new(wide, wide, 3, stride, wide, true, device),
            project: Unit::new(wide, to, 1, 1, 1, false, device),
            residual: stride == 1 && from == to,
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let wide = match &self.expand {
            Some(expand) => expand.forward(x.clone()),
            None => x.clone(),
        };
        let out = self.project.forward(self.filter.forward(wide));
        if self.residual { x + out } else { out }
    }
}

/// MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) at width 1, its batch norms folded into the
/// convolutions before them: their statistics stay as published while everything else can be tuned.
#[derive(Module, Debug)]
pub struct MobileNetV2 {
    stem: Unit,
    blocks: Vec<Bottleneck>,
    last: Unit,
    classifier: Linear,
}

impl MobileNetV2 {
    /// Number of inverted residuals.
    pub const BLOCKS: usize = 17;

    /// The network with weights that mean nothing yet.
    pub fn new(device: &Device) -> Self {
        let mut from = 32;
        let mut blocks = Vec::new();
        for (expansion, to, times, stride) in STAGES {
            for i in 0..times {
                blocks.push(Bottleneck::new(from, to, expansion, if i == 0 { stride } else { 1 }, device));
                from = to;
            }
        }
        Self {
            stem: Unit::new(3, 32, 3, 2, 1, true, device),
            blocks,
            last: Unit::new(from, IMAGE_TOKEN_WIDTH, 1, 1, 1, true, device),
            classifier: LinearConfig::new(IMAGE_TOKEN_WIDTH, CLASSES).init(device),
        }
    }

    /// The network with torchvision's weights from `folder/model.safetensors`.
    ///
    /// # Errors
    /// When the file is missing, damaged, or of another network.
    pub fn load(folder: &Path, device: &Device) -> Result<Self, NnError> {
        let network = Self::new(device);
        let mut published = Published::open(folder)?;
        let mut weights = Weights::of(&network);
        let units = units();
        for (i, (conv, norm)) in units.iter().enumerate() {
            let shape = weights.shapes[2 * i].clone();
            let mut kernel = published.take(&format!("{conv}.weight"), &shape)?;
            let mut read = |part: &str| published.take(&format!("{norm}.{part}"), &shape[..1]);
            let (gamma, beta, mean, variance) =
                (read("weight")?, read("bias")?, read("running_mean")?, read("running_var")?);
            let reach: usize = shape[1..].iter().product();
            for (c, row) in kernel.chunks_exact_mut(reach).enumerate() {
                let scale = gamma[c] / (variance[c] + EPSILON).sqrt();
                row.iter_mut().for_each(|w| *w *= scale);
                weights.values[2 * i + 1][c] = beta[c] - mean[c] * scale;
            }
            weights.values[2 * i] = kernel;
        }
        let at = 2 * units.len();
        weights.values[at] = published.take_dense("classifier.1.weight", IMAGE_TOKEN_WIDTH, CLASSES)?;
        weights.values[at + 1] = published.take("classifier.1.bias", &[CLASSES])?;
        weights.load(network, device, false)
    }

    /// Pictures `[batch, 3, height, width]`, normalised as [`super::imagenet_normalised`] does, to
    /// `[batch, 1280, ⌈height / 32⌉, ⌈width / 32⌉]`.
    pub fn features(&self, pictures: Tensor<4>) -> Tensor<4> {
        self.last.forward(self.early_features(pictures, Self::BLOCKS))
    }

    /// What the first `blocks` of the 17 inverted residuals give: 32 channels at an eighth of the side
    /// after 6, 96 at a sixteenth after 13, 320 at a thirty-second after 17.
    pub fn early_features(&self, pictures: Tensor<4>, blocks: usize) -> Tensor<4> {
        self.blocks.iter().take(blocks).fold(self.stem.forward(pictures), |x, block| block.forward(x))
    }

    /// Logits of the 1,000 ImageNet classes, `[batch, 1000]`.
    pub fn classify(&self, pictures: Tensor<4>) -> Tensor<2> {
        let grid = self.features(pictures);
        let [batch, channels, rows, columns] = grid.dims();
        let flat = grid.reshape([batch, channels, rows * columns]);
        self.classifier.forward(flat.mean_dim(2).squeeze_dim::<2>(2))
    }

    /// Features as tokens, one a cell: `[batch, cell, 1280]`.
    pub fn tokens(&self, pictures: Tensor<4>) -> Tensor<3> {
        let grid = self.features(pictures);
        let [batch, channels, rows, columns] = grid.dims();
        grid.reshape([batch, channels, rows * columns]).swap_dims(1, 2)
    }
}

/// Published names of each unit's convolution and batch norm, in the order of our parameters.
fn units() -> Vec<(String, String)> {
    let mut names = vec![("features.0.0".to_string(), "features.0.1".to_string())];
    for block in 1..=MobileNetV2::BLOCKS {
        let inside = |conv: &str, norm: &str| {
            (format!("features.{block}.conv.{conv}"), format!("features.{block}.conv.{norm}"))
        };
        if block == 1 {
            names.extend([inside("0.0", "0.1"), inside("1", "2")]);
        } else {
            names.extend([inside("0.0", "0.1"), inside("1.0", "1.1"), inside("2", "3")]);
        }
    }
    names.push(("features.18.0".into(), "features.18.1".into()));
    names
}
