//! One training step of the rig's router, beside the arithmetic limit and beside PyTorch.
//!
//! `cargo bench --workspace --bench train_step` prints milliseconds per step (forward, backward and
//! the update of the weights, batch 64) and ratios, all measured by turns in the same run:
//!
//! * *limit*: nothing but the matrix products of the same layers, forward and backward, through the
//!   same backend on the same threads;
//! * *PyTorch*: the same network and batch with the same number of threads, where
//!   `SENSORIUM_PEER_PYTHON` names a Python that has it (see `benches/peers`).

#![allow(clippy::unwrap_used)]

mod limit;
#[path = "../../../../benches/peers/peer.rs"]
mod peer;
#[path = "../../../../benches/peers/products.rs"]
mod products;
#[path = "../../../../benches/peers/turns.rs"]
mod turns;

use burn::tensor::Device;
use peer::Peer;
use products::single_threads;
use sensorium_data::rig::RigConfig;
use sensorium_data::{RecordingSource, Split, Task};
use sensorium_fuse::{FusionConfig, FusionKind, FusionNet};
use sensorium_nn::frontend::{Frontend, Pipeline, PipelineConfig};
use sensorium_nn::train::{AdamWConfig, AdamWState, Network, TrainingSet, Weights, Workers};
use sensorium_nn::{Batch, Example, TaskLoss, View};
use std::time::Instant;
use turns::{by_turns, median, ratio, time};

const BATCH: usize = 64;
const ROUNDS: usize = 9;
const STEPS: usize = 4;

struct Windows {
    pipeline: Pipeline,
    examples: Vec<Example>,
}

impl TrainingSet<FusionNet> for Windows {
    fn len(&self) -> usize {
        BATCH
    }

    fn batch(&self, indices: &[usize], _epoch: u64, device: &Device) -> Batch {
        let examples: Vec<&Example> =
            indices.iter().map(|i| &self.examples[i % self.examples.len()]).collect();
        // Every third stream of every other example is hidden, so that the compensator works.
        let view = |i: usize, s: usize| {
            if i.is_multiple_of(2) && s.is_multiple_of(3) { View::Hidden } else { View::Clean }
        };
        Batch::new(&self.pipeline.frontends, &examples, view, device)
    }

    fn score(&self, _network: &FusionNet, _device: &Device) -> f64 {
        0.0
    }
}

/// A few recordings of the rig, as the training set of a run would hold them.
fn windows() -> (Windows, TaskLoss) {
    let rig = RigConfig { recordings_per_class: 3, seconds: 8.0, ..RigConfig::default() }.init().unwrap();
    let train = rig.indices(Split::Train);
    let config = PipelineConfig { failures: Vec::new(), ..PipelineConfig::default() };
    let (pipeline, examples) = Pipeline::fit(&rig, &train, &config, 0, &|_| {}).unwrap();
    let task: &Task = &rig.schema().task;
    let loss = TaskLoss::fit(task, examples.iter().map(|e| &e.target));
    (Windows { pipeline, examples }, loss)
}

