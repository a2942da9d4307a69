//! Globs with `{recording}`, `{group}`, `{label}`, `{time}` and `{frame}` placeholders.

use crate::error::DataError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The placeholders that a glob may hold.
pub(crate) const PLACEHOLDERS: [&str; 5] = ["recording", "group", "label", "time", "frame"];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    /// `?`
    One,
    /// `*`: anything but `/`.
    Star,
    /// `**/`: any folders.
    Folders,
    /// A placeholder: at least one character, none of them `/`; `{label:2}` takes exactly two.
    Capture(usize, Option<usize>),
}

/// A glob with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    source: String,
    tokens: Vec<Token>,
}

/// A file that a pattern found, and what its placeholders stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub path: PathBuf,
    /// Path below the root, with `/`.
    pub relative: String,
    captures: BTreeMap<&'static str, String>,
}

impl Found {
    pub fn get(&self, placeholder: &str) -> Option<&str> {
        self.captures.get(placeholder).map(String::as_str)
    }
}

impl Pattern {
    /// Reads a pattern.
    pub fn parse(source: &str) -> Result<Self, String> {
        if source.trim().is_empty() {
            return Err("a glob must not be empty; write one such as \"runs/{recording}.csv\"".into());
        }
        let bytes = source.as_bytes();
        let mut tokens = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let rest = &source.as_bytes()[at..];
            match bytes[at] {
                b'[' | b']' => {
                    return Err("[…] is not supported in a glob; use *, ?, ** and placeholders".into());
                }
                b'}' => return Err("a `}` without its `{`".into()),
                b'{' => {
                    let end = rest.iter().position(|b| *b == b'}').ok_or("a `{` without its `}`")?;
                    let name = String::from_utf8_lossy(&rest[1..end]).into_owned();
                    let (name, length) = match name.split_once(':') {
                        None => (name, None),
                        Some((name, length)) => match length.parse::<usize>() {
                            Ok(length @ 1..=255) => (name.to_string(), Some(length)),
                            _ => return Err(format!("{{{name}:{length}}}: after the colon stands a length")),
                        },
                    };
                    let known = PLACEHOLDERS.iter().position(|p| *p == name).ok_or_else(|| {
                        format!("unknown placeholder {{{name}}}; there are {{{}}}", PLACEHOLDERS.join("}, {"))
                    })?;
                    tokens.push(Token::Capture(known, length));
                    at += end;
                }
                b'*' if rest.starts_with(b"**/") => {
                    tokens.push(Token::Folders);
                    at += 2;
                }
                b'*' if rest.starts_with(b"**") => {
                    return Err("** must stand between two / (as in \"a/**/b.csv\")".into());
                }
                b'*' => tokens.push(Token::Star),
                b'?' => tokens.push(Token::One),
                byte => tokens.push(Token::Byte(byte)),
            }
            at += 1;
        }
        let stars = tokens.iter().filter(|t| matches!(t, Token::Star | Token::Folders | Token::Capture(..)));
        if stars.count() > 12 {
            return Err("more than 12 wildcards in one glob".into());
        }
        Ok(Self { source: source.to_string(), tokens })
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether `{placeholder}` occurs.
    pub fn has(&self, placeholder: &str) -> bool {
        let index = PLACEHOLDERS.iter().position(|p| *p == placeholder);
        self.tokens.iter().any(|t| matches!(t, Token::Capture(k, _) if Some(*k) == index))
    }

    /// Lets the first `*` of the file name stand for `{placeholder}`.
    pub fn name_star(&mut self, placeholder: &str) {
        let name = self.tokens.iter().rposition(|t| *t == Token::Byte(b'/')).map_or(0, |at| at + 1);
        let index = PLACEHOLDERS.iter().position(|p| *p == placeholder);
        if let (Some(star), Some(index)) =
            (self.tokens[name..].iter_mut().find(|t| **t == Token::Star), index)
        {
            *star = Token::Capture(index, None);
        }
    }

    /// The files below `root` that match, sorted by path.
    pub fn files(&self, root: &Path) -> Result<Vec<Found>, DataError> {
        let bad = |why: String| DataError::Invalid(format!("glob \"{}\": {why}", self.source));
        let absolute = Path::new(&self.source).is_absolute();
        let glob = self.plain_glob(root, absolute);
        let options = glob::MatchOptions { require_literal_separator: true, ..Default::default() };
        let mut found = Vec::new();
        for path in glob::glob_with(&glob, options).map_err(|e| bad(e.to_string()))? {
            let path = path.map_err(|e| DataError::Io { path: e.path().to_path_buf(), source: e.into() })?;
            let relative = if absolute { path.as_path() } else { path.strip_prefix(root).unwrap_or(&path) };
            let relative = relative.to_string_lossy().replace('\\', "/");
            if path.is_file()
                && let Some(captures) = self.captures(&relative)
            {
                found.push(Found { path, relative, captures });
            }
        }
        found.sort_by(|a, b| a.relative.cmp(&b.relative));
        Ok(found)
    }

