//! DAGMA: a directed acyclic graph by continuous optimisation with a log-determinant that keeps cycles out.
//!
//! Bello, Aragam and Ravikumar, "DAGMA: Learning DAGs via M-matrices and a log-determinant acyclicity
//! characterization", NeurIPS 2022; objective, schedule and defaults are those of the authors' package dagma 1.1.1.
//! Its least-squares loss gains from variances that grow along the causal order (Reisach, Seiler and Weichwald 2021);
//! so columns are standardised unless told otherwise.

mod descent;
mod loss;
mod square;

use crate::discovery::continuous_samples::ContinuousSamples;
use crate::{CausalError, Dag, Knowledge, Table};
use descent::Descent;
use faer::Mat;
use loss::Loss;
use square::Square;

/// What the graph is to explain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DagmaLoss {
    /// Continuous columns, least squares.
    LeastSquares,
    /// Columns of 0 and 1 (or of two levels), logistic regression.
    Logistic,
}

/// Settings of [`dagma`].
#[derive(Clone, Debug, PartialEq)]
pub struct DagmaConfig {
    /// The loss.
    pub loss: DagmaLoss,
    /// Whether columns are brought to variance 1 first (least squares only). `threshold` and `lambda1` then mean
    /// standardised weights.
    pub standardise: bool,
    /// Weight of the sum of absolute weights.
    pub lambda1: f64,
    /// Absolute weights below this are no edges.
    pub threshold: f64,
    /// One stage of the central path for each value of s, which bounds the domain: sI − W∘W is an M-matrix.
    pub s: Vec<f64>,
    /// Weight μ of loss and penalty in the first stage.
    pub mu: f64,
    /// Factor of μ from stage to stage.
    pub mu_factor: f64,
    /// Most iterations in a stage that is not the last.
    pub stage_iterations: usize,
    /// Most iterations in the last stage.
    pub last_iterations: usize,
    /// Learning rate of Adam.
    pub learning_rate: f64,
    /// Decay of Adam's first and second moment.
    pub beta: [f64; 2],
    /// Iterations between two looks at the objective.
    pub checkpoint: usize,
    /// A stage ends when the objective changes relatively by less than this between two looks.
    pub tolerance: f64,
}

impl Default for DagmaConfig {
    /// The defaults of dagma 1.1.1, on standardised columns.
    fn default() -> Self {
        Self {
            loss: DagmaLoss::LeastSquares,
            standardise: true,
            lambda1: 0.03,
            threshold: 0.3,
            s: vec![1.0, 0.9, 0.8, 0.7, 0.6],
            mu: 1.0,
            mu_factor: 0.1,
            stage_iterations: 30_000,
            last_iterations: 60_000,
            learning_rate: 3e-4,
            beta: [0.99, 0.999],
            checkpoint: 1000,
            tolerance: 1e-6,
        }
    }
}

/// What [`dagma`] found.
#[derive(Clone, Debug)]
pub struct DagmaResult {
    /// Variables x variables: `weights[(cause, effect)]` in the columns' units, 0 where there is no edge.
    pub weights: Mat<f64>,
    /// The edges whose weight reaches the threshold, without those that would close a cycle.
    pub dag: Dag,
    /// Edges that reach the threshold but would close a cycle of larger weights; empty when the method converged.
    pub closing_cycles: Vec<(usize, usize)>,
    /// −log det(I − W∘W) before the threshold; 0 for a graph without cycles.
    pub cyclicity: f64,
    /// The loss before the threshold.
    pub loss: f64,
    /// Iterations in all stages.
    pub iterations: usize,
}

