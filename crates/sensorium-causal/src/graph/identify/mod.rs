//! Whether an effect can be computed from what is observed, and how (Shpitser and Pearl, "Identification of joint
//! interventional distributions in recursive semi-Markovian causal models", AAAI 2006).

mod algorithm;

use super::Dag;
use super::estimand::Estimand;
use crate::CausalError;
use algorithm::Hedge;
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
            Some(&node) => wrong(format!(
                "`{}` is not observed; its effect can be asked for when it is",
                self.names()[node]
            )),
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
        let first: BTreeSet<usize> = between.iter().copied().filter(|&node| self.has_edge(x, node)).collect();
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
            text +=
                &format!("; with linear mechanisms `{}` can serve as an instrument", names[instrument.node]);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn dag(names: &[&str], edges: &[(usize, usize)]) -> Dag {
        Dag::from_edges(names.to_vec(), edges).unwrap()
    }

    #[test]
    fn what_is_not_identifiable_says_what_would_help() {
        let dag = dag(&["dose", "width", "mask", "wear"], &[(0, 1), (2, 0), (3, 0), (3, 1)]);
        let text = dag.identify_effect(0, 1, &BTreeSet::from([3])).unwrap_err().to_string();
        assert_eq!(
            text,
            "not identifiable: the effect of `dose` on `width`: `dose`, `width` share hidden causes (`wear`), and no \
             observed node tells these from the effect; measure `wear`, or intervene on `dose`; with linear mechanisms \
             `mask` can serve as an instrument"
        );
    }

    #[test]
    fn routes_are_tried_from_the_simplest() {
        let edges = [(0, 1), (1, 2), (3, 0), (3, 2)];
        let dag = dag(&["x", "m", "y", "u"], &edges);
        let route = |x, y, hidden: &[usize]| {
            dag.identify_effect(x, y, &hidden.iter().copied().collect()).unwrap().route
        };
        assert_eq!(route(2, 0, &[]), Route::NoEffect);
        assert_eq!(route(0, 2, &[]), Route::BackDoor { adjustment: BTreeSet::from([3]) });
        assert_eq!(route(0, 2, &[3]), Route::FrontDoor { mediators: BTreeSet::from([1]) });
        assert_eq!(route(0, 1, &[3]), Route::BackDoor { adjustment: BTreeSet::new() });
    }

    #[test]
    fn ends_that_are_hidden_or_the_same_are_refused() {
        let dag = dag(&["a", "b"], &[(0, 1)]);
        assert!(dag.identify_effect(0, 0, &BTreeSet::new()).is_err());
        assert!(
            dag.identify_effect(0, 1, &BTreeSet::from([1]))
                .unwrap_err()
                .to_string()
                .contains("`b` is not observed")
        );
        assert!(dag.identify_effect(0, 7, &BTreeSet::new()).is_err());
    }
}
