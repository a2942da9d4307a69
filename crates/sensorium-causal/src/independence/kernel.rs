//! Kernel tests: dependence of any shape between numbers.

use super::IndependenceTest;
use crate::{CausalError, Table};
use faer::linalg::solvers::Solve;
use faer::{Mat, Side};
use statrs::distribution::{ContinuousCDF, Gamma};

/// Settings of [`KernelTest`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KernelConfig {
    /// The most rows that a test rests on (default 500); of more, evenly spaced ones are taken. Time grows with the
    /// cube of this number, memory with its square.
    pub most_rows: usize,
    /// The ridge of the regression on the given variables, ε of Zhang et al. (2011, equation 9). Default 0.001.
    pub ridge: f64,
}

impl Default for KernelConfig {
    fn default() -> Self {
        Self { most_rows: 500, ridge: 1e-3 }
    }
}

/// Test of independence by kernels, which sees dependence that correlation does not.
///
/// With nothing given it is HSIC (Gretton, Fukumizu, Teo, Song, Schölkopf and Smola 2007), otherwise KCI (Zhang, Peters,
/// Janzing and Schölkopf 2011, theorem 5); the null distribution is a gamma distribution of equal mean and variance.
/// Kernels are Gaussian on standardised columns, with the widths of causal-learn's default: by the number of rows
/// (below 200, below 1200, more) 0.8, 0.5 or 0.3 for HSIC and 1.2, 0.7 or 0.4 times √(number given) for KCI.
///
/// Where values are missing, each test rests on the rows that have all of its variables. Rows are taken to be
/// independent of each other.
#[derive(Clone, Debug)]
pub struct KernelTest {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
    config: KernelConfig,
}

/// The fewest rows for which the gamma approximation means anything.
const FEWEST_ROWS: usize = 10;

impl KernelTest {
    /// A test on the continuous columns of a table.
    ///
    /// # Errors
    /// [`CausalError::Data`] for a categorical column or an infinite value, fewer than 10 rows, or settings out of range.
    pub fn new(table: &Table, config: KernelConfig) -> Result<Self, CausalError> {
        if config.most_rows < FEWEST_ROWS {
            return Err(CausalError::Data(format!(
                "`most_rows` is {}; kernel tests need at least {FEWEST_ROWS}",
                config.most_rows
            )));
        }
        if !(config.ridge.is_finite() && config.ridge > 0.0) {
            return Err(CausalError::Data(format!(
                "`ridge` is {}; choose a positive number such as 0.001",
                config.ridge
            )));
        }
        if table.rows() < FEWEST_ROWS {
            return Err(CausalError::Data(format!(
                "{} rows are too few for a kernel test; at least {FEWEST_ROWS}",
                table.rows()
            )));
        }
        let names = table.names();
        let mut columns = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let values = table.continuous(index)?;
            if let Some(row) = values.iter().position(|v| v.is_infinite()) {
                return Err(CausalError::Data(format!("column `{name}` is infinite in row {row}")));
            }
            columns.push(values.to_vec());
        }
        Ok(Self { names, columns, config })
    }

    /// The variables of a test, standardised, in the rows that the test rests on.
    fn standardised(&self, variables: &[usize]) -> Result<Vec<Vec<f64>>, CausalError> {
        let total = self.columns.first().map_or(0, Vec::len);
        let whole = |r: &usize| variables.iter().all(|&v| !self.columns[v][*r].is_nan());
        let mut rows: Vec<usize> = (0..total).filter(whole).collect();
        let (found, most) = (rows.len(), self.config.most_rows);
        if found > most {
            rows = (0..most).map(|i| rows[i * found / most]).collect();
        }
        if rows.len() < FEWEST_ROWS {
            let names: Vec<&str> = variables.iter().map(|&v| self.names[v].as_str()).collect();
            return Err(CausalError::Data(format!(
                "only {} rows have all of {}; a kernel test needs at least {FEWEST_ROWS}",
                rows.len(),
                names.join(", ")
            )));
        }
        let n = rows.len() as f64;
        let mut columns = Vec::with_capacity(variables.len());
        for &variable in variables {
            let values: Vec<f64> = rows.iter().map(|&r| self.columns[variable][r]).collect();
            let mean = values.iter().sum::<f64>() / n;
            let spread = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
            let scale = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            if !spread.is_finite() || spread <= 1e-12 * scale {
                return Err(CausalError::Data(format!(
                    "`{}` is constant in the {} rows of the test; leave it out",
                    self.names[variable],
                    rows.len()
                )));
            }
            columns.push(values.iter().map(|v| (v - mean) / spread).collect());
        }
        Ok(columns)
    }
}

