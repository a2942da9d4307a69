//! One entry to all methods: a table goes in, a graph with notes on its edges comes out.

use super::bootstrap::{BootstrapOptions, bootstrap};
use super::boss::{BossConfig, boss};
use super::dagma::{DagmaConfig, dagma};
use super::fci::{FciConfig, fci};
use super::ges::{GesConfig, ges};
use super::lingam::{LingamConfig, direct_lingam};
use super::pc::{PcConfig, pc};
use crate::graph::format::{Document, EdgeNote};
use crate::independence::{CountStatistic, CountTest, DegenerateGaussian, FisherZ, IndependenceTest};
use crate::score::{Bdeu, BdeuPriors, DegenerateGaussianBic, GaussianBic, LocalScore};
use crate::{CausalError, Dag, Graph, Knowledge, Table};

/// A way to find a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Tests of conditional independence: G² for categories, Fisher's z for numbers, a degenerate
    /// Gaussian model for both mixed.
    Pc,
    /// As PC, but where common causes may be hidden: the graph has circles and two-headed arrows.
    Fci,
    /// Greedy search over classes of graphs by a score: BDeu for categories, BIC of linear models for
    /// numbers or both mixed.
    Ges,
    /// Search over orders of the variables by the same scores.
    Boss,
    /// The order of linear models with noise that is not Gaussian; numbers only.
    DirectLingam,
    /// Continuous optimisation of a linear model; numbers only.
    Dagma,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 6] = [Self::Pc, Self::Fci, Self::Ges, Self::Boss, Self::DirectLingam, Self::Dagma];

    /// A short name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pc => "pc",
            Self::Fci => "fci",
            Self::Ges => "ges",
            Self::Boss => "boss",
            Self::DirectLingam => "lingam",
            Self::Dagma => "dagma",
        }
    }

    /// Whether it works on numbers only.
    pub fn needs_numbers(self) -> bool {
        matches!(self, Self::DirectLingam | Self::Dagma)
    }
}

/// Settings of [`search`].
#[derive(Clone, Debug, PartialEq)]
pub struct SearchOptions {
    /// Independent when the p-value is above this (methods that test). Default: 0.01.
    pub alpha: f64,
    /// The most variables that are conditioned on (methods that test). Default: no limit.
    pub max_given: Option<usize>,
    /// Seed of what is random.
    pub seed: u64,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self { alpha: 0.01, max_given: None, seed: 0 }
    }
}

/// A graph that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The graph with what is known of each edge.
    pub document: Document,
    /// What stands against it, in words.
    pub warnings: Vec<String>,
}

/// Finds a graph. Rows with missing values are left out, and counted in the warnings; exact copies and linear
/// functions of other columns are refused by name, as no data can tell them apart.
///
/// # Errors
/// [`CausalError::Data`] for columns that are constant, copies or collinear, too few rows, or of a kind that the method
/// does not take; [`CausalError::Knowledge`]; and those of the method.
pub fn search(
    table: &Table,
    knowledge: &Knowledge,
    method: Method,
    options: &SearchOptions,
) -> Result<Found, CausalError> {
    let mut warnings = table.check_for_discovery()?;
    let complete = table.complete_rows();
    if complete.rows() < table.rows() {
        warnings.push(format!("{} rows with missing values are left out", table.rows() - complete.rows()));
    }
    let document = match method {
        Method::Pc => by_tests(&complete, knowledge, options, &mut warnings)?,
        Method::Fci => {
            let config =
                FciConfig { alpha: options.alpha, max_given: options.max_given, ..FciConfig::default() };
            Document::from(fci(&complete.names(), test_for(&complete)?.as_ref(), knowledge, &config)?.graph)
        }
        Method::Boss => {
            let score = score_for(&complete)?;
            let config = BossConfig { seed: options.seed, ..BossConfig::default() };
            Document::from(boss(&complete.names(), score.as_ref(), knowledge, &config)?.graph)
        }
        Method::Ges => {
            let score = score_for(&complete)?;
            Document::from(ges(&complete.names(), score.as_ref(), knowledge, &GesConfig::default())?.graph)
        }
        Method::DirectLingam => {
            let found = direct_lingam(&complete, knowledge, &LingamConfig::default())?;
            weighted(&found.dag, |a, b| found.weights[(a, b)])
        }
        Method::Dagma => {
            let found = dagma(&complete, knowledge, &DagmaConfig::default())?;
            let names = complete.names();
            warnings.extend(found.closing_cycles.iter().map(|&(a, b)| {
                format!("`{}` → `{}` was left out: it would close a cycle", names[a], names[b])
            }));
            weighted(&found.dag, |a, b| found.weights[(a, b)])
        }
    };
    Ok(Found { document, warnings })
}

