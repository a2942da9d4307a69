//! Measured numbers: tiles for those with a target, and a table with a small picture of each.

use super::canvas::heading;
use super::scale::{Scale, extent};
use super::svg::{Svg, circle, line, path};
use super::text::escape;
use crate::{Figure, Verdict};

/// Figures under a heading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Heading.
    pub title: String,
    /// A sentence below it, empty for none.
    pub text: String,
    /// The figures, the main one first.
    pub figures: Vec<Figure>,
}

impl From<Vec<Figure>> for Figures {
    fn from(figures: Vec<Figure>) -> Self {
        Self { title: "Figures".to_owned(), text: String::new(), figures }
    }
}

/// At most so many tiles; the table has all figures.
const TILES: usize = 4;

impl Figures {
    pub(crate) fn html(&self) -> String {
        let tiles: String =
            self.figures.iter().filter(|f| f.target.is_some()).take(TILES).map(tile).collect();
        let tiles = if tiles.is_empty() { tiles } else { format!("<div class=\"tiles\">\n{tiles}</div>\n") };
        let rows: String = self.figures.iter().map(row).collect();
        format!(
            "{}{tiles}<div class=\"scroll\">\n<table class=\"figures\">\n<thead><tr><th>Figure</th>\
             <th class=\"right\">Value</th><th></th><th>Baseline</th><th>Target</th></tr></thead>\n\
             <tbody>\n{rows}</tbody>\n</table>\n</div>\n{}",
            heading(&self.title, &self.text),
            self.legend()
        )
    }

    /// Names only the marks that occur.
    fn legend(&self) -> String {
        type Marks = fn(&mut Svg);
        let any = |has: fn(&Figure) -> bool| self.figures.iter().any(has);
        let entries: [(bool, &str, Marks); 4] = [
            (true, "ours", |svg| svg.add(circle(13.0, 6.0, 4.5).class("dot"))),
            (any(|f| f.interval.is_some()), "confidence interval", |svg| {
                svg.add(line(4.0, 6.0, 22.0, 6.0).class("interval"));
            }),
            (any(|f| f.baseline.is_some()), "baseline", |svg| svg.add(diamond(13.0, 6.0))),
            (any(|f| f.target.is_some()), "target", |svg| {
                svg.add(line(13.0, 0.0, 13.0, 12.0).class("target"));
            }),
        ];
        let mut html = String::new();
        for (_, name, marks) in entries.into_iter().filter(|(shown, ..)| *shown) {
            let mut svg = Svg::new(26.0, name);
            svg.height(12.0);
            marks(&mut svg);
            html += &format!("<span>{}{name}</span>\n", svg.finish("mark"));
        }
        format!("<p class=\"legend\">\n{html}</p>\n")
    }
}

fn tile(figure: &Figure) -> String {
    let unit = match figure.unit.as_str() {
        "" => String::new(),
        unit @ ("%" | "×") => unit.to_owned(),
        unit => format!(" <small>{}</small>", escape(unit)),
    };
    let aside = |text: String, name: &str| match text.as_str() {
        "" => String::new(),
        text => format!("<div class=\"aside\">{name}{}</div>\n", escape(text)),
    };
    format!(
        "<div class=\"tile\">\n<div class=\"label\">{}</div>\n<div class=\"value\">{}{unit}</div>\n{}{}{}</div>\n",
        escape(&figure.label),
        escape(&figure.format(figure.value)),
        aside(figure.interval_text(), ""),
        aside(figure.baseline_text(), "against "),
        verdict(figure, true),
    )
}

fn row(figure: &Figure) -> String {
    let interval = match figure.interval_text().as_str() {
        "" => String::new(),
        text => format!("<small>{}</small>", escape(text)),
    };
    let baseline = figure.baseline.as_ref().map_or_else(String::new, |(name, value)| {
        format!("{}<small>{}</small>", escape(&figure.format(*value)), escape(name))
    });
    format!(
        "<tr><td>{}</td><td class=\"right strong\">{}{interval}</td><td class=\"plot\">{}</td>\
         <td class=\"rival\">{baseline}</td><td class=\"last\">{}</td></tr>\n",
        escape(&figure.label),
        escape(&figure.value_text()),
        plot(figure),
        verdict(figure, false),
    )
}

/// "✓ ≥ 0.96 reached": the mark and the words both tell, not the colour alone.
fn verdict(figure: &Figure, in_tile: bool) -> String {
    let Some(verdict) = figure.verdict() else { return String::new() };
    let (class, mark) = if verdict == Verdict::Reached { ("good", "✓") } else { ("bad", "✕") };
    let (target, text) = (escape(&figure.target_text()), escape(&figure.verdict_text()));
    if in_tile {
        format!("<span class=\"verdict {class}\">{mark} {target} {text}</span>\n")
    } else {
        format!("{target} <span class=\"verdict {class}\">{mark} {text}</span>")
    }
}

/// Value, interval, baseline and target on one line.
fn plot(figure: &Figure) -> String {
    let (lo, hi) = figure.interval.unzip();
    let rival = figure.baseline.as_ref().map(|(_, v)| *v);
    let target = figure.target.map(|t| t.value);
    let others = [lo, hi, rival, target];
    let Some((low, high)) = extent(others.into_iter().flatten().chain([figure.value])) else {
        return String::new();
    };
    if others.iter().all(Option::is_none) || !figure.value.is_finite() {
        return String::new();
    }
    let (width, middle) = (200.0, 13.0);
    let x = Scale::new((low, high), (14.0, width - 14.0));
    let mut svg = Svg::new(width, &format!("{} {}", figure.label, figure.value_text()));
    svg.height(2.0 * middle);
    svg.add(line(2.0, middle, width - 2.0, middle).class("track"));
    if let (Some(lo), Some(hi)) = (lo.filter(|v| v.is_finite()), hi.filter(|v| v.is_finite())) {
        svg.add(line(x.at(lo), middle, x.at(hi), middle).class("interval").hint(&figure.interval_text()));
    }
    if let Some(target) = target.filter(|v| v.is_finite()) {
        svg.add(line(x.at(target), 3.0, x.at(target), 23.0).class("target").hint(&figure.target_text()));
    }
    if let Some(rival) = rival.filter(|v| v.is_finite()) {
        svg.add(diamond(x.at(rival), middle).hint(&figure.baseline_text()));
    }
    svg.add(circle(x.at(figure.value), middle, 4.5).class("dot").hint(&figure.value_text()));
    svg.finish("plot")
}

fn diamond(x: f64, y: f64) -> super::svg::Element {
    let r = 4.8;
    let corners = super::svg::polyline([(x, y - r), (x + r, y), (x, y + r), (x - r, y)]);
    path(&format!("{corners}Z")).class("rival")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;

    #[test]
    fn a_figure_alone_has_no_picture_and_no_tile() {
        let html = Figures::from(vec![Figure::new("k", "loss", 0.2)]).html();
        assert!(!html.contains("class=\"tile\"") && !html.contains("class=\"plot\" viewBox"));
        assert!(!html.contains("baseline</span>") && html.contains("ours</span>"));
    }

    #[test]
    fn a_missed_target_says_so_in_words() {
        let figure = Figure::new("k", "F1", 0.9).target(Target::at_least(0.96)).interval((f64::NAN, 0.95));
        let html = Figures::from(vec![figure]).html();
        assert!(html.contains("✕ missed by 0.060") && !html.contains("NaN"));
    }
}
