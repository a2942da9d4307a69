//! The Interchange Format for Bayesian networks, BIF 0.15 (Cozman 1996), as the Bayesian Network Repository has it.

use super::{ConditionalTable, DiscreteNetwork, MAX_PROBABILITIES, configurations, too_large};
use crate::CausalError;
use crate::graph::format::lexer::{Lexer, Syntax, Token, quote};
use crate::graph::format::{MAX_NODES, read_text, write_text};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

const PUNCTUATION: &str = "{}()[];,|";

impl DiscreteNetwork {
    /// Reads a `.bif` file.
    ///
    /// # Errors
    /// [`CausalError::Io`], and as [`DiscreteNetwork::from_bif`] with the file's name.
    pub fn read_bif(path: &Path) -> Result<Self, CausalError> {
        Self::from_bif(&read_text(path)?).map_err(|e| e.in_file(path))
    }

    /// Reads BIF text: `network`, `variable` and `probability` blocks; properties and comments are passed over.
    ///
    /// A `table` with parents counts as the standard says: the node's level slowest, the last parent fastest.
    ///
    /// # Errors
    /// [`CausalError::Parse`] with the line of what cannot be read: an unknown variable or level, a missing or
    /// repeated distribution, a number that is none. Further as [`DiscreteNetwork::new`].
    pub fn from_bif(text: &str) -> Result<Self, CausalError> {
        let syntax = Syntax {
            what: "BIF",
            punctuation: PUNCTUATION,
            line_comments: &["//"],
            block_comments: true,
            backslash: true,
            edge_operators: false,
        };
        let mut reader = Reader::new(Lexer::new(text, syntax));
        reader.read()?;
        reader.finish()
    }

    /// Writes a `.bif` file.
    ///
    /// # Errors
    /// [`CausalError::Io`].
    pub fn write_bif(&self, path: &Path) -> Result<(), CausalError> {
        write_text(path, &self.to_bif())
    }

    /// BIF text that [`DiscreteNetwork::from_bif`] reads back as the same network.
    pub fn to_bif(&self) -> String {
        let names: Vec<String> = self.dag.names().iter().map(|n| word(n)).collect();
        let levels: Vec<Vec<String>> =
            self.levels.iter().map(|l| l.iter().map(|l| word(l)).collect()).collect();
        let mut out = String::from("network unknown {\n}\n");
        for (name, levels) in names.iter().zip(&levels) {
            let list = levels.join(", ");
            let _ =
                writeln!(out, "variable {name} {{\n  type discrete [ {} ] {{ {list} }};\n}}", levels.len());
        }
        for (node, table) in self.tables.iter().enumerate() {
            let parents: Vec<&str> = table.parents.iter().map(|&p| names[p].as_str()).collect();
            let bar = if parents.is_empty() { "" } else { " | " };
            let _ = writeln!(out, "probability ( {}{bar}{} ) {{", names[node], parents.join(", "));
            for (row, distribution) in table.probabilities.chunks(levels[node].len()).enumerate() {
                let numbers: Vec<String> = distribution.iter().map(f64::to_string).collect();
                let head = match parents.len() {
                    0 => "table".to_owned(),
                    _ => format!("({})", configuration_names(&levels, &table.parents, row).join(", ")),
                };
                let _ = writeln!(out, "  {head} {};", numbers.join(", "));
            }
            out.push_str("}\n");
        }
        out
    }
}

/// The parents' levels in a configuration.
fn configuration_names<'a>(levels: &'a [Vec<String>], parents: &[usize], mut row: usize) -> Vec<&'a str> {
    let mut names = Vec::with_capacity(parents.len());
    for &parent in parents.iter().rev() {
        names.push(levels[parent][row % levels[parent].len()].as_str());
        row /= levels[parent].len();
    }
    names.reverse();
    names
}

/// A word as it is, or in quotes where it must be.
fn word(text: &str) -> String {
    let plain = !text.is_empty()
        && !text.starts_with('/')
        && !text.contains(|c: char| c.is_whitespace() || c == '"' || PUNCTUATION.contains(c));
    if plain { text.to_owned() } else { quote(text) }
}

/// A `probability` block as it was read.
struct Block {
    parents: Vec<usize>,
    probabilities: Vec<f64>,
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    names: Vec<String>,
    positions: BTreeMap<String, usize>,
    levels: Vec<Vec<String>>,
    blocks: BTreeMap<usize, Block>,
    probabilities: usize,
}

