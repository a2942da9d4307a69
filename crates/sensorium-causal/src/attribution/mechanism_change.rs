//! Root causes in tables: which mechanism changed.
//!
//! A fault changes how one variable comes about and leaves the mechanisms downstream of it alone,
//! however far their values move (independent mechanisms; Schölkopf et al. 2021, section V). So for
//! each variable a regression on its parents is fitted in normal operation, and the residuals of an
//! abnormal window are compared with those of normal windows of equal length, in location, spread
//! and persistence: a parameter that is stuck or that has become restless keeps its mean. Normal
//! windows as the reference take in hidden drifts and disturbances that carry over from row to row,
//! which make the usual tests cry wolf. The variance of the regression's own extrapolation counts
//! against a change, since a faulty parent takes its children where nobody has been.
//!
//! Regression hypothesis testing (Li et al. 2022, CIRCA) is the case of location alone, linear
//! mechanisms and independent rows.

use crate::CausalError;
use crate::graph::Dag;
use crate::table::Table;
use faer::linalg::solvers::Solve;
use faer::{Mat, Side};
use rayon::prelude::*;

/// How mechanisms are fitted and changes weighed.
#[derive(Clone, Debug, PartialEq)]
pub struct MechanismChange {
    /// Rows of an abnormal window; normal windows are as long. Default: 60.
    pub window: usize,
    /// Ridge penalty on standardised features. Default: 1.
    pub penalty: f64,
    /// Products of pairs of parents enter up to so many parents. Default: 12.
    pub products_up_to: usize,
    /// Multiplies the variance of extrapolation, for what squares and products cannot tell. Default: 1.
    pub extrapolation: f64,
}

impl Default for MechanismChange {
    fn default() -> Self {
        Self { window: 60, penalty: 1.0, products_up_to: 12, extrapolation: 1.0 }
    }
}

/// How a variable's mechanism changed, in standard deviations among normal windows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Change {
    /// Mean of the residuals.
    pub location: f64,
    /// Logarithm of their spread.
    pub scale: f64,
    /// Fisher's z of their correlation with the row before.
    pub persistence: f64,
    /// Mean of the residuals in units of the variable.
    pub shift: f64,
    /// Root mean square of the residuals, in units of the variable.
    pub size: f64,
}

impl Change {
    /// All three together: the root of the sum of their squares.
    pub fn evidence(&self) -> f64 {
        (self.location.powi(2) + self.scale.powi(2) + self.persistence.powi(2)).sqrt()
    }
}

/// A candidate cause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangedMechanism {
    /// Position of the variable.
    pub variable: usize,
    /// What it is ranked by; larger is likelier.
    pub score: f64,
    /// How its mechanism changed.
    pub change: Change,
    /// Share, at most 1, of the outcome's root mean square deviation that the change explains by the
    /// linear total effect.
    pub explained: f64,
}

/// The mechanisms of normal operation.
#[derive(Clone, Debug)]
pub struct Mechanisms {
    settings: MechanismChange,
    graph: Dag,
    order: Vec<usize>,
    models: Vec<Model>,
}

/// One variable's mechanism: ridge on squares and products of its standardised parents.
#[derive(Clone, Debug)]
struct Model {
    mean: f64,
    deviation: f64,
    parents: Vec<usize>,
    products: bool,
    coefficients: Vec<f64>,
    /// Inverse of the penalised normal matrix.
    inverse: Mat<f64>,
    /// Standard deviation of the residuals, standardised units.
    noise: f64,
    /// Mean and deviation among normal windows of location, scale and persistence.
    reference: [(f64, f64); 3],
}

impl MechanismChange {
    /// Learns each variable's mechanism from rows of normal operation in order of time.
    ///
    /// # Errors
    /// [`CausalError::Data`] for other variables than the graph's, categorical, constant or
    /// unmeasured columns, or fewer rows than eight windows.
    pub fn fit(&self, normal: &Table, graph: &Dag) -> Result<Mechanisms, CausalError> {
        same_variables(normal, graph)?;
        if self.window < 8 || normal.rows() < 8 * self.window {
            return Err(CausalError::Data(format!(
                "{} rows of normal operation for windows of {}; windows need 8 rows and normal operation 8 windows",
                normal.rows(),
                self.window
            )));
        }
        let order = graph.topological_order();
        let scaled: Vec<(f64, f64)> =
            (0..normal.width()).map(|v| moments(normal, v)).collect::<Result<_, _>>()?;
        // Filling what is missing goes from causes to effects, so the fits do too.
        let mut filled: Vec<Vec<f64>> = vec![Vec::new(); normal.width()];
        let mut models: Vec<Option<Model>> = vec![None; normal.width()];
        for &v in &order {
            let target = standardised(normal.continuous(v)?, scaled[v]);
            let model =
                self.fit_one(&target, graph.parents(v), scaled[v], &filled, normal.column(v).name.as_str())?;
            filled[v] = model.fill(&target, &filled);
            models[v] = Some(model);
        }
        let models = models.into_iter().flatten().collect();
        Ok(Mechanisms { settings: self.clone(), graph: graph.clone(), order, models })
    }

