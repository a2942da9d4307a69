//! Linear models with additive noise.

use super::Noise;
use crate::{CausalError, Dag, Table};
use faer::Mat;
use rand::Rng;

/// Where absolute weights are drawn from; the sign is random.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightRange {
    /// Smallest absolute weight.
    pub low: f64,
    /// Largest absolute weight.
    pub high: f64,
}

impl Default for WeightRange {
    /// 0.5 to 2, as usual for simulated graphs.
    fn default() -> Self {
        Self { low: 0.5, high: 2.0 }
    }
}

/// x_j = Σ_i weights[(i, j)] x_i + scale_j · noise_j.
#[derive(Clone, Debug)]
pub struct LinearModel {
    /// The graph.
    pub dag: Dag,
    /// Variables x variables: `weights[(cause, effect)]`.
    pub weights: Mat<f64>,
    /// The distribution of all noise terms.
    pub noise: Noise,
    /// Standard deviation of each variable's noise.
    pub scales: Vec<f64>,
}

impl LinearModel {
    /// Random weights on the edges of a graph, noise of standard deviation 1.
    ///
    /// # Errors
    /// [`CausalError::Argument`] unless 0 < low < high.
    pub fn random(
        dag: Dag,
        range: WeightRange,
        noise: Noise,
        rng: &mut impl Rng,
    ) -> Result<Self, CausalError> {
        if !(range.low > 0.0 && range.high > range.low && range.high.is_finite()) {
            return Err(CausalError::Argument(format!(
                "weights from {} to {}: 0 < low < high is needed",
                range.low, range.high
            )));
        }
        let mut weights = Mat::zeros(dag.len(), dag.len());
        for (cause, effect) in dag.edges() {
            let size = rng.random_range(range.low..range.high);
            weights[(cause, effect)] = if rng.random_bool(0.5) { size } else { -size };
        }
        let scales = vec![1.0; dag.len()];
        Ok(Self { dag, weights, noise, scales })
    }

    /// Samples, in the units of the model. Take [`super::standardised`] of them where a method could gain from scales.
    ///
    /// # Errors
    /// None for a model whose parts agree in size.
    pub fn sample(&self, rows: usize, rng: &mut impl Rng) -> Result<Table, CausalError> {
        let mut columns = vec![Vec::new(); self.dag.len()];
        for node in self.dag.topological_order() {
            let mut values: Vec<f64> =
                (0..rows).map(|_| self.scales[node] * self.noise.sample(rng)).collect();
            for &parent in self.dag.parents(node) {
                let weight = self.weights[(parent, node)];
                for (v, p) in values.iter_mut().zip::<&Vec<f64>>(&columns[parent]) {
                    *v += weight * p;
                }
            }
            columns[node] = values;
        }
        Table::from_continuous(self.dag.names().iter().cloned().zip(columns))
    }
}
