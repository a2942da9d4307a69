//! A series as a line.

use super::frame::Place;
use crate::number::{decimals, format_number};
use crate::report::scale::{Scale, extent};
use crate::report::svg::{Svg, number, path};
use std::fmt::Write;

/// Draws the series. Where samples are denser than pixels, each pixel shows its smallest and largest
/// value, so that no spike is lost; a pause of several samples breaks the line.
pub(super) fn trace(svg: &mut Svg, panel: &Place, times: &[f64], values: &[f32], color: usize) {
    let samples: Vec<(f64, f64)> =
        times.iter().zip(values).map(|(&t, &v)| (panel.x(t), f64::from(v))).collect();
    let inside = |x: f64| x >= panel.left - 1.0 && x <= panel.right + 1.0;
    let visible: Vec<(f64, f64)> = samples.into_iter().filter(|(x, _)| inside(*x)).collect();
    let Some(range) = extent(visible.iter().map(|(_, v)| *v)) else { return };
    let y = Scale::new(range, (panel.bottom() - 3.0, panel.top + 3.0));
    let pause = (4.0 * typical_step(&visible)).max(2.0);
    let mut data = String::new();
    let mut pen: Option<f64> = None;
    // A column is a pixel's worth of samples.
    for column in visible.chunk_by(|a, b| a.0.floor() == b.0.floor() && a.1.is_finite() == b.1.is_finite()) {
        let (Some(&(x, first)), Some(&(_, last))) = (column.first(), column.last()) else { continue };
        let Some((low, high)) = extent(column.iter().map(|(_, v)| *v)) else {
            pen = None;
            continue;
        };
        let command = if pen.is_some_and(|before| x - before <= pause) { 'L' } else { 'M' };
        let _ = write!(data, "{command}{} {}", number(x), number(y.at(first)));
        if column.len() > 2 {
            let _ = write!(data, "V{}V{}", number(y.at(low)), number(y.at(high)));
        }
        if column.len() > 1 {
            let _ = write!(data, "V{}", number(y.at(last)));
        }
        pen = Some(x);
    }
    svg.add(path(&data).class(&format!("trace s{color}")));
}

/// "−0.42 – 1.31 g".
pub(super) fn range_text(values: &[f32], unit: &str) -> String {
    let Some((lo, hi)) = extent(values.iter().map(|&v| f64::from(v))) else { return unit.to_owned() };
    let places = decimals(hi - lo).saturating_sub(1);
    format!("{} … {} {unit}", format_number(lo, places), format_number(hi, places)).trim_end().to_owned()
}

fn typical_step(samples: &[(f64, f64)]) -> f64 {
    let mut steps: Vec<f64> = samples.windows(2).map(|w| w[1].0 - w[0].0).collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::canvas::Canvas;
    use crate::report::timeline::frame::{Frame, Panel};

    fn drawn(times: &[f64], values: &[f32]) -> String {
        let mut svg = Svg::new(860.0, "");
        let mut frame = Frame::new(&Canvas::wide("a"), (0.0, 10.0));
        let panel = frame.panel(&mut svg, Panel { height: 40.0, ..Panel::default() });
        trace(&mut svg, &panel, times, values, 0);
        let markup = svg.finish("x");
        markup.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    #[test]
    fn a_spike_among_many_samples_is_kept_and_the_path_is_short() {
        let times: Vec<f64> = (0..100_000).map(|i| f64::from(i) * 1e-4).collect();
        let mut values = vec![0.0_f32; 100_000];
        values[54_321] = 9.0;
        let data = drawn(&times, &values);
        assert!(data.contains("V3V") || data.ends_with("V3"), "the top of the panel is reached");
        assert!(data.len() < 40_000);
    }

    #[test]
    fn a_pause_and_a_nan_break_the_line() {
        let times: Vec<f64> = (0..100).map(|i| f64::from(i) * if i < 50 { 0.05 } else { 0.1 }).collect();
        assert_eq!(drawn(&times, &[1.0; 100]).matches('M').count(), 2);
        let mut values = vec![1.0; 40];
        values[20] = f32::NAN;
        assert_eq!(drawn(&times[..40], &values).matches('M').count(), 2);
    }

    #[test]
    fn the_range_is_told_with_its_unit() {
        assert_eq!(range_text(&[-0.5, 2.0, f32::NAN], "bar"), "−0.5 … 2.0 bar");
        assert_eq!(range_text(&[], "bar"), "bar");
    }
}
