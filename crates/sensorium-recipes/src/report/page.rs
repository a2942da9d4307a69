//! The page: a title, a lead, sections, and where it all came from.

use super::canvas::chart;
use super::tables;
use super::text::escape;
use super::{
    Calibration, ConfusionChart, Curves, Figures, GraphPicture, Heat, Histogram, Notes, Pictures, Timeline,
};
use crate::Table;

const STYLE: &str = include_str!("style.css");

/// A report page. All text is plain text; it is escaped when the page is rendered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Title, also of the browser tab.
    pub title: String,
    /// One or two sentences that say what was done and what came out.
    pub lead: String,
    /// The sections, in reading order.
    pub sections: Vec<Section>,
    /// How to make this page again.
    pub provenance: Option<Provenance>,
}

/// One section of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Section {
    /// Measured numbers with intervals, baselines, targets and verdicts.
    Figures(Figures),
    /// A table of text.
    Table(Table),
    /// Who was taken for whom.
    Confusion(ConfusionChart),
    /// A figure of merit against a growing trouble, ours beside the baselines.
    Curves(Curves),
    /// A number for each pair of row and column.
    Heat(Heat),
    /// A recording with its modality weights.
    Timeline(Timeline),
    /// Reliability diagrams.
    Calibration(Calibration),
    /// A distribution, such as of latencies.
    Histogram(Histogram),
    /// Pictures with captions.
    Pictures(Pictures),
    /// A causal graph.
    Graph(Box<GraphPicture>),
    /// Paragraphs of text.
    Notes(Notes),
}

/// What it takes to make a page again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The command line.
    pub command: String,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// Further facts as (name, value): versions, digests, device, date.
    pub facts: Vec<(String, String)>,
}

impl Page {
    /// A page without sections.
    pub fn new(title: impl Into<String>, lead: impl Into<String>) -> Self {
        Self { title: title.into(), lead: lead.into(), ..Self::default() }
    }

    /// Adds a section.
    pub fn push(&mut self, section: Section) -> &mut Self {
        self.sections.push(section);
        self
    }
}

impl Provenance {
    /// A command and its seeds.
    pub fn new(command: impl Into<String>, seeds: Vec<u64>) -> Self {
        Self { command: command.into(), seeds, facts: Vec::new() }
    }

    /// With one more fact, such as `("rig digest", "sha256:…")`.
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push((name.into(), value.into()));
        self
    }

    fn html(&self) -> String {
        let mut rows = String::new();
        if !self.command.is_empty() {
            rows += &format!("<dt>Command</dt><dd><code>{}</code></dd>\n", escape(&self.command));
        }
        if !self.seeds.is_empty() {
            let seeds: Vec<String> = self.seeds.iter().map(u64::to_string).collect();
            rows += &format!("<dt>Seeds</dt><dd>{}</dd>\n", seeds.join(", "));
        }
        for (name, value) in &self.facts {
            rows += &format!("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(value));
        }
        format!("<footer>\n<h2>How this page was made</h2>\n<dl>\n{rows}</dl>\n</footer>\n")
    }
}

/// The page as HTML: one file that needs nothing else.
///
/// A content security policy forbids scripts and every fetch, so that the page stays inert even if a
/// name slipped through unescaped.
pub fn render(page: &Page) -> String {
    let mut nav = String::new();
    let mut body = String::new();
    for (i, section) in page.sections.iter().enumerate() {
        let id = format!("s{}", i + 1);
        let title = section.title();
        if !title.is_empty() {
            nav += &format!("<a href=\"#{id}\">{}</a>\n", escape(title));
        }
        body += &format!("<section id=\"{id}\">\n{}</section>\n", section.html(&id));
    }
    let nav = if page.sections.len() > 2 { format!("<nav>\n{nav}</nav>\n") } else { String::new() };
    let lead = if page.lead.is_empty() {
        String::new()
    } else {
        format!("<p class=\"lead\">{}</p>\n", escape(&page.lead))
    };
    let footer = page.provenance.as_ref().map(Provenance::html).unwrap_or_default();
    let title = escape(&page.title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n{lead}{nav}</header>\n<main>\n{body}</main>\n{footer}</body>\n</html>\n"
    )
}

impl Section {
    /// The heading.
    pub fn title(&self) -> &str {
        match self {
            Self::Figures(s) => &s.title,
            Self::Table(s) => &s.title,
            Self::Confusion(s) => &s.title,
            Self::Curves(s) => &s.title,
            Self::Heat(s) => &s.title,
            Self::Timeline(s) => &s.title,
            Self::Calibration(s) => &s.title,
            Self::Histogram(s) => &s.title,
            Self::Pictures(s) => &s.title,
            Self::Graph(s) => &s.title,
            Self::Notes(s) => &s.title,
        }
    }

    fn html(&self, id: &str) -> String {
        match self {
            Self::Figures(s) => s.html(),
            Self::Table(s) => tables::html(s),
            Self::Confusion(s) => chart(id, &s.title, &s.text, |canvas| s.draw(canvas)),
            Self::Curves(s) => chart(id, &s.title, &s.text, |canvas| s.draw(canvas)),
            Self::Heat(s) => chart(id, &s.title, &s.text, |canvas| s.draw(canvas)),
            Self::Timeline(s) => chart(id, &s.title, &s.text, |canvas| s.draw(canvas)),
            Self::Calibration(s) => chart(id, &s.title, &s.text, |canvas| s.draw(canvas)),
            Self::Histogram(s) => chart(id, &s.title, &s.text, |canvas| s.draw(canvas)),
            Self::Pictures(s) => s.html(),
            Self::Graph(s) => s.html(),
            Self::Notes(s) => s.html(),
        }
    }
}