impl IndependenceTest for KernelTest {
    fn variables(&self) -> usize {
        self.names.len()
    }

    fn p_value(&self, x: usize, y: usize, given: &[usize]) -> Result<f64, CausalError> {
        let order: Vec<usize> = [x, y].iter().chain(given).copied().collect();
        let columns = self.standardised(&order)?;
        let rows = columns[0].len();
        let n = rows as f64;
        if given.is_empty() {
            let precision = by_rows(rows, [0.8, 0.5, 0.3]).powi(-2);
            let (of_x, of_y) =
                (centred_kernel(&columns[..1], precision), centred_kernel(&columns[1..], precision));
            let mean = trace(&of_x) * trace(&of_y) / n;
            let variance = 2.0 * inner(&of_x, &of_x) * inner(&of_y, &of_y) / (n * n);
            return upper_tail(inner(&of_x, &of_y), mean, variance);
        }
        let precision = by_rows(rows, [1.2, 0.7, 0.4]).powi(-2) / given.len() as f64;
        let halved = columns[2..].iter().map(|c| c.iter().map(|v| v / 2.0).collect());
        let with_given: Vec<Vec<f64>> = std::iter::once(columns[0].clone()).chain(halved).collect();
        let mut of_given = centred_kernel(&columns[2..], precision);
        for i in 0..rows {
            of_given[(i, i)] += self.config.ridge;
        }
        let factor = of_given.llt(Side::Lower).map_err(|_| {
            CausalError::Data("the kernel of the given variables is singular; choose a larger `ridge`".into())
        })?;
        let residual = factor.solve(Mat::<f64>::identity(rows, rows)) * faer::Scale(self.config.ridge);
        let of_x = &residual * centred_kernel(&with_given, precision) * &residual;
        let of_y = &residual * centred_kernel(&columns[1..2], precision) * &residual;
        // The products of features have the elementwise product of the kernels as their Gram matrix.
        let product = Mat::from_fn(rows, rows, |i, j| of_x[(i, j)] * of_y[(i, j)]);
        upper_tail(inner(&of_x, &of_y), trace(&product), 2.0 * inner(&product, &product))
    }
}

/// A width by the number of rows.
fn by_rows(rows: usize, [few, some, many]: [f64; 3]) -> f64 {
    match rows {
        0..200 => few,
        200..1200 => some,
        _ => many,
    }
}

/// exp(−½ precision ‖a − b‖²) for all pairs of rows, centred in the feature space; rows x rows.
fn centred_kernel(columns: &[Vec<f64>], precision: f64) -> Mat<f64> {
    let rows = columns[0].len();
    let n = rows as f64;
    let mut kernel = Mat::from_fn(rows, rows, |i, j| {
        let square: f64 = columns.iter().map(|c| (c[i] - c[j]).powi(2)).sum();
        (-0.5 * precision * square).exp()
    });
    let means: Vec<f64> = (0..rows).map(|j| kernel.col(j).iter().sum::<f64>() / n).collect();
    let mean = means.iter().sum::<f64>() / n;
    for j in 0..rows {
        for i in 0..rows {
            kernel[(i, j)] += mean - means[i] - means[j];
        }
    }
    kernel
}

fn trace(matrix: &Mat<f64>) -> f64 {
    (0..matrix.nrows()).map(|i| matrix[(i, i)]).sum()
}

/// The sum of the products of corresponding entries.
fn inner(a: &Mat<f64>, b: &Mat<f64>) -> f64 {
    (0..a.ncols()).map(|j| a.col(j).iter().zip(b.col(j).iter()).map(|(x, y)| x * y).sum::<f64>()).sum()
}