fn main() {
    let threads = std::env::var("SENSORIUM_BENCH_THREADS").ok().and_then(|t| t.parse().ok()).unwrap_or(2);
    let device = Device::flex();
    let (data, loss) = windows();
    let config = FusionConfig::new(FusionKind::Router);
    let outputs = loss.task.outputs();
    let network = config.init(&data.pipeline.frontends, loss, &device);
    let mut weights = Weights::of(&network);
    weights.reset(0);
    println!("streams (tokens x width):");
    for (spec, frontend) in rig_names().iter().zip(&data.pipeline.frontends) {
        println!("  {spec:<12} {} x {}", frontend.tokens(), frontend.width());
    }
    let parameters: usize = weights.values.iter().map(Vec::len).sum();
    println!("{parameters} parameters, batch {BATCH}, {threads} threads\n");

    let workers = Workers::new(&network, threads, &device).unwrap();
    let indices: Vec<usize> = (0..BATCH).collect();
    let mut state = AdamWState::new(&weights.values);
    let optimizer = AdamWConfig::default();
    let mut step = || {
        let (_, gradients) = workers.loss_and_gradients(&weights, &data, &indices, 0);
        state.update(&mut weights.values, &weights.shapes, &gradients, &optimizer, 1e-3);
    };
    let frontends = &data.pipeline.frontends;
    let products = limit::products(frontends, config.dim, outputs, BATCH / threads, &device);
    let pools = single_threads(threads);
    let limit = || products.run_in(&pools);
    let streams: Vec<serde_json::Value> = frontends.iter().map(describe).collect();
    let sizes = serde_json::json!({
        "streams": streams, "dim": config.dim, "outputs": outputs, "batch": BATCH, "threads": threads,
    });
    let mut peer = Peer::start("train_step.py", &sizes);
    let times = by_turns(
        ROUNDS,
        &mut [&mut || Some(time(STEPS, &mut step)), &mut || Some(time(STEPS, limit)), &mut || {
            peer.as_mut().map(|p| p.ask("step", STEPS))
        }],
    );
    let [ours, least, theirs] = &times[..] else { unreachable!("three sides") };
    let mflop = products.flops() * threads as f64 * 1e-6;
    println!("{:<28}{:>10}{:>22}", "", "ms a step", "ours, as a multiple");
    println!("{:<28}{:>10.1}", "training step", median(ours));
    println!(
        "{:<28}{:>10.1}{:>22.2}   ({mflop:.0} MFLOP, {:.1} GFLOP/s)",
        "limit: matrix products alone",
        median(least),
        ratio(ours, least),
        mflop / median(least)
    );
    match &peer {
        Some(peer) => {
            println!("{:<28}{:>10.1}{:>22.2}", peer.name(), median(theirs), ratio(ours, theirs));
        }
        None => println!("PyTorch: not compared; set SENSORIUM_PEER_PYTHON (benches/peers/README.md)"),
    }
    if std::env::var_os("SENSORIUM_BENCH_PARTS").is_some() {
        parts(&network, &weights, &data, &indices, threads, &device);
    }
}

/// A front end as the peer is told of it.
fn describe(frontend: &Frontend) -> serde_json::Value {
    let (tokens, width) = (frontend.tokens(), frontend.width());
    match frontend {
        Frontend::Image(f) => serde_json::json!({
            "kind": "image", "tokens": tokens, "shape": [f.channels, f.height, f.width],
        }),
        Frontend::Text(f) => {
            serde_json::json!({ "kind": "text", "tokens": tokens, "vocabulary": f.vocabulary })
        }
        Frontend::Table(_) => serde_json::json!({ "kind": "dense", "tokens": tokens, "width": width }),
        _ => serde_json::json!({ "kind": "sequence", "tokens": tokens, "width": width }),
    }
}

fn rig_names() -> Vec<String> {
    let rig = RigConfig::default().init().unwrap();
    rig.schema().streams.iter().map(|s| s.name.clone()).collect()
}

/// Where a step's time goes: one worker's part, stage by stage, on one thread.
fn parts(
    network: &FusionNet,
    weights: &Weights,
    data: &Windows,
    indices: &[usize],
    threads: usize,
    device: &Device,
) {
    let tracked = device.clone().autodiff();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let part = &indices[..BATCH / threads];
    let mut totals = [0.0f64; 5];
    pool.install(|| {
        for _ in 0..ROUNDS * STEPS {
            let mut clock = Instant::now();
            let mut lap = |i: usize| {
                totals[i] += 1e3 * clock.elapsed().as_secs_f64() / (ROUNDS * STEPS) as f64;
                clock = Instant::now();
            };
            let loaded = weights.load(network.clone(), &tracked, true).unwrap();
            lap(0);
            let batch = data.batch(part, 0, &tracked);
            lap(1);
            let loss = loaded.loss(&batch);
            lap(2);
            let gradients = loss.backward();
            lap(3);
            Weights::gradients(&loaded, &gradients);
            lap(4);
        }
        println!("\none worker's part, ms:");
        for (name, ms) in
            ["load weights", "batch", "forward", "backward", "read gradients"].iter().zip(totals)
        {
            println!("  {name:<16}{ms:>8.2}");
        }
        println!("\nencoders alone, forward / forward and backward, ms:");
        let batch = data.batch(part, 0, &tracked);
        let loaded = weights.load(network.clone(), &tracked, true).unwrap();
        let names = rig_names();
        for (s, name) in names.iter().enumerate() {
            let stream = &batch.streams[s];
            let forward = time(STEPS, || drop(loaded.encode(s, stream).sum()));
            let both = time(STEPS, || drop(loaded.encode(s, stream).sum().backward()));
            println!("  {name:<16}{forward:>8.2}{both:>8.2}");
        }
        let summaries = loaded.summaries(&batch);
        let forward = time(STEPS, || drop(loaded.fuse(&summaries).logits.sum()));
        println!("  {:<16}{forward:>8.2}", "fusion");
    });
}
