//! Lines of text at their times.

use super::frame::Place;
use crate::report::svg::{Anchor, Svg, circle, text};
use crate::report::text::{fit, width};

/// Height of a row of text.
const ROW: f64 = 17.0;

/// Marks each entry and writes it to the right of its mark, in the first row that is free there. An entry
/// that finds no room keeps its mark, which tells the text when pointed at.
pub(super) fn entries(svg: &mut Svg, panel: &Place, entries: &[(f64, String)], color: usize) {
    let rows = (panel.height / ROW).floor().max(1.0) as usize;
    let mut free = vec![panel.left; rows];
    let places: Vec<f64> = entries.iter().map(|(t, _)| panel.x(*t)).collect();
    for (i, ((_, entry), &x)) in entries.iter().zip(&places).enumerate() {
        if !(panel.left - 1.0..=panel.right + 1.0).contains(&x) {
            continue;
        }
        // The text may reach the entry that will come to stand in the same row.
        let next = places.get(i + rows).copied().unwrap_or(panel.right).min(panel.right);
        let row = (0..rows).find(|&r| free[r] <= x);
        let y = panel.top + (row.unwrap_or(0) as f64 + 0.5) * ROW + 1.0;
        svg.add(
            circle(x.clamp(panel.left + 3.0, panel.right), y, 3.0).class(&format!("f{color}")).hint(entry),
        );
        let Some(row) = row else { continue };
        let label = fit(entry, 11.0, next - x - 12.0);
        free[row] = x + width(&label, 11.0) + 14.0;
        svg.add(text(x + 7.0, y + 3.8, Anchor::Start, &label).class("small").hint(entry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::canvas::Canvas;
    use crate::report::timeline::frame::{Frame, Panel};

    #[test]
    fn crowded_entries_keep_their_marks() {
        let mut svg = Svg::new(860.0, "");
        let mut frame = Frame::new(&Canvas::wide("a"), (0.0, 10.0));
        let panel = frame.panel(&mut svg, Panel { height: 40.0, ..Panel::default() });
        let all: Vec<(f64, String)> =
            (0..20).map(|i| (5.0 + 0.01 * f64::from(i), "seal replaced".to_owned())).collect();
        entries(&mut svg, &panel, &all, 0);
        assert_eq!(svg.finish("x").matches("<circle").count(), 20);
    }
}