    /// The glob with a star for each placeholder.
    fn plain_glob(&self, root: &Path, absolute: bool) -> String {
        let mut glob = String::new();
        let mut rest = self.source.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            glob.push_str(before);
            glob.push('*');
            rest = after.split_once('}').map_or("", |(_, rest)| rest);
        }
        glob.push_str(rest);
        if absolute { glob } else { format!("{}/{glob}", glob::Pattern::escape(&root.to_string_lossy())) }
    }

    /// What the placeholders stand for in `relative`; each takes as little as it can.
    fn captures(&self, relative: &str) -> Option<BTreeMap<&'static str, String>> {
        let source = self.source.strip_prefix("./").map_or(0, |_| 2);
        let mut captures: Vec<Option<&str>> = vec![None; PLACEHOLDERS.len()];
        matches(&self.tokens[source..], relative, 0, &mut captures).then(|| {
            let named = PLACEHOLDERS.iter().zip(&captures);
            named.filter_map(|(name, c)| c.map(|c| (*name, c.to_string()))).collect()
        })
    }
}

fn matches<'a>(tokens: &[Token], text: &'a str, at: usize, captures: &mut Vec<Option<&'a str>>) -> bool {
    let bytes = text.as_bytes();
    let Some((token, rest)) = tokens.split_first() else { return at == bytes.len() };
    match token {
        Token::Byte(byte) => bytes.get(at) == Some(byte) && matches(rest, text, at + 1, captures),
        Token::One => {
            let next = text.get(at..).and_then(|t| t.chars().next()).filter(|c| *c != '/');
            next.is_some_and(|c| matches(rest, text, at + c.len_utf8(), captures))
        }
        Token::Star => {
            let reach = bytes[at..].iter().position(|b| *b == b'/').unwrap_or(bytes.len() - at);
            (at..=at + reach).any(|to| matches(rest, text, to, captures))
        }
        Token::Folders => {
            let starts = (at..bytes.len()).filter(|i| bytes[*i] == b'/').map(|i| i + 1);
            std::iter::once(at).chain(starts).any(|to| matches(rest, text, to, captures))
        }
        Token::Capture(index, length) => {
            let reach = bytes[at..].iter().position(|b| *b == b'/').unwrap_or(bytes.len() - at);
            let before = captures[*index];
            for to in at + 1..=at + reach {
                let Some(part) = text.get(at..to) else { continue };
                // The same placeholder twice must stand for the same text.
                let fits = length.is_none_or(|n| part.chars().count() == n);
                if !fits || before.is_some_and(|b| b != part) {
                    continue;
                }
                captures[*index] = Some(part);
                if matches(rest, text, to, captures) {
                    return true;
                }
            }
            captures[*index] = before;
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(pattern: &str, path: &str) -> Option<Vec<String>> {
        let captures = Pattern::parse(pattern).unwrap().captures(path)?;
        Some(captures.into_iter().map(|(name, value)| format!("{name}={value}")).collect())
    }

    #[test]
    fn placeholders_take_one_part_of_the_path() {
        assert_eq!(
            captured("{group}/{recording}.csv", "valve1/0.csv").unwrap(),
            ["group=valve1", "recording=0"]
        );
        assert_eq!(captured("{recording}.csv", "a/0.csv"), None);
        assert_eq!(captured("**/{recording}.csv", "a/b/0.csv").unwrap(), ["recording=0"]);
        assert_eq!(captured("d{label}_te.dat", "d03_te.dat").unwrap(), ["label=03"]);
        assert_eq!(captured("{recording}/{recording}.csv", "a/b.csv"), None);
        assert_eq!(captured("d{label:2}.dat", "d03.dat").unwrap(), ["label=03"]);
        assert_eq!(captured("d{label:2}.dat", "d03_te.dat"), None);
    }

    #[test]
    fn a_star_can_be_given_a_name() {
        let mut pattern = Pattern::parse("runs/*.csv").unwrap();
        pattern.name_star("recording");
        assert!(pattern.has("recording"));
    }

    #[test]
    fn bad_patterns_are_refused_with_the_reason() {
        for bad in ["{recoding}.csv", "{recording.csv", "a[0-9].csv", "", "a**b"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }
}
