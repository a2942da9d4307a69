//! Pictures and sentences a second through the pretrained towers, beside ONNX Runtime.
//!
//! `cargo bench --workspace --bench throughput` prints rates and ratios, all measured by turns in the same
//! run, for MobileNetV2 (224 x 224) and MiniLM (12 sub-words). A batch has all threads for itself, or there is
//! one batch a thread ("side by side", as the library embeds many). ONNX Runtime gets the same batches and
//! number of threads where `SENSORIUM_PEER_PYTHON` names a Python that has it (see `benches/peers`). With the
//! published weights both sides must give the same.

#![allow(clippy::unwrap_used)]

#[path = "../../../../benches/peers/peer.rs"]
mod peer;
mod towers;
#[path = "../../../../benches/peers/turns.rs"]
mod turns;

use burn::tensor::Device;
use peer::Peer;
use rayon::prelude::*;
use std::hint::black_box;
use towers::{Input, Towers};
use turns::{by_turns, median, ratio, time};

const ROUNDS: usize = 9;
const SIDE: usize = 224;
const TOKENS: usize = 12;

/// One line of the table.
struct Case {
    name: &'static str,
    of_pictures: bool,
    batch: usize,
    /// Batches side by side.
    workers: usize,
    /// Calls a turn.
    calls: usize,
}

impl Case {
    fn input(&self, device: &Device) -> Input {
        if self.of_pictures {
            Input::pictures(self.batch, SIDE, device)
        } else {
            Input::sentences(self.batch, TOKENS, device)
        }
    }

    /// For the peer.
    fn describe(&self) -> serde_json::Value {
        let (tower, size) = if self.of_pictures { ("mobilenet-v2", SIDE) } else { ("minilm", TOKENS) };
        serde_json::json!({
            "name": self.name, "tower": tower, "size": size, "batch": self.batch, "workers": self.workers,
        })
    }
}

fn cases(threads: usize) -> [Case; 6] {
    let case = |name, of_pictures, batch, workers, calls| Case { name, of_pictures, batch, workers, calls };
    [
        case("pictures-8", true, 8, 1, 2),
        case("pictures-8-side-by-side", true, 8, threads, 1),
        case("pictures-1", true, 1, 1, 8),
        case("sentences-32", false, 32, 1, 2),
        case("sentences-32-side-by-side", false, 32, threads, 1),
        case("sentences-1", false, 1, 1, 16),
    ]
}

fn main() {
    let threads = std::env::var("SENSORIUM_BENCH_THREADS").ok().and_then(|t| t.parse().ok()).unwrap_or(2);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().unwrap();
    let device = Device::flex();
    let towers = Towers::load(&device);
    let cases = cases(threads);
    let mut peer = start(&towers, &cases, threads);
    println!("{threads} threads, medians of {ROUNDS} turns\n");
    let theirs = peer.as_ref().map_or(String::new(), |p| format!("{}, 1/s", p.name()));
    println!("{:<28}{:>12}{theirs:>28}{:>22}", "", "ours, 1/s", "ours, as a multiple");
    for case in &cases {
        let input = case.input(&device);
        check(case, &towers, &input, &mut peer);
        let call = || {
            if case.workers > 1 {
                (0..case.workers).into_par_iter().for_each(|_| drop(black_box(towers.run(&input))));
            } else {
                black_box(towers.run(&input));
            }
        };
        let what = format!("{}.time", case.name);
        let times = by_turns(
            ROUNDS,
            &mut [&mut || Some(time(case.calls, &call)), &mut || {
                peer.as_mut().map(|p| p.ask(&what, case.calls))
            }],
        );
        let rate = |times: &[f64]| 1e3 * (case.batch * case.workers) as f64 / median(times);
        print!("{:<28}{:>12.1}", case.name, rate(&times[0]));
        match &peer {
            Some(_) => println!("{:>28.1}{:>22.2}", rate(&times[1]), ratio(&times[1], &times[0])),
            None => println!(),
        }
    }
    if peer.is_none() {
        println!("ONNX Runtime: not compared; set SENSORIUM_PEER_PYTHON (benches/peers/README.md)");
    }
}

/// The peer with the same weights, where there are any.
fn start(towers: &Towers, cases: &[Case], threads: usize) -> Option<Peer> {
    let cases: Vec<serde_json::Value> = cases.iter().map(Case::describe).collect();
    let told = serde_json::json!({
        "threads": threads,
        "cases": cases,
        "weights": { "mobilenet-v2": towers.pictures_folder, "minilm": towers.sentences_folder },
    });
    Peer::start("tower_throughput.py", &told)
}

/// Both sides must give the same with the published weights.
fn check(case: &Case, towers: &Towers, input: &Input, peer: &mut Option<Peer>) {
    let folder = if case.of_pictures { &towers.pictures_folder } else { &towers.sentences_folder };
    let (Some(peer), Some(_)) = (peer, folder) else { return };
    let values = towers.run(input);
    let ours = values.iter().map(|v| f64::from(v.abs())).sum::<f64>() / values.len() as f64;
    let theirs = peer.ask(&format!("{}.value", case.name), 1);
    assert!((ours - theirs).abs() < 1e-3 * ours, "{}: mean magnitude {ours} and {theirs}", case.name);
}
