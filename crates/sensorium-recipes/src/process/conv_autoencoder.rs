//! The convolutional autoencoder of the SKAB benchmark, rerun.
//!
//! The layers, window, loss, validation share, patience and threshold rule are the published ones
//! (waico/SKAB, `core/Conv_AE.py` and its notebook): windows of 60 rows; convolutions of 32 and 16
//! filters, width 7, stride 2, dropout 0.2 after the first; their transposes back; Adam at 0.001 on the
//! squared error in batches of 32, up to 100 epochs, until the last tenth of the windows has not
//! improved for five. Two things in it are odd, and so it can be run mended as well:
//!
//! - the last layer has a single filter for all sensors; mended, it has one for each;
//! - a row raises an alarm when all windows that hold it do, and the last 118 rows of a file, which have
//!   fewer, never do, so that the rule knows where the file ends. Mended, a row near the end is judged by
//!   the windows there are.

use super::Matrix;
use super::matrix::quantile;
use burn::module::Module;
use burn::nn::PaddingConfig1d;
use burn::nn::conv::{Conv1d, Conv1dConfig, ConvTranspose1d, ConvTranspose1dConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, TensorData};
use rand::seq::SliceRandom;
use rand::{Rng, RngCore};
use sensorium_nn::NnError;
use sensorium_nn::seed;
use sensorium_nn::train::{AdamWConfig, AdamWState, Weights};

/// Rows of a window.
pub const WINDOW: usize = 60;
/// Width of the convolutions.
const KERNEL: usize = 7;
/// Windows a step.
const BATCH: usize = 32;
/// Epochs without a better validation loss after which training ends.
const PATIENCE: usize = 5;
/// Share of values that dropout hides.
const DROPOUT: f64 = 0.2;
/// Quantile of the training residuals and factor on it that make the threshold.
const LIMIT: (f64, f64) = (0.999, 4.0 / 3.0);

/// The network: `[batch, sensor, 60]` to the same shape.
#[derive(Module, Debug)]
struct Network {
    first: Conv1d,
    second: Conv1d,
    third: ConvTranspose1d,
    fourth: ConvTranspose1d,
    last: ConvTranspose1d,
}

impl Network {
    fn new(sensors: usize, filters: usize, device: &Device) -> Self {
        let down = |from, to| {
            Conv1dConfig::new(from, to, KERNEL)
                .with_stride(2)
                .with_padding(PaddingConfig1d::Same)
                .init(device)
        };
        let up = |from, to| {
            ConvTranspose1dConfig::new([from, to], KERNEL)
                .with_stride(2)
                .with_padding(3)
                .with_padding_out(1)
                .init(device)
        };
        Self {
            first: down(sensors, 32),
            second: down(32, 16),
            third: up(16, 16),
            fourth: up(16, 32),
            last: ConvTranspose1dConfig::new([32, filters], KERNEL).with_padding(3).init(device),
        }
    }

    /// Reconstruction; `masks` are the dropout masks of the two hidden layers, in training only.
    fn forward(&self, x: Tensor<3>, masks: Option<(Tensor<3>, Tensor<3>)>) -> Tensor<3> {
        let (first, second) = masks.map_or((None, None), |(a, b)| (Some(a), Some(b)));
        let drop = |x: Tensor<3>, mask: Option<Tensor<3>>| match mask {
            Some(mask) => x * mask,
            None => x,
        };
        let x = drop(relu(self.first.forward(x)), first);
        let x = relu(self.third.forward(relu(self.second.forward(x))));
        self.last.forward(relu(self.fourth.forward(drop(x, second))))
    }
}

/// Alarms of one file by three rules.
#[derive(Clone, Debug, PartialEq)]
pub struct AutoencoderAlarms {
    /// The published rule: a row is anomalous when all windows that hold it (and begin before it) are.
    /// It looks 58 rows ahead, and the last 118 rows never raise an alarm.
    pub published: Vec<bool>,
    /// The same without knowledge of the end: all windows that hold the row and that there are.
    pub every_window: Vec<bool>,
    /// A rule that can run on line: the window that ends with the row.
    pub last_window: Vec<bool>,
}

