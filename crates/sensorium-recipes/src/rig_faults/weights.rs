//! What the router's weights say, and whether it is true.

use super::contest::Contest;
use crate::RecipeError;
use sensorium_data::rig::Meter;
use sensorium_fuse::FusionModel;
use sensorium_fuse::calibrate::softmax;
use sensorium_nn::metrics::{Bootstrap, Interval, spearman};
use sensorium_nn::{Example, View};

/// A number with its interval.
pub struct Measured {
    /// The number.
    pub value: f64,
    /// Its 95 % interval over test machines.
    pub interval: Interval,
    /// How many cases it rests on.
    pub cases: usize,
}

/// Median weight of the one modality that shows the fault, over the windows where just one does.
pub fn informative(
    contest: &Contest,
    router: &FusionModel,
    rigs: usize,
    seed: u64,
) -> Result<Measured, RecipeError> {
    let meter = Meter::fit(&contest.rig, rigs)?;
    let list: Vec<&Example> = contest.test.iter().collect();
    let rows = router.rows(&list, &|_, _| View::Clean);
    let (mut weights, mut groups) = (Vec::new(), Vec::new());
    let mut first = 0;
    for (position, index) in contest.indices.iter().enumerate() {
        let windows = contest.recordings[first..].iter().take_while(|r| **r == position).count();
        for (offset, shown) in meter.windows(*index).iter().take(windows).enumerate() {
            let visible: Vec<usize> = (0..shown.len()).filter(|s| shown[*s] > 1.0).collect();
            if let [only] = visible[..] {
                weights.push(f64::from(rows[first + offset].weights[only]));
                groups.push(position);
            }
        }
        first += windows;
    }
    let value = median(weights.clone());
    let bootstrap = Bootstrap::new(seed);
    let interval =
        bootstrap.cluster_interval(&groups, |drawn| median(drawn.iter().map(|i| weights[*i]).collect()));
    Ok(Measured { value, interval, cases: weights.len() })
}

/// Spearman correlation of weights with the rise of the loss when the modality is left out.
pub fn faithfulness(contest: &Contest, router: &FusionModel, seed: u64) -> Measured {
    let list: Vec<&Example> = contest.test.iter().collect();
    let temperature = router.calibration().temperature;
    let seen = contest.summarise(router);
    let losses = |view: &(dyn Fn(usize, usize) -> View + Sync)| -> Vec<f64> {
        let rows = seen.rows(view);
        rows.iter()
            .zip(&contest.truth)
            .map(|(row, class)| -f64::from(softmax(&row.logits, temperature)[*class].max(1e-9)).ln())
            .collect()
    };
    let full = losses(&|_, _| View::Clean);
    let weights = seen.rows(&|_, _| View::Clean);
    // Per window: the weights and the rises, modality by modality.
    let mut pairs: Vec<Vec<(f64, f64)>> = vec![Vec::new(); list.len()];
    for m in 0..contest.streams() {
        let without = losses(&|_, s| if s == m { View::Hidden } else { View::Clean });
        for (i, pair) in pairs.iter_mut().enumerate() {
            if list[i].streams[m].clean.is_some() {
                pair.push((f64::from(weights[i].weights[m]), without[i] - full[i]));
            }
        }
    }
    let correlation = |rows: &[usize]| {
        let (x, y): (Vec<f64>, Vec<f64>) = rows.iter().flat_map(|r| pairs[*r].iter().copied()).unzip();
        spearman(&x, &y)
    };
    let all = contest.rows();
    let bootstrap = Bootstrap { resamples: 200, ..Bootstrap::new(seed) };
    Measured {
        value: correlation(&all),
        interval: bootstrap.cluster_interval(&contest.recordings, correlation),
        cases: pairs.iter().map(Vec::len).sum(),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { 0.5 * (values[middle - 1] + values[middle]) }
}
