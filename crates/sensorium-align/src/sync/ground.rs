//! Where in a video a text is shown.

/// A stretch of a video that fits a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroundedSpan {
    /// When its first token begins, ms.
    pub start_ms: f32,
    /// When its last token ends, ms.
    pub end_ms: f32,
    /// Mean evidence of its frames, in standard deviations over that of the video.
    pub score: f32,
}

/// Shortest span that is looked for, ms.
const SHORTEST_MS: f32 = 400.0;

/// The up to `k` spans, apart from one another, whose frames stand out most; best first.
///
/// `evidence` has one value a token, whose middle is `time_ms` (rising); it lasts until half way to its neighbours.
/// The mean is subtracted and what remains divided by its spread. Then half the height of the peak is taken off
/// (the largest mean over the shortest span, of what is left for further spans): a span is the contiguous run
/// of tokens with the largest sum, each weighed by the time it lasts. It is as wide as the peak at half its
/// height, whatever the scale. Spans last at least 0.4 s where the video does. Values that are not finite count
/// as the mean. Where nothing stands out, there is no span.
pub fn ground(time_ms: &[f32], evidence: &[f32], k: usize) -> Vec<GroundedSpan> {
    let count = time_ms.len().min(evidence.len());
    let (times, evidence) = (&time_ms[..count], &evidence[..count]);
    let Some(values) = standardised(evidence) else { return Vec::new() };
    let edges = edges(times);
    let lengths: Vec<f32> = edges.windows(2).map(|pair| (pair[1] - pair[0]).max(0.0)).collect();
    let mut left = values.clone();
    let mut free = vec![true; count];
    let mut spans = Vec::new();
    for _ in 0..k {
        let half = 0.5 * peak(&left, &lengths).max(0.0);
        let lifted: Vec<f32> = values.iter().map(|v| v - half).collect();
        let Some((from, to)) = best_run(&lifted, &lengths, &free) else { break };
        let shown: f32 = lengths[from..to].iter().sum();
        let sum: f32 = values[from..to].iter().zip(&lengths[from..to]).map(|(v, l)| v * l).sum();
        let score = sum / shown.max(f32::MIN_POSITIVE);
        spans.push(GroundedSpan { start_ms: edges[from], end_ms: edges[to], score });
        free[from..to].fill(false);
        left[from..to].fill(0.0);
    }
    spans
}

