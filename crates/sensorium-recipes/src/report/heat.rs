//! A heat map with its numbers written in, such as failure kind × modality.

use super::canvas::Canvas;
use super::matrix::{CellSize, Grid};
use super::scale::{Scale, extent};
use super::svg::{Svg, rect};
use crate::number::format_number;

/// A number for each pair of row and column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    /// Heading.
    pub title: String,
    /// A sentence below it, empty for none.
    pub text: String,
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Values, row-major, `[row, column]`; NaN leaves a cell blank.
    pub values: Vec<f64>,
    /// Values of the palest and the strongest colour; fitted to the data when there is none.
    pub range: Option<(f64, f64)>,
}

impl Heat {
    pub(crate) fn draw(&self, canvas: &Canvas) -> Svg {
        let mut svg = Svg::new(canvas.width, &self.title);
        let max = CellSize { width: canvas.pick(86.0, 44.0), height: canvas.pick(32.0, 26.0), right: 4.0 };
        let grid = Grid::lay(&mut svg, canvas, 4.0, &self.rows, &self.columns, max);
        let (lo, hi) = self.range.or_else(|| extent(self.values.iter().copied())).unwrap_or((0.0, 1.0));
        let decimals = decimals_for(lo.abs().max(hi.abs()));
        let texts: Vec<String> = self.values.iter().map(|&v| self.text(v, decimals, canvas)).collect();
        let class = grid.number_class(texts.iter().map(|t| t.chars().count()).max().unwrap_or(1));
        let strength = Scale::new((lo, hi), (0.06, 1.0));
        for (r, row) in self.rows.iter().enumerate() {
            for (c, column) in self.columns.iter().enumerate() {
                let value = self.values.get(r * self.columns.len() + c).copied().unwrap_or(f64::NAN);
                let cell =
                    rect(grid.x(c) + 0.5, grid.y(r) + 0.5, grid.cell_width - 1.0, grid.cell_height - 1.0);
                let cell = cell.num("rx", 2.0);
                if value.is_nan() {
                    svg.add(cell.class("empty").hint(&format!("{row}, {column}: no value")));
                    continue;
                }
                let strength = strength.at(value).clamp(0.06, 1.0);
                let hint = format!("{row}, {column}: {}", format_number(value, decimals + 1));
                svg.add(cell.class("cell").num("fill-opacity", strength).hint(&hint));
                if let (Some(class), Some(number)) = (class, texts.get(r * self.columns.len() + c)) {
                    grid.number(&mut svg, r, c, class, strength > 0.75, number);
                }
            }
        }
        svg.height(grid.y(self.rows.len()) + 2.0);
        svg
    }

    /// The value; on a phone 0.87 is ".87".
    fn text(&self, value: f64, decimals: usize, canvas: &Canvas) -> String {
        let text = format_number(value, decimals);
        match text.strip_prefix('0') {
            Some(rest) if canvas.narrow && rest.starts_with('.') => rest.to_owned(),
            _ => text,
        }
    }
}

fn decimals_for(largest: f64) -> usize {
    match largest {
        v if v < 0.1 => 3,
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_leave_their_cell_blank() {
        let heat = Heat {
            rows: vec!["noise".to_owned()],
            columns: ["a", "b", "c"].map(String::from).to_vec(),
            values: vec![0.25, f64::NAN],
            ..Heat::default()
        };
        let svg = heat.draw(&Canvas::narrow("s1")).finish("narrow");
        assert!(svg.contains(">.25<"));
        assert!(svg.contains("noise, b: no value") && svg.contains("noise, c: no value"));
    }
}
