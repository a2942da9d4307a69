//! Learning the mechanisms of a given graph from a table.

use super::mechanism::{Sample, choose};
use super::{Choice, Family, Mechanism, StructuralCausalModel, Variable};
use crate::regress::Ridge;
use crate::table::MISSING;
use crate::{CausalError, Dag, Table, Values};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How a model is fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FitOptions {
    /// Parts for cross-validation.
    pub folds: usize,
    /// Families that may be chosen; `None` allows all.
    pub candidates: Option<Vec<Family>>,
    /// Families of some variables, by name, that are not to be chosen but taken.
    pub families: BTreeMap<String, Family>,
    /// Draws parts, and rows within trees.
    pub seed: u64,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { folds: 5, candidates: None, families: BTreeMap::new(), seed: 0 }
    }
}

/// Complete rows of a variable and its parents that are needed at least.
const LEAST_ROWS: usize = 8;

impl StructuralCausalModel {
    /// Fits a mechanism to each node of a graph whose nodes are columns of a table. Each node is learned from
    /// the rows in which it and its parents are all there.
    ///
    /// # Errors
    /// A node that is no column, a column that is constant or infinite, too few complete rows, parents
    /// whose effects cannot be told apart, a named family that does not suit its variable.
    pub fn fit(table: &Table, dag: &Dag, options: &FitOptions) -> Result<Self, CausalError> {
        if options.folds < 2 {
            return Err(CausalError::Argument("cross-validation needs two folds or more".into()));
        }
        for name in options.families.keys() {
            dag.index_of(name)?;
        }
        let columns = dag.names().iter().map(|n| table.index_of(n)).collect::<Result<Vec<_>, _>>()?;
        let table = table.select(&columns);
        table.columns().iter().try_for_each(varies)?;
        let variables: Vec<Variable> = table.columns().iter().map(Variable::of).collect::<Result<_, _>>()?;
        let fitted: Vec<(Mechanism, Choice)> = (0..dag.len())
            .into_par_iter()
            .map(|node| fit_node(&table, dag, &variables, node, options))
            .collect::<Result<_, _>>()?;
        let (mechanisms, choices) = fitted.into_iter().unzip();
        Ok(Self { variables, dag: dag.clone(), mechanisms, choices, order: dag.topological_order() })
    }

    /// The same graph and families with mechanisms learned anew from another table of the same columns,
    /// for the nodes asked for; other nodes keep theirs.
    ///
    /// # Errors
    /// As [`Self::fit`]; columns that are not the model's.
    pub fn refit(&self, table: &Table, nodes: &[usize], seed: u64) -> Result<Self, CausalError> {
        let table = self.align(table)?;
        let mut model = self.clone();
        for &node in nodes {
            let sample = complete_rows(&table, &self.dag, &self.variables, node)?;
            model.mechanisms[node] = self.choices[node].family.fit(&sample, seed)?;
        }
        Ok(model)
    }

    /// The model's columns of a table, in the model's order.
    ///
    /// # Errors
    /// A column that is not there, is of another kind or has other levels.
    pub fn align(&self, table: &Table) -> Result<Table, CausalError> {
        let mut positions = Vec::with_capacity(self.variables.len());
        for variable in &self.variables {
            let position = table.index_of(&variable.name).map_err(|_| {
                CausalError::Data(format!(
                    "the model was fitted on other columns: it needs `{}`; the table has {}",
                    variable.name,
                    table.names().join(", ")
                ))
            })?;
            let same = match (&table.column(position).values, &variable.domain) {
                (Values::Continuous(_), super::Domain::Continuous { .. }) => true,
                (Values::Categorical { levels, .. }, super::Domain::Categorical { levels: own }) => {
                    levels == own
                }
                _ => false,
            };
            if !same {
                return Err(CausalError::Data(format!(
                    "column `{}` is of another kind or has other levels than in the model",
                    variable.name
                )));
            }
            positions.push(position);
        }
        Ok(table.select(&positions))
    }
}

/// That a column has more than one value.
fn varies(column: &crate::Column) -> Result<(), CausalError> {
    let numbers = column.as_numbers();
    let mut seen = numbers.iter().filter(|v| !v.is_nan());
    let first = seen.next();
    if first.is_some() && seen.all(|v| Some(v) == first) {
        return Err(CausalError::Data(format!(
            "column `{}` is constant; leave it out of table and graph",
            column.name
        )));
    }
    Ok(())
}

