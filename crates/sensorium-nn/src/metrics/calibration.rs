//! Does a confidence of 0.8 mean right four times in five?

/// How confidences in `[0, 1]` are put into bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binning {
    /// So many bins of equal width, `(lo, hi]`, 0 in the first (Guo et al. 2017).
    EqualWidth(usize),
    /// So many bins of (nearly) equal counts (Nixon et al. 2019). Equal confidences share a bin, so
    /// the figure does not depend on the order of the samples.
    Adaptive(usize),
}

/// One bin of a reliability diagram; only bins with samples are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReliabilityBin {
    /// Lower edge (smallest confidence in an adaptive bin).
    pub lo: f64,
    /// Upper edge (largest confidence in an adaptive bin).
    pub hi: f64,
    /// Mean confidence of the samples.
    pub confidence: f64,
    /// Share of the samples that are right.
    pub accuracy: f64,
    /// Number of samples.
    pub count: u64,
}

/// The bins of a reliability diagram, by rising confidence.
///
/// Empty when the lengths differ, or when a confidence lies outside `[0, 1]`.
pub fn reliability_bins<P: Copy + Into<f64>>(
    confidence: &[P],
    correct: &[bool],
    binning: Binning,
) -> Vec<ReliabilityBin> {
    let mut pairs: Vec<(f64, bool)> =
        confidence.iter().map(|&c| c.into()).zip(correct.iter().copied()).collect();
    if confidence.len() != correct.len() || pairs.iter().any(|(c, _)| !(0.0..=1.0).contains(c)) {
        return Vec::new();
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    match binning {
        Binning::EqualWidth(bins) => equal_width(&pairs, bins.max(1)),
        Binning::Adaptive(bins) => adaptive(&pairs, bins.max(1)),
    }
}

/// Expected calibration error: `Σ_b (n_b / n) |accuracy_b − confidence_b|`.
pub fn expected_calibration_error<P: Copy + Into<f64>>(
    confidence: &[P],
    correct: &[bool],
    binning: Binning,
) -> f64 {
    let bins = reliability_bins(confidence, correct, binning);
    let total: u64 = bins.iter().map(|b| b.count).sum();
    let sum: f64 = bins.iter().map(|b| b.count as f64 * (b.accuracy - b.confidence).abs()).sum();
    sum / total as f64
}

fn equal_width(pairs: &[(f64, bool)], bins: usize) -> Vec<ReliabilityBin> {
    let edge = |i: usize| i as f64 / bins as f64;
    let mut rest = pairs;
    let mut out = Vec::new();
    for bin in 0..bins {
        let last = bin + 1 == bins;
        let inside = if last { rest.len() } else { rest.partition_point(|(c, _)| *c <= edge(bin + 1)) };
        let (these, after) = rest.split_at(inside);
        out.extend(summarise(these, edge(bin), edge(bin + 1)));
        rest = after;
    }
    out
}

fn adaptive(pairs: &[(f64, bool)], bins: usize) -> Vec<ReliabilityBin> {
    let mut out = Vec::new();
    let mut first = 0;
    for bin in 0..bins {
        // The first (n mod bins) bins take one more, like numpy's array_split.
        let (each, extra) = (pairs.len() / bins, pairs.len() % bins);
        let mut after = (each * (bin + 1) + extra.min(bin + 1)).max(first);
        while after > first && after < pairs.len() && pairs[after].0 == pairs[after - 1].0 {
            after += 1;
        }
        let these = &pairs[first..after];
        if let (Some(lo), Some(hi)) = (these.first(), these.last()) {
            out.extend(summarise(these, lo.0, hi.0));
        }
        first = after;
    }
    out
}

fn summarise(pairs: &[(f64, bool)], lo: f64, hi: f64) -> Option<ReliabilityBin> {
    let n = pairs.len() as f64;
    (!pairs.is_empty()).then(|| ReliabilityBin {
        lo,
        hi,
        confidence: pairs.iter().map(|(c, _)| c).sum::<f64>() / n,
        accuracy: pairs.iter().filter(|(_, right)| *right).count() as f64 / n,
        count: pairs.len() as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sure_and_always_wrong_is_off_by_one() {
        let ece = expected_calibration_error(&[1.0, 1.0], &[false, false], Binning::EqualWidth(15));
        assert_eq!(ece, 1.0);
    }

    #[test]
    fn an_edge_belongs_to_the_bin_below() {
        let bins = reliability_bins(&[0.0, 0.5, 0.500001, 1.0], &[true; 4], Binning::EqualWidth(2));
        assert_eq!(bins.iter().map(|b| b.count).collect::<Vec<_>>(), vec![2, 2]);
    }

    #[test]
    fn equal_confidences_share_an_adaptive_bin_whatever_their_order() {
        let a = reliability_bins(&[0.6, 0.6, 0.6, 0.9], &[true, false, false, true], Binning::Adaptive(4));
        let b = reliability_bins(&[0.9, 0.6, 0.6, 0.6], &[true, false, false, true], Binning::Adaptive(4));
        assert_eq!(a, b);
        assert_eq!(a.iter().map(|b| b.count).collect::<Vec<_>>(), vec![3, 1]);
    }

    #[test]
    fn nothing_or_nonsense_is_not_judged() {
        for (confidence, correct) in [(vec![], vec![]), (vec![1.2], vec![true]), (vec![f64::NAN], vec![true])]
        {
            assert!(expected_calibration_error(&confidence, &correct, Binning::EqualWidth(10)).is_nan());
        }
    }
}
