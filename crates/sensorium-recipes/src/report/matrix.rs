//! The frame that the confusion matrix and the heat map share: names around a grid of cells.

use super::canvas::Canvas;
use super::svg::{Anchor, Svg, text};
use super::text::{fit, width};

/// Where the cells of a grid are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Grid {
    /// Left edge of the first column.
    pub(crate) left: f64,
    /// Top edge of the first row.
    pub(crate) top: f64,
    /// Width of a cell.
    pub(crate) cell_width: f64,
    /// Height of a cell.
    pub(crate) cell_height: f64,
}

/// The bounds of a grid's cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CellSize {
    /// Widest cell.
    pub(crate) width: f64,
    /// Tallest cell.
    pub(crate) height: f64,
    /// Room to keep on the right.
    pub(crate) right: f64,
}

const SIZE: f64 = 12.5;
const SMALL: f64 = 11.0;

impl Grid {
    /// Lays out a grid and writes the names of its rows and columns; `top` is where it may start.
    ///
    /// Column names stand upright over their columns where they fit, else they are turned.
    pub(crate) fn lay(
        svg: &mut Svg,
        canvas: &Canvas,
        top: f64,
        rows: &[String],
        columns: &[String],
        max: CellSize,
    ) -> Self {
        let (size, class) = canvas.pick((SIZE, ""), (SMALL, "small"));
        let widest = |names: &[String]| names.iter().map(|n| width(n, size)).fold(0.0, f64::max);
        let left = widest(rows).min(canvas.pick(210.0, 104.0)) + 10.0;
        let count = columns.len().max(1) as f64;
        let cell_width = ((canvas.width - left - max.right) / count).min(max.width);
        let cell_height = max.height.min(if canvas.narrow { cell_width.max(17.0) } else { max.height });
        let flat = widest(columns) <= cell_width - 4.0;
        let turned = widest(columns).min(130.0);
        let head = if flat { size + 8.0 } else { turned * TURN.sin() + size };
        let grid = Self { left, top: top + head, cell_width, cell_height };
        for (c, name) in columns.iter().enumerate() {
            let x = grid.x(c) + cell_width / 2.0;
            let label = if flat {
                text(x, grid.top - 7.0, Anchor::Middle, name)
            } else {
                let (x, y) = (x + 3.0, grid.top - 6.0);
                let turn = format!("rotate(-{} {} {})", TURN.to_degrees().round(), x.round(), y.round());
                text(x.round(), y.round(), Anchor::Start, &fit(name, size, turned)).with("transform", &turn)
            };
            svg.add(label.class(class).hint(name));
        }
        for (r, name) in rows.iter().enumerate() {
            let y = grid.y(r) + cell_height / 2.0 + size * 0.36;
            svg.add(text(left - 8.0, y, Anchor::End, &fit(name, size, left - 8.0)).class(class).hint(name));
        }
        grid
    }

    /// Left edge of a column.
    pub(crate) fn x(&self, column: usize) -> f64 {
        self.left + column as f64 * self.cell_width
    }

    /// Top edge of a row.
    pub(crate) fn y(&self, row: usize) -> f64 {
        self.top + row as f64 * self.cell_height
    }

    /// The class of the cells' numbers, if numbers of so many letters fit at all.
    pub(crate) fn number_class(&self, letters: usize) -> Option<&'static str> {
        let sizes = [(SIZE, ""), (SMALL, "small"), (9.5, "tiny")];
        let fits = |size: f64| {
            0.6 * size * letters as f64 <= self.cell_width - 3.0 && size + 2.0 <= self.cell_height
        };
        sizes.into_iter().find(|(size, _)| fits(*size)).map(|(_, class)| class)
    }

    /// Writes a number into the middle of a cell; `strong` cells have light text.
    pub(crate) fn number(
        &self,
        svg: &mut Svg,
        row: usize,
        column: usize,
        class: &str,
        on: bool,
        number: &str,
    ) {
        let x = self.x(column) + self.cell_width / 2.0;
        let y = self.y(row) + self.cell_height / 2.0 + if class == "tiny" { 3.3 } else { 4.2 };
        let class = if on { format!("{class} on") } else { class.to_owned() };
        svg.add(text(x, y, Anchor::Middle, number).class(class.trim()));
    }
}

/// Angle of turned column names: 40 degrees.
const TURN: f64 = 40.0 * std::f64::consts::PI / 180.0;