/// Fits on the rows of `train` and judges those of `rows`; with a filter in the last layer for each
/// sensor, or a single one as published.
///
/// # Errors
/// [`NnError::Invalid`] when there are fewer training rows than two windows.
pub fn autoencoder_alarms(
    train: &Matrix,
    rows: &Matrix,
    single_filter: bool,
    epochs: usize,
    seed: u64,
) -> Result<AutoencoderAlarms, NnError> {
    let scale = train.scale();
    let windows = windows(&train.standardised(&scale));
    if windows.len() < WINDOW {
        return Err(NnError::Invalid(format!("{} rows are too few for windows of {WINDOW}", train.rows())));
    }
    let filters = if single_filter { 1 } else { train.width() };
    let network = fit(&windows, train.width(), filters, epochs, seed)?;
    let limit = quantile(&residuals(&network, &windows, train.width())?, LIMIT.0) * LIMIT.1;
    let judged = self::windows(&rows.standardised(&scale));
    let above: Vec<bool> = residuals(&network, &judged, rows.width())?.iter().map(|r| *r > limit).collect();
    Ok(alarms_of(&above, rows.rows()))
}

/// The three rules, from whether each window is anomalous; window `i` holds the rows `i..i + 60`.
fn alarms_of(above: &[bool], rows: usize) -> AutoencoderAlarms {
    let all = |range: std::ops::Range<usize>| !range.is_empty() && above[range].iter().all(|a| *a);
    let each = |rule: &dyn Fn(usize) -> bool| (0..rows).map(rule).collect();
    AutoencoderAlarms {
        published: each(&|r| r + 1 >= WINDOW && r + WINDOW <= above.len() && all(r + 1 - WINDOW..r)),
        every_window: each(&|r| all((r + 1).saturating_sub(WINDOW)..(r + 1).min(above.len()))),
        last_window: each(&|r| r + 1 >= WINDOW && above[r + 1 - WINDOW]),
    }
}

/// All windows of standardised rows, each `[sensor, row]`.
fn windows(rows: &Matrix) -> Vec<Vec<f32>> {
    let count = (rows.rows() + 1).saturating_sub(WINDOW);
    let window = |start: usize| {
        (0..rows.width())
            .flat_map(|sensor| (start..start + WINDOW).map(move |t| rows.row(t)[sensor] as f32))
            .collect()
    };
    (0..count).map(window).collect()
}

fn tensor(windows: &[&Vec<f32>], sensors: usize, device: &Device) -> Tensor<3> {
    let values: Vec<f32> = windows.iter().flat_map(|w| w.iter().copied()).collect();
    Tensor::from_data(TensorData::new(values, [windows.len(), sensors, WINDOW]), device)
}

fn fit(
    windows: &[Vec<f32>],
    sensors: usize,
    filters: usize,
    epochs: usize,
    seed: u64,
) -> Result<Network, NnError> {
    let device = Device::flex();
    let tracked = device.clone().autodiff();
    let network = Network::new(sensors, filters, &device);
    let mut weights = Weights::of(&network);
    weights.reset(seed);
    let adam =
        AdamWConfig { learning_rate: 1e-3, weight_decay: 0.0, clip_norm: f32::INFINITY, ema_decay: 0.0 };
    let mut optimizer = AdamWState::new(&weights.values);
    // As in Keras, the validation windows are the last ones.
    let (learned, held) = windows.split_at(windows.len() - windows.len() / 10);
    let held: Vec<&Vec<f32>> = held.iter().collect();
    let mut order: Vec<usize> = (0..learned.len()).collect();
    let (mut best, mut since) = (f32::INFINITY, 0);
    for epoch in 0..epochs {
        let mut rng = seed::generator(seed, &[31, epoch as u64]);
        order.shuffle(&mut rng);
        for batch in order.chunks(BATCH) {
            let network = weights.load(network.clone(), &tracked, true)?;
            let picked: Vec<&Vec<f32>> = batch.iter().map(|&i| &learned[i]).collect();
            let x = tensor(&picked, sensors, &tracked);
            let masks = (
                mask(&mut rng, [batch.len(), 32, 30], &tracked),
                mask(&mut rng, [batch.len(), 16, 30], &tracked),
            );
            let loss = (network.forward(x.clone(), Some(masks)) - x).square().mean();
            let gradients = Weights::gradients(&network, &loss.backward());
            optimizer.update(&mut weights.values, &weights.shapes, &gradients, &adam, 1.0);
        }
        let judge = weights.load(network.clone(), &device, false)?;
        let x = tensor(&held, sensors, &device);
        let loss = (judge.forward(x.clone(), None) - x).square().mean();
        let loss = loss.try_into_scalar::<f32>().unwrap_or(f32::NAN);
        if loss < best {
            (best, since) = (loss, 0);
        } else {
            since += 1;
        }
        if since >= PATIENCE {
            break;
        }
    }
    weights.load(network, &device, false)
}

