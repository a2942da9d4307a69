//! Shapley values: a fair share of an outcome for each player.

use crate::CausalError;
use crate::random::generator;
use rand::seq::SliceRandom;
use rayon::prelude::*;

/// How Shapley values are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShapleyOptions {
    /// Up to so many players every coalition is asked for, at most 20. Default: 10.
    pub exact_up_to: usize,
    /// Beyond that: pairs of a random permutation and its reverse, at least 2. Default: 200.
    pub pairs: usize,
    /// Seed of the permutations. Default: 0.
    pub seed: u64,
}

impl Default for ShapleyOptions {
    fn default() -> Self {
        Self { exact_up_to: 10, pairs: 200, seed: 0 }
    }
}

/// Shares of the players.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapleyValues {
    /// One for each player.
    pub values: Vec<f64>,
    /// Standard errors of sampling; zero where the values are exact.
    pub standard_errors: Vec<f64>,
    /// Whether every coalition was asked for.
    pub exact: bool,
}

/// Shapley values (Shapley 1953) of a game in which `worth(members)` is what the players with
/// `members[player]` set reach together.
///
/// With more players than `exact_up_to`, the mean marginal contribution over random permutations, each
/// paired with its reverse (antithetic sampling, Mitchell et al. 2022). In both cases the values add up to
/// what all players reach beyond none.
///
/// # Errors
/// [`CausalError::Argument`] for settings out of range, [`CausalError::Data`] when a worth is not finite.
pub fn shapley(
    players: usize,
    worth: impl Fn(&[bool]) -> f64 + Sync,
    options: &ShapleyOptions,
) -> Result<ShapleyValues, CausalError> {
    if options.exact_up_to > 20 || options.pairs < 2 {
        return Err(CausalError::Argument(format!(
            "Shapley values exact up to {} players and from {} pairs; use at most 20 and at least 2",
            options.exact_up_to, options.pairs
        )));
    }
    let found = if players <= options.exact_up_to {
        ShapleyValues { values: exact(players, &worth), standard_errors: vec![0.0; players], exact: true }
    } else {
        sampled(players, &worth, options)
    };
    if found.values.iter().all(|v| v.is_finite()) {
        return Ok(found);
    }
    Err(CausalError::Data(
        "a coalition's worth is not a finite number; check the data for missing values".into(),
    ))
}

fn exact(players: usize, worth: &(impl Fn(&[bool]) -> f64 + Sync)) -> Vec<f64> {
    let members = |set: usize| (0..players).map(|p| set >> p & 1 == 1).collect::<Vec<bool>>();
    let worths: Vec<f64> = (0..1_usize << players).into_par_iter().map(|set| worth(&members(set))).collect();
    // weight[s] = s! (n − s − 1)! / n!, for a coalition of s without the player.
    let mut weight = vec![1.0 / players.max(1) as f64; players];
    for s in 1..players {
        weight[s] = weight[s - 1] * s as f64 / (players - s) as f64;
    }
    let share = |p: usize| {
        let without = (0..worths.len()).filter(|set| set >> p & 1 == 0);
        without.map(|set| weight[set.count_ones() as usize] * (worths[set | 1 << p] - worths[set])).sum()
    };
    (0..players).map(share).collect()
}

fn sampled(
    players: usize,
    worth: &(impl Fn(&[bool]) -> f64 + Sync),
    options: &ShapleyOptions,
) -> ShapleyValues {
    let walk = |order: &[usize], shares: &mut [f64]| {
        let mut members = vec![false; players];
        let mut before = worth(&members);
        for &player in order {
            members[player] = true;
            let after = worth(&members);
            shares[player] += 0.5 * (after - before);
            before = after;
        }
    };
    let pairs: Vec<Vec<f64>> = (0..options.pairs as u64)
        .into_par_iter()
        .map(|pair| {
            let mut order: Vec<usize> = (0..players).collect();
            order.shuffle(&mut generator(options.seed, pair));
            let mut shares = vec![0.0; players];
            walk(&order, &mut shares);
            order.reverse();
            walk(&order, &mut shares);
            shares
        })
        .collect();
    let n = options.pairs as f64;
    let values: Vec<f64> = (0..players).map(|p| pairs.iter().map(|s| s[p]).sum::<f64>() / n).collect();
    let error = |p: usize| {
        let squares: f64 = pairs.iter().map(|s| (s[p] - values[p]).powi(2)).sum();
        (squares / (n - 1.0) / n).sqrt()
    };
    let standard_errors = (0..players).map(error).collect();
    ShapleyValues { values, standard_errors, exact: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn game(weights: &[f64], members: &[bool]) -> f64 {
        let sum: f64 = weights.iter().zip(members).filter(|(_, m)| **m).map(|(w, _)| w).sum();
        sum + sum * sum * 0.25 + 1.0
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn shares_add_up_whether_exact_or_sampled(weights in prop::collection::vec(-2.0_f64..2.0, 1..7), exact in any::<bool>()) {
            let options = ShapleyOptions { exact_up_to: if exact { 10 } else { 0 }, pairs: 5, seed: 3 };
            let n = weights.len();
            let found = shapley(n, |m| game(&weights, m), &options).unwrap();
            let whole = game(&weights, &vec![true; n]) - game(&weights, &vec![false; n]);
            prop_assert!((found.values.iter().sum::<f64>() - whole).abs() < 1e-9);
        }

        #[test]
        fn equal_players_share_alike_and_a_null_player_gets_nothing(weight in -2.0_f64..2.0, other in -2.0_f64..2.0) {
            let weights = [weight, weight, other, 0.0];
            let found = shapley(4, |m| game(&weights, m), &ShapleyOptions::default()).unwrap();
            prop_assert!((found.values[0] - found.values[1]).abs() < 1e-9);
            prop_assert!(found.values[3].abs() < 1e-9);
        }
    }

    #[test]
    fn samples_agree_with_the_exact_shares_within_their_errors() {
        let worth = |m: &[bool]| if m[0] && m[1] { 3.0 } else { f64::from(m[2]) + f64::from(m[3] && m[0]) };
        let exact = shapley(4, worth, &ShapleyOptions::default()).unwrap();
        let sampled = shapley(4, worth, &ShapleyOptions { exact_up_to: 0, ..Default::default() }).unwrap();
        for p in 0..4 {
            let allowed = 5.0 * sampled.standard_errors[p] + 1e-9;
            assert!((exact.values[p] - sampled.values[p]).abs() < allowed, "player {p}");
        }
    }

    #[test]
    fn a_worth_that_is_not_finite_is_refused() {
        assert!(shapley(2, |_| f64::NAN, &ShapleyOptions::default()).is_err());
    }
}
