//! Laws of tokens, of the attention pool and of the transformer block.

#![allow(clippy::unwrap_used)]

mod fixtures;

use burn::tensor::{Device, Tensor, TensorData};
use fixtures::{distance, host, seeded};
use proptest::prelude::*;
use sensorium_nn::Tokens;
use sensorium_nn::block::BlockConfig;
use sensorium_nn::encoder::AttentionPoolConfig;

const DIM: usize = 8;
const TOKENS: usize = 5;

fn tensor<const D: usize>(values: &[f32], shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), &Device::flex())
}

fn tokens(values: &[f32], mask: &[bool]) -> Tokens {
    let weight: Vec<f32> = mask.iter().map(|m| f32::from(u8::from(*m))).collect();
    let zeros = || Tensor::zeros([1, TOKENS], &Device::flex());
    Tokens {
        values: tensor(values, [1, TOKENS, DIM]),
        start_ms: zeros(),
        end_ms: zeros(),
        position: None,
        quality: zeros(),
        mask: tensor(&weight, [1, TOKENS]).greater_scalar(0.5),
    }
}

/// Values of one example, what else could stand in its invalid tokens, and its mask.
fn example() -> impl Strategy<Value = (Vec<f32>, Vec<f32>, Vec<bool>)> {
    let values = || prop::collection::vec(-5.0f32..5.0, TOKENS * DIM);
    (values(), values(), prop::collection::vec(any::<bool>(), TOKENS)).prop_map(|(kept, other, mask)| {
        let mixed = (0..TOKENS * DIM).map(|i| if mask[i / DIM] { kept[i] } else { other[i] }).collect();
        (kept, mixed, mask)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_pool_reads_valid_tokens_alone((values, other, mask) in example(), seed in 0u64..1000) {
        let pool = seeded(AttentionPoolConfig { dim: DIM }.init(&Device::flex()), seed, &Device::flex());
        let [a, b] = [&values, &other].map(|v| host(pool.forward(&tokens(v, &mask))));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn the_pool_is_a_mean_of_valid_tokens((values, _, mask) in example(), seed in 0u64..1000) {
        let pool = seeded(AttentionPoolConfig { dim: DIM }.init(&Device::flex()), seed, &Device::flex());
        let pooled = host(pool.forward(&tokens(&values, &mask)));
        for d in 0..DIM {
            let valid = (0..TOKENS).filter(|t| mask[*t]).map(|t| values[t * DIM + d]);
            let (low, high) = valid.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            if low <= high {
                prop_assert!(low - 1e-4 <= pooled[d] && pooled[d] <= high + 1e-4);
            } else {
                prop_assert_eq!(pooled[d], 0.0);
            }
        }
    }

    #[test]
    fn the_mean_of_tokens_is_over_the_valid_ones((values, other, mask) in example()) {
        let [a, b] = [&values, &other].map(|v| host(tokens(v, &mask).mean()));
        prop_assert_eq!(&a, &b);
        let count = mask.iter().filter(|m| **m).count().max(1) as f32;
        let by_hand: Vec<f32> = (0..DIM)
            .map(|d| (0..TOKENS).filter(|t| mask[*t]).map(|t| values[t * DIM + d]).sum::<f32>() / count)
            .collect();
        prop_assert!(distance(&a, &by_hand) < 1e-4);
    }

    #[test]
    fn a_block_attends_to_its_keys_alone((values, other, mask) in example(), seed in 0u64..1000) {
        let block = seeded(BlockConfig::new(DIM).init(&Device::flex()), seed, &Device::flex());
        let keys: Vec<f32> = mask.iter().map(|m| f32::from(u8::from(*m))).collect();
        let [a, b] = [&values, &other].map(|v| {
            host(block.forward(tensor(v, [1, TOKENS, DIM]), tensor(&keys, [1, TOKENS])))
        });
        if mask.contains(&true) {
            for token in (0..TOKENS).filter(|t| mask[*t]) {
                let at = token * DIM..(token + 1) * DIM;
                prop_assert_eq!(&a[at.clone()], &b[at]);
            }
        } else {
            prop_assert!(a.iter().chain(&b).all(|v| v.is_finite()));
        }
    }

    #[test]
    fn a_block_treats_tokens_alike_wherever_they_stand((values, _, mask) in example(), seed in 0u64..1000) {
        let block = seeded(BlockConfig::new(DIM).init(&Device::flex()), seed, &Device::flex());
        let keys: Vec<f32> = mask.iter().map(|m| f32::from(u8::from(*m))).collect();
        let turned = |v: &[f32], width: usize| [&v[width..], &v[..width]].concat();
        let straight = host(block.forward(tensor(&values, [1, TOKENS, DIM]), tensor(&keys, [1, TOKENS])));
        let moved = host(block.forward(
            tensor(&turned(&values, DIM), [1, TOKENS, DIM]),
            tensor(&turned(&keys, 1), [1, TOKENS]),
        ));
        prop_assert!(distance(&turned(&straight, DIM), &moved) < 1e-4);
    }
}

#[test]
fn padding_is_the_mask_turned_over() {
    let mask = [true, false, true, true, false];
    let padding = tokens(&[0.0; TOKENS * DIM], &mask).padding().float();
    assert_eq!(host(padding), [0.0, 1.0, 0.0, 0.0, 1.0]);
}