    fn fit_one(
        &self,
        target: &[f64],
        parents: &[usize],
        (mean, deviation): (f64, f64),
        filled: &[Vec<f64>],
        name: &str,
    ) -> Result<Model, CausalError> {
        let products = parents.len() <= self.products_up_to;
        let seen: Vec<usize> = (0..target.len()).filter(|&t| target[t].is_finite()).collect();
        let width = feature_count(parents.len(), products);
        if seen.len() < width + 2 * self.window {
            return Err(CausalError::Data(format!(
                "`{name}` is measured in {} rows, too few for {} parents; give more rows or fewer parents",
                seen.len(),
                parents.len()
            )));
        }
        let rows: Vec<Vec<f64>> = seen.iter().map(|&t| features(parents, products, filled, t)).collect();
        let mut gram = Mat::<f64>::zeros(width, width);
        let mut right = Mat::<f64>::zeros(width, 1);
        for (row, &t) in rows.iter().zip(&seen) {
            for (i, a) in row.iter().enumerate() {
                right[(i, 0)] += a * target[t];
                for (j, b) in row[..=i].iter().enumerate() {
                    gram[(i, j)] += a * b;
                }
            }
        }
        for i in 0..width {
            gram[(i, i)] += if i == 0 { 1e-9 } else { self.penalty };
            for j in 0..i {
                gram[(j, i)] = gram[(i, j)];
            }
        }
        let factor = gram.llt(Side::Lower).map_err(|_| {
            CausalError::Data(format!("the parents of `{name}` are collinear; raise the penalty or drop one"))
        })?;
        let solution = factor.solve(&right);
        let inverse = factor.solve(Mat::<f64>::identity(width, width));
        let coefficients: Vec<f64> = (0..width).map(|i| solution[(i, 0)]).collect();
        let mut model = Model {
            mean,
            deviation,
            parents: parents.to_vec(),
            products,
            coefficients,
            inverse,
            noise: 1.0,
            reference: [(0.0, 1.0); 3],
        };
        let residuals = model.residuals(target, filled);
        let freedom = (seen.len() - width) as f64;
        let squares: f64 = residuals.iter().filter(|r| r.is_finite()).map(|r| r * r).sum();
        model.noise = (squares / freedom).sqrt().max(1e-6);
        model.reference = self.reference(&residuals, model.noise);
        Ok(model)
    }

    /// Mean and deviation of the statistics over windows that overlap by three quarters.
    fn reference(&self, residuals: &[f64], noise: f64) -> [(f64, f64); 3] {
        let step = (self.window / 4).max(1);
        let found: Vec<[f64; 3]> = (0..=residuals.len() - self.window)
            .step_by(step)
            .filter_map(|start| statistics(&residuals[start..start + self.window], noise, 1.0))
            .collect();
        let mut reference = [(0.0, 1.0); 3];
        if found.len() < 2 {
            return reference;
        }
        // Few windows are independent: Student's larger tails, as a factor.
        let independent = (found.len() as f64 * step as f64 / self.window as f64).max(4.0);
        for (k, entry) in reference.iter_mut().enumerate() {
            let n = found.len() as f64;
            let mean = found.iter().map(|s| s[k]).sum::<f64>() / n;
            let variance = found.iter().map(|s| (s[k] - mean).powi(2)).sum::<f64>() / n;
            *entry = (mean, (variance * independent / (independent - 3.0)).sqrt().max(1e-3));
        }
        reference
    }
}

