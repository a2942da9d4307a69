//! What a ranking is worth: average precision, the first hit, and how many variables are looked at.
//!
//! A ranking is a score for each variable, the higher the earlier. Ties count with the mean over their orders;
//! negative infinity means "not named": looked at last, never a hit among the first.

/// Groups of tied variables, best first, as (how many, how many true); and the same for those not named.
fn tie_groups(scores: &[f64], truth: &[usize]) -> (Vec<(usize, usize)>, (usize, usize)) {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let (mut groups, mut unnamed) = (Vec::new(), (0, 0));
    for tied in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let counted = (tied.len(), tied.iter().filter(|v| truth.contains(v)).count());
        if scores[tied[0]] == f64::NEG_INFINITY { unnamed = counted } else { groups.push(counted) }
    }
    (groups, unnamed)
}

/// 1 / rank of the first true variable when it is among the first `k`, else 0: the expectation over ties.
pub fn first_hit(scores: &[f64], truth: &[usize], k: usize) -> f64 {
    let mut before = 0;
    for (size, hits) in tie_groups(scores, truth).0 {
        if hits > 0 {
            let (mut value, mut none_yet) = (0.0, 1.0);
            for drawn in 0..size.min(k.saturating_sub(before)) {
                let hit = hits as f64 / (size - drawn) as f64;
                value += none_yet * hit.min(1.0) / (before + drawn + 1) as f64;
                none_yet *= (1.0 - hit).max(0.0);
            }
            return value;
        }
        before += size;
    }
    0.0
}

/// Average precision of the first `k`: the precision at each hit, summed, over `min(k, true variables)`; the
/// expectation over ties.
pub fn average_precision(scores: &[f64], truth: &[usize], k: usize) -> f64 {
    let groups = tie_groups(scores, truth).0;
    // The tie group at each of the first k ranks.
    let at: Vec<usize> =
        groups.iter().enumerate().flat_map(|(g, &(size, _))| vec![g; size]).take(k).collect();
    let one = |g: usize| groups[g].1 as f64 / groups[g].0 as f64;
    let both = |g: usize, h: usize| {
        if g != h {
            return one(g) * one(h);
        }
        let (size, hits) = groups[g];
        if size < 2 { 0.0 } else { one(g) * hits.saturating_sub(1) as f64 / (size - 1) as f64 }
    };
    let gain = |r: usize| {
        let earlier: f64 = (0..r).map(|s| both(at[r], at[s])).sum();
        (one(at[r]) + earlier) / (r + 1) as f64
    };
    (0..at.len()).map(gain).sum::<f64>() / truth.len().min(k).max(1) as f64
}

/// How many variables are looked at, in order, up to the first true one: the expectation over ties. All of them where no
/// true one is among those that are ranked.
pub fn inspected(scores: &[f64], truth: &[usize]) -> f64 {
    let (groups, unnamed) = tie_groups(scores, truth);
    let mut before = 0;
    for (size, hits) in groups.into_iter().chain([unnamed]) {
        if hits > 0 {
            return before as f64 + (size + 1) as f64 / (hits + 1) as f64;
        }
        before += size;
    }
    scores.len() as f64
}

/// An order as scores; variables that are not in it are not named.
pub fn scores_of_order(order: &[usize], variables: usize) -> Vec<f64> {
    let mut scores = vec![f64::NEG_INFINITY; variables];
    for (rank, &variable) in order.iter().enumerate() {
        scores[variable] = -(rank as f64);
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_at_rank_two_is_worth_a_half() {
        let scores = scores_of_order(&[3, 1, 0], 5);
        assert_eq!(first_hit(&scores, &[1, 0], 3), 0.5);
        assert_eq!(average_precision(&scores, &[1, 0], 3), (0.5 + 2.0 / 3.0) / 2.0);
        assert_eq!(inspected(&scores, &[1, 0]), 2.0);
    }

    #[test]
    fn ties_count_with_the_mean_over_their_orders() {
        let scores = [1.0, 1.0, 1.0];
        let mean = (1.0 + 0.5 + 1.0 / 3.0) / 3.0;
        assert!((first_hit(&scores, &[2], 3) - mean).abs() < 1e-12);
        assert!((average_precision(&scores, &[2], 3) - mean).abs() < 1e-12);
        assert_eq!(inspected(&scores, &[2]), 2.0);
        assert!(
            (average_precision(&scores, &[1, 2], 3) - (1.0 + 5.0 / 6.0 + 7.0 / 12.0) / 3.0).abs() < 1e-12
        );
    }

    #[test]
    fn a_cause_that_is_not_ranked_costs_a_look_at_everything() {
        assert_eq!(inspected(&[1.0, 0.5, 0.2], &[7]), 3.0);
    }

    #[test]
    fn what_is_not_named_is_looked_at_last_and_never_a_hit() {
        let scores = scores_of_order(&[0], 4);
        assert_eq!(first_hit(&scores, &[3], 3), 0.0);
        assert_eq!(average_precision(&scores, &[3], 3), 0.0);
        assert_eq!(inspected(&scores, &[3]), 3.0);
    }
}
