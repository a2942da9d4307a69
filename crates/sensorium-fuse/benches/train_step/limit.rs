//! The matrix products of the router's layers.

use crate::products::Products;
use burn::tensor::Device;
use sensorium_nn::frontend::Frontend;

/// The products of the rig's router over `frontends` at width `dim`, for `batch` examples.
pub fn products(
    frontends: &[Frontend],
    dim: usize,
    outputs: usize,
    batch: usize,
    device: &Device,
) -> Products {
    let mut all = Products::new(device);
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
            block(&mut all, batch, tokens, dim);
        }
        all.add(1, rows, dim, 1, false);
    }
    let rows = batch * modalities;
    all.add(1, rows, 3, dim, true);
    block(&mut all, batch, modalities, dim);
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

fn block(all: &mut Products, batch: usize, tokens: usize, dim: usize) {
    let (heads, rows) = (4, batch * tokens);
    all.add(1, rows, dim, 3 * dim, false);
    all.add(batch * heads, tokens, dim / heads, tokens, false);
    all.add(batch * heads, tokens, tokens, dim / heads, false);
    all.add(1, rows, dim, dim, false);
    all.add(1, rows, dim, 2 * dim, false);
    all.add(1, rows, 2 * dim, dim, false);
}
