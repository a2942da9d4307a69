//! Non-linear models with additive noise.

use super::{FunctionFamily, Noise, RandomFunction};
use crate::{CausalError, Dag, Table};
use rand::Rng;

/// x_j = f_j(parents of j) + scale · noise_j. Each f_j(…) is brought to mean 0 and variance 1 on the sample, so that
/// variances do not grow along the order.
#[derive(Clone, Debug)]
pub struct NonlinearModel {
    /// The graph.
    pub dag: Dag,
    /// For each variable its function; `None` for one without parents.
    pub functions: Vec<Option<RandomFunction>>,
    /// The distribution of all noise terms.
    pub noise: Noise,
    /// Standard deviation of the noise of variables with parents; others have 1.
    pub scale: f64,
}

impl NonlinearModel {
    /// Random functions on a graph.
    ///
    /// # Errors
    /// [`CausalError::Argument`] for a scale that is not positive.
    pub fn random(
        dag: Dag,
        family: FunctionFamily,
        noise: Noise,
        scale: f64,
        rng: &mut impl Rng,
    ) -> Result<Self, CausalError> {
        if !(scale.is_finite() && scale > 0.0) {
            return Err(CausalError::Argument(format!("scale must be greater than 0, not {scale}")));
        }
        let mut functions = Vec::with_capacity(dag.len());
        for node in 0..dag.len() {
            let inputs = dag.parents(node).len();
            functions.push((inputs > 0).then(|| RandomFunction::draw(family, inputs, rng)));
        }
        Ok(Self { dag, functions, noise, scale })
    }

    /// Samples.
    ///
    /// # Errors
    /// None for a model whose parts agree in size.
    pub fn sample(&self, rows: usize, rng: &mut impl Rng) -> Result<Table, CausalError> {
        let mut columns: Vec<Vec<f64>> = vec![Vec::new(); self.dag.len()];
        for node in self.dag.topological_order() {
            let parents: Vec<&[f64]> =
                self.dag.parents(node).iter().map(|&p| columns[p].as_slice()).collect();
            let values = match &self.functions[node] {
                None => (0..rows).map(|_| self.noise.sample(rng)).collect(),
                Some(function) => {
                    let signal = unit_variance(function.apply(&parents));
                    signal.into_iter().map(|s| s + self.scale * self.noise.sample(rng)).collect()
                }
            };
            columns[node] = values;
        }
        Table::from_continuous(self.dag.names().iter().cloned().zip(columns))
    }
}

/// Mean 0 and variance 1; values without variance become 0.
pub(super) fn unit_variance(values: Vec<f64>) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    let scale = if variance > 0.0 { 1.0 / variance.sqrt() } else { 0.0 };
    values.into_iter().map(|v| (v - mean) * scale).collect()
}
