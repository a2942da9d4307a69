//! The ID algorithm of Shpitser and Pearl (2006), figure 3.

use crate::Dag;
use crate::graph::estimand::Estimand;
use crate::graph::projection::Projection;
use std::collections::BTreeSet;

impl Dag {
    /// `P(y | do(x))` by the ID algorithm; the hedge when there is no formula.
    pub(super) fn general_formula(
        &self,
        x: usize,
        y: usize,
        unobserved: &BTreeSet<usize>,
    ) -> Result<Estimand, Hedge> {
        let projection = Projection::new(self, unobserved);
        let all = projection.observed.clone();
        let algorithm = Identification { projection: &projection };
        algorithm.identify(&BTreeSet::from([y]), &BTreeSet::from([x]), &Distribution::Observed, &all)
    }
}

/// What stands in the way of a formula: nodes that hidden causes join into one district around `x`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hedge {
    /// The nodes, `x` among them.
    pub confounded: BTreeSet<usize>,
}

/// The distribution of the nodes that the algorithm currently looks at.
#[derive(Clone)]
enum Distribution {
    /// As observed; the nodes contain all their ancestors.
    Observed,
    /// A product of one factor a node, each its distribution given the nodes before it.
    Factors(Vec<(usize, Estimand)>),
    /// Any other formula.
    Formula(Estimand),
}

impl Distribution {
    /// The distribution of some of the nodes of `of`; the others are summed out.
    fn marginal(&self, of: &BTreeSet<usize>, keep: &BTreeSet<usize>) -> Self {
        let drop: BTreeSet<usize> = of.difference(keep).copied().collect();
        match self {
            Self::Observed => Self::Observed,
            Self::Factors(factors) => {
                let (left, factors) = sum_out(drop, factors.clone());
                if left.is_empty() {
                    Self::Factors(factors)
                } else {
                    let product = factors.into_iter().map(|(_, f)| f).collect();
                    Self::Formula(Estimand::sum_of_product(left, product))
                }
            }
            Self::Formula(formula) => Self::Formula(Estimand::sum_of_product(drop, vec![formula.clone()])),
        }
    }

    fn formula(&self, of: &BTreeSet<usize>) -> Estimand {
        match self {
            Self::Observed => Estimand::probability(of.iter().copied(), []),
            Self::Factors(factors) => {
                let product = factors.iter().map(|(_, f)| f.clone()).collect();
                Estimand::sum_of_product(BTreeSet::new(), product)
            }
            Self::Formula(formula) => formula.clone(),
        }
    }
}

/// Takes away factors that sum to one: those of a node that is summed over and stands in no other factor. Returns
/// what is left to sum over.
fn sum_out(
    mut over: BTreeSet<usize>,
    mut factors: Vec<(usize, Estimand)>,
) -> (BTreeSet<usize>, Vec<(usize, Estimand)>) {
    loop {
        let spare = factors.iter().position(|(node, _)| {
            over.contains(node)
                && factors.iter().all(|(other, f)| other == node || !f.free_variables().contains(node))
        });
        let Some(position) = spare else { return (over, factors) };
        let (node, _) = factors.remove(position);
        over.remove(&node);
    }
}

/// The ID algorithm over a projection; the lines are those of figure 3 of the paper.
struct Identification<'a> {
    projection: &'a Projection,
}