impl Mechanisms {
    /// How each variable's mechanism changed in `abnormal`, rows in order of time.
    ///
    /// # Errors
    /// [`CausalError::Data`] for other variables than those fitted.
    pub fn changes(&self, abnormal: &Table) -> Result<Vec<Change>, CausalError> {
        same_variables(abnormal, &self.graph)?;
        let mut filled: Vec<Vec<f64>> = vec![Vec::new(); self.models.len()];
        for &v in &self.order {
            let model = &self.models[v];
            let target = standardised(abnormal.continuous(v)?, (model.mean, model.deviation));
            filled[v] = model.fill(&target, &filled);
        }
        let changes = (0..self.models.len()).into_par_iter().map(|v| {
            let model = &self.models[v];
            let target = standardised(abnormal.continuous(v)?, (model.mean, model.deviation));
            Ok(self.change(model, &target, &filled))
        });
        changes.collect()
    }

    fn change(&self, model: &Model, target: &[f64], filled: &[Vec<f64>]) -> Change {
        let residuals = model.residuals(target, filled);
        let seen: Vec<usize> = (0..target.len()).filter(|&t| target[t].is_finite()).collect();
        if seen.len() < 4 {
            return Change::default();
        }
        let rows: Vec<Vec<f64>> =
            seen.iter().map(|&t| features(&model.parents, model.products, filled, t)).collect();
        let n = rows.len() as f64;
        let centre: Vec<f64> =
            (0..rows[0].len()).map(|i| rows.iter().map(|r| r[i]).sum::<f64>() / n).collect();
        let wide = self.settings.extrapolation;
        let spread = 1.0 + wide * rows.iter().map(|row| model.leverage(row)).sum::<f64>() / n;
        let Some(found) = statistics(&residuals, model.noise, spread) else { return Change::default() };
        let [location, scale, persistence] = model.reference;
        let own = (location.1.powi(2) + wide * model.leverage(&centre)).sqrt();
        let z = |value: f64, (mean, deviation): (f64, f64)| (value - mean) / deviation;
        let squares: f64 = seen.iter().map(|&t| residuals[t].powi(2)).sum();
        Change {
            location: z(found[0], (location.0, own)),
            scale: z(found[1], scale),
            persistence: z(found[2], persistence),
            shift: found[0] * model.noise * model.deviation,
            size: (squares / n).sqrt() * model.deviation,
        }
    }

    /// All variables but the outcome, the mechanism that changed most first.
    ///
    /// The share of the deviation that each explains is told and does not count: an edge that is
    /// missing from the graph takes it from the true cause, while the change itself stays.
    ///
    /// # Errors
    /// As [`Self::changes`], and an outcome that is not there.
    pub fn root_causes(
        &self,
        abnormal: &Table,
        outcome: usize,
    ) -> Result<Vec<ChangedMechanism>, CausalError> {
        if outcome >= self.models.len() {
            return Err(CausalError::Argument(format!(
                "outcome {outcome} of {} variables, counted from 0",
                self.models.len()
            )));
        }
        let changes = self.changes(abnormal)?;
        let effects = self.total_effects(outcome);
        let model = &self.models[outcome];
        let seen: Vec<f64> = standardised(abnormal.continuous(outcome)?, (model.mean, model.deviation))
            .into_iter()
            .filter(|v| v.is_finite())
            .collect();
        let moved = (seen.iter().map(|v| v * v).sum::<f64>() / seen.len().max(1) as f64).sqrt().max(0.3);
        let mut causes: Vec<ChangedMechanism> = (0..self.models.len())
            .filter(|&v| v != outcome)
            .map(|v| {
                let size = changes[v].size / self.models[v].deviation;
                let explained = (effects[v] * size / moved).abs().min(1.0);
                ChangedMechanism { variable: v, score: changes[v].evidence(), change: changes[v], explained }
            })
            .collect();
        causes.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.variable.cmp(&b.variable)));
        Ok(causes)
    }

    /// The edges on directed paths from a cause to the outcome.
    pub fn chain(&self, cause: usize, outcome: usize) -> Vec<(usize, usize)> {
        let (mut below, mut above) = (self.graph.descendants(cause), self.graph.ancestors(outcome));
        below.insert(cause);
        above.insert(outcome);
        self.graph.edges().into_iter().filter(|(a, b)| below.contains(a) && above.contains(b)).collect()
    }

    /// Total effect of each variable on the outcome, both standardised, by the linear parts of the mechanisms.
    fn total_effects(&self, outcome: usize) -> Vec<f64> {
        let mut effects = vec![0.0; self.models.len()];
        effects[outcome] = 1.0;
        for &v in self.order.iter().rev() {
            let through = effects[v];
            if through != 0.0 {
                for (i, &parent) in self.models[v].parents.iter().enumerate() {
                    effects[parent] += through * self.models[v].coefficients[1 + i];
                }
            }
        }
        effects
    }
}

