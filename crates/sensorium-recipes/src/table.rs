//! A table of text, for the terminal and the report.

/// Rows of cells under a heading. Rows may be short; missing cells are blank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What the table shows.
    pub title: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Cells, by row.
    pub rows: Vec<Vec<String>>,
    /// Rows to set off, such as our own among the rivals.
    pub highlighted: Vec<usize>,
    /// A remark below the table, empty for none.
    pub note: String,
}

impl Table {
    /// An empty table.
    pub fn new<C: Into<String>>(title: impl Into<String>, columns: impl IntoIterator<Item = C>) -> Self {
        Self {
            title: title.into(),
            columns: columns.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Adds a row.
    pub fn row<C: Into<String>>(&mut self, cells: impl IntoIterator<Item = C>) -> &mut Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    /// Adds a row that is set off from the others.
    pub fn own_row<C: Into<String>>(&mut self, cells: impl IntoIterator<Item = C>) -> &mut Self {
        self.highlighted.push(self.rows.len());
        self.row(cells)
    }

    /// Number of columns, that of the widest row if it has more than there are names.
    pub fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).chain([self.columns.len()]).max().unwrap_or(0)
    }

    /// The cell, blank where the row is short.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|r| r.get(column)).map_or("", String::as_str)
    }

    /// Whether a column holds numbers only (and at least one), and so is set flush right.
    pub fn is_numeric(&self, column: usize) -> bool {
        let cells = || (0..self.rows.len()).map(|r| self.cell(r, column)).filter(|c| !c.is_empty());
        cells().next().is_some() && cells().all(looks_numeric)
    }

    /// The table as aligned text, ending with a line break. Widths count characters.
    pub fn to_text(&self) -> String {
        let columns = self.width();
        let name = |c: usize| self.columns.get(c).map_or("", String::as_str);
        let widths: Vec<usize> = (0..columns)
            .map(|c| {
                (0..self.rows.len())
                    .map(|r| length(self.cell(r, c)))
                    .chain([length(name(c))])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let numeric: Vec<bool> = (0..columns).map(|c| self.is_numeric(c)).collect();
        let line = |cell: &dyn Fn(usize) -> String| {
            let cells: Vec<String> = (0..columns).map(|c| pad(&cell(c), widths[c], numeric[c])).collect();
            format!("  {}", cells.join("  ")).trim_end().to_owned() + "\n"
        };
        let mut text = String::new();
        if !self.title.is_empty() {
            text += &format!("{}\n", self.title);
        }
        text += &line(&|c| name(c).to_owned());
        text += &line(&|c| "─".repeat(widths[c]));
        for row in 0..self.rows.len() {
            text += &line(&|c| self.cell(row, c).to_owned());
        }
        if !self.note.is_empty() {
            text += &format!("  {}\n", self.note);
        }
        text
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn pad(text: &str, width: usize, right: bool) -> String {
    let blank = " ".repeat(width.saturating_sub(length(text)));
    if right { blank + text } else { text.to_owned() + &blank }
}

/// Starts like a number and holds no word, only a unit of a few letters.
fn looks_numeric(cell: &str) -> bool {
    if matches!(cell, "n/a" | "–" | "—" | "-") {
        return true;
    }
    let body = cell.trim_start_matches(['<', '>', '≤', '≥', '±', '~', '+', '-', '−', ' ']);
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    body.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == '∞') && letters <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_flush_right_and_words_flush_left() {
        let mut table = Table::new("Models", ["model", "macro-F1", "time"]);
        table.own_row(["gated router", "0.958", "12.1 s"]);
        table.row(["late fusion", "0.9", "103 s"]);
        table.note = "mean of 3 seeds".to_owned();
        insta::assert_snapshot!(table.to_text(), @r"
        Models
          model         macro-F1    time
          ────────────  ────────  ──────
          gated router     0.958  12.1 s
          late fusion        0.9   103 s
          mean of 3 seeds
        ");
        assert_eq!(table.highlighted, vec![0]);
    }

    #[test]
    fn short_and_long_rows_are_both_shown() {
        let mut table = Table::new("", ["a", "b"]);
        table.row(["1"]).row(["1", "2", "3"]);
        insta::assert_snapshot!(table.to_text(), @r"
          a  b
          ─  ─  ─
          1
          1  2  3
        ");
    }

    #[test]
    fn identifiers_that_start_with_a_digit_are_words() {
        assert!(!looks_numeric("1st order lag"));
        assert!(looks_numeric("0.91 – 0.97"));
        assert!(looks_numeric("−3.2 dB"));
        assert!(looks_numeric("n/a"));
    }
}
