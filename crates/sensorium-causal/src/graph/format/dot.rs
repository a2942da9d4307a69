//! Graphviz' DOT language, the part that describes graphs.
//!
//! `a -> b` is directed and `a -- b` undirected; `dir`, `arrowhead` and `arrowtail` say otherwise: `odot` is a circle,
//! `none` a tail, any other shape an arrow. Of an edge's other attributes `label`, `weight` and `confidence` are kept,
//! of the graph's `kind` (`dag`, `cpdag` or `pag`).

use super::document::{Builder, Document, EdgeNote, kind_name, kind_of};
use super::lexer::{Lexer, Syntax, Token, quote};
use crate::CausalError;
use crate::graph::{GraphKind, Mark};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Reads DOT text. Subgraphs are passed through, `a -> { b c }` is an edge to each.
///
/// # Errors
/// [`CausalError::Parse`] with the line for what is not DOT or not read (HTML labels); [`CausalError::Cycle`].
pub fn parse(text: &str) -> Result<Document, CausalError> {
    let syntax = Syntax {
        what: "DOT",
        punctuation: "{}[];,=:",
        line_comments: &["//", "#"],
        block_comments: true,
        backslash: true,
        edge_operators: true,
    };
    let mut reader = Reader {
        lexer: Lexer::new(text, syntax),
        builder: Builder::new("DOT"),
        defaults: vec![BTreeMap::new()],
        kind: None,
    };
    reader.graph()?;
    reader.builder.finish(reader.kind)
}

/// DOT text that [`parse`] reads back as the same document.
pub fn render(document: &Document) -> String {
    let graph = &document.graph;
    let mut out = format!("digraph {{\n  kind = {};\n", kind_name(graph.kind()));
    for name in graph.names() {
        let _ = writeln!(out, "  {};", quote(name));
    }
    for (a, b, at_a, at_b, note) in document.edges() {
        let mut attributes = match (at_a, at_b) {
            (Mark::Tail, Mark::Arrow) => Vec::new(),
            (Mark::Tail, Mark::Tail) => vec!["dir=none".to_owned()],
            _ => vec![
                "dir=both".into(),
                format!("arrowtail={}", shape(at_a)),
                format!("arrowhead={}", shape(at_b)),
            ],
        };
        attributes.extend(note.confidence.map(|c| format!("confidence={}", quote(&c.to_string()))));
        attributes.extend(note.weight.map(|w| format!("weight={}", quote(&w.to_string()))));
        attributes.extend(note.label.map(|l| format!("label={}", quote(&l))));
        let list =
            if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
        let (a, b) = (quote(&graph.names()[a]), quote(&graph.names()[b]));
        let _ = writeln!(out, "  {a} -> {b}{list};");
    }
    out.push_str("}\n");
    out
}

fn shape(mark: Mark) -> &'static str {
    match mark {
        Mark::Tail => "none",
        Mark::Arrow => "normal",
        Mark::Circle => "odot",
    }
}

fn mark_of_shape(shape: &str) -> Mark {
    match shape {
        "none" => Mark::Tail,
        "odot" | "dot" => Mark::Circle,
        _ => Mark::Arrow,
    }
}

type Attributes = BTreeMap<String, String>;

struct Reader<'a> {
    lexer: Lexer<'a>,
    builder: Builder,
    /// Defaults of edges, those of the innermost subgraph last.
    defaults: Vec<Attributes>,
    kind: Option<GraphKind>,
}

impl<'a> Reader<'a> {
    fn graph(&mut self) -> Result<(), CausalError> {
        self.lexer.skip_if("strict")?;
        let head = self.lexer.require("`graph` or `digraph`")?;
        if !head.is("graph") && !head.is("digraph") {
            return Err(self.lexer.unexpected(&head, "`graph` or `digraph`"));
        }
        if !self.lexer.peek_is("{")? {
            self.id("the graph's name or `{`")?;
        }
        self.lexer.expect("{")?;
        let mut depth = 1usize;
        while depth > 0 {
            if self.lexer.skip_if("}")? {
                depth -= 1;
                self.defaults.pop();
            } else if self.lexer.skip_if("{")? {
                depth += 1;
                self.inherit();
            } else if self.lexer.skip_if("subgraph")? {
                if !self.lexer.peek_is("{")? {
                    self.id("the subgraph's name or `{`")?;
                }
                self.lexer.expect("{")?;
                depth += 1;
                self.inherit();
            } else if !self.lexer.skip_if(";")? {
                self.statement()?;
            }
        }
        match self.lexer.next()? {
            Some(token) => Err(self.lexer.unexpected(&token, "the end of the text")),
            None => Ok(()),
        }
    }

    /// A subgraph begins with the defaults around it.
    fn inherit(&mut self) {
        self.defaults.push(self.defaults.last().cloned().unwrap_or_default());
    }

