//! The Graph Modelling Language (Himsolt 1996), as networkx and igraph write it.
//!
//! A node's name is its `label`, or its `id` without one. Edges are directed when the graph says `directed 1`;
//! `sourceMark` and `targetMark` (`tail`, `arrow`, `circle`) say otherwise. Of an edge's other keys `label`, `weight`
//! and `confidence` are kept, of the graph's `kind`; all others are passed over.

use super::document::{Builder, Document, EdgeNote, kind_name, kind_of, mark_name, mark_of};
use super::lexer::{Lexer, Syntax, Token};
use crate::CausalError;
use crate::graph::{GraphKind, Mark};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Reads GML text.
///
/// # Errors
/// [`CausalError::Parse`] with the line for what is not GML, a second node with an id or a name, an edge to a node
/// that is not there; [`CausalError::Cycle`].
pub fn parse(text: &str) -> Result<Document, CausalError> {
    let syntax = Syntax {
        what: "GML",
        punctuation: "[]",
        line_comments: &["#"],
        block_comments: false,
        backslash: false,
        edge_operators: false,
    };
    let mut reader = Reader {
        lexer: Lexer::new(text, syntax),
        directed: false,
        kind: None,
        nodes: Vec::new(),
        edges: Vec::new(),
    };
    let mut found = false;
    while let Some(key) = reader.lexer.next()? {
        if key.is("graph") && !found {
            reader.graph()?;
            found = true;
        } else {
            reader.skip_value(&key)?;
        }
    }
    if !found {
        return Err(reader.lexer.error(1, "there is no `graph [ … ]`"));
    }
    reader.finish()
}

/// GML text that [`parse`] reads back as the same document.
pub fn render(document: &Document) -> String {
    let graph = &document.graph;
    let mut out = format!("graph [\n  directed 1\n  kind \"{}\"\n", kind_name(graph.kind()));
    for (id, name) in graph.names().iter().enumerate() {
        let _ = writeln!(out, "  node [\n    id {id}\n    label \"{}\"\n  ]", encoded(name));
    }
    for (a, b, at_a, at_b, note) in document.edges() {
        let _ = writeln!(out, "  edge [\n    source {a}\n    target {b}");
        if (at_a, at_b) != (Mark::Tail, Mark::Arrow) {
            let (a, b) = (mark_name(at_a), mark_name(at_b));
            let _ = writeln!(out, "    sourceMark \"{a}\"\n    targetMark \"{b}\"");
        }
        for (key, number) in [("confidence", note.confidence), ("weight", note.weight)] {
            if let Some(number) = number {
                let _ = writeln!(out, "    {key} {number}");
            }
        }
        if let Some(label) = note.label {
            let _ = writeln!(out, "    label \"{}\"", encoded(&label));
        }
        out.push_str("  ]\n");
    }
    out.push_str("]\n");
    out
}

/// Quotes, ampersands and what is not printable ASCII as character references.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '&' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            ' '..='~' => out.push(c),
            c => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
        }
    }
    out
}