/// Less the mean, over the spread; `None` where nothing differs.
fn standardised(evidence: &[f32]) -> Option<Vec<f32>> {
    let finite: Vec<f64> = evidence.iter().filter(|v| v.is_finite()).map(|v| f64::from(*v)).collect();
    let count = finite.len().max(1) as f64;
    let mean = finite.iter().sum::<f64>() / count;
    let spread = (finite.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
    let scale = spread.max(1e-6 * mean.abs());
    let value = |v: &f32| if v.is_finite() { ((f64::from(*v) - mean) / scale) as f32 } else { 0.0 };
    (scale > 1e-12 && spread > 1e-6 * mean.abs()).then(|| evidence.iter().map(value).collect())
}

/// Where tokens meet: half way between their middles, and as far beyond the first and the last. A single token
/// lasts a millisecond.
pub(super) fn edges(middles: &[f32]) -> Vec<f32> {
    let (Some(first), Some(last)) = (middles.first(), middles.last()) else { return Vec::new() };
    let half = |pair: Option<&[f32]>| pair.map_or(0.5, |pair| 0.5 * (pair[1] - pair[0]));
    let mut edges = vec![first - half(middles.windows(2).next())];
    edges.extend(middles.windows(2).map(|pair| 0.5 * (pair[0] + pair[1])));
    edges.push(last + half(middles.windows(2).last()));
    edges
}

/// The largest mean over runs of tokens that just last for the shortest span; over all where they last less.
fn peak(values: &[f32], lengths: &[f32]) -> f32 {
    let (mut from, mut sum, mut shown) = (0, 0.0f64, 0.0f64);
    let shortest = f64::from(SHORTEST_MS) - 1e-3;
    let mut best: Option<f64> = None;
    for (to, (value, length)) in values.iter().zip(lengths).enumerate() {
        let length = f64::from(*length);
        (sum, shown) = (sum + f64::from(*value) * length, shown + length);
        // Gaps may be huge: a run never shrinks below one token, whatever rounding leaves.
        while from < to && shown - f64::from(lengths[from]) >= shortest {
            let first = f64::from(lengths[from]);
            (sum, shown) = (sum - f64::from(values[from]) * first, shown - first);
            from += 1;
        }
        if shown >= shortest {
            best = Some(best.map_or(sum / shown, |b| b.max(sum / shown)));
        }
    }
    best.unwrap_or(if shown > 0.0 { sum / shown } else { 0.0 }) as f32
}

/// The run of free frames with the largest sum that lasts long enough: Kadane's algorithm with a shortest
/// length. Sums are over time, so that frames that come close together count no more than others.
fn best_run(values: &[f32], lengths: &[f32], free: &[bool]) -> Option<(usize, usize)> {
    let mut best: Option<(f64, usize, usize)> = None;
    let mut start = 0;
    while start < free.len() {
        if !free[start] {
            start += 1;
            continue;
        }
        let end = (start..free.len()).find(|i| !free[*i]).unwrap_or(free.len());
        if let Some(found) = best_in(values, lengths, start, end)
            && best.is_none_or(|b| found.0 > b.0)
        {
            best = Some(found);
        }
        start = end;
    }
    best.filter(|b| b.0 > 0.0).map(|(_, from, to)| (from, to))
}

/// The best run inside `start..end`, whose frames are all free. Where they last less than the shortest
/// span together, they are taken whole if they are all frames there are.
fn best_in(values: &[f32], lengths: &[f32], start: usize, end: usize) -> Option<(f64, usize, usize)> {
    let mut sums = vec![0.0f64];
    let mut shown = vec![0.0f64];
    for i in start..end {
        let length = f64::from(lengths[i]);
        sums.push(sums[i - start] + f64::from(values[i]) * length);
        shown.push(shown[i - start] + length);
    }
    let total = shown[end - start];
    let whole = end - start == values.len();
    let shortest = if whole { f64::from(SHORTEST_MS).min(total) } else { f64::from(SHORTEST_MS) };
    // The cheapest beginning so far among those far enough back.
    let (mut next, mut cheapest) = (0, 0);
    let mut best: Option<(f64, usize, usize)> = None;
    for to in 1..sums.len() {
        while next < to && shown[to] - shown[next] >= shortest - 1e-3 {
            if sums[next] < sums[cheapest] {
                cheapest = next;
            }
            next += 1;
        }
        let sum = sums[to] - sums[cheapest];
        if next > 0 && best.is_none_or(|b| sum > b.0) {
            best = Some((sum, start + cheapest, start + to));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Middles of tokens of 100 ms.
    fn times(count: usize) -> Vec<f32> {
        (0..count).map(|i| 100.0 * i as f32 + 50.0).collect()
    }

    #[test]
    fn the_stretch_that_stands_out_is_found() {
        let evidence: Vec<f32> = (0..100).map(|i| if (30..45).contains(&i) { 0.8 } else { 0.1 }).collect();
        let spans = ground(&times(100), &evidence, 1);
        assert_eq!(spans.len(), 1);
        assert_eq!((spans[0].start_ms, spans[0].end_ms), (3_000.0, 4_500.0));
        assert!(spans[0].score > 1.0);
    }

    #[test]
    fn several_spans_lie_apart_and_the_largest_comes_first() {
        let level = |i: usize| match i {
            10..20 => 0.5,
            60..80 => 0.9,
            _ => 0.0,
        };
        let evidence: Vec<f32> = (0..100).map(level).collect();
        let spans = ground(&times(100), &evidence, 2);
        assert_eq!((spans[0].start_ms, spans[0].end_ms), (6_000.0, 8_000.0));
        assert_eq!((spans[1].start_ms, spans[1].end_ms), (1_000.0, 2_000.0));
    }

    #[test]
    fn a_single_frame_becomes_a_span_of_the_shortest_length() {
        let mut evidence = vec![0.0; 100];
        evidence[50] = 1.0;
        let spans = ground(&times(100), &evidence, 1);
        let (from, to) = (spans[0].start_ms, spans[0].end_ms);
        assert!(from <= 5_000.0 && to >= 5_100.0 && (to - from - SHORTEST_MS).abs() < 1.0, "{from} {to}");
    }

    #[test]
    fn where_nothing_stands_out_there_is_no_span() {
        assert!(ground(&times(50), &[0.3; 50], 3).is_empty());
        assert!(ground(&[], &[], 3).is_empty());
        assert!(ground(&times(5), &[0.0, 1.0, 0.0, 0.0, 0.0], 0).is_empty());
    }

    #[test]
    fn frames_that_come_close_together_count_no_more() {
        // 100 frames of 10 ms with little evidence, 10 of 100 ms with more.
        let mut at: Vec<f32> = (0..100).map(|i| 10.0 * i as f32 + 5.0).collect();
        at.extend((0..30).map(|i| 1_050.0 + 100.0 * i as f32));
        let mut evidence = vec![0.4; 100];
        evidence.extend((0..30).map(|i| if (10..20).contains(&i) { 1.0 } else { -1.0 }));
        let spans = ground(&at, &evidence, 1);
        assert_eq!((spans[0].start_ms, spans[0].end_ms), (2_000.0, 3_000.0));
    }

    #[test]
    fn a_gap_of_years_between_tokens_is_no_trouble() {
        let mut at = times(100);
        at.extend((0..100).map(|i| 1e11 + 50_000.0 * i as f32));
        let evidence: Vec<f32> = (0..200).map(|i| if (30..45).contains(&i) { 0.8 } else { 0.1 }).collect();
        let spans = ground(&at, &evidence, 2);
        assert_eq!((spans[0].start_ms, spans[0].end_ms), (3_000.0, 4_500.0));
    }

    #[test]
    fn values_that_are_no_numbers_do_no_harm() {
        let mut evidence: Vec<f32> =
            (0..100).map(|i| if (30..45).contains(&i) { 0.8 } else { 0.1 }).collect();
        evidence[3] = f32::NAN;
        evidence[90] = f32::INFINITY;
        let spans = ground(&times(100), &evidence, 1);
        assert_eq!((spans[0].start_ms, spans[0].end_ms), (3_000.0, 4_500.0));
    }
}