/// A mask of 0 and 1/(1 − p).
fn mask(rng: &mut impl RngCore, shape: [usize; 3], device: &Device) -> Tensor<3> {
    let keep = (1.0 / (1.0 - DROPOUT)) as f32;
    let draw = |_| if rng.random_bool(DROPOUT) { 0.0 } else { keep };
    let values: Vec<f32> = (0..shape.iter().product()).map(draw).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Mean absolute reconstruction error over the rows of each window, summed over the sensors.
fn residuals(network: &Network, windows: &[Vec<f32>], sensors: usize) -> Result<Vec<f64>, NnError> {
    let device = Device::flex();
    let mut found = Vec::with_capacity(windows.len());
    for chunk in windows.chunks(256) {
        let picked: Vec<&Vec<f32>> = chunk.iter().collect();
        let x = tensor(&picked, sensors, &device);
        let error = (network.forward(x.clone(), None) - x).abs();
        let values: Vec<f32> = error.try_into_vec_as().unwrap_or_default();
        if values.len() != chunk.len() * sensors * WINDOW {
            return Err(NnError::Invalid("the reconstruction cannot be read back".to_owned()));
        }
        let of_window = |w: &[f32]| w.iter().map(|v| f64::from(*v)).sum::<f64>() / WINDOW as f64;
        found.extend(values.chunks_exact(sensors * WINDOW).map(of_window));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize, shifted_from: usize) -> Matrix {
        let row = |t: usize| {
            let wave = (t as f64 * 0.3).sin();
            let shift = if t >= shifted_from { 8.0 } else { 0.0 };
            [wave + shift, -wave + 0.3 * (t as f64 * 1.7).cos()]
        };
        Matrix::new(2, (0..count).flat_map(row).collect())
    }

    #[test]
    fn a_shift_is_seen_and_the_same_seed_sees_the_same() {
        let (train, judged) = (rows(200, 200), rows(400, 250));
        for single_filter in [false, true] {
            let alarms = autoencoder_alarms(&train, &judged, single_filter, 3, 5).unwrap();
            assert_eq!(alarms, autoencoder_alarms(&train, &judged, single_filter, 3, 5).unwrap());
            assert!(alarms.last_window[..200].iter().all(|a| !a));
            assert!(alarms.last_window[320..].iter().all(|a| *a));
        }
    }

    #[test]
    fn only_the_published_rule_is_silent_before_the_end() {
        // 140 rows have 81 windows; those from row 40 on are anomalous.
        let above: Vec<bool> = (0..81).map(|start| start >= 10).collect();
        let alarms = alarms_of(&above, 140);
        assert!(alarms.published.iter().skip(22).all(|a| !a));
        assert!(alarms.every_window[69..].iter().all(|a| *a) && !alarms.every_window[68]);
        assert!(alarms.last_window[69..].iter().all(|a| *a) && !alarms.last_window[68]);
    }

    #[test]
    fn too_few_rows_are_an_error() {
        assert!(autoencoder_alarms(&rows(70, 70), &rows(100, 100), false, 1, 0).is_err());
    }
}
