//! A batch in chunks gives what it gives in one piece.

use burn::tensor::Device;
use sensorium_align::sync::{CueRow, FrameRow, SyncLinks};
use sensorium_align::train::{GradientCache, Step};
use sensorium_align::{
    BagConfig, JointConfig, Links, ObjectiveConfig, Pairs, Pool, ResidualConfig, Sequence, StemKind,
    TowerConfig, VectorScale,
};
use sensorium_nn::train::Weights;
use std::sync::Arc;

fn tower(stem: StemKind) -> TowerConfig {
    TowerConfig {
        stem,
        dim: 8,
        joint: 6,
        blocks: 1,
        heads: 2,
        neighbours: true,
        reach_ms: None,
        pool: Pool::MeanMax,
    }
}

fn sequences(count: usize, width: usize, phase: f32) -> Vec<Arc<Sequence>> {
    (0..count)
        .map(|s| {
            let tokens = 2 + s % 3;
            let values: Vec<f32> =
                (0..tokens * width).map(|i| ((s * 31 + i) as f32 * 0.7 + phase).sin()).collect();
            Arc::new(Sequence::timed(&values, width, (0..tokens).map(|t| t as f32 * 90.0).collect()))
        })
        .collect()
}

fn plain() -> JointConfig {
    JointConfig { item: tower(StemKind::Dense { width: 5 }), text: tower(StemKind::Dense { width: 3 }) }
}

fn run(
    sizes: &JointConfig,
    step: &Step,
    generated: usize,
    threads: usize,
    chunk: usize,
) -> (f32, Vec<Vec<f32>>) {
    let device = Device::flex();
    let net = sizes.init(&device);
    let objective = ObjectiveConfig { generated, ..ObjectiveConfig::default() }.init(6, &device);
    let mut weights = Weights::of(&net);
    weights.reset(3);
    let tail = Weights::of(&objective);
    weights.names.extend(tail.names);
    weights.shapes.extend(tail.shapes);
    weights.values.extend(tail.values);
    let cache = GradientCache::new(&net, &objective, threads, chunk, &device).unwrap();
    cache.loss_and_gradients(&weights, step, 1.0)
}

fn assert_same_in_chunks(sizes: &JointConfig, step: &Step, generated: usize) {
    let (loss, gradients) = run(sizes, step, generated, 1, 1000);
    assert!(loss.is_finite() && loss > 0.0);
    let largest = gradients.iter().flatten().fold(0.0f32, |a, g| a.max(g.abs()));
    assert!(largest > 1e-3, "{largest}");
    for (threads, chunk) in [(1, 2), (2, 1000), (2, 3), (3, 1)] {
        let (other, parts) = run(sizes, step, generated, threads, chunk);
        assert!((loss - other).abs() < 1e-5, "{threads} threads, chunks of {chunk}: {loss} and {other}");
        assert_eq!(gradients.len(), parts.len());
        for (a, b) in gradients.iter().flatten().zip(parts.iter().flatten()) {
            assert!(
                (a - b).abs() < 1e-5 * largest.max(1.0),
                "{threads} threads, chunks of {chunk}: {a} and {b}"
            );
        }
    }
}

#[test]
fn pairs_with_generated_negatives() {
    let pairs = Pairs {
        items: 5,
        item_of_text: vec![Some(0), Some(1), Some(2), Some(3), Some(4), Some(0), None],
        ignored: vec![(2, 3)],
    };
    let step = Step {
        items: sequences(5, 5, 0.0),
        texts: sequences(7, 3, 1.0),
        links: Links::Pairs(pairs),
        dropout: None,
    };
    assert_same_in_chunks(&plain(), &step, 0);
    assert_same_in_chunks(&plain(), &step, 4);
}

#[test]
fn dropout_that_belongs_to_rows() {
    let pairs = Pairs { items: 6, item_of_text: (0..6).map(Some).collect(), ignored: Vec::new() };
    let words = |s: usize| Arc::new(Sequence::new(&[(s % 4) as f32, 0.0].repeat(1 + s % 3), 2));
    let vectors = Step {
        items: sequences(6, 5, 0.0),
        texts: sequences(6, 3, 1.0),
        links: Links::Pairs(pairs),
        dropout: Some(9),
    };
    let head = ResidualConfig { hidden: 12, dropout: 0.4, scale: VectorScale::Unit };
    let mean = |width| tower(StemKind::Mean { width, head });
    let sizes = JointConfig { item: mean(5), text: mean(3) };
    assert_same_in_chunks(&sizes, &vectors, 0);
    let (with, _) = run(&sizes, &vectors, 0, 1, 1000);
    let (without, _) = run(&sizes, &Step { dropout: None, ..vectors.clone() }, 0, 1, 1000);
    assert!((with - without).abs() > 1e-3, "{with} and {without}");
    let bag = StemKind::Bag { vocabulary: 4, head: BagConfig { dropout: 0.3 } };
    let spoken = Step { texts: (0..6).map(words).collect(), ..vectors };
    assert_same_in_chunks(&JointConfig { item: mean(5), text: tower(bag) }, &spoken, 0);
}

#[test]
fn frames_and_cues() {
    let items = sequences(4, 5, 0.0);
    let frames = items.iter().enumerate().flat_map(|(v, s)| {
        s.time_ms.iter().map(move |t| FrameRow { video: v / 2, time_ms: t + 500.0 * (v % 2) as f32 })
    });
    let cues = (0..3).map(|c| CueRow { video: c % 2, start_ms: 40.0, end_ms: 300.0 });
    let links = SyncLinks { frames: frames.collect(), cues: cues.collect() };
    let step = Step { items, texts: sequences(4, 3, 1.0), links: Links::Synchronous(links), dropout: None };
    assert_same_in_chunks(&plain(), &step, 0);
}