impl<'a> Reader<'a> {
    fn new(lexer: Lexer<'a>) -> Self {
        Self {
            lexer,
            names: Vec::new(),
            positions: BTreeMap::new(),
            levels: Vec::new(),
            blocks: BTreeMap::new(),
            probabilities: 0,
        }
    }

    fn read(&mut self) -> Result<(), CausalError> {
        while let Some(token) = self.lexer.next()? {
            if token.is("network") {
                while !self.lexer.skip_if("{")? {
                    self.lexer.name("the network's name or `{`")?;
                }
                while !self.lexer.skip_if("}")? {
                    self.property("`property` or `}`")?;
                }
            } else if token.is("variable") {
                self.variable()?;
            } else if token.is("probability") {
                self.probability(token.line)?;
            } else {
                return Err(self.lexer.unexpected(&token, "`network`, `variable` or `probability`"));
            }
        }
        Ok(())
    }

    /// Passes over `property … ;`.
    fn property(&mut self, expected: &str) -> Result<(), CausalError> {
        let token = self.lexer.require(expected)?;
        if !token.is("property") {
            return Err(self.lexer.unexpected(&token, expected));
        }
        while !self.lexer.require("`;`")?.is(";") {}
        Ok(())
    }

    fn variable(&mut self) -> Result<(), CausalError> {
        let name = self.lexer.name("a variable's name")?;
        if self.positions.contains_key(&*name.text) {
            return Err(self.lexer.error(name.line, format!("a second variable is called `{}`", name.text)));
        }
        if self.names.len() == MAX_NODES {
            return Err(self.lexer.error(name.line, format!("more than {MAX_NODES} variables")));
        }
        let mut levels = None;
        self.lexer.expect("{")?;
        while !self.lexer.skip_if("}")? {
            if self.lexer.skip_if("type")? {
                levels = Some(self.levels()?);
            } else {
                self.property("`type`, `property` or `}`")?;
            }
        }
        let Some(levels) = levels else {
            return Err(self.lexer.error(name.line, format!("`{}` has no `type discrete`", name.text)));
        };
        self.positions.insert(name.text.clone().into_owned(), self.names.len());
        self.names.push(name.text.into_owned());
        self.levels.push(levels);
        Ok(())
    }

    /// `discrete [ 2 ] { yes, no };`
    fn levels(&mut self) -> Result<Vec<String>, CausalError> {
        self.lexer.expect("discrete")?;
        self.lexer.expect("[")?;
        let count = self.lexer.name("the number of levels")?;
        self.lexer.expect("]")?;
        self.lexer.expect("{")?;
        let mut levels = Vec::new();
        while !self.lexer.skip_if("}")? {
            levels.push(self.lexer.name("a level or `}`")?.text.into_owned());
            self.lexer.skip_if(",")?;
        }
        self.lexer.expect(";")?;
        if count.text.parse() != Ok(levels.len()) {
            let message =
                format!("`[ {} ]` announces another number than the {} levels", count.text, levels.len());
            return Err(self.lexer.error(count.line, message));
        }
        Ok(levels)
    }

    fn position(&self, name: &Token<'_>) -> Result<usize, CausalError> {
        self.positions.get(&*name.text).copied().ok_or_else(|| {
            self.lexer.error(
                name.line,
                format!("no variable is called `{}`; its `variable` block must come first", name.text),
            )
        })
    }

    fn probability(&mut self, line: usize) -> Result<(), CausalError> {
        self.lexer.expect("(")?;
        let name = self.lexer.name("a variable's name")?;
        let node = self.position(&name)?;
        let mut parents = Vec::new();
        while !self.lexer.skip_if(")")? {
            if !self.lexer.skip_if("|")? && !self.lexer.skip_if(",")? {
                let parent = self.lexer.name("a parent's name or `)`")?;
                let position = self.position(&parent)?;
                if position == node || parents.contains(&position) {
                    let message = format!("`{}` comes twice in this block", parent.text);
                    return Err(self.lexer.error(parent.line, message));
                }
                parents.push(position);
            }
        }
        if self.blocks.contains_key(&node) {
            let message = format!("`{}` has a second `probability` block", name.text);
            return Err(self.lexer.error(name.line, message));
        }
        let probabilities = self.distributions(node, &parents, line)?;
        self.blocks.insert(node, Block { parents, probabilities });
        Ok(())
    }

