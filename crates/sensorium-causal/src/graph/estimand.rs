//! Formulas for effects in terms of what can be observed.

use std::collections::{BTreeMap, BTreeSet};

/// A function of observed distributions. Variables are positions in the graph; those that no sum binds are free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Estimand {
    /// `P(of | given)`.
    Probability {
        /// Variables whose probability it is.
        of: BTreeSet<usize>,
        /// Variables that are known.
        given: BTreeSet<usize>,
    },
    /// The product of all; 1 without any.
    Product(Vec<Estimand>),
    /// The sum over all values of some variables; within it they are bound, also against sums outside.
    Sum {
        /// The variables.
        over: BTreeSet<usize>,
        /// What is summed.
        term: Box<Estimand>,
    },
    /// One divided by the other.
    Quotient(Box<Estimand>, Box<Estimand>),
}

impl Estimand {
    /// `P(of | given)`.
    pub fn probability(of: impl IntoIterator<Item = usize>, given: impl IntoIterator<Item = usize>) -> Self {
        Self::Probability { of: of.into_iter().collect(), given: given.into_iter().collect() }
    }

    /// The variables that no sum binds: cause and effect, and any that may be set to an arbitrary value.
    pub fn free_variables(&self) -> BTreeSet<usize> {
        match self {
            Self::Probability { of, given } => of.union(given).copied().collect(),
            Self::Product(factors) => factors.iter().flat_map(Self::free_variables).collect(),
            Self::Sum { over, term } => term.free_variables().difference(over).copied().collect(),
            Self::Quotient(above, below) => {
                above.free_variables().union(&below.free_variables()).copied().collect()
            }
        }
    }

    /// The formula as text, such as `Σ_z P(y | x, z) P(z)`; a variable that is bound anew gets a prime.
    pub fn text(&self, names: &[String]) -> String {
        let labels = self.free_variables().into_iter().map(|v| (v, names[v].clone())).collect();
        self.labelled(names, &labels)
    }

    fn labelled(&self, names: &[String], labels: &BTreeMap<usize, String>) -> String {
        let list = |set: &BTreeSet<usize>| {
            let shown: Vec<&str> = set.iter().map(|v| labels.get(v).unwrap_or(&names[*v]).as_str()).collect();
            shown.join(", ")
        };
        match self {
            Self::Probability { of, given } if given.is_empty() => format!("P({})", list(of)),
            Self::Probability { of, given } => format!("P({} | {})", list(of), list(given)),
            Self::Product(factors) if factors.is_empty() => "1".into(),
            Self::Product(factors) => {
                let last = factors.len() - 1;
                let factor = |(i, f): (usize, &Self)| match f {
                    Self::Sum { .. } if i < last => format!("({})", f.labelled(names, labels)),
                    _ => f.labelled(names, labels),
                };
                factors.iter().enumerate().map(factor).collect::<Vec<_>>().join(" ")
            }
            Self::Sum { over, term } => {
                let mut inner = labels.clone();
                for &v in over {
                    let label = labels.get(&v).map_or_else(|| names[v].clone(), |outer| format!("{outer}′"));
                    inner.insert(v, label);
                }
                let bound: Vec<&str> = over.iter().map(|v| inner[v].as_str()).collect();
                let sign =
                    if bound.len() == 1 { bound[0].to_owned() } else { format!("{{{}}}", bound.join(", ")) };
                format!("Σ_{sign} {}", term.labelled(names, &inner))
            }
            Self::Quotient(above, below) => {
                format!("[{}] / [{}]", above.labelled(names, labels), below.labelled(names, labels))
            }
        }
    }

    /// The sum of a product; nothing to sum gives the product, one factor the factor.
    pub(super) fn sum_of_product(over: BTreeSet<usize>, mut factors: Vec<Self>) -> Self {
        let single = if factors.len() == 1 { factors.pop() } else { None };
        let term = single.unwrap_or(Self::Product(factors));
        if over.is_empty() { term } else { Self::Sum { over, term: Box::new(term) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_bound_anew_gets_a_prime() {
        let names = ["x", "m", "y"].map(String::from);
        let inner = Estimand::sum_of_product(
            BTreeSet::from([0]),
            vec![Estimand::probability([2], [0, 1]), Estimand::probability([0], [])],
        );
        let whole =
            Estimand::sum_of_product(BTreeSet::from([1]), vec![Estimand::probability([1], [0]), inner]);
        assert_eq!(whole.text(&names), "Σ_m P(m | x) Σ_x′ P(y | x′, m) P(x′)");
        assert_eq!(whole.free_variables(), BTreeSet::from([0, 2]));
    }
}
