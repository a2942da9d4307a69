//! Pairwise direction from outside.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use sensorium_causal::pairwise::tuebingen::{read_tuebingen, weighted_accuracy};
use sensorium_causal::pairwise::{MOST_SAMPLES, Method, Pair, Rule};
use sensorium_causal::random::generator;
use sensorium_causal::simulate::pairs::{PairFamily, rounded};
use std::path::PathBuf;

fn accuracy(method: Method, family: PairFamily) -> f64 {
    let correct = |i| {
        let (x, y) = family.sample(500, &mut generator(31, i));
        method.direction(&Pair::new(&x, &y, 0).unwrap()).unwrap().score > 0.0
    };
    (0..20).filter(|&i| correct(i)).count() as f64 / 20.0
}

#[test]
fn each_method_is_right_where_its_assumption_holds() {
    for (method, family) in [
        (Method::AdditiveNoise, PairFamily::Additive),
        (Method::LocationScale, PairFamily::LocationScale),
        (Method::LocationScaleIndependence, PairFamily::LocationScale),
        (Method::RegressionError, PairFamily::Additive),
        (Method::ConditionalSpread, PairFamily::Additive),
        (Method::Quantile, PairFamily::Additive),
        (Method::Combined, PairFamily::AdditiveNonGaussian),
        (Method::Combined, PairFamily::Mixture),
    ] {
        let share = accuracy(method, family);
        assert!(share >= 0.85, "{} on {}: {share}", method.name(), family.name());
    }
}

#[test]
fn linear_gaussian_pairs_are_not_decided() {
    use sensorium_causal::simulate::Noise;
    let mut forward = 0;
    for i in 0..40 {
        let mut rng = generator(8, i);
        let x: Vec<f64> = (0..400).map(|_| Noise::Gaussian.sample(&mut rng)).collect();
        let y: Vec<f64> = x.iter().map(|x| x + Noise::Gaussian.sample(&mut rng)).collect();
        forward +=
            usize::from(Method::Combined.direction(&Pair::new(&x, &y, 0).unwrap()).unwrap().score > 0.0);
    }
    assert!((8..=32).contains(&forward), "{forward} of 40");
}

#[test]
fn unusable_columns_are_refused() {
    let x: Vec<f64> = (0..50).map(f64::from).collect();
    let refusal = |a: &[f64], b: &[f64]| Pair::new(a, b, 0).unwrap_err().to_string();
    assert!(refusal(&x, &x[1..]).contains("50 and 49 rows"));
    assert!(refusal(&x[..10], &x[..10]).contains("too few"));
    assert!(refusal(&x, &[2.0; 50]).contains("second column is constant"));
    let mut holes = x.clone();
    holes[7] = f64::NAN;
    assert!(refusal(&holes, &x).contains("first column is missing or infinite in row 7"));
}

#[test]
fn a_large_pair_is_thinned_the_same_way_for_the_same_seed() {
    let (x, y) = PairFamily::Additive.sample(3 * MOST_SAMPLES, &mut generator(1, 1));
    let pair = Pair::new(&x, &y, 4).unwrap();
    assert_eq!(pair.first().len(), MOST_SAMPLES);
    assert_eq!(pair, Pair::new(&x, &y, 4).unwrap());
    assert_ne!(pair, Pair::new(&x, &y, 5).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn exchanging_the_variables_changes_the_sign_only(seed in 0_u64..10_000, steps in 1_usize..60, family in 0_usize..12) {
        let (x, y) = PairFamily::ALL[family].sample(120, &mut generator(seed, 0));
        let pair = Pair::new(&x, &rounded(&y, steps), 0).unwrap();
        for method in Method::ALL {
            let (a, b) = (method.direction(&pair).unwrap().score, method.direction(&pair.swapped()).unwrap().score);
            prop_assert!((a + b).abs() <= 1e-12 * a.abs(), "{}: {a} {b}", method.name());
        }
    }
}

#[test]
fn the_vote_is_better_than_the_rules_on_the_pairs_of_tuebingen() {
    let Some(data) = std::env::var_os("SENSORIUM_DATA") else {
        println!("skipped: SENSORIUM_DATA is not set");
        return;
    };
    let pairs = read_tuebingen(&PathBuf::from(data).join("causal/tuebingen"), 1).unwrap();
    let vote: Vec<f64> = pairs.iter().map(|p| Method::Combined.direction(&p.pair).unwrap().score).collect();
    let vote = weighted_accuracy(&pairs, &vote, 1).unwrap().accuracy;
    for rule in Rule::ALL {
        let scores: Vec<f64> = pairs.iter().map(|p| rule.direction(&p.pair).score).collect();
        let rule_accuracy = weighted_accuracy(&pairs, &scores, 1).unwrap().accuracy;
        assert!(vote > rule_accuracy, "{}: {rule_accuracy} for {vote}", rule.name());
    }
}
