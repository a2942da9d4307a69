//! From places to SVG text.

use super::layers::marks;
use super::{Direction, DrawOptions, Drawing, EdgeStyle, NodeStyle, Route};
use crate::graph::{Graph, Mark};
use std::fmt::Write as _;

/// Length of an arrow's head in pixels.
const ARROW: f64 = 8.0;

/// Radius of a circle at an end.
const CIRCLE: f64 = 4.0;

/// Average width of a character, as a share of the font's size.
const CHARACTER: f64 = 0.58;

/// Width of a capital or another wide character.
const WIDE_CHARACTER: f64 = 0.74;

const STYLE: &str = "\
.causal-graph{font-family:system-ui,sans-serif}\
.causal-graph text{fill:var(--graph-text,currentColor);text-anchor:middle;dominant-baseline:central}\
.causal-graph .causal-note{opacity:.7}\
.causal-node rect{fill:var(--graph-node,currentColor);fill-opacity:var(--graph-node-opacity,.06);\
stroke:var(--graph-border,currentColor);stroke-opacity:.55}\
.causal-node.muted{opacity:.45}\
.causal-node.highlighted rect{stroke:var(--graph-emphasis,#e8590c);stroke-opacity:1;stroke-width:2.5;\
fill:var(--graph-emphasis,#e8590c);fill-opacity:.14}\
.causal-edge{color:var(--graph-edge,currentColor)}\
.causal-edge path{fill:none;stroke:currentColor}\
.causal-edge .causal-head{fill:currentColor;stroke:none}\
.causal-edge .causal-hover{stroke:transparent;stroke-width:12;opacity:1}\
.causal-edge.highlighted,.causal-edge:hover{color:var(--graph-emphasis,#e8590c)}";

/// Width and height of a node's box.
pub(super) fn node_size(name: &str, options: &DrawOptions, node: usize) -> (f64, f64) {
    let note = options.nodes.get(&node).and_then(|style| style.note.as_deref());
    let width = |text: &str, size: f64| text_width(&cut(text, options.longest_name)) * size;
    let wide = width(name, options.font_size).max(note.map_or(0.0, |n| width(n, options.font_size * 0.8)));
    let lines = if note.is_some() { 2.3 } else { 1.0 };
    (wide + options.font_size * 1.5, options.font_size * (lines + 0.9))
}

/// The width of a text in units of the font's size.
fn text_width(text: &str) -> f64 {
    let wide = |c: char| c.is_uppercase() || matches!(c, 'm' | 'w' | '_' | '@' | '%');
    let width = |c: char| match c {
        c if u32::from(c) >= 0x1100 => 1.0,
        c if wide(c) => WIDE_CHARACTER,
        _ => CHARACTER,
    };
    text.chars().map(width).sum()
}

fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        text.to_owned()
    } else {
        text.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
    }
}

/// Text that may stand in an element or an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

pub(super) fn render(graph: &Graph, options: &DrawOptions, drawing: &Drawing) -> String {
    let (width, height) = (drawing.width.ceil(), drawing.height.ceil());
    let description = escaped(&options.description);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"causal-graph\" role=\"img\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"0 0 {width} {height}\" style=\"max-width:100%;height:auto\">\n\
         <title>{description}</title>\n<style>{STYLE}</style>\n"
    );
    for route in &drawing.routes {
        render_edge(&mut out, graph, options, route);
    }
    for node in 0..graph.len() {
        render_node(&mut out, graph, options, drawing, node);
    }
    out.push_str("</svg>\n");
    out
}

