//! The confusion matrix as a picture.

use super::canvas::Canvas;
use super::matrix::{CellSize, Grid};
use super::svg::{Anchor, Element, Svg, rect, text};
use sensorium_nn::metrics::Confusion;

/// A confusion matrix with names. Cells are shaded by the share of their true class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionChart {
    /// Heading.
    pub title: String,
    /// A sentence below it, empty for none.
    pub text: String,
    /// Class names; a class without one is shown by its number.
    pub labels: Vec<String>,
    /// The counts.
    pub matrix: Confusion,
}

impl ConfusionChart {
    /// A chart of a matrix.
    pub fn new(labels: Vec<String>, matrix: Confusion) -> Self {
        Self { title: "Confusion matrix".to_owned(), text: String::new(), labels, matrix }
    }
}

/// Distance between the cells and the shares beside them.
const GAP: f64 = 10.0;

impl ConfusionChart {
    pub(crate) fn draw(&self, canvas: &Canvas) -> Svg {
        let mut svg = Svg::new(canvas.width, &self.title);
        let classes = self.matrix.classes();
        let names: Vec<String> = (0..classes).map(|c| self.name(c)).collect();
        let max = CellSize {
            width: canvas.pick(46.0, 34.0),
            height: canvas.pick(32.0, 30.0),
            right: GAP + canvas.pick(70.0, 30.0),
        };
        svg.add(text(0.0, 11.0, Anchor::Start, "rows: true class · columns: predicted").class("small muted"));
        let grid = Grid::lay(&mut svg, canvas, 22.0, &names, &names, max);
        let (x, y) = (grid.x(classes) + GAP, grid.y(classes) + GAP + 8.0);
        let most = self.matrix.counts().iter().max().copied().unwrap_or(0);
        let class = grid.number_class(most.to_string().len());
        for (row, name) in names.iter().enumerate() {
            for column in 0..classes {
                self.cell(&mut svg, &grid, row, column, class);
            }
            let scores = self.matrix.class(row);
            let middle = grid.y(row) + grid.cell_height / 2.0 + 4.2;
            if scores.support > 0 {
                svg.add(share((x, middle), Anchor::Start, scores.recall, "recall", name));
            }
            let middle = grid.x(row) + grid.cell_width / 2.0;
            if scores.predicted > 0 {
                svg.add(share((middle, y), Anchor::Middle, scores.precision, "precision", name));
            }
        }
        svg.add(text(grid.left - 8.0, y, Anchor::End, "precision, %").class("small muted"));
        let (x, anchor) = canvas.pick((x, Anchor::Start), (canvas.width, Anchor::End));
        svg.add(text(x, y, anchor, canvas.pick("recall, %", "recall")).class("small muted"));
        svg.height(y + 8.0);
        svg
    }

    fn name(&self, class: usize) -> String {
        self.labels.get(class).cloned().unwrap_or_else(|| class.to_string())
    }

    fn cell(&self, svg: &mut Svg, grid: &Grid, row: usize, column: usize, number: Option<&str>) {
        let count = self.matrix.count(row, column);
        let share = count as f64 / self.matrix.support(row).max(1) as f64;
        let right = row == column;
        let hint = format!(
            "{} taken for {}: {count} ({:.1} % of the row)",
            self.name(row),
            self.name(column),
            100.0 * share
        );
        let square =
            rect(grid.x(column) + 0.5, grid.y(row) + 0.5, grid.cell_width - 1.0, grid.cell_height - 1.0);
        let square = square.num("rx", 2.0).hint(&hint);
        if count == 0 {
            svg.add(square.class("empty"));
            return;
        }
        let strength = 0.12 + 0.88 * share;
        svg.add(square.class(if right { "cell" } else { "wrong" }).num("fill-opacity", strength));
        if let Some(class) = number {
            grid.number(svg, row, column, class, strength > 0.75, &count.to_string());
        }
    }
}

/// A share in per cent, beside its row or below its column.
fn share((x, y): (f64, f64), anchor: Anchor, share: f64, what: &str, name: &str) -> Element {
    let hint = format!("{what} of {name}: {:.1} %", 100.0 * share);
    text(x, y, anchor, &format!("{:.0}", 100.0 * share)).class("small muted").hint(&hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_named_even_without_a_label() {
        let matrix = Confusion::from_labels(3, &[0, 1, 2], &[0, 1, 1]);
        let chart = ConfusionChart::new(vec!["healthy".to_owned()], matrix);
        let svg = chart.draw(&Canvas::wide("s1")).finish("wide");
        assert!(svg.contains("healthy taken for healthy: 1 (100.0 % of the row)"));
        assert!(svg.contains("2 taken for 1: 1 (100.0 % of the row)"));
    }

    #[test]
    fn an_empty_matrix_draws() {
        let svg = ConfusionChart::new(vec![], Confusion::new(0)).draw(&Canvas::narrow("s1")).finish("narrow");
        assert!(svg.starts_with("<svg"));
    }
}