/// DAGMA on a table.
///
/// Forbidden edges are held at 0. Required edges are rewarded instead of penalised, as in dagma, and are in the graph
/// whatever their weight.
///
/// # Errors
/// [`CausalError::Data`] for missing, constant or collinear columns, too few rows, and columns that do not fit the
/// loss; [`CausalError::Knowledge`] for knowledge that contradicts itself; [`CausalError::Argument`] for a setting out
/// of range.
pub fn dagma(table: &Table, knowledge: &Knowledge, config: &DagmaConfig) -> Result<DagmaResult, CausalError> {
    config.check()?;
    let names = table.names();
    knowledge.check(&names)?;
    let size = table.width();
    let (loss, units) = match config.loss {
        DagmaLoss::LeastSquares => {
            let samples = ContinuousSamples::new(table)?;
            let unit = |i: usize| if config.standardise { samples.covariance[(i, i)].sqrt() } else { 1.0 };
            (Loss::least_squares(&samples, config.standardise), (0..size).map(unit).collect())
        }
        DagmaLoss::Logistic => (Loss::logistic(&binary_columns(table)?), vec![1.0; size]),
    };
    let mask = Square::from_fn(size, |i, j| f64::from(u8::from(!knowledge.forbids(i, j))));
    let penalty = Square::from_fn(size, |i, j| if knowledge.requires(i, j) { -1.0 } else { 1.0 });
    let minimum = Descent { config, loss, mask, penalty }.run();
    let mut edges: Vec<(usize, usize, f64)> = Vec::new();
    for i in 0..size {
        for j in (0..size).filter(|&j| j != i) {
            let weight = minimum.weights.get(i, j);
            if weight.abs() >= config.threshold && weight != 0.0 || knowledge.requires(i, j) {
                edges.push((i, j, weight));
            }
        }
    }
    let rank = |e: &(usize, usize, f64)| (!knowledge.requires(e.0, e.1), -e.2.abs());
    edges.sort_by(|a, b| {
        let (a, b) = (rank(a), rank(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let mut dag = Dag::new(names)?;
    let (mut weights, mut closing_cycles) = (Mat::zeros(size, size), Vec::new());
    for (i, j, weight) in edges {
        match dag.add_edge(i, j) {
            Ok(()) => weights[(i, j)] = weight * units[j] / units[i],
            Err(CausalError::Cycle(_)) => closing_cycles.push((i, j)),
            Err(other) => return Err(other),
        }
    }
    closing_cycles.sort_unstable();
    let descent::Minimum { cyclicity, loss, iterations, .. } = minimum;
    Ok(DagmaResult { weights, dag, closing_cycles, cyclicity, loss, iterations })
}

impl DagmaConfig {
    fn check(&self) -> Result<(), CausalError> {
        let positive = [
            ("mu", self.mu),
            ("mu_factor", self.mu_factor),
            ("learning_rate", self.learning_rate),
            ("tolerance", self.tolerance),
        ];
        for (name, value) in positive {
            if !(value.is_finite() && value > 0.0) {
                return Err(CausalError::Argument(format!("{name} must be greater than 0, not {value}")));
            }
        }
        for (name, value) in [("lambda1", self.lambda1), ("threshold", self.threshold)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(CausalError::Argument(format!("{name} must be 0 or more, not {value}")));
            }
        }
        if self.s.is_empty() || self.s.iter().any(|s| !(s.is_finite() && *s > 0.0)) {
            return Err(CausalError::Argument("s needs at least one value, all greater than 0".into()));
        }
        if self.beta.iter().any(|b| !(0.0..1.0).contains(b)) {
            return Err(CausalError::Argument("beta must be at least 0 and less than 1".into()));
        }
        if self.checkpoint == 0 {
            return Err(CausalError::Argument("checkpoint must be at least 1".into()));
        }
        Ok(())
    }
}

/// Columns of 0 and 1 only, both present.
fn binary_columns(table: &Table) -> Result<Vec<Vec<f64>>, CausalError> {
    let column = |column: &crate::Column| {
        let values = column.as_numbers();
        if values.iter().any(|&v| v != 0.0 && v != 1.0) {
            return Err(CausalError::Data(format!(
                "column `{}` has values other than 0 and 1, which the logistic loss needs",
                column.name
            )));
        }
        if values.iter().all(|&v| v == 0.0) || values.iter().all(|&v| v == 1.0) {
            return Err(CausalError::Data(format!("column `{}` is constant; leave it out", column.name)));
        }
        Ok(values)
    };
    table.columns().iter().map(column).collect()
}