impl Model {
    fn predict(&self, filled: &[Vec<f64>], t: usize) -> f64 {
        let row = features(&self.parents, self.products, filled, t);
        row.iter().zip(&self.coefficients).map(|(x, b)| x * b).sum()
    }

    fn residuals(&self, target: &[f64], filled: &[Vec<f64>]) -> Vec<f64> {
        let residual =
            |(t, y): (usize, &f64)| if y.is_finite() { y - self.predict(filled, t) } else { f64::NAN };
        target.iter().enumerate().map(residual).collect()
    }

    /// What is not measured is what its causes say.
    fn fill(&self, target: &[f64], filled: &[Vec<f64>]) -> Vec<f64> {
        let value = |(t, y): (usize, &f64)| if y.is_finite() { *y } else { self.predict(filled, t) };
        target.iter().enumerate().map(value).collect()
    }

    /// Variance of the fitted mean at `row`, in units of the noise.
    fn leverage(&self, row: &[f64]) -> f64 {
        let inner = |i: usize| row.iter().enumerate().map(|(j, x)| self.inverse[(i, j)] * x).sum::<f64>();
        row.iter().enumerate().map(|(i, x)| x * inner(i)).sum()
    }
}

fn same_variables(table: &Table, graph: &Dag) -> Result<(), CausalError> {
    if table.names() == graph.names() {
        return Ok(());
    }
    Err(CausalError::Data("table and graph have other variables or another order of them".into()))
}

