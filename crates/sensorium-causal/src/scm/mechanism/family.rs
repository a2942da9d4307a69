//! Families of mechanisms, and how each is fitted.

use super::encoding::{encode, slices};
use super::{Discrete, LogScale, Mechanism, Noise, Numeric, Probabilities, logistic};
use crate::CausalError;
use crate::regress::{Additive, BoostedTrees, Fitted, Regressor, Ridge, folds, take_rows};
use serde::{Deserialize, Serialize};

/// A family of mechanisms; within numeric and within categorical ones, from simple to complex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// A numeric variable without parents: the values that were seen.
    Root,
    /// A weighted sum of the parents plus noise.
    Linear,
    /// The same, and the logarithm of the noise's scale is a weighted sum too.
    LinearScale,
    /// A smooth curve for each parent, plus noise.
    Curves,
    /// The same, and the logarithm of the noise's scale is a sum of curves too.
    CurvesScale,
    /// Boosted trees plus noise.
    Trees,
    /// The same, and the logarithm of the noise's scale is a sum of curves.
    TreesScale,
    /// A categorical variable of categorical parents: a table of probabilities.
    Table,
    /// A categorical variable by multinomial logistic regression.
    Logistic,
    /// A categorical variable by boosted trees.
    ClassTrees,
}

/// Complete samples of a variable and its parents.
pub(crate) struct Sample {
    pub(crate) values: Vec<f64>,
    pub(crate) parents: Vec<Vec<f64>>,
    pub(crate) levels: Option<usize>,
    pub(crate) parent_levels: Vec<Option<usize>>,
}

/// Rows below which trees are not tried.
const TREE_ROWS: usize = 60;
/// Cells of the largest table that is tried.
const TABLE_CELLS: usize = 1 << 20;

impl Sample {
    /// Some of the rows.
    pub(crate) fn take(&self, rows: &[usize]) -> Self {
        let parents: Vec<&[f64]> = self.parents();
        Self {
            values: rows.iter().map(|&r| self.values[r]).collect(),
            parents: take_rows(&parents, rows),
            levels: self.levels,
            parent_levels: self.parent_levels.clone(),
        }
    }

    pub(crate) fn parents(&self) -> Vec<&[f64]> {
        self.parents.iter().map(Vec::as_slice).collect()
    }

    /// Families that can be fitted on these samples, from simple to complex.
    pub(crate) fn families(&self) -> Vec<Family> {
        let enough = self.values.len() >= TREE_ROWS;
        match (self.levels, self.parents.is_empty()) {
            (None, true) => vec![Family::Root],
            (Some(_), true) => vec![Family::Table],
            (None, false) => {
                let mut all = vec![Family::Linear, Family::LinearScale];
                if self.parent_levels.contains(&None) {
                    all.extend([Family::Curves, Family::CurvesScale]);
                }
                if enough {
                    all.extend([Family::Trees, Family::TreesScale]);
                }
                all
            }
            (Some(levels), false) => {
                let cells = self
                    .parent_levels
                    .iter()
                    .try_fold(levels, |cells, l| l.and_then(|l| cells.checked_mul(l)));
                let mut all = Vec::new();
                if cells.is_some_and(|c| c <= TABLE_CELLS) {
                    all.push(Family::Table);
                }
                all.push(Family::Logistic);
                if enough && levels > 1 {
                    all.push(Family::ClassTrees);
                }
                all
            }
        }
    }
}

