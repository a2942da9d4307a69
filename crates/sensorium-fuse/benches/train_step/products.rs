//! The matrix products of the router's layers, and nothing else.

use burn::tensor::{Device, Distribution, Tensor};
use sensorium_nn::frontend::Frontend;

/// `count` products `[m, k] x [k, n]`; `inner` where the gradient of the left side is not needed.
struct Product {
    left: Tensor<3>,
    right: Tensor<3>,
    upper: Tensor<3>,
    first: bool,
}

/// All products of one worker's part of a batch.
pub struct Products {
    list: Vec<Product>,
    flops: f64,
    device: Device,
}

impl Products {
    /// The layers of the rig's router over `frontends` at width `dim`, for `batch` examples.
    pub fn of(frontends: &[Frontend], dim: usize, outputs: usize, batch: usize, device: &Device) -> Self {
        let mut all = Self { list: Vec::new(), flops: 0.0, device: device.clone() };
        let modalities = frontends.len();
        for frontend in frontends {
            let (tokens, width) = (frontend.tokens(), frontend.width());
            let rows = batch * tokens;
            match frontend {
                Frontend::Image(image) => {
                    let (height, columns) = (image.height.div_ceil(4), image.width.div_ceil(4));
                    all.add(1, rows * height * columns, 16 * image.channels, 16, true);
                    all.add(1, rows * height * columns, 9 * 16, 16, false);
                    let (height, columns) = (height.div_ceil(2), columns.div_ceil(2));
                    all.add(1, rows * height * columns, 9 * 16, 32, false);
                    all.add(1, rows, 32 * height * columns, dim, false);
                }
                Frontend::Text(_) => {}
                _ => {
                    all.add(1, rows, width, 2 * dim, true);
                    all.add(1, rows, 2 * dim, dim, false);
                }
            }
            all.add(1, rows, 20, dim, true);
            if matches!(frontend, Frontend::Series(_) | Frontend::Audio(_)) && tokens > 1 {
                all.add(1, rows, 3 * dim, dim, false);
            }
            if tokens > 1 {
                all.block(batch, tokens, dim);
            }
            all.add(1, rows, dim, 1, false);
        }
        let rows = batch * modalities;
        all.add(1, rows, 3, dim, true);
        all.block(batch, modalities, dim);
        // Compensator (two layers), values and experts: one matrix a modality.
        (0..3).for_each(|_| all.add(modalities, batch, dim, dim, false));
        all.add(modalities, batch, dim, outputs, false);
        for _gate in 0..2 {
            all.add(1, rows, dim, dim, false);
            all.add(1, rows, dim, dim, false);
            all.add(1, rows, outputs, dim, true);
            all.add(1, rows, dim, 1, false);
        }
        all.add(1, rows, 3, dim, true);
        all.add(1, batch, dim, 1, false);
        all.add(1, batch, 3 * modalities, outputs, true);
        all.add(1, batch, dim, outputs, false);
        all
    }

    fn block(&mut self, batch: usize, tokens: usize, dim: usize) {
        let (heads, rows) = (4, batch * tokens);
        self.add(1, rows, dim, 3 * dim, false);
        self.add(batch * heads, tokens, dim / heads, tokens, false);
        self.add(batch * heads, tokens, tokens, dim / heads, false);
        self.add(1, rows, dim, dim, false);
        self.add(1, rows, dim, 2 * dim, false);
        self.add(1, rows, 2 * dim, dim, false);
    }

    fn add(&mut self, count: usize, m: usize, k: usize, n: usize, first: bool) {
        let random = |a, b| Tensor::<3>::random([count, a, b], Distribution::Default, &self.device);
        self.list.push(Product { left: random(m, k), right: random(k, n), upper: random(m, n), first });
        let passes = if first { 2.0 } else { 3.0 };
        self.flops += passes * 2.0 * (count * m * k * n) as f64;
    }

    /// Runs every product forward, and for both gradients (for the weights' alone in first layers).
    pub fn run(&self) {
        for Product { left, right, upper, first } in &self.list {
            std::hint::black_box(left.clone().matmul(right.clone()));
            std::hint::black_box(left.clone().swap_dims(1, 2).matmul(upper.clone()));
            if !first {
                std::hint::black_box(upper.clone().matmul(right.clone().swap_dims(1, 2)));
            }
        }
    }

    /// Floating-point operations of [`Products::run`].
    pub fn flops(&self) -> f64 {
        self.flops
    }
}