fn fit_node(
    table: &Table,
    dag: &Dag,
    variables: &[Variable],
    node: usize,
    options: &FitOptions,
) -> Result<(Mechanism, Choice), CausalError> {
    let name = &variables[node].name;
    let sample = complete_rows(table, dag, variables, node)?;
    tell_apart(&sample, dag, variables, node)?;
    let possible = sample.families();
    let families = match (options.families.get(name), &options.candidates) {
        (Some(family), _) if possible.contains(family) => vec![*family],
        (Some(family), _) => {
            let names: Vec<&str> = possible.iter().map(|f| f.name()).collect();
            return Err(CausalError::Argument(format!(
                "`{name}` cannot be {}; it can be {}",
                family.name(),
                names.join(", ")
            )));
        }
        (None, Some(allowed)) if possible.len() > 1 => {
            let kept: Vec<Family> = possible.iter().copied().filter(|f| allowed.contains(f)).collect();
            if kept.is_empty() { possible } else { kept }
        }
        _ => possible,
    };
    // Each node draws from a seed of its own, so that adding a node does not change the others' parts.
    let seed = options.seed.wrapping_add(name.bytes().fold(0, |h: u64, b| h.wrapping_mul(31) + u64::from(b)));
    let at = |error: CausalError| CausalError::Data(format!("mechanism of `{name}`: {error}"));
    let choice = choose(&sample, &families, options.folds, seed).map_err(at)?;
    let mechanism = choice.family.fit(&sample, seed).map_err(at)?;
    Ok((mechanism, choice))
}

/// Rows in which a node and its parents are all there.
pub(super) fn complete_rows(
    table: &Table,
    dag: &Dag,
    variables: &[Variable],
    node: usize,
) -> Result<Sample, CausalError> {
    let parents = dag.parents(node);
    let there = |&column: &usize, row: usize| match &table.column(column).values {
        Values::Continuous(values) => !values[row].is_nan(),
        Values::Categorical { codes, .. } => codes[row] != MISSING,
    };
    let involved: Vec<usize> = parents.iter().copied().chain([node]).collect();
    let rows: Vec<usize> =
        (0..table.rows()).filter(|&r| involved.iter().all(|column| there(column, r))).collect();
    let needed = LEAST_ROWS.max(parents.len() + 3);
    if rows.len() < needed {
        return Err(CausalError::Data(format!(
            "`{}` and its {} parents are complete in {} rows; the model needs {needed}",
            variables[node].name,
            parents.len(),
            rows.len()
        )));
    }
    let take = |column: usize| {
        let numbers = table.column(column).as_numbers();
        rows.iter().map(|&r| numbers[r]).collect()
    };
    Ok(Sample {
        values: take(node),
        parents: parents.iter().map(|&p| take(p)).collect(),
        levels: variables[node].levels(),
        parent_levels: parents.iter().map(|&p| variables[p].levels()).collect(),
    })
}

/// That no numeric parent is a weighted sum of the others: their effects could not be told apart.
fn tell_apart(sample: &Sample, dag: &Dag, variables: &[Variable], node: usize) -> Result<(), CausalError> {
    let numeric: Vec<usize> =
        (0..sample.parents.len()).filter(|&p| sample.parent_levels[p].is_none()).collect();
    for &own in &numeric {
        let rest: Vec<&[f64]> =
            numeric.iter().filter(|p| **p != own).map(|&p| sample.parents[p].as_slice()).collect();
        if rest.is_empty() {
            break;
        }
        let target = &sample.parents[own];
        let predicted = Ridge::default().fit_linear(&rest, target)?.predict(&rest);
        let (_, deviation) = crate::regress::moments(target);
        let left: f64 = target.iter().zip(&predicted).map(|(t, p)| (t - p).powi(2)).sum();
        if left <= 1e-12 * deviation * deviation * target.len() as f64 {
            return Err(CausalError::Data(format!(
                "`{}` is a weighted sum of the other parents of `{}`: their effects cannot be told apart; \
                 take one of the edges away",
                variables[dag.parents(node)[own]].name,
                variables[node].name
            )));
        }
    }
    Ok(())
}
