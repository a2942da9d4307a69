//! It takes minutes, so it is not run by the tests.
//!
//! Weighs the members of `pairwise::Method::Combined` on simulated pairs only, and prints its table.
//!
//! Logistic regression without intercept (so that exchanging the variables changes the sign) and with weights that
//! are not negative (so that no method votes against itself). Each family is also predicted from the others, beside
//! equal weights, which shows what the weights are worth on mechanisms that were not among those learned from.
//!
//! `cargo run --release -p sensorium-causal --example pairwise_training [PAIRS_PER_FAMILY [all]]`

use rand::Rng;
use rayon::prelude::*;
use sensorium_causal::CausalError;
use sensorium_causal::pairwise::{Method, Pair};
use sensorium_causal::random::generator;
use sensorium_causal::simulate::pairs::{PairFamily, distorted, rounded};

/// Not the seed of `pairwise_figures`.
const SEED: u64 = 77;
/// Weight of the squared weights, per pair.
const RIDGE: f64 = 0.003;

fn main() -> Result<(), CausalError> {
    let count: usize = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(150);
    // `all` weighs every method, as for the first two votes that `pairwise::MEMBERS` tells of.
    let members: Vec<Method> = match std::env::args().nth(2).as_deref() {
        Some("all") => Method::ALL[..Method::ALL.len() - 1].to_vec(),
        _ => vec![Method::AdditiveNoise, Method::LocationScaleIndependence, Method::ConditionalSpread],
    };
    let families = PairFamily::ALL;
    // Families of Gaussian noise reward a Gaussian likelihood for knowing what no real pair tells; they are tested
    // but not learned from.
    let gaussian = [
        PairFamily::Additive,
        PairFamily::AdditiveSigmoid,
        PairFamily::LocationScale,
        PairFamily::LocationScaleSigmoid,
    ];
    let mut scores: Vec<(usize, Vec<f64>)> = Vec::new();
    for (index, family) in families.iter().enumerate() {
        let own: Vec<(usize, Vec<f64>)> = (0..count)
            .into_par_iter()
            .map(|i| {
                let pair = simulated(*family, i)?;
                let scores = members.iter().map(|m| Ok(m.direction(&pair)?.score));
                Ok((index, scores.collect::<Result<_, CausalError>>()?))
            })
            .collect::<Result<_, CausalError>>()?;
        scores.extend(own);
    }
    let sizes: Vec<f64> = (0..members.len()).map(|m| median_size(&scores, m)).collect();
    for (_, row) in &mut scores {
        for (score, size) in row.iter_mut().zip(&sizes) {
            *score = (*score / size).tanh();
        }
    }
    let equal = vec![1.0; members.len()];
    println!("share of correct directions on families left out: equal weights, learned weights");
    for (left_out, family) in families.iter().enumerate() {
        let (test, train): (Vec<_>, Vec<_>) = scores.iter().cloned().partition(|(f, _)| *f == left_out);
        let train: Vec<_> = train.into_iter().filter(|(f, _)| !gaussian.contains(&families[*f])).collect();
        let weights = learn(&train);
        println!("{:8} {:.3} {:.3}", family.name(), accuracy(&test, &equal), accuracy(&test, &weights));
    }
    scores.retain(|(f, _)| !gaussian.contains(&families[*f]));
    let weights = learn(&scores);
    println!("learned  {:.3} {:.3}", accuracy(&scores, &equal), accuracy(&scores, &weights));
    for ((method, size), weight) in members.iter().zip(&sizes).zip(&weights) {
        println!("({method:?}, {size:.3e}, {weight:.2}),");
    }
    Ok(())
}

/// Cause first, 100 to 2000 rows; each variable put on another scale with probability 1/2 and rounded with
/// probability 1/2.
fn simulated(family: PairFamily, index: usize) -> Result<Pair, CausalError> {
    let mut rng = generator(SEED, ((family as u64) << 32) + index as u64);
    let rows = (100.0 * 20.0_f64.powf(rng.random())) as usize;
    let (mut x, mut y) = family.sample(rows, &mut rng);
    for values in [&mut x, &mut y] {
        if rng.random_bool(0.5) {
            *values = distorted(values, &mut rng);
        }
        if rng.random_bool(0.5) {
            *values = rounded(values, (5.0 * 40.0_f64.powf(rng.random())) as usize);
        }
    }
    Pair::new(&x, &y, SEED)
}

fn median_size(scores: &[(usize, Vec<f64>)], member: usize) -> f64 {
    let mut sizes: Vec<f64> = scores.iter().map(|(_, s)| s[member].abs()).collect();
    sizes.sort_by(f64::total_cmp);
    sizes[sizes.len() / 2]
}

fn vote(row: &[f64], weights: &[f64]) -> f64 {
    row.iter().zip(weights).map(|(s, w)| s * w).sum()
}

fn accuracy(scores: &[(usize, Vec<f64>)], weights: &[f64]) -> f64 {
    scores.iter().filter(|(_, row)| vote(row, weights) > 0.0).count() as f64 / scores.len() as f64
}

/// Projected gradient descent; the first variable is the cause in every row.
fn learn(scores: &[(usize, Vec<f64>)]) -> Vec<f64> {
    let mut weights = vec![0.0; scores[0].1.len()];
    for _ in 0..3000 {
        let mut gradient: Vec<f64> = weights.iter().map(|w| RIDGE * w).collect();
        for (_, row) in scores {
            let wrong = 1.0 / (1.0 + vote(row, &weights).exp());
            for (g, s) in gradient.iter_mut().zip(row) {
                *g -= wrong * s / scores.len() as f64;
            }
        }
        for (w, g) in weights.iter_mut().zip(&gradient) {
            *w = (*w - g).max(0.0);
        }
    }
    weights
}