fn render_node(out: &mut String, graph: &Graph, options: &DrawOptions, drawing: &Drawing, node: usize) {
    let plain = NodeStyle::default();
    let style = options.nodes.get(&node).unwrap_or(&plain);
    let name = &graph.names()[node];
    let place = drawing.boxes[node];
    let class = format!(
        "causal-node{}{}",
        if style.highlighted { " highlighted" } else { "" },
        if style.muted { " muted" } else { "" }
    );
    let title = escaped(style.title.as_ref().unwrap_or(name));
    let size = options.font_size;
    let _ = write!(
        out,
        "<g class=\"{class}\"><title>{title}</title><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"5\"/>",
        place.x - place.width / 2.0,
        place.y - place.height / 2.0,
        place.width,
        place.height
    );
    let shown = escaped(&cut(name, options.longest_name));
    let lift = if style.note.is_some() { size * 0.55 } else { 0.0 };
    let _ = write!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{size:.1}\">{shown}</text>",
        place.x,
        place.y - lift
    );
    if let Some(note) = &style.note {
        let note = escaped(&cut(note, options.longest_name));
        let _ = write!(
            out,
            "<text class=\"causal-note\" x=\"{:.1}\" y=\"{:.1}\" font-size=\"{:.1}\">{note}</text>",
            place.x,
            place.y + size * 0.65,
            size * 0.8
        );
    }
    out.push_str("</g>\n");
}

fn render_edge(out: &mut String, graph: &Graph, options: &DrawOptions, route: &Route) {
    let (a, b) = (route.from, route.to);
    let (at_a, at_b) = marks(graph, a, b);
    let plain = EdgeStyle::default();
    let given = options.edges.get(&(a, b)).or_else(|| options.edges.get(&(b, a)));
    let style = given.unwrap_or(&plain);
    let (stroke, opacity) = match style.confidence {
        None => (1.5, 0.75),
        Some(sure) => {
            let sure = if sure.is_finite() { sure.clamp(0.0, 1.0) } else { 0.0 };
            (0.8 + 1.8 * sure, 0.25 + 0.65 * sure)
        }
    };
    let path = path_of(route, options.direction, at_a, at_b);
    let dashes = if (at_a, at_b) == (Mark::Arrow, Mark::Arrow) { " stroke-dasharray=\"6 4\"" } else { "" };
    let class = if style.highlighted { "causal-edge highlighted" } else { "causal-edge" };
    let _ = write!(
        out,
        "<g class=\"{class}\"><title>{}</title><path class=\"causal-hover\" d=\"{path}\"/>\
         <g opacity=\"{opacity:.2}\"><path d=\"{path}\" stroke-width=\"{stroke:.2}\"{dashes}/>",
        title_of(graph, (a, at_a), (b, at_b), style)
    );
    if let (Some(&first), Some(&last)) = (route.points.first(), route.points.last()) {
        let along = if options.direction == Direction::Right { (1.0, 0.0) } else { (0.0, 1.0) };
        render_mark(out, at_a, first, (-along.0, -along.1));
        render_mark(out, at_b, last, along);
    }
    out.push_str("</g></g>\n");
}

/// `a → b`, how sure it is, and the evidence; the cause first.
fn title_of(graph: &Graph, (a, at_a): (usize, Mark), (b, at_b): (usize, Mark), style: &EdgeStyle) -> String {
    let ((a, at_a), (b, at_b)) =
        if graph.is_directed(b, a) { ((b, at_b), (a, at_a)) } else { ((a, at_a), (b, at_b)) };
    let sign = match (at_a, at_b) {
        (Mark::Tail, Mark::Arrow) => "→",
        (Mark::Arrow, Mark::Arrow) => "↔",
        (Mark::Tail, Mark::Tail) => "–",
        (Mark::Circle, Mark::Arrow) => "o→",
        (Mark::Arrow, Mark::Circle) => "←o",
        (Mark::Circle, Mark::Circle) => "o–o",
        (Mark::Circle, Mark::Tail) => "o–",
        (Mark::Tail, Mark::Circle) => "–o",
        (Mark::Arrow, Mark::Tail) => "←",
    };
    let mut title = format!("{} {sign} {}", graph.names()[a], graph.names()[b]);
    if let Some(confidence) = style.confidence {
        let _ = write!(title, "\nconfidence {confidence:.2}");
    }
    if let Some(evidence) = &style.title {
        let _ = write!(title, "\n{evidence}");
    }
    escaped(&title)
}