fn moments(table: &Table, v: usize) -> Result<(f64, f64), CausalError> {
    let seen: Vec<f64> = table.continuous(v)?.iter().copied().filter(|x| x.is_finite()).collect();
    let n = seen.len().max(1) as f64;
    let mean = seen.iter().sum::<f64>() / n;
    let deviation = (seen.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    if deviation > 1e-12 * (1.0 + mean.abs()) {
        return Ok((mean, deviation));
    }
    Err(CausalError::Data(format!(
        "`{}` is constant or not measured in normal operation; leave it out",
        table.column(v).name
    )))
}

fn standardised(values: &[f64], (mean, deviation): (f64, f64)) -> Vec<f64> {
    values.iter().map(|v| (v - mean) / deviation).collect()
}

fn feature_count(parents: usize, products: bool) -> usize {
    1 + 2 * parents + if products { parents * parents.saturating_sub(1) / 2 } else { 0 }
}

/// One, the parents, their squares, and their products.
fn features(parents: &[usize], products: bool, filled: &[Vec<f64>], t: usize) -> Vec<f64> {
    let x: Vec<f64> = parents.iter().map(|&p| filled[p][t]).collect();
    let mut row = Vec::with_capacity(feature_count(x.len(), products));
    row.push(1.0);
    row.extend(&x);
    row.extend(x.iter().map(|v| v * v));
    if products {
        for (i, a) in x.iter().enumerate() {
            row.extend(x[..i].iter().map(|b| a * b));
        }
    }
    row
}

/// Location, log spread and persistence of the measured residuals, in units of the noise; the spread
/// relative to the variance `expected`. None for fewer than four.
fn statistics(residuals: &[f64], noise: f64, expected: f64) -> Option<[f64; 3]> {
    let seen: Vec<f64> = residuals.iter().filter(|r| r.is_finite()).map(|r| r / noise).collect();
    let n = seen.len() as f64;
    if seen.len() < 4 {
        return None;
    }
    let mean = seen.iter().sum::<f64>() / n;
    let squares: f64 = seen.iter().map(|r| (r - mean).powi(2)).sum();
    let before: f64 = seen.windows(2).map(|w| (w[0] - mean) * (w[1] - mean)).sum();
    let spread = (squares / (n - 1.0) / expected).max(1e-8).ln() / 2.0;
    Some([mean, spread, (before / squares.max(1e-12)).clamp(-0.99, 0.99).atanh()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;
    use rand::Rng;
    use rand_distr::StandardNormal;

    const NAMES: [&str; 4] = ["power", "rate", "depth", "yield"];

    /// A chain with a curved link and a disturbance of `rate` that carries over.
    fn rows(n: usize, seed: u64, fault: impl Fn(usize, &mut [f64; 3])) -> Table {
        let mut rng = generator(seed, 0);
        let mut columns = vec![Vec::new(); 4];
        let mut slow = 0.0;
        for t in 0..n {
            let mut normal = || rng.sample::<f64, _>(StandardNormal);
            slow = 0.7 * slow + 0.5 * normal();
            let mut own = [normal(), slow, 0.3 * normal()];
            fault(t, &mut own);
            let power = own[0];
            let rate = 0.8 * power + 0.2 * power * power + own[1];
            let depth = 1.5 * rate + own[2];
            let out = depth + 0.3 * normal();
            for (column, value) in columns.iter_mut().zip([power, rate, depth, out]) {
                column.push(value);
            }
        }
        Table::from_continuous(NAMES.into_iter().zip(columns)).unwrap()
    }

    fn chain() -> Dag {
        Dag::from_edges(NAMES, &[(0, 1), (1, 2), (2, 3)]).unwrap()
    }

    fn first(fault: impl Fn(usize, &mut [f64; 3])) -> ChangedMechanism {
        let fitted = MechanismChange::default().fit(&rows(1500, 1, |_, _| ()), &chain()).unwrap();
        fitted.root_causes(&rows(60, 2, fault), 3).unwrap()[0]
    }

    #[test]
    fn a_step_is_found_where_it_is_though_all_downstream_moves() {
        let found = first(|_, own| own[1] += 4.0);
        assert_eq!(found.variable, 1);
        assert!(found.change.location > 3.0 && (found.change.shift - 4.0).abs() < 1.0, "{found:?}");
        assert!(found.explained > 0.3);
    }

    #[test]
    fn a_parameter_that_is_stuck_at_its_mean_is_found_by_its_spread() {
        let found = first(|_, own| own[0] = 0.0);
        assert_eq!(found.variable, 0);
        assert!(found.change.scale < -3.0, "{found:?}");
    }

    #[test]
    fn a_restless_parameter_is_found_by_its_spread() {
        let found = first(|t, own| own[2] += if t % 2 == 0 { 1.5 } else { -1.5 });
        assert_eq!(found.variable, 2);
        assert!(found.change.scale > 3.0, "{found:?}");
    }

    #[test]
    fn normal_windows_show_no_change() {
        let fitted = MechanismChange::default().fit(&rows(3000, 3, |_, _| ()), &chain()).unwrap();
        for seed in 10..30 {
            let changes = fitted.changes(&rows(60, seed, |_, _| ())).unwrap();
            assert!(changes.iter().all(|c| c.location.abs() < 5.0 && c.scale.abs() < 5.0), "{changes:?}");
        }
    }

    #[test]
    fn rows_that_are_not_measured_are_filled_from_their_causes() {
        let mut normal = rows(1500, 1, |_, _| ());
        let mut abnormal = rows(60, 2, |_, own| own[1] += 4.0);
        for table in [&mut normal, &mut abnormal] {
            let columns = table.columns().iter().enumerate().map(|(v, column)| {
                let lost = |(t, x): (usize, &f64)| if v == 2 && t % 3 == 0 { f64::NAN } else { *x };
                (column.name.clone(), column.as_numbers().iter().enumerate().map(lost).collect())
            });
            *table = Table::from_continuous(columns.collect::<Vec<(String, Vec<f64>)>>()).unwrap();
        }
        let fitted = MechanismChange::default().fit(&normal, &chain()).unwrap();
        assert_eq!(fitted.root_causes(&abnormal, 3).unwrap()[0].variable, 1);
    }

    #[test]
    fn the_chain_holds_the_edges_between_cause_and_outcome() {
        let fitted = MechanismChange::default().fit(&rows(1500, 1, |_, _| ()), &chain()).unwrap();
        assert_eq!(fitted.chain(1, 3), vec![(1, 2), (2, 3)]);
        assert!(fitted.chain(3, 1).is_empty());
    }

    #[test]
    fn bad_input_is_refused() {
        let normal = rows(1500, 1, |_, _| ());
        let fit = |table: &Table, graph: &Dag| MechanismChange::default().fit(table, graph).map(|_| ());
        let other = Dag::new(["power", "rate", "depth", "width"]).unwrap();
        assert!(fit(&normal, &other).unwrap_err().to_string().contains("other variables"));
        assert!(fit(&normal.take(&[0, 1, 2]), &chain()).unwrap_err().to_string().contains("8 windows"));
        let flat = NAMES.into_iter().map(|name| (name, vec![1.0; 600]));
        assert!(
            fit(&Table::from_continuous(flat).unwrap(), &chain())
                .unwrap_err()
                .to_string()
                .contains("constant")
        );
        let fitted = MechanismChange::default().fit(&normal, &chain()).unwrap();
        assert!(fitted.root_causes(&normal, 9).is_err());
    }
}