    fn distributions(
        &mut self,
        node: usize,
        parents: &[usize],
        line: usize,
    ) -> Result<Vec<f64>, CausalError> {
        let width = self.levels[node].len();
        let rows = configurations(&self.levels, parents).ok_or_else(too_large)?;
        let mut whole: Option<Vec<f64>> = None;
        let mut default: Option<Vec<f64>> = None;
        let mut given: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        self.lexer.expect("{")?;
        while !self.lexer.skip_if("}")? {
            if self.lexer.skip_if("table")? {
                let size = rows.checked_mul(width).ok_or_else(too_large)?;
                let read = self.numbers(size)?;
                whole = Some(level_fastest(&read, rows, width));
            } else if self.lexer.skip_if("default")? {
                default = Some(self.numbers(width)?);
            } else if self.lexer.peek_is("(")? {
                let (row, at) = self.configuration(parents)?;
                let numbers = self.numbers(width)?;
                if given.insert(row, numbers).is_some() {
                    return Err(self.lexer.error(at, "this configuration of the parents comes twice"));
                }
            } else {
                self.property("`table`, `default`, `(`, `property` or `}`")?;
            }
        }
        self.assemble(whole, default, given, rows, width, line)
    }

    fn assemble(
        &mut self,
        whole: Option<Vec<f64>>,
        default: Option<Vec<f64>>,
        given: BTreeMap<usize, Vec<f64>>,
        rows: usize,
        width: usize,
        line: usize,
    ) -> Result<Vec<f64>, CausalError> {
        if whole.is_none() && default.is_none() && given.len() != rows {
            let message = format!(
                "{} of {rows} configurations of the parents have a distribution; give the others or a `default`",
                given.len()
            );
            return Err(self.lexer.error(line, message));
        }
        self.probabilities = self.probabilities.saturating_add(rows.saturating_mul(width));
        if self.probabilities > MAX_PROBABILITIES {
            return Err(too_large());
        }
        let mut all = match (whole, default) {
            (Some(whole), _) => whole,
            (None, Some(default)) => default.repeat(rows),
            (None, None) => vec![0.0; rows * width],
        };
        for (row, numbers) in given {
            all[row * width..][..width].copy_from_slice(&numbers);
        }
        Ok(all)
    }

    /// `(yes, no)`: the configuration's position and line.
    fn configuration(&mut self, parents: &[usize]) -> Result<(usize, usize), CausalError> {
        let line = self.lexer.expect("(")?;
        let mut row = 0;
        for &parent in parents {
            let level = self.lexer.name("a parent's level")?;
            let levels = &self.levels[parent];
            let Some(position) = levels.iter().position(|l| *l == level.text) else {
                let message = format!(
                    "`{}` is no level of `{}`, which has: {}",
                    level.text,
                    self.names[parent],
                    levels.join(", ")
                );
                return Err(self.lexer.error(level.line, message));
            };
            row = row * levels.len() + position;
            self.lexer.skip_if(",")?;
        }
        self.lexer.expect(")")?;
        Ok((row, line))
    }

    /// As many numbers as `size`, then `;`.
    fn numbers(&mut self, size: usize) -> Result<Vec<f64>, CausalError> {
        let mut numbers = Vec::new();
        loop {
            let token = self.lexer.require("a probability or `;`")?;
            if token.is(";") {
                if numbers.len() == size {
                    return Ok(numbers);
                }
                let message = format!("{} probabilities stand where {size} are needed", numbers.len());
                return Err(self.lexer.error(token.line, message));
            }
            if token.is(",") {
                continue;
            }
            match token.text.parse::<f64>() {
                Ok(number) if number.is_finite() && numbers.len() < size => numbers.push(number),
                Ok(number) if number.is_finite() => {
                    return Err(self.lexer.error(token.line, format!("more than {size} probabilities")));
                }
                _ => return Err(self.lexer.unexpected(&token, "a probability")),
            }
        }
    }

    fn finish(mut self) -> Result<DiscreteNetwork, CausalError> {
        let mut tables = Vec::with_capacity(self.names.len());
        for (node, name) in self.names.iter().enumerate() {
            let Some(block) = self.blocks.remove(&node) else {
                return Err(CausalError::Data(format!("BIF: `{name}` has no `probability` block; add one")));
            };
            tables.push(ConditionalTable { parents: block.parents, probabilities: block.probabilities });
        }
        DiscreteNetwork::new(self.names, self.levels, tables)
    }
}

