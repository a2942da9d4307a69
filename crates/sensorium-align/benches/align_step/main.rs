//! One training step of a joint space, beside the arithmetic limit and beside PyTorch.
//!
//! `cargo bench --workspace --bench align_step` prints milliseconds and ratios, all measured by turns in the
//! same run, for captioned pictures (InfoNCE) and narrated videos (the synchronous loss):
//!
//! * *loss*: the loss of given embeddings, forward and backward;
//! * *step*: both towers and the loss forward and backward, and the update of the weights;
//! * *limit*: nothing but the matrix products of a step, through the same backend on the same threads;
//! * *PyTorch*: the same with the same weights, features and number of threads, where
//!   `SENSORIUM_PEER_PYTHON` names a Python that has it (see `benches/peers`). Loss and gradient of the first
//!   step must be the same on both sides.

#![allow(clippy::unwrap_used)]

mod cases;
mod limit;
#[path = "../../../../benches/peers/peer.rs"]
mod peer;
#[path = "../../../../benches/peers/products.rs"]
mod products;
#[path = "../../../../benches/peers/turns.rs"]
mod turns;

use burn::tensor::Device;
use cases::Case;
use peer::Peer;
use products::single_threads;
use sensorium_align::train::{AlignTraining, GradientCache};
use sensorium_nn::train::{AdamWConfig, AdamWState};
use std::hint::black_box;
use std::path::Path;
use turns::{by_turns, median, ratio, time};

const ROUNDS: usize = 9;
/// Calls a turn.
const LOSSES: usize = 10;
const STEPS: usize = 2;
/// Share of the peak learning rate: weights hardly move, so that every step costs the same.
const RATE: f32 = 1e-3;

fn main() {
    let threads = std::env::var("SENSORIUM_BENCH_THREADS").ok().and_then(|t| t.parse().ok()).unwrap_or(2);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().unwrap();
    let device = Device::flex();
    let folder = tempfile::tempdir().unwrap();
    let cases = [Case::pairs(&device), Case::synchronous(&device)];
    let mut peer = start(&cases, threads, folder.path());
    println!("{threads} threads, medians of {ROUNDS} turns\n");
    println!("{:<42}{:>10}{:>22}", "", "ms", "ours, as a multiple");
    for case in &cases {
        check(case, threads, &mut peer, &device);
        loss(case, &mut peer, &device);
        step(case, threads, &mut peer, &device);
    }
    if peer.is_none() {
        println!("PyTorch: not compared; set SENSORIUM_PEER_PYTHON (benches/peers/README.md)");
    }
}

/// The peer with the same weights and features.
fn start(cases: &[Case], threads: usize, folder: &Path) -> Option<Peer> {
    std::env::var_os("SENSORIUM_PEER_PYTHON")?;
    let optimizer = AdamWConfig::default();
    let cases: Vec<serde_json::Value> = cases
        .iter()
        .map(|case| {
            let file = folder.join(format!("{}.safetensors", case.name));
            case.write(&file);
            serde_json::json!({
                "name": case.name, "synchronous": case.is_synchronous(), "sizes": case.sizes, "file": file,
            })
        })
        .collect();
    let told = serde_json::json!({
        "threads": threads,
        "cases": cases,
        "optimizer": {
            "learning_rate": optimizer.learning_rate,
            "rate": RATE,
            "weight_decay": optimizer.weight_decay,
            "clip_norm": optimizer.clip_norm,
            "ema_decay": optimizer.ema_decay,
        },
    });
    Peer::start("align_step.py", &told)
}

fn cache(case: &Case, threads: usize, device: &Device) -> GradientCache {
    GradientCache::new(&case.net, &case.objective, threads, AlignTraining::default().chunk, device).unwrap()
}

/// Both sides must compute the same.
fn check(case: &Case, threads: usize, peer: &mut Option<Peer>, device: &Device) {
    let Some(peer) = peer else { return };
    let (loss, gradients) = cache(case, threads, device).loss_and_gradients(&case.weights, &case.step, 1.0);
    let norm = gradients.iter().flatten().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
    for (what, ours) in [("value", f64::from(loss)), ("norm", norm)] {
        let theirs = peer.ask(&format!("{}.{what}", case.name), 1);
        assert!((ours - theirs).abs() < 1e-3 * ours.abs(), "{}.{what}: {ours} and {theirs}", case.name);
    }
}

/// The loss alone.
fn loss(case: &Case, peer: &mut Option<Peer>, device: &Device) {
    let ([items, texts], objective) = (case.leaves(device), case.tracked_objective(device));
    let work = || {
        let gradients = objective.loss(items.clone(), texts.clone(), &case.step.links, 1.0).backward();
        black_box((items.grad(&gradients), texts.grad(&gradients)));
    };
    let what = format!("{}.loss", case.name);
    let times = by_turns(
        ROUNDS,
        &mut [&mut || Some(time(LOSSES, &work)), &mut || peer.as_mut().map(|p| p.ask(&what, LOSSES))],
    );
    print(&format!("{}: loss", case.name), &times[0], None);
    against(peer, &times[0], &times[1]);
}

/// The whole step.
fn step(case: &Case, threads: usize, peer: &mut Option<Peer>, device: &Device) {
    let cache = cache(case, threads, device);
    let mut weights = case.weights.clone();
    let mut state = AdamWState::new(&weights.values);
    let optimizer = AdamWConfig::default();
    let mut work = || {
        let (_, gradients) = cache.loss_and_gradients(&weights, &case.step, 1.0);
        state.update(&mut weights.values, &weights.shapes, &gradients, &optimizer, RATE);
    };
    let products = limit::products(case, threads, device);
    let pools = single_threads(threads);
    let limit = || products.run_in(&pools);
    let what = format!("{}.step", case.name);
    let times = by_turns(
        ROUNDS,
        &mut [&mut || Some(time(STEPS, &mut work)), &mut || Some(time(STEPS, &limit)), &mut || {
            peer.as_mut().map(|p| p.ask(&what, STEPS))
        }],
    );
    print(&format!("{}: step", case.name), &times[0], None);
    let mflop = products.flops() * threads as f64 * 1e-6;
    print("  limit: matrix products alone", &times[1], Some(ratio(&times[0], &times[1])));
    println!("{:<42}{:>10.1} GFLOP/s of {mflop:.0} MFLOP", "", mflop / median(&times[1]));
    against(peer, &times[0], &times[2]);
}

fn against(peer: &Option<Peer>, ours: &[f64], theirs: &[f64]) {
    if let Some(peer) = peer {
        print(&format!("  {}", peer.name()), theirs, Some(ratio(ours, theirs)));
    }
}

fn print(name: &str, times: &[f64], multiple: Option<f64>) {
    let multiple = multiple.map_or(String::new(), |m| format!("{m:.2}"));
    println!("{name:<42}{:>10.2}{multiple:>22}", median(times));
}
