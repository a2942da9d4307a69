//! A table of text as HTML.

use super::canvas::heading;
use super::text::escape;
use crate::Table;

/// The table, in a frame that scrolls sideways when it is too wide.
pub(crate) fn html(table: &Table) -> String {
    let columns = table.width();
    let class: Vec<&str> =
        (0..columns).map(|c| if table.is_numeric(c) { " class=\"right\"" } else { "" }).collect();
    let mut head = String::new();
    for (c, class) in class.iter().enumerate() {
        head += &format!("<th{class}>{}</th>", escape(table.columns.get(c).map_or("", String::as_str)));
    }
    let mut body = String::new();
    for row in 0..table.rows.len() {
        let own = if table.highlighted.contains(&row) { " class=\"own\"" } else { "" };
        body += &format!("<tr{own}>");
        for (c, class) in class.iter().enumerate() {
            body += &format!("<td{class}>{}</td>", escape(table.cell(row, c)));
        }
        body += "</tr>\n";
    }
    let marked = if table.highlighted.is_empty() { "" } else { " class=\"marked\"" };
    let note = if table.note.is_empty() {
        String::new()
    } else {
        format!("<p class=\"note\">{}</p>\n", escape(&table.note))
    };
    format!(
        "{}<div class=\"scroll\">\n<table{marked}>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n\
         </table>\n</div>\n{note}",
        heading(&table.title, "")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_rows_are_marked_and_cells_escaped() {
        let mut table = Table::new("T", ["model", "F1"]);
        table.own_row(["<us>", "0.9"]).row(["them"]);
        let html = html(&table);
        assert!(html.contains("<tr class=\"own\"><td>&lt;us&gt;</td><td class=\"right\">0.9</td></tr>"));
        assert!(html.contains("<tr><td>them</td><td class=\"right\"></td></tr>"));
    }
}
