//! Words, quoted texts and punctuation of the text formats, each with its line.

use crate::CausalError;
use std::borrow::Cow;

/// What distinguishes one format's words from another's.
pub(crate) struct Syntax {
    /// The format's name in messages.
    pub what: &'static str,
    /// Characters that are tokens of their own.
    pub punctuation: &'static str,
    /// What opens a comment up to the end of the line, at the start of a token.
    pub line_comments: &'static [&'static str],
    /// Whether `/* … */` is a comment, at the start of a token.
    pub block_comments: bool,
    /// Whether a backslash in a quoted text takes the next character as it is.
    pub backslash: bool,
    /// Whether `->` and `--` are tokens that end a word.
    pub edge_operators: bool,
}

/// One token of a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token<'a> {
    /// Its text, without quotes.
    pub text: Cow<'a, str>,
    /// Whether it stood in quotes.
    pub quoted: bool,
    /// Its line, counted from 1.
    pub line: usize,
}

impl Token<'_> {
    /// Whether this is the unquoted word or punctuation `text`.
    pub fn is(&self, text: &str) -> bool {
        !self.quoted && self.text == text
    }
}

/// Reads tokens one after another.
pub(crate) struct Lexer<'a> {
    syntax: Syntax,
    rest: &'a str,
    line: usize,
    peeked: Option<Option<Token<'a>>>,
}

impl<'a> Lexer<'a> {
    /// From the start of `text`; a byte-order mark is passed over.
    pub fn new(text: &'a str, syntax: Syntax) -> Self {
        Self { syntax, rest: text.strip_prefix('\u{feff}').unwrap_or(text), line: 1, peeked: None }
    }

    /// An error at a line.
    pub fn error(&self, line: usize, message: impl Into<String>) -> CausalError {
        CausalError::Parse { what: self.syntax.what.into(), line, message: message.into() }
    }

