//! Sizes of towers that have proved good.

use crate::joint::JointConfig;
use crate::tower::{Pool, StemKind, TowerConfig};
use sensorium_nn::tower::IMAGE_TOKEN_WIDTH;

/// Towers for captioned pictures; `text` is the first layer of the text tower.
pub fn caption_sizes(text: StemKind) -> JointConfig {
    let tower = |stem| TowerConfig {
        stem,
        dim: 512,
        joint: 512,
        blocks: 0,
        heads: 4,
        neighbours: false,
        reach_ms: None,
        pool: Pool::MeanMax,
    };
    JointConfig { item: tower(StemKind::Dense { width: IMAGE_TOKEN_WIDTH }), text: tower(text) }
}

/// Towers for narrated videos whose frames have `width` features.
pub fn narrated_sizes(width: usize, text: StemKind) -> JointConfig {
    let text = TowerConfig {
        stem: text,
        dim: 128,
        joint: 128,
        blocks: 0,
        heads: 4,
        neighbours: false,
        reach_ms: None,
        pool: Pool::Mean,
    };
    let stem = StemKind::Dense { width };
    JointConfig {
        item: TowerConfig { stem, blocks: 2, neighbours: true, reach_ms: Some(1_500.0), ..text },
        text,
    }
}
