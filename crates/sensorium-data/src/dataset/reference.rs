//! The reference of `dataset.toml`, made from the documentation of its fields.

use super::document::{RawDataset, RawLabel, RawSplit, RawStream, RawWindow};

const FILES: &str = "\
## Files and recordings

A glob may hold `*` (anything in one part of a path), `?` (one character), `**/` (any folders) and
placeholders. A file belongs to the recording, group and label that its placeholders spell; files of
different streams with the same `{recording}` make one recording.

| placeholder | meaning |
| --- | --- |
| `{recording}` | name of the recording. Without it, the first `*` of the file name takes its place; without that, all files make one recording. |
| `{group}` | recordings of one group stay on one side of the split |
| `{label}` | class of the whole recording |
| `{time}` | time of a picture, or of the first sample of a sound or a table without times |
| `{frame}` | number of a picture; with `rate_hz` it gives the time. In globs of pictures with `{recording}`, the first `*` of the file name takes its place. |

`{label:2}` takes exactly two characters. Placeholders take as few characters as they can, and at
least one. A recording's full name joins those of `{group}`, `{label}` and `{recording}` that the
globs of all streams have, with `/` between them.
";

/// The reference of `dataset.toml` in Markdown: every table and field, from their documentation.
pub fn reference() -> String {
    let mut out = String::from("# dataset.toml\n");
    let sections =
        [RawDataset::SECTION, RawStream::SECTION, RawLabel::SECTION, RawWindow::SECTION, RawSplit::SECTION];
    for section in sections {
        out.push_str(&format!("\n## {}\n\n", section.title));
        for line in section.about {
            out.push_str(line.trim());
            out.push('\n');
        }
        out.push_str("\n| field | value | meaning |\n| --- | --- | --- |\n");
        for field in section.fields {
            let about: Vec<&str> = field.about.iter().map(|line| line.trim()).collect();
            let cell = |text: &str| text.replace('|', "\\|");
            out.push_str(&format!(
                "| `{}` | {} | {} |\n",
                field.name,
                cell(field.kind),
                cell(&about.join(" "))
            ));
        }
    }
    out.push('\n');
    out.push_str(FILES);
    out
}
