//! How well scores order positives before negatives.

use super::ranks::midranks;

/// Area under the ROC curve: the probability that a random positive scores above a random negative,
/// ties counting one half (the Mann-Whitney statistic over midranks).
///
/// `AUROC = (R⁺ − n⁺(n⁺+1)/2) / (n⁺ n⁻)`, where `R⁺` is the sum of the positives' ranks. NaN when a
/// class is absent.
pub fn auroc<S: Copy + Into<f64>>(positive: &[bool], scores: &[S]) -> f64 {
    if positive.len() != scores.len() {
        return f64::NAN;
    }
    let Some(ranks) = midranks(scores) else { return f64::NAN };
    let p = positive.iter().filter(|&&is| is).count() as f64;
    let n = positive.len() as f64 - p;
    if p == 0.0 || n == 0.0 {
        return f64::NAN;
    }
    let sum: f64 = ranks.iter().zip(positive).filter(|&(_, &is)| is).map(|(rank, _)| rank).sum();
    (sum - p * (p + 1.0) / 2.0) / (p * n)
}

/// Mean over the classes of the AUROC of each class against the rest.
///
/// `scores` is `[sample, class]`, row-major. Classes without a positive or without a negative are
/// left out; where all classes occur this is scikit-learn's
/// `roc_auc_score(multi_class="ovr", average="macro")`.
pub fn auroc_one_vs_rest<S: Copy + Into<f64>>(truth: &[usize], scores: &[S], classes: usize) -> f64 {
    if scores.len() != truth.len() * classes {
        return f64::NAN;
    }
    let (mut sum, mut n) = (0.0, 0_u32);
    for class in 0..classes {
        let positive: Vec<bool> = truth.iter().map(|&t| t == class).collect();
        let has = |wanted: bool| positive.contains(&wanted);
        if has(true) && has(false) {
            let column: Vec<S> = scores.iter().skip(class).step_by(classes).copied().collect();
            sum += auroc(&positive, &column);
            n += 1;
        }
    }
    sum / f64::from(n)
}

/// Average precision: the step-wise area under the precision-recall curve,
/// `Σ (Rₖ − Rₖ₋₁) Pₖ` over the distinct thresholds, without interpolation.
///
/// Equal scores form one threshold, so the order of ties never matters. NaN without a positive.
pub fn average_precision<S: Copy + Into<f64>>(positive: &[bool], scores: &[S]) -> f64 {
    let scores: Vec<f64> = scores.iter().map(|&s| s.into()).collect();
    if positive.len() != scores.len() || scores.iter().any(|s| s.is_nan()) {
        return f64::NAN;
    }
    let total = positive.iter().filter(|&&is| is).count() as f64;
    if total == 0.0 {
        return f64::NAN;
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let (mut hits, mut seen, mut hits_before, mut area) = (0.0, 0.0, 0.0, 0.0);
    for (place, &i) in order.iter().enumerate() {
        seen += 1.0;
        hits += f64::from(u8::from(positive[i]));
        let tied = order.get(place + 1).is_some_and(|&next| scores[next] == scores[i]);
        if !tied {
            area += (hits - hits_before) / total * (hits / seen);
            hits_before = hits;
        }
    }
    area
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_score_is_chance() {
        assert_eq!(auroc(&[true, false, true], &[0.5, 0.5, 0.5]), 0.5);
        assert_eq!(average_precision(&[true, false, true, false], &[1.0; 4]), 0.5);
    }

    #[test]
    fn one_class_alone_has_no_area() {
        assert!(auroc(&[true, true], &[0.1, 0.2]).is_nan());
        assert!(average_precision(&[false, false], &[0.1, 0.2]).is_nan());
        assert!(auroc_one_vs_rest(&[0, 0], &[0.1, 0.9, 0.2, 0.8], 2).is_nan());
    }

    #[test]
    fn nan_scores_and_wrong_lengths_are_not_judged() {
        assert!(auroc(&[true, false], &[f32::NAN, 0.2]).is_nan());
        assert!(average_precision(&[true, false], &[f64::NAN, 0.2]).is_nan());
        assert!(auroc(&[true], &[0.1, 0.2]).is_nan());
        assert!(auroc_one_vs_rest(&[0, 1], &[0.1, 0.2, 0.3], 2).is_nan());
    }

    #[test]
    fn infinite_scores_are_ordinary() {
        assert_eq!(auroc(&[true, false], &[f64::INFINITY, f64::NEG_INFINITY]), 1.0);
    }
}