    /// The next token, left where it is; `None` at the end.
    pub fn peek(&mut self) -> Result<Option<&Token<'a>>, CausalError> {
        if self.peeked.is_none() {
            self.peeked = Some(self.read()?);
        }
        Ok(self.peeked.as_ref().and_then(Option::as_ref))
    }

    /// Whether the next token is the unquoted `text`.
    pub fn peek_is(&mut self, text: &str) -> Result<bool, CausalError> {
        Ok(self.peek()?.is_some_and(|t| t.is(text)))
    }

    /// The next token; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Token<'a>>, CausalError> {
        match self.peeked.take() {
            Some(token) => Ok(token),
            None => self.read(),
        }
    }

    /// The next token; an error that says what was expected at the end.
    pub fn require(&mut self, expected: &str) -> Result<Token<'a>, CausalError> {
        match self.next()? {
            Some(token) => Ok(token),
            None => Err(self.error(self.line, format!("the text ends where {expected} is expected"))),
        }
    }

    /// Passes over the punctuation or word `text`.
    pub fn expect(&mut self, text: &str) -> Result<usize, CausalError> {
        let token = self.require(&format!("`{text}`"))?;
        if token.is(text) { Ok(token.line) } else { Err(self.unexpected(&token, &format!("`{text}`"))) }
    }

    /// A name: a quoted text or a word that is no punctuation.
    pub fn name(&mut self, expected: &str) -> Result<Token<'a>, CausalError> {
        let token = self.require(expected)?;
        if token.quoted || !self.is_punctuation(&token) {
            Ok(token)
        } else {
            Err(self.unexpected(&token, expected))
        }
    }

    /// Passes over the unquoted `text` if it comes next, and says whether it did.
    pub fn skip_if(&mut self, text: &str) -> Result<bool, CausalError> {
        let there = self.peek_is(text)?;
        if there {
            self.next()?;
        }
        Ok(there)
    }

    /// The error for a token that should have been something else.
    pub fn unexpected(&self, token: &Token<'_>, expected: &str) -> CausalError {
        let shown: String = token.text.chars().take(40).collect();
        self.error(token.line, format!("`{shown}` stands where {expected} is expected"))
    }

    /// Whether a token is punctuation or an edge operator.
    pub fn is_punctuation(&self, token: &Token<'_>) -> bool {
        let operator = self.syntax.edge_operators && matches!(&*token.text, "->" | "--");
        let mark = token.text.chars().next().is_some_and(|c| self.syntax.punctuation.contains(c));
        !token.quoted && (operator || mark)
    }

    fn advance(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += taken.bytes().filter(|b| *b == b'\n').count();
        self.rest = rest;
        taken
    }

    fn skip_space_and_comments(&mut self) -> Result<(), CausalError> {
        loop {
            let space = self.rest.len() - self.rest.trim_start().len();
            self.advance(space);
            let rest = self.rest;
            if self.syntax.line_comments.iter().any(|c| rest.starts_with(c)) {
                self.advance(rest.find('\n').unwrap_or(rest.len()));
            } else if self.syntax.block_comments && rest.starts_with("/*") {
                let Some(end) = rest[2..].find("*/") else {
                    return Err(self.error(self.line, "a comment is opened and not closed; add `*/`"));
                };
                self.advance(end + 4);
            } else {
                return Ok(());
            }
        }
    }

    fn read(&mut self) -> Result<Option<Token<'a>>, CausalError> {
        self.skip_space_and_comments()?;
        let line = self.line;
        let rest = self.rest;
        let Some(first) = rest.chars().next() else { return Ok(None) };
        if first == '"' {
            return self.quoted(line).map(Some);
        }
        let length = if self.starts_operator(rest) {
            2
        } else if self.syntax.punctuation.contains(first) {
            first.len_utf8()
        } else {
            let ends = |&(i, c): &(usize, char)| {
                c.is_whitespace()
                    || c == '"'
                    || self.syntax.punctuation.contains(c)
                    || self.starts_operator(&rest[i..])
            };
            rest.char_indices().skip(1).find(ends).map_or(rest.len(), |(i, _)| i)
        };
        Ok(Some(Token { text: Cow::Borrowed(self.advance(length)), quoted: false, line }))
    }

    fn starts_operator(&self, text: &str) -> bool {
        self.syntax.edge_operators && (text.starts_with("->") || text.starts_with("--"))
    }

    fn quoted(&mut self, line: usize) -> Result<Token<'a>, CausalError> {
        self.advance(1);
        let mut escaped = false;
        let end = self.rest.char_indices().find(|&(_, c)| {
            if escaped {
                escaped = false;
                return false;
            }
            escaped = self.syntax.backslash && c == '\\';
            c == '"'
        });
        let Some((end, _)) = end else {
            return Err(self.error(line, "a quoted text is opened and not closed; add `\"`"));
        };
        let raw = self.advance(end);
        self.advance(1);
        let text = if self.syntax.backslash && raw.contains('\\') {
            Cow::Owned(without_backslashes(raw))
        } else {
            Cow::Borrowed(raw)
        };
        Ok(Token { text, quoted: true, line })
    }
}

fn without_backslashes(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    out
}

/// A text in quotes, with a backslash before quotes and backslashes.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn syntax() -> Syntax {
        Syntax {
            what: "test",
            punctuation: "{};",
            line_comments: &["//"],
            block_comments: true,
            backslash: true,
            edge_operators: true,
        }
    }

    fn words(text: &str) -> Vec<(String, usize)> {
        let mut lexer = Lexer::new(text, syntax());
        std::iter::from_fn(|| lexer.next().unwrap()).map(|t| (t.text.into_owned(), t.line)).collect()
    }

    #[test]
    fn words_quotes_and_operators_come_with_their_lines() {
        let found = words("a->b; // x\n/* y\n*/ \"c \\\" d\" -1 e--f");
        let expected = [
            ("a", 1),
            ("->", 1),
            ("b", 1),
            (";", 1),
            ("c \" d", 3),
            ("-1", 3),
            ("e", 3),
            ("--", 3),
            ("f", 3),
        ];
        assert_eq!(found, expected.map(|(t, l)| (t.to_owned(), l)));
    }

    #[test]
    fn what_is_not_closed_is_an_error_with_its_line() {
        let mut lexer = Lexer::new("\n\"a", syntax());
        assert_eq!(
            lexer.next().unwrap_err().to_string(),
            "test, line 2: a quoted text is opened and not closed; add `\"`"
        );
        assert!(Lexer::new("/* a", syntax()).next().is_err());
    }

    #[test]
    fn a_quoted_text_reads_back() {
        let text = "a\\\"b\nc\\";
        assert_eq!(words(&quote(text))[0].0, text);
    }
}