/// From the order of `table` (level slowest) to `[configuration × level]`.
fn level_fastest(read: &[f64], rows: usize, width: usize) -> Vec<f64> {
    (0..rows).flat_map(|row| (0..width).map(move |level| read[level * rows + row])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "// a demonstration
network demo { property version 1; }
variable rain { type discrete [ 2 ] { no, yes }; property position = (1, 2); }
variable \"the lawn\" { type discrete [3]{ <5, 5-12, Asy/Patchy }; }
variable wet { type discrete [ 2 ] { no, yes }; }
probability ( rain ) { table 0.8, 0.2; }
probability ( \"the lawn\" ) { table 0.5 0.25 0.25; }
probability ( wet | rain, \"the lawn\" ) {
  default 0.5, 0.5;
  (yes, <5) 0.1, 0.9;
}";

    fn line_of(text: &str) -> String {
        DiscreteNetwork::from_bif(text).unwrap_err().to_string()
    }

    #[test]
    fn blocks_quotes_defaults_and_comments_are_read() {
        let network = DiscreteNetwork::from_bif(TEXT).unwrap();
        assert_eq!(network.dag().names(), ["rain", "the lawn", "wet"]);
        assert_eq!(network.levels(1), ["<5", "5-12", "Asy/Patchy"]);
        assert_eq!(network.distribution(2, &[1, 0]).unwrap(), [0.1, 0.9]);
        assert_eq!(network.distribution(2, &[0, 2]).unwrap(), [0.5, 0.5]);
    }

    #[test]
    fn a_table_with_parents_counts_the_level_slowest() {
        let text = "variable a { type discrete [ 2 ] { x, y }; } variable b { type discrete [ 2 ] { u, v }; }
            probability ( a ) { table 0.5, 0.5; } probability ( b | a ) { table 0.1, 0.4, 0.9, 0.6; }";
        let network = DiscreteNetwork::from_bif(text).unwrap();
        assert_eq!(network.distribution(1, &[0]).unwrap(), [0.1, 0.9]);
        assert_eq!(network.distribution(1, &[1]).unwrap(), [0.4, 0.6]);
    }

    #[test]
    fn what_is_written_reads_back() {
        let network = DiscreteNetwork::from_bif(TEXT).unwrap();
        assert_eq!(DiscreteNetwork::from_bif(&network.to_bif()).unwrap(), network);
    }

    #[test]
    fn errors_name_the_line() {
        let message = line_of(&TEXT.replace("(yes, <5)", "(yes, <6)"));
        assert_eq!(message, "BIF, line 10: `<6` is no level of `the lawn`, which has: <5, 5-12, Asy/Patchy");
        let message = line_of(&TEXT.replace("default 0.5, 0.5;", ""));
        assert!(message.starts_with("BIF, line 8: 1 of 6 configurations"), "{message}");
        let message = line_of(&TEXT.replace("wet | rain", "wet | snow"));
        assert!(message.starts_with("BIF, line 8: no variable is called `snow`"), "{message}");
        let message = line_of(&TEXT.replace("0.8, 0.2", "0.8, much"));
        assert_eq!(message, "BIF, line 6: `much` stands where a probability is expected");
        let message = line_of(&TEXT.replace("[3]", "[4]"));
        assert!(message.starts_with("BIF, line 4: `[ 4 ]` announces"), "{message}");
    }

    #[test]
    fn a_product_of_levels_too_large_is_refused_before_it_is_stored() {
        let levels: Vec<String> = (0..300).map(|i| i.to_string()).collect();
        let mut text = String::new();
        for name in ["a", "b", "c", "d"] {
            text += &format!("variable {name} {{ type discrete [ 300 ] {{ {} }}; }}\n", levels.join(","));
        }
        text += "probability ( a | b, c, d ) { default 1.0; }";
        assert!(line_of(&text).contains("more than"));
    }

    proptest! {
        #[test]
        fn no_change_of_a_text_panics(at in 0..TEXT.len(), cut in 0..40usize, put in ".{0,4}") {
            let tail = TEXT.get(at + cut..).unwrap_or("");
            let _ = DiscreteNetwork::from_bif(&format!("{}{put}{tail}", &TEXT[..at]));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = DiscreteNetwork::from_bif(&String::from_utf8_lossy(&bytes));
        }
    }
}
