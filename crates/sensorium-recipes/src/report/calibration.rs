//! Reliability diagrams: what the model said against how often it was right.

use super::axes::Axes;
use super::canvas::Canvas;
use super::svg::{Anchor, Svg, line, rect, text};
use crate::number::format_number;
use sensorium_nn::metrics::ReliabilityBin;

/// Reliability before and after calibration.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Heading.
    pub title: String,
    /// A sentence below it, empty for none.
    pub text: String,
    /// The diagrams, side by side.
    pub diagrams: Vec<Reliability>,
}

/// One reliability diagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    /// Name, such as "before" or "temperature 1.42".
    pub name: String,
    /// The bins.
    pub bins: Vec<ReliabilityBin>,
    /// Expected calibration error, in `[0, 1]`.
    pub ece: f64,
}

impl Calibration {
    /// A diagram before and one after calibration.
    pub fn new(diagrams: Vec<Reliability>) -> Self {
        let text = "How often the model is right, by how sure it says it is. Orange: surer than it should be; \
                    pale blue: less sure than it could be.";
        Self { title: "Calibration".to_owned(), text: text.to_owned(), diagrams }
    }

    pub(crate) fn draw(&self, canvas: &Canvas) -> Svg {
        let mut svg = Svg::new(canvas.width, &self.title);
        let across = canvas.pick(self.diagrams.len().clamp(1, 3), 1);
        let gap = 36.0;
        let side = ((canvas.width - gap * (across as f64 - 1.0)) / across as f64).min(412.0);
        let tall = HEAD + (side - LEFT) * SHAPE + FOOT;
        for (i, diagram) in self.diagrams.iter().enumerate() {
            let origin = ((i % across) as f64 * (side + gap), (i / across) as f64 * (tall + 20.0));
            diagram.draw(&mut svg, origin, side);
        }
        let rows = self.diagrams.len().div_ceil(across).max(1) as f64;
        svg.height(rows * (tall + 20.0) - 20.0);
        svg
    }
}

/// Height of a diagram by its width.
const SHAPE: f64 = 0.68;
const LEFT: f64 = 40.0;
const HEAD: f64 = 46.0;
const FOOT: f64 = 88.0;

impl Reliability {
    /// Bars of accuracy, the gap to the confidence in the error colour, counts below.
    fn draw(&self, svg: &mut Svg, (x0, y0): (f64, f64), side: f64) {
        let down = (y0 + HEAD, y0 + HEAD + (side - LEFT) * SHAPE);
        let axes = Axes::new((x0 + LEFT, x0 + side - 6.0), down, (0.0, 1.0), (0.0, 1.0));
        svg.add(text(x0, y0 + 12.0, Anchor::Start, &self.name).class("strong"));
        let ece = format!("ECE {}", format_number(self.ece, 3));
        svg.add(text(x0 + side - 6.0, y0 + 12.0, Anchor::End, &ece).class("muted"));
        svg.add(text(x0, y0 + 32.0, Anchor::Start, "share that is right").class("small muted"));
        axes.draw_y(svg, 5);
        let floor = down.1 + 46.0;
        let most = self.bins.iter().map(|b| b.count).max().unwrap_or(1).max(1) as f64;
        for bin in &self.bins {
            let (left, right) = (axes.x.at(bin.lo) + 0.75, axes.x.at(bin.hi) - 0.75);
            let width = (right - left).max(1.5);
            let (said, was) = (axes.y.at(bin.confidence), axes.y.at(bin.accuracy));
            let hint = format!(
                "said {:.1} %, right {:.1} %, {} windows",
                100.0 * bin.confidence,
                100.0 * bin.accuracy,
                bin.count
            );
            let sure = down.1 - said.max(was);
            svg.add(rect(left, said.max(was), width, sure).class("bar").hint(&hint));
            let class = if said < was { "gap" } else { "spare" };
            svg.add(rect(left, said.min(was), width, (said - was).abs()).class(class).hint(&hint));
            let tall = 28.0 * (bin.count as f64 / most).max(0.02);
            svg.add(rect(left, floor - tall + 8.0, width, tall).class("faint").hint(&hint));
        }
        svg.add(line(axes.across.0, down.1, axes.across.1, down.0).class("guide"));
        svg.add(text(x0, floor + 6.0, Anchor::Start, "count").class("small muted"));
        for (value, label) in axes.x.ticks(5) {
            svg.add(text(axes.x.at(value), floor + 22.0, Anchor::Middle, &label).class("small muted"));
        }
        let middle = (axes.across.0 + axes.across.1) / 2.0;
        svg.add(text(middle, floor + 40.0, Anchor::Middle, "confidence").class("small muted"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sensorium_nn::metrics::{Binning, reliability_bins};

    #[test]
    fn a_diagram_names_its_error() {
        let bins = reliability_bins(&[0.9, 0.8, 0.55], &[true, false, true], Binning::EqualWidth(10));
        let chart = Calibration::new(vec![Reliability { name: "before".to_owned(), bins, ece: 0.2 }]);
        let svg = chart.draw(&Canvas::wide("a")).finish("wide");
        assert!(svg.contains("ECE 0.200") && svg.contains("said 90.0 %, right 100.0 %, 1 windows"));
    }

    #[test]
    fn no_bins_is_an_empty_frame() {
        let empty = Reliability { name: "none".to_owned(), bins: vec![], ece: f64::NAN };
        assert!(Calibration::new(vec![empty]).draw(&Canvas::narrow("a")).finish("n").contains("ECE n/a"));
    }
}
