//! The matrix products of one worker's share of a step.

use crate::cases::Case;
use crate::products::Products;
use burn::tensor::Device;
use sensorium_align::train::Step;
use sensorium_align::{Links, StemKind, TowerConfig};

/// The products of both towers and of the loss, for one of `threads` workers.
pub fn products(case: &Case, threads: usize, device: &Device) -> Products {
    let Step { items, texts, links, .. } = &case.step;
    let mut all = Products::new(device);
    tower(&mut all, &case.sizes.item, items.len().div_ceil(threads), items[0].tokens());
    tower(&mut all, &case.sizes.text, texts.len().div_ceil(threads), texts[0].tokens());
    let rows = match links {
        Links::Pairs(pairs) => pairs.items,
        Links::Synchronous(links) => links.frames.len(),
    };
    all.add(1, rows.div_ceil(threads), case.sizes.text.joint, texts.len(), false);
    all
}

fn tower(all: &mut Products, sizes: &TowerConfig, batch: usize, tokens: usize) {
    let (rows, dim, heads) = (batch * tokens, sizes.dim, sizes.heads);
    if let StemKind::Dense { width } = sizes.stem {
        all.add(1, rows, width, dim, true);
    }
    if sizes.neighbours {
        all.add(1, rows, 3 * dim, dim, false);
    }
    for _ in 0..sizes.blocks {
        // Queries, keys, values and what comes out.
        (0..4).for_each(|_| all.add(1, rows, dim, dim, false));
        all.add(batch * heads, tokens, dim / heads, tokens, false);
        all.add(batch * heads, tokens, tokens, dim / heads, false);
        all.add(1, rows, dim, 2 * dim, false);
        all.add(1, rows, 2 * dim, dim, false);
    }
    all.add(1, rows, dim, sizes.joint, false);
}