    fn id(&mut self, expected: &str) -> Result<Token<'a>, CausalError> {
        let token = self.lexer.name(expected)?;
        if !token.quoted && token.text.starts_with('<') {
            return Err(self.lexer.error(token.line, "HTML texts are not read; write a quoted text"));
        }
        Ok(token)
    }

    fn statement(&mut self) -> Result<(), CausalError> {
        let first = self.id("a node, an edge or `}`")?;
        if self.lexer.skip_if("=")? {
            let value = self.id("a value")?;
            if first.text == "kind" {
                self.set_kind(&value)?;
            }
            return Ok(());
        }
        let keyword = !first.quoted && matches!(&*first.text, "graph" | "node" | "edge");
        if keyword {
            let line = first.line;
            let attributes = self.attributes()?;
            if first.text == "edge" {
                self.defaults.iter_mut().last().into_iter().for_each(|own| own.extend(attributes.clone()));
            } else if first.text == "graph"
                && let Some(kind) = attributes.get("kind")
            {
                self.set_kind(&Token { text: kind.as_str().into(), quoted: true, line })?;
            }
            return Ok(());
        }
        let mut chain = vec![vec![self.node(&first)?]];
        let mut operators = Vec::new();
        while self.lexer.peek_is("->")? || self.lexer.peek_is("--")? {
            operators.extend(self.lexer.next()?);
            chain.push(self.ends()?);
        }
        let mut attributes = self.defaults.last().cloned().unwrap_or_default();
        attributes.extend(self.attributes()?);
        for (operator, ends) in operators.iter().zip(chain.windows(2)) {
            for &from in &ends[0] {
                for &to in &ends[1] {
                    self.edge(from, to, operator, &attributes)?;
                }
            }
        }
        Ok(())
    }

    fn set_kind(&mut self, value: &Token<'_>) -> Result<(), CausalError> {
        match kind_of(&value.text) {
            Some(kind) => {
                self.kind = Some(kind);
                Ok(())
            }
            None => Err(self.lexer.unexpected(value, "`dag`, `cpdag` or `pag`")),
        }
    }

    /// A node, with a port that is passed over.
    fn node(&mut self, name: &Token<'_>) -> Result<usize, CausalError> {
        while self.lexer.skip_if(":")? {
            self.id("a port")?;
        }
        self.builder.node(&name.text, name.line)
    }

    /// What stands behind an edge's operator: a node, `{ a b c }` or `subgraph name { a b c }`.
    fn ends(&mut self) -> Result<Vec<usize>, CausalError> {
        let is_subgraph = self.lexer.skip_if("subgraph")?;
        if is_subgraph && !self.lexer.peek_is("{")? {
            self.id("the subgraph's name or `{`")?;
        }
        if is_subgraph {
            self.lexer.expect("{")?;
        } else if !self.lexer.skip_if("{")? {
            let name = self.id("a node or `{`")?;
            return Ok(vec![self.node(&name)?]);
        }
        let mut nodes = Vec::new();
        while !self.lexer.skip_if("}")? {
            if !self.lexer.skip_if(";")? && !self.lexer.skip_if(",")? {
                let name = self.id("a node or `}`")?;
                nodes.push(self.node(&name)?);
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        Ok(nodes)
    }

    /// `[a=b, c=d]`, as many as there are.
    fn attributes(&mut self) -> Result<Attributes, CausalError> {
        let mut attributes = Attributes::new();
        while self.lexer.skip_if("[")? {
            while !self.lexer.skip_if("]")? {
                if self.lexer.skip_if(",")? || self.lexer.skip_if(";")? {
                    continue;
                }
                let key = self.id("an attribute or `]`")?;
                let value = if self.lexer.skip_if("=")? {
                    self.id("a value")?.text.into_owned()
                } else {
                    "true".into()
                };
                attributes.insert(key.text.into_owned(), value);
            }
        }
        Ok(attributes)
    }

    fn edge(
        &mut self,
        from: usize,
        to: usize,
        operator: &Token<'_>,
        attributes: &Attributes,
    ) -> Result<(), CausalError> {
        let line = operator.line;
        let default = if operator.is("->") { "forward" } else { "none" };
        let direction = attributes.get("dir").map_or(default, String::as_str);
        let at = |key: &str, marked: bool| match attributes.get(key) {
            _ if !marked => Mark::Tail,
            Some(shape) => mark_of_shape(shape),
            None => Mark::Arrow,
        };
        let at_from = at("arrowtail", matches!(direction, "back" | "both"));
        let at_to = at("arrowhead", matches!(direction, "forward" | "both"));
        let note = EdgeNote {
            confidence: self.number(attributes, "confidence", line)?,
            weight: self.number(attributes, "weight", line)?,
            label: attributes.get("label").cloned(),
        };
        self.builder.edge((from, at_from), (to, at_to), note, line)
    }

    fn number(&self, attributes: &Attributes, key: &str, line: usize) -> Result<Option<f64>, CausalError> {
        match attributes.get(key).map(|text| (text, text.parse::<f64>())) {
            None => Ok(None),
            Some((_, Ok(number))) if number.is_finite() => Ok(Some(number)),
            Some((text, _)) => Err(self.lexer.error(line, format!("`{key}` must be a number, not `{text}`"))),
        }
    }
}