impl Family {
    /// The families' names as in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Linear => "linear",
            Self::LinearScale => "linear_scale",
            Self::Curves => "curves",
            Self::CurvesScale => "curves_scale",
            Self::Trees => "trees",
            Self::TreesScale => "trees_scale",
            Self::Table => "table",
            Self::Logistic => "logistic",
            Self::ClassTrees => "class_trees",
        }
    }

    /// Fits a mechanism of this family.
    pub(crate) fn fit(self, sample: &Sample, seed: u64) -> Result<Mechanism, CausalError> {
        if let Some(levels) = sample.levels {
            let probabilities = self.probabilities(sample, levels, seed)?;
            let parents = sample.parent_levels.clone();
            return Ok(Mechanism::Discrete(Discrete { levels, probabilities, parents }));
        }
        if self == Self::Root {
            return Ok(Mechanism::Numeric(Numeric::root(Noise::empirical(sample.values.clone()))));
        }
        let mut numeric = self.location_scale(sample, seed)?;
        let residuals = match self {
            // Trees come too close to the rows they were grown on; their noise is that on other rows.
            Self::Trees | Self::TreesScale => self.held_out_noise(sample, seed)?,
            _ => numeric.noise_of(&sample.values, &sample.parents()),
        };
        numeric.noise = Noise::empirical(residuals);
        Ok(Mechanism::Numeric(numeric))
    }

    fn held_out_noise(self, sample: &Sample, seed: u64) -> Result<Vec<f64>, CausalError> {
        let rows = sample.values.len();
        let part = folds(rows, 3, seed);
        let mut noise = Vec::with_capacity(rows);
        for fold in 0..3 {
            let (held, kept): (Vec<usize>, Vec<usize>) = (0..rows).partition(|&r| part[r] == fold);
            let test = sample.take(&held);
            let fitted = self.location_scale(&sample.take(&kept), seed)?;
            noise.extend(fitted.noise_of(&test.values, &test.parents()));
        }
        let (mean, _) = crate::regress::moments(&noise);
        noise.iter_mut().for_each(|e| *e -= mean);
        Ok(noise)
    }

    /// Mean and scale; the noise is left standard.
    pub(super) fn location_scale(self, sample: &Sample, seed: u64) -> Result<Numeric, CausalError> {
        let parents = sample.parents();
        let features = encode(&parents, &sample.parent_levels);
        let features = slices(&features);
        let mean = match self {
            Self::Curves | Self::CurvesScale => Additive::default().fit(&features, &sample.values)?,
            Self::Trees | Self::TreesScale => trees(seed).fit(&features, &sample.values)?,
            _ => Ridge::default().fit(&features, &sample.values)?,
        };
        let log_scale = match self {
            Self::LinearScale | Self::CurvesScale | Self::TreesScale => {
                Some(self.log_scale(&mean, &features, &sample.values)?)
            }
            _ => None,
        };
        let noise = Noise::Gaussian { deviation: 1.0 };
        Ok(Numeric { mean, log_scale, noise, parents: sample.parent_levels.clone() })
    }

    /// Regresses the logarithm of the residuals' size; its bounds are those on the rows it was fitted on.
    fn log_scale(self, mean: &Fitted, features: &[&[f64]], values: &[f64]) -> Result<LogScale, CausalError> {
        let predicted = mean.predict(features);
        let squares: Vec<f64> = values.iter().zip(&predicted).map(|(v, m)| (v - m).powi(2)).collect();
        let typical = squares.iter().sum::<f64>() / squares.len() as f64;
        // Without a floor a residual that happens to be zero would pull without bound.
        let floor = (1e-4 * typical).max(f64::MIN_POSITIVE);
        let logs: Vec<f64> = squares.iter().map(|s| 0.5 * (s + floor).ln()).collect();
        let model = match self {
            Self::LinearScale => Ridge { penalty: 0.01 }.fit(features, &logs)?,
            _ => Additive { knots: 6, ..Additive::default() }.fit(features, &logs)?,
        };
        let fitted = model.predict(features);
        let (low, high) =
            fitted.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        Ok(LogScale { model, low, high })
    }

    fn probabilities(self, sample: &Sample, levels: usize, seed: u64) -> Result<Probabilities, CausalError> {
        let parents = sample.parents();
        if self == Self::Table {
            return Ok(Probabilities::Table { log: table(sample, levels) });
        }
        let features = encode(&parents, &sample.parent_levels);
        let features = slices(&features);
        if self == Self::Logistic {
            return Ok(Probabilities::Logistic { scores: logistic::fit(&features, &sample.values, levels)? });
        }
        let classes: Vec<u32> = sample.values.iter().map(|v| *v as u32).collect();
        Ok(Probabilities::Trees { trees: trees(seed).fit_classes(&features, &classes, levels)? })
    }
}

fn trees(seed: u64) -> BoostedTrees {
    BoostedTrees {
        max_leaves: 12,
        max_depth: 5,
        min_leaf_rows: 15,
        rounds: 200,
        seed,
        ..BoostedTrees::default()
    }
}

/// Logarithms of smoothed shares. The prior of a combination of parents' levels is the estimate without
/// the last parent, with the weight of one row; that of none is even.
fn table(sample: &Sample, levels: usize) -> Vec<f64> {
    let mut prior = vec![1.0 / levels as f64; levels];
    let widths: Vec<usize> = sample.parent_levels.iter().map(|l| l.unwrap_or(1)).collect();
    for used in 0..=widths.len() {
        let cells: usize = widths[..used].iter().product();
        let mut counts = vec![0.0; cells * levels];
        for (row, value) in sample.values.iter().enumerate() {
            let at = (0..used).fold(0, |at, p| at * widths[p] + sample.parents[p][row] as usize);
            counts[at * levels + *value as usize] += 1.0;
        }
        let fan = if used == 0 { 1 } else { widths[used - 1] };
        let next = |cell: usize| {
            let own = &counts[cell * levels..(cell + 1) * levels];
            let before = &prior[cell / fan * levels..(cell / fan + 1) * levels];
            let total = own.iter().sum::<f64>() + 1.0;
            own.iter().zip(before).map(|(c, p)| (c + p) / total).collect::<Vec<f64>>()
        };
        prior = (0..cells).flat_map(next).collect();
    }
    prior.into_iter().map(f64::ln).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_combination_never_seen_falls_back_to_the_first_parents() {
        let sample = Sample {
            values: vec![1.0, 1.0, 1.0, 0.0],
            parents: vec![vec![0.0, 0.0, 0.0, 1.0], vec![0.0; 4]],
            levels: Some(2),
            parent_levels: vec![Some(2), Some(2)],
        };
        let log = table(&sample, 2);
        // First parent 0: (3 + prior) / 4 with prior (3 + ½) / 5; second parent 1 was never seen.
        let first = (3.0 + 3.5 / 5.0) / 4.0;
        assert!((log[3].exp() - first).abs() < 1e-12);
        let sum: f64 = log[..2].iter().map(|l| l.exp()).sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
}