/// The test that suits a table: [`FisherZ`] for numbers, G² for categories, [`DegenerateGaussian`] for both mixed.
///
/// # Errors
/// Those of the test.
pub fn test_for(table: &Table) -> Result<Box<dyn IndependenceTest>, CausalError> {
    if table.is_continuous() {
        Ok(Box::new(FisherZ::new(table)?))
    } else if table.is_categorical() {
        Ok(Box::new(CountTest::new(table, CountStatistic::GSquare)?))
    } else {
        Ok(Box::new(DegenerateGaussian::new(table)?))
    }
}

/// The score that suits a table: [`GaussianBic`] for numbers, [`Bdeu`] for categories, [`DegenerateGaussianBic`] for
/// both mixed.
///
/// # Errors
/// Those of the score.
pub fn score_for(table: &Table) -> Result<Box<dyn LocalScore>, CausalError> {
    if table.is_continuous() {
        Ok(Box::new(GaussianBic::new(table, 0.5)?))
    } else if table.is_categorical() {
        // A prior of the number of parents needs two others at least.
        let default = BdeuPriors::default();
        let expected_parents = default.expected_parents.filter(|_| table.width() > 2);
        Ok(Box::new(Bdeu::new(table, BdeuPriors { expected_parents, ..default })?))
    } else {
        Ok(Box::new(DegenerateGaussianBic::new(table, 0.5)?))
    }
}

/// As [`search`], with the confidence of each edge from so many resamples: the share of them that have it as it is.
///
/// # Errors
/// As [`search`] and [`bootstrap`].
pub fn search_with_confidence(
    table: &Table,
    knowledge: &Knowledge,
    method: Method,
    options: &SearchOptions,
    repetitions: usize,
) -> Result<Found, CausalError> {
    let mut found = search(table, knowledge, method, options)?;
    let settings = BootstrapOptions { repetitions, seed: options.seed };
    let shares = bootstrap(table, &settings, &|resample, number| {
        let options = SearchOptions { seed: options.seed.wrapping_add(number), ..options.clone() };
        Ok(search(resample, knowledge, method, &options)?.document.graph)
    })?;
    if shares.refused > 0 {
        found.warnings.push(format!("{} of {repetitions} resamples were refused", shares.refused));
    }
    let graph = &found.document.graph;
    for (a, b) in graph.edges() {
        // Circles and two-headed arrows are not told apart in the counts: for those the share is that of adjacency.
        let share = if graph.is_directed(a, b) {
            shares.directed(a, b)
        } else if graph.is_undirected(a, b) {
            shares.undirected(a, b)
        } else {
            shares.adjacent(a, b)
        };
        let note = found.document.notes.entry((a, b)).or_default();
        note.confidence = Some(share);
        let told = format!("adjacent in {:.0} % of resamples", 100.0 * shares.adjacent(a, b));
        note.label = Some(note.label.take().map_or_else(|| told.clone(), |l| format!("{l}; {told}")));
    }
    Ok(found)
}

fn by_tests(
    table: &Table,
    knowledge: &Knowledge,
    options: &SearchOptions,
    warnings: &mut Vec<String>,
) -> Result<Document, CausalError> {
    let config = PcConfig { alpha: options.alpha, max_given: options.max_given, ..PcConfig::default() };
    let found = pc(&table.names(), test_for(table)?.as_ref(), knowledge, &config)?;
    warnings.extend(
        found.conflicts.iter().take(5).map(|c| format!("tests contradict each other: no collider {c}")),
    );
    if found.conflicts.len() > 5 {
        warnings.push(format!("… and {} more", found.conflicts.len() - 5));
    }
    let mut document = Document::from(found.graph);
    for (a, b) in document.graph.edges() {
        let label = match found.skeleton.p_values.get(&(a.min(b), a.max(b))) {
            Some(p) => format!("largest p-value {p:.1e}"),
            None => "required".to_owned(),
        };
        document.notes.insert((a, b), EdgeNote { label: Some(label), ..EdgeNote::default() });
    }
    Ok(document)
}

fn weighted(dag: &Dag, weight: impl Fn(usize, usize) -> f64) -> Document {
    let graph: Graph = dag.to_graph();
    let note = |(a, b): (usize, usize)| {
        let weight = weight(a, b);
        (
            (a, b),
            EdgeNote { weight: Some(weight), label: Some(format!("weight {weight:.3}")), confidence: None },
        )
    };
    let notes = dag.edges().into_iter().map(note).collect();
    Document { graph, notes }
}
