//! A distribution, such as of latencies.

use super::axes::Axes;
use super::canvas::Canvas;
use super::svg::{Anchor, Svg, line, rect, text};
use crate::number::{decimals, format_number};

/// A histogram with marked values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Heading.
    pub title: String,
    /// A sentence below it, empty for none.
    pub text: String,
    /// What is counted, with its unit, such as "latency per window, ms".
    pub x_label: String,
    /// The samples; those that are not finite are left out.
    pub values: Vec<f64>,
    /// Values to mark, such as ("median", 3.1) and ("p99", 7.9).
    pub marks: Vec<(String, f64)>,
}

impl Histogram {
    pub(crate) fn draw(&self, canvas: &Canvas) -> Svg {
        let mut svg = Svg::new(canvas.width, &self.title);
        let mut values: Vec<f64> = self.values.iter().copied().filter(|v| v.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let (lo, hi) = self.range(&values);
        let marks: Vec<&(String, f64)> = self.marks.iter().filter(|(_, v)| v.is_finite()).collect();
        let top = 14.0 + 17.0 * marks.len() as f64;
        let bottom = top + canvas.pick(150.0, 120.0);
        let beyond = values.len() - values.partition_point(|&v| v <= hi);
        let step = round_step(&values, lo, hi, canvas.pick(60, 30));
        let bins = ((hi - lo) / step).ceil().max(1.0) as usize;
        let mut counts = vec![0_u64; bins];
        for &v in values.iter().take_while(|v| **v <= hi) {
            counts[(((v - lo) / step) as usize).min(bins - 1)] += 1;
        }
        let most = counts.iter().max().copied().unwrap_or(1).max(1) as f64;
        let axes =
            Axes::new((2.0, canvas.width - 8.0), (top, bottom), (lo, lo + bins as f64 * step), (0.0, most));
        for (i, &count) in counts.iter().enumerate().filter(|(_, c)| **c > 0) {
            let (from, to) = (lo + i as f64 * step, lo + (i + 1) as f64 * step);
            let (x, y) = (axes.x.at(from), axes.y.at(count as f64));
            let hint = format!("{} – {}: {count}", format_number(from, 2), format_number(to, 2));
            svg.add(rect(x + 0.5, y, axes.x.at(to) - x - 1.0, bottom - y).class("bar").hint(&hint));
        }
        svg.add(line(axes.across.0, bottom, axes.across.1, bottom).class("axis"));
        axes.draw_x(&mut svg, &axes.x.ticks(canvas.pick(9, 5)));
        let more = if beyond > 0 { format!(" ({beyond} beyond the right edge)") } else { String::new() };
        axes.name(&mut svg, &format!("{}{more}", self.x_label), "");
        for (i, (name, value)) in marks.into_iter().enumerate() {
            let x = axes.x.at(*value).clamp(axes.across.0, axes.across.1);
            let y = 12.0 + 17.0 * i as f64;
            svg.add(line(x, y + 5.0, x, bottom).class("guide"));
            let label = format!("{name} {}", format_number(*value, decimals(*value).min(2)));
            let (anchor, x) = match x {
                x if x > canvas.width - 130.0 => (Anchor::End, x + 3.0),
                x => (Anchor::Start, x - 3.0),
            };
            svg.add(text(x, y, anchor, &label).class("halo"));
        }
        svg.height(bottom + 44.0);
        svg
    }

    /// From the smallest value to the 99.5th percentile or the largest mark, so that one straggler does
    /// not squash the rest.
    fn range(&self, sorted: &[f64]) -> (f64, f64) {
        let (Some(&lo), Some(&last)) = (sorted.first(), sorted.last()) else { return (0.0, 1.0) };
        let most = sorted[((sorted.len() - 1) as f64 * 0.995).floor() as usize];
        let marks = self.marks.iter().map(|(_, v)| *v).filter(|v| v.is_finite());
        let hi = marks.fold(most, f64::max).min(last).max(most);
        let hi = lo + (hi - lo) * 1.04;
        // Amounts that start near zero start at zero.
        let lo = if lo > 0.0 && lo < 0.35 * hi { 0.0 } else { lo };
        if hi > lo { (lo, hi) } else { (lo - 0.5, lo + 0.5) }
    }
}

/// Bin width after Freedman and Diaconis, `2 IQR / ∛n`, between eight bins and `most`.
fn round_step(sorted: &[f64], lo: f64, hi: f64, most: usize) -> f64 {
    let quantile = |q: f64| sorted.get((sorted.len() as f64 * q) as usize).copied().unwrap_or(lo);
    let width = 2.0 * (quantile(0.75) - quantile(0.25)) / (sorted.len().max(1) as f64).cbrt();
    width.clamp((hi - lo) / most as f64, (hi - lo) / 8.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_a_bar_or_counted_as_beyond() {
        let mut values: Vec<f64> = (0..1000).map(|i| 3.0 + f64::from(i % 50) * 0.02).collect();
        values.extend([90.0, f64::NAN]);
        let histogram = Histogram { values, x_label: "ms".to_owned(), ..Histogram::default() };
        let svg = histogram.draw(&Canvas::wide("a")).finish("w");
        assert!(svg.contains("ms (1 beyond the right edge)"));
        let total: u64 = svg
            .split("<title>")
            .skip(1)
            .filter_map(|s| s.split("</title>").next()?.rsplit(": ").next()?.parse::<u64>().ok())
            .sum();
        assert_eq!(total, 1000);
    }

    #[test]
    fn constant_and_empty_samples_draw() {
        for values in [vec![], vec![2.0; 5]] {
            let svg = Histogram { values, ..Histogram::default() }.draw(&Canvas::narrow("a")).finish("n");
            assert!(!svg.contains("NaN"));
        }
    }
}
