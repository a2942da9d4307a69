//! Laws that every encoder keeps, whatever its modality.

#![allow(clippy::unwrap_used)]

mod fixtures;

use burn::tensor::Device;
use fixtures::{HostBatch, distance, frontends, host, seeded};
use sensorium_nn::encoder::{Encoder, EncoderConfig};
use sensorium_nn::frontend::Frontend;
use sensorium_nn::seed::generator;

const DIM: usize = 16;
const ROUNDING: f32 = 2e-5;

/// Runs a law on each encoder under several seeds.
fn each(law: impl Fn(&str, &Frontend, &Encoder, u64)) {
    let device = Device::flex();
    for (name, frontend) in frontends() {
        for seed in 0..4 {
            let encoder = seeded(EncoderConfig { dim: DIM }.init(&frontend, &device), seed, &device);
            law(name, &frontend, &encoder, seed);
        }
    }
}

#[test]
fn tokens_have_the_shape_that_the_front_end_states() {
    each(|name, frontend, encoder, seed| {
        let batch = HostBatch::random(frontend, 3, 0.6, &mut generator(seed, &[1]));
        let tokens = encoder.forward(&batch.on(&Device::flex()));
        assert_eq!(tokens.dims(), [3, frontend.tokens(), DIM], "{name}");
        assert_eq!(tokens.mask.dims(), [3, frontend.tokens()], "{name}");
    });
}

#[test]
fn times_quality_and_mask_pass_through() {
    each(|name, frontend, encoder, seed| {
        let batch = HostBatch::random(frontend, 3, 0.6, &mut generator(seed, &[2]));
        let tokens = encoder.forward(&batch.on(&Device::flex()));
        assert_eq!(host(tokens.start_ms.clone()), batch.start_ms, "{name}");
        assert_eq!(host(tokens.end_ms.clone()), batch.end_ms, "{name}");
        let repeated: Vec<f32> =
            batch.quality.iter().flat_map(|q| std::iter::repeat_n(*q, frontend.tokens())).collect();
        assert_eq!(host(tokens.quality.clone()), repeated, "{name}");
        let weight: Vec<f32> = batch.mask.iter().map(|m| f32::from(u8::from(*m))).collect();
        assert_eq!(host(tokens.weight()), weight, "{name}");
    });
}

#[test]
fn what_stands_in_invalid_tokens_never_changes_a_token() {
    each(|name, frontend, encoder, seed| {
        for round in 0..8 {
            let mut rng = generator(seed, &[3, round]);
            let batch = HostBatch::random(frontend, 2, 0.2 + 0.1 * round as f64, &mut rng);
            let other = batch.scrambled(&mut rng);
            let [a, b] = [&batch, &other].map(|b| host(encoder.forward(&b.on(&Device::flex())).values));
            assert_eq!(a, b, "{name}, seed {seed}, round {round}");
        }
    });
}

#[test]
fn invalid_tokens_are_zeros() {
    each(|name, frontend, encoder, seed| {
        let batch = HostBatch::random(frontend, 4, 0.5, &mut generator(seed, &[4]));
        let values = host(encoder.forward(&batch.on(&Device::flex())).values);
        for (token, valid) in values.chunks_exact(DIM).zip(&batch.mask) {
            assert_eq!(token.iter().any(|v| *v != 0.0), *valid, "{name}");
        }
    });
}

#[test]
fn examples_of_a_batch_do_not_touch_one_another() {
    each(|name, frontend, encoder, seed| {
        let batch = HostBatch::random(frontend, 3, 0.7, &mut generator(seed, &[5]));
        let together = host(encoder.forward(&batch.on(&Device::flex())).values);
        let row = frontend.tokens() * DIM;
        for i in 0..3 {
            let alone = host(encoder.forward(&batch.only(i).on(&Device::flex())).values);
            let apart = distance(&together[i * row..(i + 1) * row], &alone);
            assert!(apart <= ROUNDING, "{name}: example {i} differs by {apart}");
        }
    });
}

#[test]
fn an_example_without_a_valid_token_gives_zeros() {
    each(|name, frontend, encoder, seed| {
        let batch = HostBatch::random(frontend, 2, 0.0, &mut generator(seed, &[6]));
        let values = host(encoder.forward(&batch.on(&Device::flex())).values);
        assert!(values.iter().all(|v| *v == 0.0), "{name}");
    });
}

#[test]
fn the_same_input_gives_the_same_bits() {
    each(|name, frontend, encoder, seed| {
        let batch = HostBatch::random(frontend, 2, 0.8, &mut generator(seed, &[7])).on(&Device::flex());
        assert_eq!(host(encoder.forward(&batch).values), host(encoder.forward(&batch).values), "{name}");
    });
}

#[test]
fn every_valid_token_reads_its_values_and_its_times() {
    each(|name, frontend, encoder, seed| {
        let batch = HostBatch::random(frontend, 1, 1.0, &mut generator(seed, &[8]));
        let before = host(encoder.forward(&batch.on(&Device::flex())).values);
        let mut moved = batch.clone();
        moved.start_ms[0] += 100.0;
        let after = host(encoder.forward(&moved.on(&Device::flex())).values);
        assert!(distance(&before[..DIM], &after[..DIM]) > 1e-4, "{name} ignores the time");
        let mut changed = batch.clone();
        changed.values[0] = if changed.values[0] > 0.5 { 0.0 } else { 1.0 };
        let after = host(encoder.forward(&changed.on(&Device::flex())).values);
        assert!(distance(&before[..DIM], &after[..DIM]) > 1e-5, "{name} ignores the values");
    });
}