/// The line, which ends where the marks begin.
fn path_of(route: &Route, direction: Direction, at_a: Mark, at_b: Mark) -> String {
    let right = direction == Direction::Right;
    let mut points = route.points.clone();
    let room = |mark: Mark| match mark {
        Mark::Tail => 0.0,
        Mark::Arrow => ARROW - 1.0,
        Mark::Circle => 2.0 * CIRCLE,
    };
    let shift = |p: &mut (f64, f64), by: f64| if right { p.0 += by } else { p.1 += by };
    let count = points.len();
    if count >= 2 {
        shift(&mut points[0], room(at_a));
        shift(&mut points[count - 1], -room(at_b));
        // The first and the last stretch do not turn back behind the marks.
        let along = |p: (f64, f64)| if right { p.0 } else { p.1 };
        let (ahead, behind) =
            (along(points[0]) - along(points[1]), along(points[count - 2]) - along(points[count - 1]));
        shift(&mut points[1], ahead.max(0.0));
        shift(&mut points[count - 2], -behind.max(0.0));
    }
    let mut path = String::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        if i == 0 {
            let _ = write!(path, "M{x:.1} {y:.1}");
        } else if i % 2 == 1 {
            let _ = write!(path, "L{x:.1} {y:.1}");
        } else {
            let (px, py) = points[i - 1];
            let (mx, my) = ((px + x) / 2.0, (py + y) / 2.0);
            let _ = match right {
                true => write!(path, "C{mx:.1} {py:.1} {mx:.1} {y:.1} {x:.1} {y:.1}"),
                false => write!(path, "C{px:.1} {my:.1} {x:.1} {my:.1} {x:.1} {y:.1}"),
            };
        }
    }
    path
}

/// A mark whose tip is at `tip`, seen in direction `along`.
fn render_mark(out: &mut String, mark: Mark, tip: (f64, f64), along: (f64, f64)) {
    let _ = match mark {
        Mark::Tail => Ok(()),
        Mark::Circle => write!(
            out,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{CIRCLE}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.4\"/>",
            tip.0 - along.0 * CIRCLE,
            tip.1 - along.1 * CIRCLE
        ),
        Mark::Arrow => {
            let base = (tip.0 - along.0 * ARROW, tip.1 - along.1 * ARROW);
            let side = (-along.1 * ARROW * 0.45, along.0 * ARROW * 0.45);
            write!(
                out,
                "<path class=\"causal-head\" d=\"M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z\"/>",
                tip.0,
                tip.1,
                base.0 + side.0,
                base.1 + side.1,
                base.0 - side.0,
                base.1 - side.1
            )
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dag;
    use crate::graph::draw::draw;

    #[test]
    fn names_and_evidence_are_escaped_and_styles_are_shown() {
        let graph = Dag::from_edges(["a<b", "c\"&\u{1}"], &[(0, 1)]).unwrap().to_graph();
        let mut options = DrawOptions::default();
        let evidence = Some("p < 0.01".to_owned());
        options.edges.insert((1, 0), EdgeStyle { confidence: Some(0.5), highlighted: true, title: evidence });
        options
            .nodes
            .insert(0, NodeStyle { note: Some("1 & 2".into()), muted: true, ..NodeStyle::default() });
        let text = draw(&graph, &options);
        assert!(text.contains("<title>a&lt;b → c&quot;&amp;\u{fffd}\nconfidence 0.50\np &lt; 0.01</title>"));
        assert!(text.contains("causal-edge highlighted") && text.contains("causal-node muted"));
        assert!(text.contains("1 &amp; 2"));
    }

    #[test]
    fn long_names_are_cut_and_stand_whole_in_the_title() {
        let graph = Dag::new(["x".repeat(60)]).unwrap().to_graph();
        let text = draw(&graph, &DrawOptions::default());
        assert!(text.contains(&format!("<title>{}</title>", "x".repeat(60))));
        assert!(text.contains(&format!(">{}…</text>", "x".repeat(27))));
    }
}
