//! Where in a video a sentence happens.

/// A stretch of video that fits a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroundedSpan {
    /// First moment, ms.
    pub start_ms: f32,
    /// Last moment, ms.
    pub end_ms: f32,
    /// Mean evidence inside, in standard deviations of the video's evidence above the bar.
    pub score: f32,
}

/// Evidence below this many standard deviations above the video's mean speaks against a span.
const BAR: f32 = 1.0;

/// The `k` best spans that do not overlap, the best first: `evidence` of each frame is standardised over the
/// video, less a bar of one standard deviation, and the stretch with the largest sum over time is taken (the
/// maximum-sum segment, Bentley 1984, doi:10.1145/358234.381162), again and again. A frame stands for the
/// time to the middles between it and its neighbours. Fewer than `k` spans where no more evidence is above
/// the bar; none for a flat video.
pub fn ground(time_ms: &[f32], evidence: &[f32], k: usize) -> Vec<GroundedSpan> {
    let count = time_ms.len().min(evidence.len());
    if count < 2 {
        return Vec::new();
    }
    let mean = evidence[..count].iter().sum::<f32>() / count as f32;
    let spread = (evidence[..count].iter().map(|e| (e - mean).powi(2)).sum::<f32>() / count as f32).sqrt();
    if spread.is_nan() || spread < 1e-9 {
        return Vec::new();
    }
    let edge = |i: usize| match i {
        0 => time_ms[0] - 0.5 * (time_ms[1] - time_ms[0]),
        i if i == count => time_ms[count - 1] + 0.5 * (time_ms[count - 1] - time_ms[count - 2]),
        i => 0.5 * (time_ms[i - 1] + time_ms[i]),
    };
    let excess: Vec<f32> = evidence[..count].iter().map(|e| (e - mean) / spread - BAR).collect();
    let mut free = vec![true; count];
    let mut found = Vec::new();
    while found.len() < k {
        let Some((from, to, sum)) = best_run(&excess, &free, &edge) else { break };
        free[from..to].fill(false);
        let (start_ms, end_ms) = (edge(from), edge(to));
        found.push(GroundedSpan { start_ms, end_ms, score: sum / (end_ms - start_ms).max(1e-6) });
    }
    found
}

/// The run of free frames with the largest sum of excess times duration; `None` where none is above zero.
fn best_run(excess: &[f32], free: &[bool], edge: &impl Fn(usize) -> f32) -> Option<(usize, usize, f32)> {
    let mut best: Option<(usize, usize, f32)> = None;
    let (mut start, mut sum) = (0, 0.0f32);
    for i in 0..excess.len() {
        if !free[i] || sum <= 0.0 {
            (start, sum) = (i, 0.0);
        }
        if !free[i] {
            continue;
        }
        sum += excess[i] * (edge(i + 1) - edge(i));
        if sum > best.map_or(0.0, |b| b.2) {
            best = Some((start, i + 1, sum));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(n: usize) -> Vec<f32> {
        (0..n).map(|i| 100.0 * i as f32).collect()
    }

    #[test]
    fn the_stretch_with_evidence_is_found_with_half_a_frame_on_each_side() {
        let mut evidence = vec![0.0; 50];
        evidence[20..30].fill(1.0);
        let found = ground(&times(50), &evidence, 3);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].start_ms, found[0].end_ms), (1_950.0, 2_950.0));
    }

    #[test]
    fn spans_come_best_first_and_do_not_overlap() {
        let mut evidence = vec![0.0; 100];
        evidence[10..14].fill(1.0);
        evidence[60..80].fill(1.0);
        let found = ground(&times(100), &evidence, 2);
        assert_eq!(found.iter().map(|f| f.start_ms).collect::<Vec<_>>(), vec![5_950.0, 950.0]);
    }

    #[test]
    fn a_flat_or_empty_video_has_no_span() {
        assert!(ground(&times(10), &[0.3; 10], 2).is_empty());
        assert!(ground(&[], &[], 1).is_empty());
    }
}
