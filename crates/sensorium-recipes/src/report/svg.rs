//! A small writer of SVG. Elements carry classes; colours and fonts live in the style sheet.

use super::text::escape;
use std::fmt::Write;

/// A drawing of fixed proportions that scales to the width it is given.
pub(crate) struct Svg {
    width: f64,
    height: f64,
    label: String,
    body: String,
}

/// One element under construction.
pub(crate) struct Element {
    tag: &'static str,
    attributes: String,
    content: String,
}

/// Where a text stands in relation to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    /// An empty drawing; `label` tells people who cannot see it what it is.
    pub(crate) fn new(width: f64, label: &str) -> Self {
        Self { width, height: 0.0, label: label.to_owned(), body: String::new() }
    }

    /// Sets the height, which is often known only at the end.
    pub(crate) fn height(&mut self, height: f64) {
        self.height = height;
    }

    /// Adds an element.
    pub(crate) fn add(&mut self, element: Element) {
        let Element { tag, attributes, content } = element;
        let _ = writeln!(self.body, "<{tag}{attributes}>{content}</{tag}>");
    }

    /// Adds markup of our own making, such as a mask.
    pub(crate) fn raw(&mut self, markup: &str) {
        self.body.push_str(markup);
        self.body.push('\n');
    }

    /// The drawing as markup. `class` decides when it is shown.
    pub(crate) fn finish(self, class: &str) -> String {
        let (w, h) = (number(self.width), number(self.height.max(1.0)));
        format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {w} {h}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
            escape(&self.label),
            self.body
        )
    }
}

impl Element {
    fn new(tag: &'static str) -> Self {
        Self { tag, attributes: String::new(), content: String::new() }
    }

    /// With a style class of ours.
    pub(crate) fn class(self, class: &str) -> Self {
        self.with("class", class)
    }

    /// With an attribute.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.attributes, " {name}=\"{}\"", escape(value));
        self
    }

    /// With a numeric attribute.
    pub(crate) fn num(mut self, name: &str, value: f64) -> Self {
        let _ = write!(self.attributes, " {name}=\"{}\"", number(value));
        self
    }

    /// With a text that shows while the pointer rests on the element.
    pub(crate) fn hint(mut self, text: &str) -> Self {
        self.content = format!("<title>{}</title>{}", escape(text), self.content);
        self
    }
}

/// A rectangle.
pub(crate) fn rect(x: f64, y: f64, width: f64, height: f64) -> Element {
    let e = Element::new("rect").num("x", x).num("y", y);
    e.num("width", width.max(0.0)).num("height", height.max(0.0))
}

/// A straight line.
pub(crate) fn line(x1: f64, y1: f64, x2: f64, y2: f64) -> Element {
    Element::new("line").num("x1", x1).num("y1", y1).num("x2", x2).num("y2", y2)
}

/// A circle.
pub(crate) fn circle(x: f64, y: f64, radius: f64) -> Element {
    Element::new("circle").num("cx", x).num("cy", y).num("r", radius)
}

/// A path from its data.
pub(crate) fn path(data: &str) -> Element {
    Element::new("path").with("d", data)
}

/// A line of text whose baseline passes through (x, y).
pub(crate) fn text(x: f64, y: f64, anchor: Anchor, content: &str) -> Element {
    let mut e = Element::new("text").num("x", x).num("y", y);
    e = match anchor {
        Anchor::Start => e,
        Anchor::Middle => e.with("text-anchor", "middle"),
        Anchor::End => e.with("text-anchor", "end"),
    };
    e.content = escape(content);
    e
}

/// An embedded picture, stretched to the rectangle.
pub(crate) fn image(x: f64, y: f64, width: f64, height: f64, data_uri: &str) -> Element {
    let e = Element::new("image").num("x", x).num("y", y).num("width", width).num("height", height);
    e.with("preserveAspectRatio", "none").with("href", data_uri)
}

/// The path data of a polyline; a point that is not finite breaks it.
pub(crate) fn polyline(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut data = String::new();
    let mut pen_down = false;
    for (x, y) in points {
        if x.is_finite() && y.is_finite() {
            let _ = write!(data, "{}{} {}", if pen_down { 'L' } else { 'M' }, number(x), number(y));
            pen_down = true;
        } else {
            pen_down = false;
        }
    }
    data
}

/// A number with at most two decimals; what is not finite becomes 0, so that no drawing is broken.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_always_numbers() {
        assert_eq!([number(1.0), number(0.127), number(-0.001)], ["1", "0.13", "0"].map(String::from));
        assert_eq!(number(f64::NAN), "0");
    }

    #[test]
    fn a_gap_breaks_the_line() {
        assert_eq!(polyline([(0.0, 1.0), (1.0, f64::NAN), (2.0, 3.0), (4.0, 5.0)]), "M0 1M2 3L4 5");
    }

    #[test]
    fn content_and_hints_are_escaped() {
        let mut svg = Svg::new(10.0, "a\"b");
        svg.add(text(0.0, 0.0, Anchor::End, "<x>").hint("<y>"));
        let markup = svg.finish("wide");
        assert!(markup.contains("&lt;x&gt;") && markup.contains("<title>&lt;y&gt;</title>"));
        assert!(markup.contains("aria-label=\"a&quot;b\""));
    }
}
