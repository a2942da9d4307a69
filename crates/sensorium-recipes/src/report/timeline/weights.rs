//! The weights over time, stacked to one.

use super::frame::Place;
use super::{COLORS, WeightRow};
use crate::report::svg::{Anchor, Svg, line, path, polyline, text};
use crate::report::text::width;

/// A layer's lower and upper edge at a place, as shares of the whole.
#[derive(Clone, Copy)]
struct Edge {
    x: f64,
    lower: f64,
    upper: f64,
}

/// Draws one layer for each modality, the first at the bottom, named where it is thick enough.
pub(super) fn stack(svg: &mut Svg, panel: &Place, modalities: &[String], rows: &[WeightRow]) {
    let runs = runs(rows);
    let y = |share: f64| panel.bottom() - share.clamp(0.0, 1.0) * panel.height;
    for (layer, name) in modalities.iter().enumerate() {
        let color = layer % COLORS;
        let edges: Vec<Vec<Edge>> = runs.iter().map(|run| edges(run, layer, panel)).collect();
        for run in &edges {
            let upper = run.iter().map(|e| (e.x, y(e.upper)));
            let lower = run.iter().rev().map(|e| (e.x, y(e.lower)));
            let area = format!("{}Z", polyline(upper.chain(lower)));
            svg.add(path(&area).class(&format!("layer f{color}")).hint(name));
        }
        let room =
            edges.iter().filter_map(|run| widest_place(run, width(name, 11.5) + 10.0)).max_by(|a, b| {
                let thick = |e: &Edge| e.upper - e.lower;
                thick(a).total_cmp(&thick(b))
            });
        if let Some(place) = room.filter(|e| (e.upper - e.lower) * panel.height >= 14.0) {
            let middle = y((place.lower + place.upper) / 2.0) + 4.0;
            let label = text(place.x, middle, Anchor::Middle, name).class(&format!("on-layer t{color}"));
            svg.add(label.with("pointer-events", "none"));
        }
    }
    for share in [0.0, 0.5, 1.0] {
        let y = y(share);
        let class = if share == 0.5 { "guide" } else { "axis" };
        svg.add(line(panel.left, y, panel.right, y).class(class).num("stroke-opacity", 0.55));
        if panel.left > 40.0 {
            let label = format!("{:.0} %", 100.0 * share);
            svg.add(text(panel.left - 6.0, y + 4.0, Anchor::End, &label).class("small muted"));
        }
    }
}

/// Windows without a gap between them.
fn runs(rows: &[WeightRow]) -> Vec<&[WeightRow]> {
    rows.chunk_by(|a, b| b.start <= a.end + 1e-6).collect()
}

/// The layer's edges: at the middle of each window, and level to both ends of the run.
fn edges(run: &[WeightRow], layer: usize, panel: &Place) -> Vec<Edge> {
    let at = |row: &WeightRow, seconds: f64| {
        let weight = |i: usize| f64::from(row.weights.get(i).copied().unwrap_or(0.0).max(0.0));
        let lower: f64 = (0..layer).map(weight).sum();
        Edge { x: panel.span(seconds, seconds).0, lower, upper: lower + weight(layer) }
    };
    let mut out = Vec::with_capacity(run.len() + 2);
    out.extend(run.first().map(|row| at(row, row.start)));
    out.extend(run.iter().map(|row| at(row, (row.start + row.end) / 2.0)));
    out.extend(run.last().map(|row| at(row, row.end)));
    out
}

/// Where a label of that width has most room inside the layer, with that room.
fn widest_place(run: &[Edge], width: f64) -> Option<Edge> {
    let (first, last) = (run.first()?.x, run.last()?.x);
    let inside = |x: f64| x - width / 2.0 >= first && x + width / 2.0 <= last;
    let room = |x: f64| {
        let near = run.iter().filter(|e| (e.x - x).abs() <= width / 2.0 + 4.0);
        near.fold(Edge { x, lower: 0.0, upper: 1.0 }, |room, e| Edge {
            x,
            lower: room.lower.max(e.lower),
            upper: room.upper.min(e.upper),
        })
    };
    let thick = |e: &Edge| e.upper - e.lower;
    run.iter().map(|e| e.x).filter(|&x| inside(x)).map(room).max_by(|a, b| thick(a).total_cmp(&thick(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_between_windows_is_a_gap_in_the_picture() {
        let row = |start: f64, end: f64| WeightRow { start, end, weights: vec![1.0] };
        let rows = [row(0.0, 2.0), row(1.0, 3.0), row(5.0, 7.0)];
        assert_eq!(runs(&rows).iter().map(|r| r.len()).collect::<Vec<_>>(), vec![2, 1]);
    }

    #[test]
    fn a_label_stands_where_its_layer_is_thick_all_along_its_width() {
        let edge = |x: f64, upper: f64| Edge { x, lower: 0.0, upper };
        let run: Vec<Edge> = (0..100).map(|i| edge(f64::from(i), if i == 20 { 0.9 } else { 0.1 })).collect();
        let spike = widest_place(&run, 10.0).unwrap();
        assert!((spike.upper - 0.1).abs() < 1e-9);
        assert!(widest_place(&run, 500.0).is_none());
    }
}
