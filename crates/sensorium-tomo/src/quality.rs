//! How near a reconstruction is to the truth: RMSE, PSNR and SSIM.
//!
//! All take a mask, `true` where pixels count, such as the inside of the field of view.
//!
//! ```
//! use sensorium_tomo::quality::{psnr, rmse};
//!
//! let (truth, test) = ([0.0, 1.0, 2.0], [0.0, 1.0, 1.0]);
//! assert_eq!(rmse(&truth, &test, Some(&[true, true, false]))?, 0.0);
//! assert!((psnr(&truth, &test, 2.0, None)? - 10.79).abs() < 0.01);
//! # Ok::<(), sensorium_tomo::TomoError>(())
//! ```

use crate::{TomoError, Volume};
use rayon::prelude::*;

/// Standard deviation of the window of [`ssim`] in pixels.
const SIGMA: f64 = 1.5;
/// Pixels from the middle of the window to its edge: 3.5 standard deviations.
const RADIUS: usize = 5;
/// Pixels across the window.
const WINDOW: usize = 2 * RADIUS + 1;
/// Means of a, b, a², b² and ab.
const MOMENTS: usize = 5;

/// Root of the mean squared difference.
///
/// # Errors
/// [`TomoError::Request`] when the lengths differ, nothing counts, or a value that counts is not finite.
pub fn rmse(truth: &[f32], test: &[f32], mask: Option<&[bool]>) -> Result<f64, TomoError> {
    check_lengths(truth, test, mask)?;
    let counts = |i: usize| mask.is_none_or(|m| m[i]);
    // Partial sums in a fixed order: the result does not depend on the number of threads.
    let block = 1 << 16;
    let sums: Vec<(f64, usize)> = (0..truth.len().div_ceil(block))
        .into_par_iter()
        .map(|b| {
            let places = (b * block..truth.len().min((b + 1) * block)).filter(|i| counts(*i));
            places.fold((0.0, 0), |(sum, n), i| {
                (sum + (f64::from(truth[i]) - f64::from(test[i])).powi(2), n + 1)
            })
        })
        .collect();
    let (sum, count) = sums.into_iter().fold((0.0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    if count == 0 {
        return Err(nothing_counts());
    }
    if !f64::is_finite(sum) {
        check_finite(truth, test, counts)?;
    }
    Ok((sum / count as f64).sqrt())
}

/// Peak signal-to-noise ratio in decibels, `20 log₁₀(data_range / rmse)`; infinite when all are equal.
///
/// `data_range` is the span of possible (or of the true) values: the figure has no meaning without it.
///
/// # Errors
/// Those of [`rmse`], and [`TomoError::Request`] when `data_range` is not above 0.
pub fn psnr(truth: &[f32], test: &[f32], data_range: f64, mask: Option<&[bool]>) -> Result<f64, TomoError> {
    check_range(data_range)?;
    Ok(20.0 * (data_range / rmse(truth, test, mask)?).log10())
}

/// Structural similarity of two slices `[y, x]`: 1 when equal, near 0 when unrelated.
///
/// A Gaussian window of 11 × 11 pixels, σ = 1.5, K₁ = 0.01, K₂ = 0.03, population covariance; the mean
/// over the pixels whose window lies in the slice, so the rim of 5 pixels does not count (a mask is cut
/// by it too). With `C₁ = (0.01 L)²`, `C₂ = (0.03 L)²` and L the data range:
///
/// `SSIM = (2 μ_a μ_b + C₁)(2 σ_ab + C₂) / ((μ_a² + μ_b² + C₁)(σ_a² + σ_b² + C₂))`
///
/// Source: Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment: from error
/// visibility to structural similarity", IEEE Trans. Image Process. 13 (2004), equation 13; as
/// scikit-image's `structural_similarity` with `gaussian_weights=True`, `sigma=1.5`,
/// `use_sample_covariance=False` and 64-bit images.
///
/// # Errors
/// [`TomoError::Request`] when the sizes do not fit, a side is below 11 pixels, no pixel counts, a value
/// is not finite (a window would spread it), or `data_range` is not above 0.
pub fn ssim(
    truth: &[f32],
    test: &[f32],
    width: usize,
    height: usize,
    data_range: f64,
    mask: Option<&[bool]>,
) -> Result<f64, TomoError> {
    slice_ssim(truth, test, [width, height], data_range, mask)?.ok_or_else(nothing_counts)
}

/// The mean of the [`ssim`] of all slices `[y, x]` across z; slices of which no pixel counts are left out.
///
/// The mask has the volume's order `[z, y, x]`.
///
/// # Errors
/// Those of [`ssim`], and [`TomoError::Request`] when the volumes differ in their voxels or no voxel counts.
pub fn ssim_volume(
    truth: &Volume,
    test: &Volume,
    data_range: f64,
    mask: Option<&[bool]>,
) -> Result<f64, TomoError> {
    let [width, height, slices] = truth.grid().voxels;
    if test.grid().voxels != truth.grid().voxels {
        return Err(TomoError::Request(format!(
            "the volumes have {:?} and {:?} voxels; they must be alike",
            truth.grid().voxels,
            test.grid().voxels
        )));
    }
    check_lengths(truth.values(), test.values(), mask)?;
    let size = truth.grid().slice_len();
    let of_slice = |z: usize| {
        let mask = mask.map(|m| &m[z * size..(z + 1) * size]);
        slice_ssim(truth.slice(z), test.slice(z), [width, height], data_range, mask)
    };
    let found = (0..slices).into_par_iter().map(of_slice).collect::<Result<Vec<_>, _>>()?;
    let found: Vec<f64> = found.into_iter().flatten().collect();
    if found.is_empty() {
        return Err(nothing_counts());
    }
    Ok(found.iter().sum::<f64>() / found.len() as f64)
}

/// `None` when no pixel counts.
fn slice_ssim(
    a: &[f32],
    b: &[f32],
    [width, height]: [usize; 2],
    data_range: f64,
    mask: Option<&[bool]>,
) -> Result<Option<f64>, TomoError> {
    check_range(data_range)?;
    check_lengths(a, b, mask)?;
    if width.checked_mul(height) != Some(a.len()) || width < WINDOW || height < WINDOW {
        return Err(TomoError::Request(format!(
            "{} values as {width} x {height} pixels: SSIM needs slices of at least {WINDOW} x {WINDOW}",
            a.len()
        )));
    }
    check_finite(a, b, |_| true)?;
    let weights = gaussian();
    let inner = width - 2 * RADIUS;
    let mut across = vec![0.0; height * inner * MOMENTS];
    across.par_chunks_mut(inner * MOMENTS).enumerate().for_each(|(y, out)| {
        let row = y * width..(y + 1) * width;
        filter_row(&a[row.clone()], &b[row], &weights, out);
    });
    let rows: Vec<(f64, usize)> = (0..height - 2 * RADIUS)
        .into_par_iter()
        .map(|y| {
            let mut moments = vec![0.0; inner * MOMENTS];
            for (k, weight) in weights.iter().enumerate() {
                let row = &across[(y + k) * inner * MOMENTS..][..inner * MOMENTS];
                moments.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
            }
            let start = (y + RADIUS) * width + RADIUS;
            let counts = |x: usize| mask.is_none_or(|m| m[start + x]);
            let places = moments.chunks_exact(MOMENTS).enumerate().filter(|(x, _)| counts(*x));
            places.fold((0.0, 0), |(sum, n), (_, m)| (sum + similarity(m, data_range), n + 1))
        })
        .collect();
    let (sum, count) = rows.into_iter().fold((0.0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    Ok((count > 0).then(|| sum / count as f64))
}

fn filter_row(a: &[f32], b: &[f32], weights: &[f64; WINDOW], out: &mut [f64]) {
    let windows = a.windows(WINDOW).zip(b.windows(WINDOW));
    for (out, (a, b)) in out.chunks_exact_mut(MOMENTS).zip(windows) {
        let mut sums = [0.0; MOMENTS];
        for ((weight, a), b) in weights.iter().zip(a).zip(b) {
            let (a, b) = (f64::from(*a), f64::from(*b));
            for (sum, value) in sums.iter_mut().zip([a, b, a * a, b * b, a * b]) {
                *sum += weight * value;
            }
        }
        out.copy_from_slice(&sums);
    }
}

fn similarity(moments: &[f64], data_range: f64) -> f64 {
    let (a, b) = (moments[0], moments[1]);
    let (aa, bb, ab) = (moments[2] - a * a, moments[3] - b * b, moments[4] - a * b);
    let (c1, c2) = ((0.01 * data_range).powi(2), (0.03 * data_range).powi(2));
    (2.0 * a * b + c1) * (2.0 * ab + c2) / ((a * a + b * b + c1) * (aa + bb + c2))
}

fn gaussian() -> [f64; WINDOW] {
    let raw: [f64; WINDOW] =
        std::array::from_fn(|i| (-0.5 * ((i as f64 - RADIUS as f64) / SIGMA).powi(2)).exp());
    let sum: f64 = raw.iter().sum();
    raw.map(|weight| weight / sum)
}

fn check_lengths(truth: &[f32], test: &[f32], mask: Option<&[bool]>) -> Result<(), TomoError> {
    let marks = mask.map_or(truth.len(), <[bool]>::len);
    if truth.len() == test.len() && truth.len() == marks {
        return Ok(());
    }
    Err(TomoError::Request(format!(
        "{} true values, {} values to test and {marks} mask values; the numbers must be equal",
        truth.len(),
        test.len()
    )))
}

fn check_range(data_range: f64) -> Result<(), TomoError> {
    if data_range.is_finite() && data_range > 0.0 {
        return Ok(());
    }
    Err(TomoError::Request(format!("the data range is {data_range}; it must be above 0")))
}

fn check_finite(truth: &[f32], test: &[f32], counts: impl Fn(usize) -> bool) -> Result<(), TomoError> {
    let bad = |i: &usize| counts(*i) && !(truth[*i].is_finite() && test[*i].is_finite());
    match (0..truth.len()).find(bad) {
        None => Ok(()),
        Some(at) => Err(TomoError::Request(format!(
            "value {at} is {} in the truth and {} in the test; both must be numbers",
            truth[at], test[at]
        ))),
    }
}

fn nothing_counts() -> TomoError {
    TomoError::Request("the mask leaves nothing to compare".into())
}
