//! Whether an effect can be computed from what is observed, and how (Shpitser and Pearl, "Identification of joint
//! interventional distributions in recursive semi-Markovian causal models", AAAI 2006).

use super::estimand::Estimand;
use super::projection::Projection;
use super::Dag;
use crate::CausalError;
use std::collections::BTreeSet;

/// Why an effect is identifiable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `x` does not cause `y`.
    NoEffect,
    /// Adjusting for these nodes blocks all paths that are not causal.
    BackDoor {
        /// The optimal set where all of it is observed, a minimal one otherwise.
        adjustment: BTreeSet<usize>,
    },
    /// All of the effect runs through these nodes, which share no hidden causes with `x` (Pearl 1995).
    FrontDoor {
        /// The nodes.
        mediators: BTreeSet<usize>,
    },
    /// By the general algorithm.
    General,
}

/// An effect that the graph and what is observed determine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentifiedEffect {
    /// Why.
    pub route: Route,
    /// `P(y | do(x))`.
    pub estimand: Estimand,
}

/// A node that moves `x` and touches `y` only through it, given others: with linear mechanisms (or monotone ones, for
/// those who comply) it gives the effect where no formula does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// The instrument.
    pub node: usize,
    /// What must be known beside it.
    pub given: BTreeSet<usize>,
}

impl Dag {
    /// How `P(y | do(x))` follows from the distribution of the nodes that are not `unobserved`.
    ///
    /// Looks for an adjustment set, then for a front door, then runs the ID algorithm, which finds a formula whenever
    /// there is one.
    ///
    /// # Errors
    /// [`CausalError::Argument`] when `x` or `y` is out of range, unobserved, or both are one;
    /// [`CausalError::NotIdentifiable`] with the confounded nodes (the hedge) and what would help.
    pub fn identify_effect(
        &self,
        x: usize,
        y: usize,
        unobserved: &BTreeSet<usize>,
    ) -> Result<IdentifiedEffect, CausalError> {
        self.check_ends(x, y, unobserved)?;
        if !self.descendants(x).contains(&y) {
            return Ok(IdentifiedEffect { route: Route::NoEffect, estimand: Estimand::probability([y], []) });
        }
        let adjustment = self.optimal_adjustment(x, y, unobserved);
        if let Some(adjustment) = adjustment.or_else(|| self.minimal_adjustment(x, y, unobserved)) {
            let mut given = adjustment.clone();
            given.insert(x);
            let mut factors = vec![Estimand::probability([y], given)];
            if !adjustment.is_empty() {
                factors.push(Estimand::probability(adjustment.iter().copied(), []));
            }
            let estimand = Estimand::sum_of_product(adjustment.clone(), factors);
            return Ok(IdentifiedEffect { route: Route::BackDoor { adjustment }, estimand });
        }
        if let Some(mediators) = self.front_door(x, y, unobserved) {
            let mut given = mediators.clone();
            given.insert(x);
            let inner = Estimand::sum_of_product(
                BTreeSet::from([x]),
                vec![Estimand::probability([y], given), Estimand::probability([x], [])],
            );
            let first = Estimand::probability(mediators.iter().copied(), [x]);
            let estimand = Estimand::sum_of_product(mediators.clone(), vec![first, inner]);
            return Ok(IdentifiedEffect { route: Route::FrontDoor { mediators }, estimand });
        }
        match self.general_formula(x, y, unobserved) {
            Ok(estimand) => Ok(IdentifiedEffect { route: Route::General, estimand }),
            Err(hedge) => Err(CausalError::NotIdentifiable(self.explain(x, y, unobserved, &hedge))),
        }
    }

    /// Nodes by which the effect of `x` on `y` could be estimated in spite of hidden causes (Brito and Pearl 2002):
    /// each depends on `x` and, without the edges that leave `x`, not on `y`, given nothing or its observed parents.
    ///
    /// # Errors
    /// [`CausalError::Argument`] as [`Dag::identify_effect`].
    pub fn instruments(
        &self,
        x: usize,
        y: usize,
        unobserved: &BTreeSet<usize>,
    ) -> Result<Vec<Instrument>, CausalError> {
        self.check_ends(x, y, unobserved)?;
        let mut after = self.descendants(x);
        after.extend([x, y]);
        let mut found = Vec::new();
        for node in (0..self.len()).filter(|n| !after.contains(n) && !unobserved.contains(n)) {
            let parents: BTreeSet<usize> =
                self.parents(node).iter().copied().filter(|p| !unobserved.contains(p)).collect();
            let works = |given: &BTreeSet<usize>| {
                self.d_connected(&[node], given, |_, _| false)[x]
                    && !self.d_connected(&[node], given, |cause, _| cause == x)[y]
            };
            if let Some(given) = [BTreeSet::new(), parents].into_iter().find(|given| works(given)) {
                found.push(Instrument { node, given });
            }
        }
        Ok(found)
    }

