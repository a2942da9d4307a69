//! Times taken by turns, so that all sides share whatever else the machine is doing.

use std::time::Instant;

/// Milliseconds of one call, averaged over `count`.
pub fn time(count: usize, mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    (0..count).for_each(|_| work());
    1e3 * began.elapsed().as_secs_f64() / count as f64
}

/// `rounds` times of each side, after one that does not count. A side that is not there gives none.
pub fn by_turns(rounds: usize, sides: &mut [&mut dyn FnMut() -> Option<f64>]) -> Vec<Vec<f64>> {
    for side in sides.iter_mut() {
        side();
    }
    let mut times = vec![Vec::new(); sides.len()];
    for _ in 0..rounds {
        for (side, times) in sides.iter_mut().zip(&mut times) {
            times.extend(side());
        }
    }
    times
}

/// The median; not a number where there is nothing.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Median over the rounds of `a` over `b`.
pub fn ratio(a: &[f64], b: &[f64]) -> f64 {
    median(&a.iter().zip(b).map(|(a, b)| a / b).collect::<Vec<_>>())
}
