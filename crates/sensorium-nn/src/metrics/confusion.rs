//! The confusion matrix and what is read off it: accuracy, precision, recall, F1.

/// Counts of (true class, predicted class).
///
/// Rows are true classes, columns predictions, as in scikit-learn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    counts: Vec<u64>,
}

/// Precision, recall and F1 of one class.
///
/// A ratio whose denominator is zero is 0, as with scikit-learn's `zero_division=0`: a class that was
/// never predicted has precision 0, one that never occurred has recall 0. `support` and `predicted`
/// tell such a zero from an earned one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassScores {
    /// `tp / (tp + fp)`.
    pub precision: f64,
    /// `tp / (tp + fn)`.
    pub recall: f64,
    /// `2 tp / (2 tp + fp + fn)`.
    pub f1: f64,
    /// How often the class is true.
    pub support: u64,
    /// How often the class is predicted.
    pub predicted: u64,
}

impl Confusion {
    /// A matrix of zeros.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// Counts pairs of labels. The matrix has `classes` rows, or more where a label needs them.
    ///
    /// Slices of different lengths belong to different samples: the matrix stays empty and its figures
    /// are NaN.
    pub fn from_labels(classes: usize, truth: &[usize], predicted: &[usize]) -> Self {
        let needed = truth.iter().chain(predicted).map(|&label| label + 1).max().unwrap_or(0);
        let mut matrix = Self::new(classes.max(needed));
        if truth.len() == predicted.len() {
            for (&t, &p) in truth.iter().zip(predicted) {
                matrix.counts[t * matrix.classes + p] += 1;
            }
        }
        matrix
    }

    /// Counts one pair; a label outside the matrix is ignored and `false` comes back.
    pub fn record(&mut self, truth: usize, predicted: usize) -> bool {
        let inside = truth < self.classes && predicted < self.classes;
        if inside {
            self.counts[truth * self.classes + predicted] += 1;
        }
        inside
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How often `truth` was taken for `predicted`; 0 outside the matrix.
    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        if truth < self.classes && predicted < self.classes {
            self.counts[truth * self.classes + predicted]
        } else {
            0
        }
    }

    /// All counts, row-major, `[true class, predicted class]`.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Number of samples.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How often the class is true (a row sum).
    pub fn support(&self, class: usize) -> u64 {
        (0..self.classes).map(|p| self.count(class, p)).sum()
    }

    /// How often the class is predicted (a column sum).
    pub fn predicted(&self, class: usize) -> u64 {
        (0..self.classes).map(|t| self.count(t, class)).sum()
    }

    /// Precision, recall and F1 of one class.
    pub fn class(&self, class: usize) -> ClassScores {
        let hits = self.count(class, class);
        let (support, predicted) = (self.support(class), self.predicted(class));
        let ratio = |n: u64, d: u64| if d == 0 { 0.0 } else { n as f64 / d as f64 };
        ClassScores {
            precision: ratio(hits, predicted),
            recall: ratio(hits, support),
            f1: ratio(2 * hits, support + predicted),
            support,
            predicted,
        }
    }

    /// Share of the samples on the diagonal.
    pub fn accuracy(&self) -> f64 {
        let hits: u64 = (0..self.classes).map(|c| self.count(c, c)).sum();
        hits as f64 / self.total() as f64
    }

    /// Mean recall over the classes that are true at least once.
    pub fn balanced_accuracy(&self) -> f64 {
        self.mean(|s| s.support > 0, |s| s.recall)
    }

    /// Mean F1 over the classes that are true **or** predicted at least once.
    ///
    /// This is scikit-learn's `f1_score(average="macro")` with its default labels: a class that is
    /// absent from both does not count, one that is only ever predicted counts as 0.
    pub fn macro_f1(&self) -> f64 {
        self.mean(|s| s.support + s.predicted > 0, |s| s.f1)
    }

    /// Mean F1 over the classes that are true at least once; predictions may be any class.
    ///
    /// This is scikit-learn's `f1_score(average="macro", labels=np.unique(truth))`.
    pub fn macro_f1_of_true_classes(&self) -> f64 {
        self.mean(|s| s.support > 0, |s| s.f1)
    }

    fn mean(&self, counts: impl Fn(&ClassScores) -> bool, figure: impl Fn(&ClassScores) -> f64) -> f64 {
        let (mut sum, mut n) = (0.0, 0_u64);
        for scores in (0..self.classes).map(|c| self.class(c)).filter(counts) {
            sum += figure(&scores);
            n += 1;
        }
        sum / n as f64
    }
}

/// Share of equal labels.
pub fn accuracy(truth: &[usize], predicted: &[usize]) -> f64 {
    if truth.len() != predicted.len() {
        return f64::NAN;
    }
    truth.iter().zip(predicted).filter(|(t, p)| t == p).count() as f64 / truth.len() as f64
}

/// [`Confusion::macro_f1`] of two label slices.
pub fn macro_f1(truth: &[usize], predicted: &[usize]) -> f64 {
    Confusion::from_labels(0, truth, predicted).macro_f1()
}

/// [`Confusion::macro_f1_of_true_classes`] of two label slices.
pub fn macro_f1_of_true_classes(truth: &[usize], predicted: &[usize]) -> f64 {
    Confusion::from_labels(0, truth, predicted).macro_f1_of_true_classes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_nobody_mentions_does_not_count() {
        assert_eq!(macro_f1(&[0, 0, 5], &[0, 0, 5]), 1.0);
        assert_eq!(Confusion::from_labels(9, &[0, 0, 5], &[0, 0, 5]).macro_f1(), 1.0);
    }

    #[test]
    fn a_class_that_is_only_predicted_counts_as_zero() {
        assert_eq!(macro_f1(&[0, 0], &[0, 1]), (2.0 / 3.0 + 0.0) / 2.0);
        assert_eq!(macro_f1_of_true_classes(&[0, 0], &[0, 1]), 2.0 / 3.0);
    }

    #[test]
    fn nothing_to_judge_is_nan() {
        assert!(macro_f1(&[], &[]).is_nan());
        assert!(accuracy(&[], &[]).is_nan());
        assert!(accuracy(&[1], &[]).is_nan());
        assert!(macro_f1(&[1, 0], &[1]).is_nan());
    }

    #[test]
    fn record_refuses_labels_outside() {
        let mut matrix = Confusion::new(2);
        assert!(matrix.record(1, 0));
        assert!(!matrix.record(2, 0));
        assert_eq!(matrix.counts(), &[0, 0, 1, 0]);
    }
}
