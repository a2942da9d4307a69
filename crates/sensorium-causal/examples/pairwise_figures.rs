//! It takes minutes, so it is not run by the tests.
//!
//! Accuracy of every method of `pairwise` on simulated pairs and, when `SENSORIUM_DATA` is set, on the pairs of
//! Tübingen in `causal/tuebingen` there, beside trivial rules.
//!
//! `cargo run --release -p sensorium-causal --example pairwise_figures [PAIRS_PER_FAMILY]`

use rand::Rng;
use rayon::prelude::*;
use sensorium_causal::CausalError;
use sensorium_causal::pairwise::tuebingen::{read_tuebingen, weighted_accuracy};
use sensorium_causal::pairwise::{Method, Pair, Rule};
use sensorium_causal::random::generator;
use sensorium_causal::simulate::pairs::{PairFamily, rounded};
use std::path::PathBuf;
use std::time::Instant;

const SEED: u64 = 20_261_125;
const ROWS: usize = 600;

fn main() -> Result<(), CausalError> {
    let count: usize = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(50);
    println!(
        "simulated pairs: {count} of each family, {ROWS} rows, seed {SEED}; share of correct directions"
    );
    let mut heads: Vec<&str> = Method::ALL.iter().map(|m| m.name()).collect();
    heads.extend(Rule::ALL.iter().map(|r| r.name()));
    let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
    for coarse in [false, true] {
        for family in PairFamily::ALL {
            let correct: Vec<Vec<f64>> = (0..count)
                .into_par_iter()
                .map(|i| scores(&simulated(family, i, coarse)?))
                .collect::<Result<_, CausalError>>()?;
            let share = |m: usize| correct.iter().map(|s| half_step(s[m])).sum::<f64>() / count as f64;
            let name = format!("{}{}", family.name(), if coarse { "/r" } else { "" });
            columns.push((name, (0..heads.len()).map(share).collect()));
        }
    }
    print!("{:22}", "method");
    columns.iter().for_each(|(name, _)| print!(" {name:>9}"));
    println!(" {:>6}", "mean");
    for (m, head) in heads.iter().enumerate() {
        print!("{head:22}");
        columns.iter().for_each(|(_, shares)| print!(" {:9.2}", shares[m]));
        println!(" {:6.3}", columns.iter().map(|(_, s)| s[m]).sum::<f64>() / columns.len() as f64);
    }
    tuebingen(&heads)
}

/// Cause first; with `coarse`, each variable is rounded with probability 1/2.
fn simulated(family: PairFamily, index: usize, coarse: bool) -> Result<Pair, CausalError> {
    let mut rng = generator(SEED, ((family as u64) << 32) + ((coarse as u64) << 31) + index as u64);
    let (mut x, mut y) = family.sample(ROWS, &mut rng);
    for values in [&mut x, &mut y] {
        if coarse && rng.random_bool(0.5) {
            *values = rounded(values, (5.0 * 40.0_f64.powf(rng.random())) as usize);
        }
    }
    Pair::new(&x, &y, SEED)
}

fn scores(pair: &Pair) -> Result<Vec<f64>, CausalError> {
    let methods = Method::ALL.iter().map(|m| Ok(m.direction(pair)?.score));
    let rules = Rule::ALL.iter().map(|r| Ok(r.direction(pair).score));
    methods.chain(rules).collect()
}

fn half_step(score: f64) -> f64 {
    if score > 0.0 {
        1.0
    } else if score == 0.0 {
        0.5
    } else {
        0.0
    }
}

fn tuebingen(heads: &[&str]) -> Result<(), CausalError> {
    let Some(data) = std::env::var_os("SENSORIUM_DATA") else {
        println!("Tübingen: skipped, SENSORIUM_DATA is not set");
        return Ok(());
    };
    let began = Instant::now();
    let pairs = read_tuebingen(&PathBuf::from(data).join("causal/tuebingen"), SEED)?;
    let all: Vec<Vec<f64>> = pairs.par_iter().map(|p| scores(&p.pair)).collect::<Result<_, CausalError>>()?;
    println!("\nTübingen: {} pairs, all methods in {:.1} s", pairs.len(), began.elapsed().as_secs_f64());
    println!(
        "second figure: every value moved at random between its neighbours, which hides steps and repeats"
    );
    let dithered: Vec<Vec<f64>> = pairs
        .par_iter()
        .map(|p| {
            let mut rng = generator(SEED, u64::from(p.number) << 32);
            let (x, y) = (dither(p.pair.first(), &mut rng), dither(p.pair.second(), &mut rng));
            scores(&Pair::new(&x, &y, SEED)?)
        })
        .collect::<Result<_, CausalError>>()?;
    for (m, head) in heads.iter().enumerate() {
        let own = |from: &[Vec<f64>]| {
            let scores: Vec<f64> = from.iter().map(|s| s[m]).collect();
            weighted_accuracy(&pairs, &scores, SEED)
        };
        let (a, b) = (own(&all)?, own(&dithered)?);
        println!("{head:22} {:.3} [{:.3}, {:.3}]  {:.3}", a.accuracy, a.low, a.high, b.accuracy);
    }
    Ok(())
}

/// Each value somewhere between the middles to its neighbours.
fn dither(values: &[f64], rng: &mut impl Rng) -> Vec<f64> {
    let mut levels = values.to_vec();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let last = levels.len() - 1;
    let moved = |v: &f64| {
        let at = levels.partition_point(|l| l < v);
        let below = if at > 0 { levels[at] - levels[at - 1] } else { levels[1] - levels[0] };
        let above = if at < last { levels[at + 1] - levels[at] } else { levels[last] - levels[last - 1] };
        v + rng.random_range(-0.5 * below..0.5 * above)
    };
    values.iter().map(moved).collect()
}