/// The probability that a gamma variable of this mean and variance exceeds `statistic`.
fn upper_tail(statistic: f64, mean: f64, variance: f64) -> Result<f64, CausalError> {
    let gamma = Gamma::new(mean * mean / variance, mean / variance).map_err(|e| {
        CausalError::Data(format!(
            "the null distribution of the kernel test is degenerate ({e}); give fewer variables"
        ))
    })?;
    Ok(gamma.sf(statistic.max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::independence::FisherZ;
    use crate::random::generator;
    use rand_distr::{Distribution, StandardNormal};

    fn normal(rows: usize, seed: u64, stream: u64) -> Vec<f64> {
        StandardNormal.sample_iter(generator(seed, stream)).take(rows).collect()
    }

    fn p(columns: [Vec<f64>; 3], given: &[usize]) -> f64 {
        let table = Table::from_continuous(["x", "y", "z"].into_iter().zip(columns)).unwrap();
        KernelTest::new(&table, KernelConfig::default()).unwrap().p_value(0, 1, given).unwrap()
    }

    /// Two noisy effects of z, 80 rows.
    fn fork(seed: u64) -> [Vec<f64>; 3] {
        let z = normal(80, seed, 2);
        let effect =
            |stream| z.iter().zip(normal(80, seed, stream)).map(|(z, e)| z.sin() + 0.7 * e).collect();
        [effect(0), effect(1), z.clone()]
    }

    #[test]
    fn about_one_in_ten_independent_pairs_falls_below_a_tenth() {
        let below =
            |seed: &u64| p([normal(80, *seed, 0), normal(80, *seed, 1), normal(80, *seed, 2)], &[]) < 0.1;
        let found = (0..100).filter(below).count();
        assert!((2..=20).contains(&found), "{found} of 100");
    }

    #[test]
    fn effects_of_a_common_cause_are_independent_given_it_at_about_the_level() {
        let given = (0..60).filter(|&seed| p(fork(seed), &[2]) < 0.1).count();
        let alone = (0..60).filter(|&seed| p(fork(seed), &[]) < 0.1).count();
        assert!(given <= 14 && alone >= 40, "{given} and {alone} of 60");
    }

    #[test]
    fn a_parabola_that_correlation_misses_is_seen() {
        let x = normal(200, 5, 0);
        let mirrored: Vec<f64> = x.iter().flat_map(|v| [*v, -*v]).take(200).collect();
        let y: Vec<f64> = mirrored.iter().zip(normal(200, 5, 1)).map(|(x, e)| x * x + 0.5 * e).collect();
        let table = Table::from_continuous([("x", mirrored), ("y", y), ("z", normal(200, 5, 2))]).unwrap();
        let linear = FisherZ::new(&table).unwrap();
        let kernel = KernelTest::new(&table, KernelConfig::default()).unwrap();
        for given in [&[][..], &[2]] {
            let (by_z, by_kernel) =
                (linear.p_value(0, 1, given).unwrap(), kernel.p_value(0, 1, given).unwrap());
            assert!(by_z > 0.05 && by_kernel < 1e-6, "{by_z} {by_kernel}");
        }
    }

    #[test]
    fn more_rows_than_the_limit_are_thinned_evenly() {
        let columns = |step| {
            [0, 1].map(|s| (["x", "y"][s as usize], normal(120, 9, s).into_iter().step_by(step).collect()))
        };
        let test = |step, most_rows| {
            let table = Table::from_continuous::<&str>(columns(step)).unwrap();
            KernelTest::new(&table, KernelConfig { most_rows, ..KernelConfig::default() }).unwrap()
        };
        assert_eq!(test(1, 40).p_value(0, 1, &[]).unwrap(), test(3, 500).p_value(0, 1, &[]).unwrap());
    }

    #[test]
    fn a_constant_column_and_too_few_whole_rows_are_named() {
        let gaps = (0..40).map(|i| if i < 9 { f64::from(i) } else { f64::NAN }).collect();
        let columns = [("x", normal(40, 1, 0)), ("c", vec![0.1; 40]), ("gaps", gaps)];
        let test =
            KernelTest::new(&Table::from_continuous(columns).unwrap(), KernelConfig::default()).unwrap();
        let constant = test.p_value(0, 1, &[]).unwrap_err().to_string();
        assert!(constant.contains("`c` is constant in the 40 rows"), "{constant}");
        let few = test.p_value(0, 2, &[]).unwrap_err().to_string();
        assert!(few.contains("only 9 rows have all of x, gaps"), "{few}");
    }
}
