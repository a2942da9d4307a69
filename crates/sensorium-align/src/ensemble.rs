//! Several joint spaces as one.

use crate::error::AlignError;
use crate::joint::{JointConfig, JointNet};
use crate::tower::{ResidualConfig, StemKind, TowerConfig};
use burn::tensor::Device;
use sensorium_nn::train::Weights;

/// Joins nets of the same sizes, trained from different seeds, into one whose vectors are theirs one after another,
/// at length one: a deep ensemble (Lakshminarayanan et al. 2017, arXiv:1612.01474) that is stored, indexed and searched
/// as a single space. Cosines are then means of the nets' cosines, weighed by the lengths that their towers give.
///
/// # Errors
/// No net; nets of other sizes, or that standardise otherwise; towers other than heads on pooled vectors and bags
/// of words.
pub fn join(
    nets: &[JointNet],
    sizes: &JointConfig,
    device: &Device,
) -> Result<(JointConfig, JointNet), AlignError> {
    let parts: Vec<Weights> = nets.iter().map(Weights::of).collect();
    let count = parts.len();
    let Some(first) = parts.first() else { return Err(AlignError::invalid("no net to join")) };
    let expected = Weights::of(&sizes.init(device));
    if parts.iter().any(|p| p.names != expected.names || p.shapes != expected.shapes) {
        return Err(AlignError::invalid("the nets to join are not all of the sizes told"));
    }
    let wide = widened(sizes, count)?;
    let fresh = wide.init(device);
    let mut weights = Weights::of(&fresh);
    for (i, (shape, values)) in weights.shapes.iter().zip(&mut weights.values).enumerate() {
        let of_part: Vec<&[f32]> = parts.iter().map(|p| p.values[i].as_slice()).collect();
        if first.shapes[i] == *shape && of_part.iter().any(|part| *part != of_part[0]) {
            return Err(AlignError::invalid("the nets to join standardise their items differently"));
        }
        *values = joined(&of_part, &first.shapes[i], shape);
    }
    Ok((wide, weights.load_unchecked(fresh, device, false)))
}

/// The sizes of `count` nets in one.
///
/// # Errors
/// Towers other than heads on pooled vectors and bags of words.
pub fn widened(sizes: &JointConfig, count: usize) -> Result<JointConfig, AlignError> {
    Ok(JointConfig { item: tower(&sizes.item, count)?, text: tower(&sizes.text, count)? })
}

fn tower(sizes: &TowerConfig, count: usize) -> Result<TowerConfig, AlignError> {
    let mut wide = TowerConfig { joint: count * sizes.joint, ..*sizes };
    match sizes.stem {
        StemKind::Mean { width, head } => {
            let head = ResidualConfig { hidden: count * head.hidden, ..head };
            wide.stem = StemKind::Mean { width, head };
        }
        StemKind::Bag { .. } => wide.dim = count * sizes.dim,
        _ => {
            return Err(AlignError::invalid(
                "only heads on pooled vectors and bags of words can be joined; keep the nets apart",
            ));
        }
    }
    Ok(wide)
}

/// One parameter of the joined net. What all parts share stays; vectors come one after another; a map from the
/// same inputs gets more columns; a map between what comes one after another keeps to its own part.
fn joined(parts: &[&[f32]], narrow: &[usize], wide: &[usize]) -> Vec<f32> {
    if narrow == wide {
        return parts[0].to_vec();
    }
    let (&[rows, columns], &[all_rows, all_columns]) = (narrow, wide) else { return parts.concat() };
    let mut values = vec![0.0f32; all_rows * all_columns];
    for (p, part) in parts.iter().enumerate() {
        let (down, across) = if all_rows == rows { (0, p * columns) } else { (p * rows, p * columns) };
        for (r, row) in part.chunks_exact(columns).enumerate() {
            let start = (down + r) * all_columns + across;
            values[start..start + columns].copy_from_slice(row);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::dot;
    use crate::sequence::Sequence;
    use crate::tower::{BagConfig, Pool, VectorScale};

    fn sizes() -> JointConfig {
        let head = ResidualConfig { hidden: 6, dropout: 0.1, scale: VectorScale::Standard };
        let item = TowerConfig {
            stem: StemKind::Mean { width: 5, head },
            dim: 4,
            joint: 3,
            blocks: 0,
            heads: 1,
            neighbours: false,
            reach_ms: None,
            pool: Pool::Mean,
        };
        let text = StemKind::Bag { vocabulary: 7, head: BagConfig { dropout: 0.1 } };
        JointConfig { item, text: TowerConfig { stem: text, ..item } }
    }

    #[test]
    fn the_joined_vector_is_that_of_the_parts_one_after_another() {
        let device = Device::flex();
        let nets: Vec<JointNet> = (0..2)
            .map(|seed| {
                let fresh = sizes().init(&device);
                let mut weights = Weights::of(&fresh);
                let made = weights.clone();
                weights.reset(seed);
                for (i, name) in made.names.iter().enumerate().filter(|(_, name)| name.contains("standard")) {
                    assert!(name.starts_with("item.stem"), "{name}");
                    weights.values[i].clone_from(&made.values[i]);
                }
                weights.load_unchecked(fresh, &device, false)
            })
            .collect();
        let (wide, net) = join(&nets, &sizes(), &device).unwrap();
        assert_eq!((wide.item.joint, wide.text.joint), (6, 6));
        let item = Sequence::new(&[0.3, -1.0, 2.0, 0.5, 0.1], 5);
        let text = Sequence::new(&[2.0, 0.0, 5.0, 0.0], 2);
        for (whole, parts) in [
            (
                net.embed_items(&[&item], &device),
                nets.iter().map(|n| n.embed_items(&[&item], &device)).collect::<Vec<_>>(),
            ),
            (
                net.embed_texts(&[&text], &device),
                nets.iter().map(|n| n.embed_texts(&[&text], &device)).collect(),
            ),
        ] {
            let whole = &whole[0];
            for (p, part) in parts.iter().enumerate() {
                let own = &whole[3 * p..3 * p + 3];
                let cosine = dot(own, &part[0]) / dot(own, own).sqrt();
                assert!((cosine - 1.0).abs() < 1e-4, "{p}: {cosine}");
            }
        }
    }

    #[test]
    fn other_towers_are_refused() {
        let mut of_frames = sizes();
        of_frames.item.stem = StemKind::Dense { width: 5 };
        let net = of_frames.init(&Device::flex());
        let error = join(&[net], &of_frames, &Device::flex()).unwrap_err().to_string();
        assert!(error.contains("keep the nets apart"), "{error}");
        assert!(join(&[], &sizes(), &Device::flex()).is_err());
    }
}
