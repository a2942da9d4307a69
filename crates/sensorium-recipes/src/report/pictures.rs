//! Pictures in a row, each with a caption.

use super::canvas::heading;
use super::text::escape;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Some pictures under a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pictures {
    /// Heading.
    pub title: String,
    /// A sentence below it, empty for none.
    pub text: String,
    /// The pictures, in reading order.
    pub pictures: Vec<Picture>,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// What it shows; also read out for those who do not see it.
    pub caption: String,
    /// A PNG or JPEG file.
    pub png: Vec<u8>,
}

impl Pictures {
    pub(crate) fn html(&self) -> String {
        let figures = self.pictures.iter().map(|picture| {
            let caption = escape(&picture.caption);
            let kind = if picture.png.starts_with(&[0xFF, 0xD8]) { "jpeg" } else { "png" };
            format!(
                "<figure><img alt=\"{caption}\" src=\"data:image/{kind};base64,{}\"><figcaption>{caption}</figcaption></figure>\n",
                STANDARD.encode(&picture.png)
            )
        });
        format!(
            "{}<div class=\"pictures\">\n{}</div>\n",
            heading(&self.title, &self.text),
            figures.collect::<String>()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_are_escaped_and_pictures_are_inline() {
        let picture = Picture { caption: "a < \"b\"".into(), png: vec![1, 2, 3] };
        let html = Pictures { title: "T".into(), text: String::new(), pictures: vec![picture] }.html();
        assert!(html.contains("a &lt; &quot;b&quot;") && html.contains("base64,AQID"), "{html}");
    }
}
