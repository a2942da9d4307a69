//! Sound as a spectrogram: time to the right, mel-spaced frequency upwards, level as depth of colour.

use super::frame::Place;
use crate::report::png;
use crate::report::svg::{Svg, image, number, rect};
use realfft::RealFftPlanner;

/// Frequency bands, from the lowest to the highest.
const BANDS: usize = 54;

/// Draws the sound as a mask over a plain rectangle, so that it takes the modality's colour in the light
/// theme and in the dark one.
pub(super) fn picture(
    svg: &mut Svg,
    panel: &Place,
    (start, rate_hz): (f64, f64),
    samples: &[f32],
    color: usize,
    id: &str,
) {
    if samples.is_empty() || !(rate_hz.is_finite() && rate_hz > 0.0) {
        return;
    }
    let (left, right) = panel.span(start, start + samples.len() as f64 / rate_hz);
    let columns = (right - left).round().max(1.0) as usize;
    let pixels = levels(samples, rate_hz, columns);
    let Some(uri) = png::grey(columns, BANDS, &pixels) else { return };
    let mask = format!("m{id}");
    svg.raw(&format!(
        "<mask id=\"{mask}\" maskUnits=\"userSpaceOnUse\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\">",
        x = number(left),
        y = number(panel.top),
        w = number(right - left),
        h = number(panel.height)
    ));
    svg.add(image(left, panel.top, right - left, panel.height, &uri));
    svg.raw("</mask>");
    let filled = rect(left, panel.top, right - left, panel.height).class(&format!("f{color}"));
    svg.add(filled.with("mask", &format!("url(#{mask})")));
}

/// "0 – 4 kHz".
pub(super) fn range_text(rate_hz: f64) -> String {
    let top = rate_hz / 2.0;
    if top >= 1000.0 {
        format!("0 – {} kHz", number(top / 1000.0))
    } else {
        format!("0 – {} Hz", number(top))
    }
}

/// Levels in 0..=255, row-major, `[band from high to low, column]`.
fn levels(samples: &[f32], rate_hz: f64, columns: usize) -> Vec<u8> {
    let size = ((rate_hz * 0.064) as usize).next_power_of_two().clamp(64, 4096);
    let window: Vec<f32> =
        (0..size).map(|i| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / size as f32).cos()).collect();
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(size);
    let (mut input, mut spectrum) = (fft.make_input_vec(), fft.make_output_vec());
    let edges = band_edges(rate_hz, size);
    let mut decibels = vec![f32::NEG_INFINITY; BANDS * columns];
    for column in 0..columns {
        let middle = (column as f64 + 0.5) * samples.len() as f64 / columns as f64;
        let first = middle as isize - size as isize / 2;
        let sample =
            |i: usize| usize::try_from(first + i as isize).ok().and_then(|at| samples.get(at)).copied();
        for (i, (value, weight)) in input.iter_mut().zip(&window).enumerate() {
            *value = sample(i).filter(|v| v.is_finite()).unwrap_or(0.0) * weight;
        }
        // The sizes come from the plan, so the transform cannot refuse them.
        if fft.process(&mut input, &mut spectrum).is_err() {
            continue;
        }
        for (band, &(from, to)) in edges.iter().enumerate() {
            let bins = &spectrum[from..to];
            let power = bins.iter().map(|c| c.norm_sqr()).sum::<f32>() / bins.len() as f32;
            decibels[(BANDS - 1 - band) * columns + column] = 10.0 * power.log10();
        }
    }
    to_bytes(&decibels)
}

/// First and last-plus-one bin of each band, equally wide on the mel scale of O'Shaughnessy,
/// `mel = 2595 log₁₀(1 + f / 700)`.
fn band_edges(rate_hz: f64, size: usize) -> Vec<(usize, usize)> {
    let bins = size / 2 + 1;
    let top = 2595.0 * (1.0 + rate_hz / 2.0 / 700.0).log10();
    let bin = |band: usize| {
        let hz = 700.0 * (10_f64.powf(top * band as f64 / BANDS as f64 / 2595.0) - 1.0);
        (hz / rate_hz * size as f64).round() as usize
    };
    (0..BANDS)
        .map(|band| {
            let from = bin(band).min(bins - 1);
            (from, bin(band + 1).clamp(from + 1, bins))
        })
        .collect()
}

/// Spreads the range from the 35th percentile (the floor of noise) to the 99.8th over 0..=255.
fn to_bytes(decibels: &[f32]) -> Vec<u8> {
    let mut sorted: Vec<f32> = decibels.iter().copied().filter(|d| d.is_finite()).collect();
    sorted.sort_by(f32::total_cmp);
    let quantile = |q: f64| sorted.get(((sorted.len() as f64 - 1.0) * q).max(0.0) as usize).copied();
    let (lo, hi) = (quantile(0.35).unwrap_or(0.0), quantile(0.998).unwrap_or(0.0));
    let range = (hi - lo).max(6.0);
    decibels.iter().map(|d| ((d - lo) / range * 255.0).clamp(0.0, 255.0) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_lights_its_own_band() {
        let rate = 8000.0;
        let tone: Vec<f32> =
            (0..8000).map(|i| (std::f32::consts::TAU * 1000.0 * i as f32 / rate as f32).sin()).collect();
        let pixels = levels(&tone, rate, 20);
        let column: Vec<u8> = (0..BANDS).map(|row| pixels[row * 20 + 10]).collect();
        let brightest =
            column.iter().enumerate().max_by_key(|(_, v)| **v).map(|(row, _)| BANDS - 1 - row).unwrap();
        let size = 512;
        let (from, to) = band_edges(rate, size)[brightest];
        assert!((from..to).contains(&64), "1 kHz is bin 64 of 512, the band has {from}..{to}");
    }

    #[test]
    fn every_band_has_a_bin() {
        for (rate, size) in [(8000.0, 512), (1000.0, 64), (48_000.0, 4096)] {
            assert!(band_edges(rate, size).iter().all(|(from, to)| from < to && *to <= size / 2 + 1));
        }
    }

    #[test]
    fn silence_is_blank() {
        assert!(levels(&[0.0; 1000], 8000.0, 10).iter().all(|&v| v == 0));
    }
}
