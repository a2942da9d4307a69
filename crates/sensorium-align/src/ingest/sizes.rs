//! Sizes of towers: those of the recipes.

use crate::joint::JointConfig;
use crate::tower::{BagConfig, Pool, ResidualConfig, StemKind, TowerConfig, VectorScale};
use sensorium_nn::tower::IMAGE_TOKEN_WIDTH;

/// Width of the space of captioned pictures, and of the heads' inner layers.
const JOINT: usize = 512;
const HIDDEN: usize = 1024;
/// Width of the vectors of words that are learned from scratch.
pub const WORD_WIDTH: usize = 256;

/// Towers for captioned pictures of which one vector each is known; `text` is the first layer of a text tower:
/// token vectors are averaged, words become a bag.
pub fn caption_sizes(text: StemKind) -> JointConfig {
    let tower = |stem, dim| TowerConfig {
        stem,
        dim,
        joint: JOINT,
        blocks: 0,
        heads: 4,
        neighbours: false,
        reach_ms: None,
        pool: Pool::Mean,
    };
    let head = |dropout, scale| ResidualConfig { hidden: HIDDEN, dropout, scale };
    let item = StemKind::Mean { width: IMAGE_TOKEN_WIDTH, head: head(0.4, VectorScale::Standard) };
    let text = match text {
        StemKind::Dense { width } => StemKind::Mean { width, head: head(0.2, VectorScale::Unit) },
        StemKind::Words { vocabulary } => StemKind::Bag { vocabulary, head: BagConfig { dropout: 0.3 } },
        other => other,
    };
    JointConfig { item: tower(item, JOINT), text: tower(text, WORD_WIDTH) }
}

/// Towers for narrated videos whose frames have `width` features; `text` is the first layer of a text tower, where
/// token vectors are weighed by learned attention.
pub fn narrated_sizes(width: usize, text: StemKind) -> JointConfig {
    let text = match text {
        StemKind::Dense { width } => StemKind::Attended { width },
        other => other,
    };
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
    let head = ResidualConfig { hidden: 256, dropout: 0.3, scale: VectorScale::Standard };
    let stem = StemKind::Tokens { width, head };
    JointConfig {
        item: TowerConfig { stem, blocks: 2, neighbours: true, reach_ms: Some(1_200.0), ..text },
        text,
    }
}
