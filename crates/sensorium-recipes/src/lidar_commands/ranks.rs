//! Soft ranks of candidates among those that may be of the named category.

use super::facts::Facts;
use super::sight::Matches;

/// Numbers of a candidate's ranks.
pub const RANKS: usize = 5;

/// How many likely members of the named category are nearer, farther and bigger, how many there are, and how
/// surely the other object is there. Each counts by its probability.
pub fn ranks(facts: &[Facts], matches: &Matches) -> Vec<[f32; RANKS]> {
    let log = |value: f32| (value + 0.01).ln();
    let distances: Vec<f32> = facts.iter().map(|f| log(f.distance() / 20.0)).collect();
    let volumes: Vec<f32> =
        facts.iter().map(|f| log(f.size().iter().map(|side| side + 0.2).product())).collect();
    let total: f32 = matches.named.iter().sum();
    let anchor = matches.anchor.iter().copied().fold(0.0, f32::max);
    let soft = |value: f32| 1.0 / (1.0 + (-value).exp());
    let rank = |i: usize| {
        let own = matches.named[i];
        let (mut nearer, mut bigger) = (-0.5 * own, -0.5 * own);
        for (j, share) in matches.named.iter().enumerate() {
            nearer += share * soft(40.0 * (distances[i] - distances[j]));
            bigger += share * soft(10.0 * (volumes[j] - volumes[i]));
        }
        let farther = total - own - nearer;
        [nearer.clamp(0.0, 4.0), farther.clamp(0.0, 4.0), bigger.clamp(0.0, 4.0), total / 3.0, anchor]
    };
    (0..facts.len()).map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::super::facts::tests::crate_at;
    use super::*;

    #[test]
    fn ranks_count_members_by_their_probability() {
        let facts = [5.0, 10.0, 20.0, 30.0].map(|x| crate_at(x, 0.0, [0.0; 2]));
        let matches = Matches { named: vec![1.0, 0.0, 1.0, 0.5], anchor: vec![0.0, 0.75, 0.0, 0.0] };
        let ranks = ranks(&facts, &matches);
        assert!(ranks[0][0].abs() < 0.01 && (ranks[0][1] - 1.5).abs() < 0.01, "{ranks:?}");
        assert!((ranks[2][0] - 1.0).abs() < 0.01 && (ranks[2][1] - 0.5).abs() < 0.01, "{ranks:?}");
        assert!(ranks.iter().all(|r| (r[3] - 2.5 / 3.0).abs() < 1e-5 && r[4] == 0.75));
    }
}