impl Identification<'_> {
    fn identify(
        &self,
        y: &BTreeSet<usize>,
        x: &BTreeSet<usize>,
        p: &Distribution,
        v: &BTreeSet<usize>,
    ) -> Result<Estimand, Hedge> {
        let graph = self.projection;
        // Line 1: nothing is intervened on.
        if x.is_empty() {
            return Ok(p.marginal(v, y).formula(y));
        }
        // Line 2: what is no cause of y does not matter.
        let ancestors = graph.ancestors(y, v, &BTreeSet::new());
        if ancestors != *v {
            let x = x.intersection(&ancestors).copied().collect();
            return self.identify(y, &x, &p.marginal(v, &ancestors), &ancestors);
        }
        // Line 3: intervening on what does not reach y except through x changes nothing.
        let reaching = graph.ancestors(y, v, x);
        let idle: BTreeSet<usize> =
            v.iter().copied().filter(|node| !x.contains(node) && !reaching.contains(node)).collect();
        if !idle.is_empty() {
            return self.identify(y, &x.union(&idle).copied().collect(), p, v);
        }
        // Line 4: one problem for each district without x.
        let rest: BTreeSet<usize> = v.difference(x).copied().collect();
        let districts = graph.districts(&rest);
        if districts.len() > 1 {
            let mut product = Vec::with_capacity(districts.len());
            for district in &districts {
                product.push(self.identify(district, &v.difference(district).copied().collect(), p, v)?);
            }
            return Ok(Estimand::sum_of_product(rest.difference(y).copied().collect(), product));
        }
        let whole = graph.districts(v);
        // Line 5: x and its effects are one district.
        let Some(inside) = whole.iter().find(|district| rest.is_subset(district)).filter(|_| whole.len() > 1)
        else {
            return Err(Hedge { confounded: v.clone() });
        };
        let factors: Vec<(usize, Estimand)> =
            graph.order.iter().filter(|n| inside.contains(n)).map(|&n| (n, self.factor(n, p, v))).collect();
        // Line 6: the district without x is a district with it.
        if *inside == rest {
            let (over, factors) = sum_out(rest.difference(y).copied().collect(), factors);
            return Ok(Estimand::sum_of_product(over, factors.into_iter().map(|(_, f)| f).collect()));
        }
        // Line 7: the problem within the district around it.
        let x = x.intersection(inside).copied().collect();
        self.identify(y, &x, &Distribution::Factors(factors), inside)
    }

    /// The distribution of `node` given the nodes of `v` before it.
    fn factor(&self, node: usize, p: &Distribution, v: &BTreeSet<usize>) -> Estimand {
        let order = self.projection.order.iter().copied();
        let before: BTreeSet<usize> = order.take_while(|&n| n != node).filter(|n| v.contains(n)).collect();
        let known = match p {
            Distribution::Factors(factors) => factors.iter().find(|(n, _)| *n == node),
            _ => None,
        };
        match (known, p) {
            (Some((_, factor)), _) => factor.clone(),
            (None, Distribution::Observed) => {
                Estimand::probability([node], self.projection.pillow(node, &before))
            }
            (None, _) => {
                let mut with = before.clone();
                with.insert(node);
                let (above, below) =
                    (p.marginal(v, &with).formula(&with), p.marginal(v, &before).formula(&before));
                Estimand::Quotient(Box::new(above), Box::new(below))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::separation::tests::dag_of;
    use crate::random::generator;
    use proptest::prelude::*;
    use rand::Rng;

    const N: usize = 6;

    /// Probabilities of each node being 1 for each state of all nodes, of which it reads its parents' bits.
    struct Model {
        dag: Dag,
        tables: Vec<Vec<f64>>,
    }

    impl Model {
        fn new(dag: Dag, seed: u64) -> Self {
            let mut rng = generator(seed, 0);
            let table = |_| (0..1 << N).map(|_| rng.random_range(0.1..0.9)).collect();
            Self { tables: (0..N).map(table).collect(), dag }
        }

        /// The probability of a state; nodes that are set by intervention have none of their own.
        fn probability(&self, state: usize, set: Option<usize>) -> f64 {
            let own = |node: usize| {
                let parents: usize = self.dag.parents(node).iter().map(|&p| state & (1 << p)).sum();
                let one = self.tables[node][parents];
                if state >> node & 1 == 1 { one } else { 1.0 - one }
            };
            (0..N).filter(|node| Some(*node) != set).map(own).product()
        }

        fn marginal(&self, fixed: &[(usize, usize)], set: Option<usize>) -> f64 {
            let fits = |s: &usize| fixed.iter().all(|&(node, value)| s >> node & 1 == value);
            (0..1 << N).filter(fits).map(|s| self.probability(s, set)).sum()
        }

        fn evaluate(&self, formula: &Estimand, values: &mut [usize; N]) -> f64 {
            match formula {
                Estimand::Probability { of, given } => {
                    let known: Vec<(usize, usize)> = given.iter().map(|&g| (g, values[g])).collect();
                    let mut all = known.clone();
                    all.extend(of.iter().map(|&o| (o, values[o])));
                    self.marginal(&all, None) / self.marginal(&known, None)
                }
                Estimand::Product(factors) => factors.iter().map(|f| self.evaluate(f, values)).product(),
                Estimand::Quotient(above, below) => {
                    self.evaluate(above, values) / self.evaluate(below, values)
                }
                Estimand::Sum { over, term } => {
                    let outer = *values;
                    let over: Vec<usize> = over.iter().copied().collect();
                    let mut sum = 0.0;
                    for state in 0..1usize << over.len() {
                        over.iter().enumerate().for_each(|(i, &v)| values[v] = state >> i & 1);
                        sum += self.evaluate(term, values);
                    }
                    *values = outer;
                    sum
                }
            }
        }

        fn check(&self, formula: &Estimand, x: usize, y: usize) {
            for state in 0..4usize {
                let (at_x, at_y) = (state & 1, state >> 1);
                for others in 0..2 {
                    let mut values = [others; N];
                    (values[x], values[y]) = (at_x, at_y);
                    let truth = self.marginal(&[(x, at_x), (y, at_y)], Some(x));
                    let found = self.evaluate(formula, &mut values);
                    let text = formula.text(self.dag.names());
                    assert!(
                        (truth - found).abs() < 1e-9,
                        "{found} for {truth}: {text} in {:?}",
                        self.dag.edges()
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn formulas_give_the_effect_of_intervening(
            bits in proptest::collection::vec(any::<bool>(), 15), seed in 0..1000u64, hidden in 0..64usize
        ) {
            let model = Model::new(dag_of(N, &bits), seed);
            for x in 0..N {
                for y in (0..N).filter(|&y| y != x) {
                    let unobserved: BTreeSet<usize> =
                        (0..N).filter(|&u| hidden >> u & 1 == 1 && u != x && u != y).collect();
                    let general = model.dag.general_formula(x, y, &unobserved);
                    let found = model.dag.identify_effect(x, y, &unobserved);
                    prop_assert_eq!(general.is_ok(), found.is_ok());
                    if let (Ok(general), Ok(found)) = (general, found) {
                        model.check(&general, x, y);
                        model.check(&found.estimand, x, y);
                        let hidden_ones = general.free_variables().intersection(&unobserved).count();
                        prop_assert_eq!(hidden_ones, 0);
                    }
                }
            }
        }
    }

    /// Names, edges, and the number of hidden nodes at the end of the list.
    fn formula(
        names: &[&str],
        edges: &[(usize, usize)],
        hidden: usize,
        x: usize,
        y: usize,
    ) -> Result<String, Hedge> {
        let dag = Dag::from_edges(names.to_vec(), edges).unwrap();
        let unobserved = (names.len() - hidden..names.len()).collect();
        dag.general_formula(x, y, &unobserved).map(|f| f.text(dag.names()))
    }

    #[test]
    fn the_front_door_is_found() {
        let text = formula(&["x", "m", "y", "u"], &[(0, 1), (1, 2), (3, 0), (3, 2)], 1, 0, 2).unwrap();
        assert_eq!(text, "Σ_m P(m | x) Σ_x′ P(x′) P(y | x′, m)");
    }

    #[test]
    fn the_napkin_is_a_quotient() {
        let edges = [(0, 1), (1, 2), (2, 3), (4, 0), (4, 2), (5, 0), (5, 3)];
        let text = formula(&["w", "z", "x", "y", "u", "v"], &edges, 2, 2, 3).unwrap();
        assert!(text.contains('/') && text.contains("Σ_w"), "{text}");
    }

    #[test]
    fn a_bow_has_a_hedge() {
        let hedge = formula(&["x", "y", "u"], &[(0, 1), (2, 0), (2, 1)], 1, 0, 1).unwrap_err();
        assert_eq!(hedge.confounded, BTreeSet::from([0, 1]));
    }
}