    fn check_ends(&self, x: usize, y: usize, unobserved: &BTreeSet<usize>) -> Result<(), CausalError> {
        let wrong = |message: String| Err(CausalError::Argument(message));
        if let Some(node) = [x, y].iter().chain(unobserved).find(|node| **node >= self.len()) {
            return wrong(format!("there is no node {node}"));
        }
        if x == y {
            return wrong(format!("`{}` is asked for its effect on itself", self.names()[x]));
        }
        match [x, y].iter().find(|node| unobserved.contains(node)) {
            Some(&node) => {
                wrong(format!("`{}` is not observed; its effect can be asked for when it is", self.names()[node]))
            }
            None => Ok(()),
        }
    }

    /// Nodes that intercept all causal paths, are not confounded with `x`, and whose paths back to `y` the node `x`
    /// blocks: one node if one will do, all nodes on causal paths next.
    fn front_door(&self, x: usize, y: usize, unobserved: &BTreeSet<usize>) -> Option<BTreeSet<usize>> {
        let mut before_y = self.ancestors(y);
        before_y.retain(|node| !unobserved.contains(node));
        let between: BTreeSet<usize> = self.descendants(x).intersection(&before_y).copied().collect();
        let singles = between.iter().map(|&node| BTreeSet::from([node]));
        let first: BTreeSet<usize> =
            between.iter().copied().filter(|&node| self.has_edge(x, node)).collect();
        let sets = singles.chain([first, between.clone()]);
        sets.into_iter().find(|set| !set.is_empty() && self.is_front_door(x, y, set))
    }

    fn is_front_door(&self, x: usize, y: usize, set: &BTreeSet<usize>) -> bool {
        let mut reached = BTreeSet::from([x]);
        let mut open = vec![x];
        while let Some(node) = open.pop() {
            let next = self.children(node).iter().filter(|child| !set.contains(child));
            next.for_each(|&child| {
                if reached.insert(child) {
                    open.push(child);
                }
            });
        }
        let nothing = BTreeSet::new();
        let from_x = self.d_connected(&[x], &nothing, |cause, _| cause == x);
        let members: Vec<usize> = set.iter().copied().collect();
        let to_y = self.d_connected(&members, &BTreeSet::from([x]), |cause, _| set.contains(&cause));
        !reached.contains(&y) && members.iter().all(|&m| !from_x[m]) && !to_y[y]
    }

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

    /// Why there is no formula, and what would give one.
    fn explain(&self, x: usize, y: usize, unobserved: &BTreeSet<usize>, hedge: &Hedge) -> String {
        let names = self.names();
        let list = |nodes: &mut dyn Iterator<Item = usize>| {
            nodes.map(|n| format!("`{}`", names[n])).collect::<Vec<_>>().join(", ")
        };
        let hidden: Vec<usize> =
            unobserved.iter().copied().filter(|&u| self.joins(u, unobserved, &hedge.confounded)).collect();
        let mut text = format!(
            "the effect of `{}` on `{}`: {} share hidden causes ({}), and no observed node tells these from the effect",
            names[x],
            names[y],
            list(&mut hedge.confounded.iter().copied()),
            list(&mut hidden.iter().copied()),
        );
        let helps = |measured: &[usize]| {
            let mut left = unobserved.clone();
            measured.iter().for_each(|u| {
                left.remove(u);
            });
            self.general_formula(x, y, &left).is_ok()
        };
        let single: Vec<usize> = hidden.iter().copied().filter(|&u| helps(&[u])).collect();
        let measure = if !single.is_empty() {
            single.iter().map(|&u| format!("`{}`", names[u])).collect::<Vec<_>>().join(" or ")
        } else {
            list(&mut if helps(&hidden) { hidden } else { unobserved.iter().copied().collect() }.into_iter())
        };
        text += &format!("; measure {measure}, or intervene on `{}`", names[x]);
        if let Ok(instruments) = self.instruments(x, y, unobserved)
            && let Some(instrument) = instruments.first()
        {
            text += &format!("; with linear mechanisms `{}` can serve as an instrument", names[instrument.node]);
            if !instrument.given.is_empty() {
                text += &format!(" given {}", list(&mut instrument.given.iter().copied()));
            }
        }
        text
    }

    /// Whether a hidden node causes two of `nodes` directly or through hidden nodes alone.
    fn joins(&self, hidden: usize, unobserved: &BTreeSet<usize>, nodes: &BTreeSet<usize>) -> bool {
        let (mut reached, mut passed) = (BTreeSet::new(), BTreeSet::new());
        let mut open = self.children(hidden).to_vec();
        while let Some(child) = open.pop() {
            if !unobserved.contains(&child) {
                reached.insert(child);
            } else if passed.insert(child) {
                open.extend(self.children(child));
            }
        }
        reached.intersection(nodes).count() > 1
    }
}

/// What stands in the way of a formula: nodes that hidden causes join into one district around `x`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hedge {
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
                let (above, below) = (p.marginal(v, &with).formula(&with), p.marginal(v, &before).formula(&before));
                Estimand::Quotient(Box::new(above), Box::new(below))
            }
        }
    }
}
