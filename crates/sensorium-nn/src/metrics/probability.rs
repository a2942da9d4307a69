//! Proper scores of class probabilities, and the hard answers read off them.

/// Index of the largest entry of each row; the first one wins a tie, NaN never wins.
///
/// `probabilities` is `[sample, class]`, row-major; the result has one class a sample, and is empty
/// when the length is no multiple of `classes`.
pub fn argmax_rows<P: Copy + Into<f64>>(probabilities: &[P], classes: usize) -> Vec<usize> {
    if classes == 0 || !probabilities.len().is_multiple_of(classes) {
        return Vec::new();
    }
    probabilities.chunks_exact(classes).map(|row| argmax(row).0).collect()
}

/// The confidence (largest probability) of each sample and whether that class is the true one: the
/// input of [`expected_calibration_error`](super::expected_calibration_error).
///
/// Both are empty when the lengths do not fit.
pub fn confidence_and_correct<P: Copy + Into<f64>>(
    truth: &[usize],
    probabilities: &[P],
    classes: usize,
) -> (Vec<f64>, Vec<bool>) {
    if classes == 0 || probabilities.len() != truth.len() * classes {
        return (Vec::new(), Vec::new());
    }
    let rows = probabilities.chunks_exact(classes).map(argmax);
    rows.zip(truth).map(|((class, confidence), &t)| (confidence, class == t)).unzip()
}

/// Brier score over all classes (Brier 1950): mean over samples of `Σ_c (p_c − 1[c = truth])²`, from
/// 0 (sure and right) to 2 (sure and wrong).
///
/// For two classes this is twice [`brier_binary`].
pub fn brier<P: Copy + Into<f64>>(truth: &[usize], probabilities: &[P], classes: usize) -> f64 {
    mean_over_rows(truth, probabilities, classes, |row, t| {
        row.iter().enumerate().map(|(c, &p)| (p.into() - f64::from(u8::from(c == t))).powi(2)).sum()
    })
}

/// Brier score of one event's probability: the mean of `(p − 1[event])²`, from 0 to 1.
pub fn brier_binary<P: Copy + Into<f64>>(event: &[bool], probability: &[P]) -> f64 {
    if event.len() != probability.len() {
        return f64::NAN;
    }
    let sum: f64 =
        event.iter().zip(probability).map(|(&e, &p)| (p.into() - f64::from(u8::from(e))).powi(2)).sum();
    sum / event.len() as f64
}

/// Negative log-likelihood in nats: the mean of `−ln p_truth`.
///
/// Probabilities are kept at or above `f64::EPSILON`, as scikit-learn's `log_loss` does, so that one
/// sure and wrong answer costs 36 nats rather than infinity. Rows are taken to sum to one.
pub fn nll<P: Copy + Into<f64>>(truth: &[usize], probabilities: &[P], classes: usize) -> f64 {
    mean_over_rows(truth, probabilities, classes, |row, t| {
        let p: f64 = row[t].into();
        if p.is_nan() { p } else { -p.clamp(f64::EPSILON, 1.0).ln() }
    })
}

fn mean_over_rows<P: Copy + Into<f64>>(
    truth: &[usize],
    probabilities: &[P],
    classes: usize,
    score: impl Fn(&[P], usize) -> f64,
) -> f64 {
    let fits = classes > 0 && probabilities.len() == truth.len() * classes;
    if !fits || truth.iter().any(|&t| t >= classes) {
        return f64::NAN;
    }
    let sum: f64 = probabilities.chunks_exact(classes).zip(truth).map(|(row, &t)| score(row, t)).sum();
    sum / truth.len() as f64
}

fn argmax<P: Copy + Into<f64>>(row: &[P]) -> (usize, f64) {
    let mut best = (0, f64::NEG_INFINITY);
    for (class, &p) in row.iter().enumerate() {
        if p.into() > best.1 {
            best = (class, p.into());
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sure_and_wrong_costs_two_and_a_finite_log() {
        assert_eq!(brier(&[0], &[0.0, 1.0], 2), 2.0);
        assert!((nll(&[0], &[0.0, 1.0], 2) - 36.04).abs() < 0.01);
        assert_eq!(nll(&[1], &[0.0, 1.0], 2), 0.0);
    }

    #[test]
    fn two_classes_cost_twice_one_event() {
        let p = [0.3_f64, 0.9, 0.5];
        let rows: Vec<f64> = p.iter().flat_map(|p| [1.0 - p, *p]).collect();
        let both = brier(&[1, 1, 0], &rows, 2);
        assert!((both - 2.0 * brier_binary(&[true, true, false], &p)).abs() < 1e-12);
    }

    #[test]
    fn wrong_shapes_and_labels_are_not_judged() {
        assert!(brier(&[0, 1], &[0.5, 0.5], 2).is_nan());
        assert!(nll(&[2], &[0.5, 0.5], 2).is_nan());
        assert!(brier_binary::<f64>(&[], &[]).is_nan());
        assert!(argmax_rows(&[0.5, 0.5, 1.0], 2).is_empty());
        assert!(argmax_rows::<f32>(&[], 0).is_empty());
    }

    #[test]
    fn the_first_of_equals_wins_and_nan_never() {
        assert_eq!(argmax_rows(&[0.5, 0.5, f64::NAN, 0.1], 2), vec![0, 1]);
        let (confidence, correct) = confidence_and_correct(&[0, 0], &[0.7, 0.3, 0.2, 0.8], 2);
        assert_eq!(confidence, vec![0.7, 0.8]);
        assert_eq!(correct, vec![true, false]);
    }
}
