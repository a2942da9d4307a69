//! Paragraphs.

use super::canvas::heading;
use super::text::escape;

/// Text under a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Heading.
    pub title: String,
    /// Paragraphs of plain text.
    pub paragraphs: Vec<String>,
}

impl From<Vec<String>> for Notes {
    fn from(paragraphs: Vec<String>) -> Self {
        Self { title: "Notes".to_owned(), paragraphs }
    }
}

impl Notes {
    pub(crate) fn html(&self) -> String {
        let paragraphs = self.paragraphs.iter().map(|p| format!("<p>{}</p>\n", escape(p)));
        heading(&self.title, "") + &paragraphs.collect::<String>()
    }
}
