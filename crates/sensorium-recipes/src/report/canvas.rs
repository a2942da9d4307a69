//! The two sizes at which every chart is drawn.

use super::svg::Svg;
use super::text::escape;

/// What a chart is drawn on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Canvas {
    /// Width in CSS pixels.
    pub(crate) width: f64,
    /// Whether this is the phone's version.
    pub(crate) narrow: bool,
    /// Unique in the page; names masks and the like.
    pub(crate) id: String,
}

impl Canvas {
    /// The desk's version.
    pub(crate) fn wide(id: &str) -> Self {
        Self { width: 860.0, narrow: false, id: format!("{id}w") }
    }

    /// The phone's version.
    pub(crate) fn narrow(id: &str) -> Self {
        Self { width: 360.0, narrow: true, id: format!("{id}n") }
    }

    /// One of two values, by version.
    pub(crate) fn pick<T>(&self, wide: T, narrow: T) -> T {
        if self.narrow { narrow } else { wide }
    }
}

/// A chart with its heading and text, drawn for both sizes.
pub(crate) fn chart(id: &str, title: &str, text: &str, draw: impl Fn(&Canvas) -> Svg) -> String {
    let wide = draw(&Canvas::wide(id)).finish("wide");
    let narrow = draw(&Canvas::narrow(id)).finish("narrow");
    format!("{}<figure>\n{wide}{narrow}</figure>\n", heading(title, text))
}

/// A section's heading and the sentence below it.
pub(crate) fn heading(title: &str, text: &str) -> String {
    let mut html = if title.is_empty() { String::new() } else { format!("<h2>{}</h2>\n", escape(title)) };
    if !text.is_empty() {
        html += &format!("<p class=\"text\">{}</p>\n", escape(text));
    }
    html
}