/// The text with character references resolved; what is none stays as it is.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let reference = rest.find(';').filter(|end| *end <= 10).map(|end| (&rest[1..end], end));
        match reference.and_then(|(name, end)| Some((referred(name)?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn referred(name: &str) -> Option<char> {
    match name {
        "quot" => Some('"'),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

struct ReadNode {
    id: String,
    label: Option<String>,
    line: usize,
}

#[derive(Default)]
struct ReadEdge {
    line: usize,
    source: Option<String>,
    target: Option<String>,
    at_source: Option<Mark>,
    at_target: Option<Mark>,
    note: EdgeNote,
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    directed: bool,
    kind: Option<GraphKind>,
    nodes: Vec<ReadNode>,
    edges: Vec<ReadEdge>,
}

impl<'a> Reader<'a> {
    fn graph(&mut self) -> Result<(), CausalError> {
        self.lexer.expect("[")?;
        while !self.lexer.skip_if("]")? {
            let key = self.lexer.name("a key or `]`")?;
            if key.is("node") {
                self.node(key.line)?;
            } else if key.is("edge") {
                self.edge(key.line)?;
            } else if key.is("directed") {
                let value = self.lexer.name("0 or 1")?;
                self.directed = match &*value.text {
                    "0" => false,
                    "1" => true,
                    _ => return Err(self.lexer.unexpected(&value, "0 or 1")),
                };
            } else if key.is("kind") {
                let value = self.lexer.name("a kind")?;
                let Some(kind) = kind_of(&value.text) else {
                    return Err(self.lexer.unexpected(&value, "`dag`, `cpdag` or `pag`"));
                };
                self.kind = Some(kind);
            } else {
                self.skip_value(&key)?;
            }
        }
        Ok(())
    }

    /// Passes over the value of a key, however deep its lists.
    fn skip_value(&mut self, key: &Token<'a>) -> Result<(), CausalError> {
        if key.quoted || self.lexer.is_punctuation(key) {
            return Err(self.lexer.unexpected(key, "a key"));
        }
        if !self.lexer.skip_if("[")? {
            self.lexer.name("a value")?;
            return Ok(());
        }
        let mut depth = 1usize;
        while depth > 0 {
            let token = self.lexer.require("`]`")?;
            if token.is("[") {
                depth += 1;
            } else if token.is("]") {
                depth -= 1;
            }
        }
        Ok(())
    }

    fn node(&mut self, line: usize) -> Result<(), CausalError> {
        let (mut id, mut label) = (None, None);
        self.lexer.expect("[")?;
        while !self.lexer.skip_if("]")? {
            let key = self.lexer.name("a key or `]`")?;
            if key.is("id") {
                id = Some(self.lexer.name("the node's id")?.text.into_owned());
            } else if key.is("label") {
                label = Some(decoded(&self.lexer.name("the node's label")?.text));
            } else {
                self.skip_value(&key)?;
            }
        }
        let Some(id) = id else { return Err(self.lexer.error(line, "the node has no `id`")) };
        self.nodes.push(ReadNode { id, label, line });
        Ok(())
    }

    fn edge(&mut self, line: usize) -> Result<(), CausalError> {
        let mut edge = ReadEdge { line, ..ReadEdge::default() };
        self.lexer.expect("[")?;
        while !self.lexer.skip_if("]")? {
            let key = self.lexer.name("a key or `]`")?;
            match (key.quoted, &*key.text) {
                (false, "source") => edge.source = Some(self.lexer.name("an id")?.text.into_owned()),
                (false, "target") => edge.target = Some(self.lexer.name("an id")?.text.into_owned()),
                (false, "sourceMark") => edge.at_source = Some(self.mark()?),
                (false, "targetMark") => edge.at_target = Some(self.mark()?),
                (false, "label") => edge.note.label = Some(decoded(&self.lexer.name("a label")?.text)),
                (false, "weight") => edge.note.weight = Some(self.number()?),
                (false, "confidence") => edge.note.confidence = Some(self.number()?),
                _ => self.skip_value(&key)?,
            }
        }
        self.edges.push(edge);
        Ok(())
    }

    fn mark(&mut self) -> Result<Mark, CausalError> {
        let value = self.lexer.name("a mark")?;
        mark_of(&value.text).ok_or_else(|| self.lexer.unexpected(&value, "`tail`, `arrow` or `circle`"))
    }

    fn number(&mut self) -> Result<f64, CausalError> {
        let value = self.lexer.name("a number")?;
        let number = value.text.parse::<f64>().ok().filter(|n| n.is_finite());
        number.ok_or_else(|| self.lexer.unexpected(&value, "a number"))
    }

    fn finish(self) -> Result<Document, CausalError> {
        let mut builder = Builder::new("GML");
        let mut positions: BTreeMap<&str, usize> = BTreeMap::new();
        for node in &self.nodes {
            let position = builder.new_node(node.label.as_deref().unwrap_or(&node.id), node.line)?;
            if positions.insert(&node.id, position).is_some() {
                return Err(self.lexer.error(node.line, format!("a second node has the id {}", node.id)));
            }
        }
        let default = if self.directed { Mark::Arrow } else { Mark::Tail };
        for edge in &self.edges {
            let end = |id: &Option<String>, key: &str| match id {
                None => Err(self.lexer.error(edge.line, format!("the edge has no `{key}`"))),
                Some(id) => positions
                    .get(id.as_str())
                    .copied()
                    .ok_or_else(|| self.lexer.error(edge.line, format!("no node has the id {id}"))),
            };
            let source = (end(&edge.source, "source")?, edge.at_source.unwrap_or(Mark::Tail));
            let target = (end(&edge.target, "target")?, edge.at_target.unwrap_or(default));
            builder.edge(source, target, edge.note.clone(), edge.line)?;
        }
        builder.finish(self.kind)
    }
}
