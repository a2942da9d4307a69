//! The plain frame of a chart: horizontal grid lines, ticks below, names at the ends.

use super::scale::Scale;
use super::svg::{Anchor, Svg, line, text};

/// A plot's frame in drawing coordinates, with its scales.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axes {
    /// Left, right.
    pub(crate) across: (f64, f64),
    /// Top, bottom.
    pub(crate) down: (f64, f64),
    /// Horizontal scale.
    pub(crate) x: Scale,
    /// Vertical scale.
    pub(crate) y: Scale,
}

impl Axes {
    /// A frame whose scales show the ranges `x` and `y`.
    pub(crate) fn new(across: (f64, f64), down: (f64, f64), x: (f64, f64), y: (f64, f64)) -> Self {
        Self { across, down, x: Scale::new(x, across), y: Scale::new(y, (down.1, down.0)) }
    }

    /// Grid lines with the numbers of y on their left, and the base line.
    pub(crate) fn draw_y(&self, svg: &mut Svg, ticks: usize) {
        for (value, label) in self.y.ticks(ticks) {
            let y = self.y.at(value);
            svg.add(line(self.across.0, y, self.across.1, y).class("grid"));
            svg.add(text(self.across.0 - 8.0, y + 4.0, Anchor::End, &label).class("small muted"));
        }
        svg.add(line(self.across.0, self.down.1, self.across.1, self.down.1).class("axis"));
    }

    /// Numbers of x below the frame.
    pub(crate) fn draw_x(&self, svg: &mut Svg, ticks: &[(f64, String)]) {
        for (value, label) in ticks {
            let x = self.x.at(*value);
            svg.add(line(x, self.down.1, x, self.down.1 + 4.0).class("axis"));
            svg.add(text(x, self.down.1 + 17.0, Anchor::Middle, label).class("small muted"));
        }
    }

    /// What the axes are: y above the frame on the left, x below it in the middle.
    pub(crate) fn name(&self, svg: &mut Svg, x: &str, y: &str) {
        let middle = (self.across.0 + self.across.1) / 2.0;
        svg.add(text(middle, self.down.1 + 36.0, Anchor::Middle, x).class("muted"));
        svg.add(text(0.0, self.down.0 - 12.0, Anchor::Start, y).class("muted"));
    }
}

/// Moves wished places apart to keep `gap` between them and all inside `range`; order is kept.
pub(crate) fn spread(wished: &[f64], gap: f64, range: (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wished.len()).collect();
    order.sort_by(|&a, &b| wished[a].total_cmp(&wished[b]));
    let mut places = wished.to_vec();
    let mut least = range.0;
    for &i in &order {
        places[i] = places[i].max(least);
        least = places[i] + gap;
    }
    let mut most = range.1;
    for &i in order.iter().rev() {
        places[i] = places[i].min(most);
        most = places[i] - gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crowded_labels_keep_their_order_and_distance() {
        let places = spread(&[50.0, 50.0, 49.0, 10.0], 15.0, (0.0, 100.0));
        assert!(places[2] < places[0] && places[0] < places[1]);
        assert!(places[0] - places[2] >= 15.0 && places[1] - places[0] >= 15.0);
        assert_eq!(places[3], 10.0);
    }

    #[test]
    fn labels_at_the_end_are_pushed_back() {
        assert_eq!(spread(&[99.0, 100.0], 15.0, (0.0, 100.0)), vec![85.0, 100.0]);
    }
}
