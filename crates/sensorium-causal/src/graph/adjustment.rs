//! Sets to adjust for: with them the effect of `x` on `y` is what is left of their association.
//!
//! A set is valid by the generalised adjustment criterion: it holds nothing on a causal path from `x` to `y` or
//! after one, and it blocks every path that is not causal (Shpitser, VanderWeele and Robins 2010; Perković et al.,
//! "Complete graphical characterization and construction of adjustment sets in Markov equivalence classes of
//! ancestral graphs", JMLR 2018).

use super::{Dag, Graph};
use crate::CausalError;
use std::collections::BTreeSet;

impl Dag {
    /// Whether adjusting for `set` gives the total effect of `x` on `y`, whatever the mechanisms.
    pub fn is_valid_adjustment(&self, x: usize, y: usize, set: &BTreeSet<usize>) -> bool {
        BackDoor::of_dag(self, x, y).is_valid(set)
    }

    /// A valid set without the `unobserved` of which no node can be spared; `None` when there is no valid set
    /// (van der Zander, Liśkiewicz and Textor 2014).
    pub fn minimal_adjustment(
        &self,
        x: usize,
        y: usize,
        unobserved: &BTreeSet<usize>,
    ) -> Option<BTreeSet<usize>> {
        BackDoor::of_dag(self, x, y).minimal(unobserved)
    }

    /// The valid set with the lowest asymptotic variance of the effect in linear models, and of non-parametric
    /// estimators: the parents of the nodes on causal paths that are not themselves on or after one (Henckel,
    /// Perković and Maathuis 2022). `None` when it would need an `unobserved` node or `x` does not cause `y`:
    /// with unobserved nodes there may be no set that is best whatever the mechanisms.
    pub fn optimal_adjustment(
        &self,
        x: usize,
        y: usize,
        unobserved: &BTreeSet<usize>,
    ) -> Option<BTreeSet<usize>> {
        BackDoor::of_dag(self, x, y).optimal(unobserved)
    }
}

/// The same for a class of DAGs (a CPDAG): what holds for every member. Where knowledge was added to a CPDAG, a set
/// may be refused that every member would accept.
impl Graph {
    /// Whether every path that may be causal from `x` to `y` starts with an edge that is known to leave `x`; if not,
    /// the effect differs between the members of the class.
    ///
    /// # Errors
    /// [`CausalError::NotIdentifiable`] when it does not, with the edge to direct; [`CausalError::Data`] for a graph
    /// that is no class of DAGs.
    pub fn check_amenable(&self, x: usize, y: usize) -> Result<(), CausalError> {
        self.consistent_extension()?;
        let back = self.reached(y, x, true);
        match self.neighbours(x).into_iter().find(|&v| self.is_undirected(x, v) && back.contains(&v)) {
            None => Ok(()),
            Some(v) => {
                let (x, y, v) = (&self.names()[x], &self.names()[y], &self.names()[v]);
                Err(CausalError::NotIdentifiable(format!(
                    "the effect of `{x}` on `{y}`: the data do not tell whether `{x}` causes `{v}` or `{v}` causes \
                     `{x}`; direct that edge by knowledge of order or by an intervention on `{x}`"
                )))
            }
        }
    }

    /// Whether adjusting for `set` gives the total effect of `x` on `y` in every member of the class.
    ///
    /// # Errors
    /// As [`Graph::check_amenable`].
    pub fn is_valid_adjustment(
        &self,
        x: usize,
        y: usize,
        set: &BTreeSet<usize>,
    ) -> Result<bool, CausalError> {
        Ok(self.back_door(x, y, &self.member(x, y)?).is_valid(set))
    }

    /// As [`Dag::minimal_adjustment`], valid in every member of the class.
    ///
    /// # Errors
    /// As [`Graph::check_amenable`].
    pub fn minimal_adjustment(
        &self,
        x: usize,
        y: usize,
        unobserved: &BTreeSet<usize>,
    ) -> Result<Option<BTreeSet<usize>>, CausalError> {
        Ok(self.back_door(x, y, &self.member(x, y)?).minimal(unobserved))
    }

    /// As [`Dag::optimal_adjustment`]; it is the same set in every member of the class.
    ///
    /// # Errors
    /// As [`Graph::check_amenable`].
    pub fn optimal_adjustment(
        &self,
        x: usize,
        y: usize,
        unobserved: &BTreeSet<usize>,
    ) -> Result<Option<BTreeSet<usize>>, CausalError> {
        Ok(self.back_door(x, y, &self.member(x, y)?).optimal(unobserved))
    }

    /// A member of a class that is amenable: there, a set that avoids what is forbidden in the class blocks in one
    /// member if it does in all (Perković et al. 2018, lemma 13 and theorem 7).
    fn member(&self, x: usize, y: usize) -> Result<Dag, CausalError> {
        self.check_amenable(x, y)?;
        self.consistent_extension()
    }

    fn back_door<'a>(&self, x: usize, y: usize, member: &'a Dag) -> BackDoor<'a> {
        let mut back_door = BackDoor::of_dag(member, x, y);
        let to_y = self.reached(y, x, true);
        for node in self.reached(x, x, false).into_iter().filter(|node| *node != x && to_y.contains(node)) {
            back_door.forbidden.extend(self.reached(node, usize::MAX, false));
        }
        back_door
    }

    /// `from` and the nodes that may come after it (before it, when `backwards`) by edges that do not point against
    /// the walk, which does not go on through `stop`.
    fn reached(&self, from: usize, stop: usize, backwards: bool) -> BTreeSet<usize> {
        let mut found = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(node) = open.pop() {
            for next in self.neighbours(node) {
                let against =
                    if backwards { self.is_directed(node, next) } else { self.is_directed(next, node) };
                if !against && next != stop && found.insert(next) {
                    open.push(next);
                }
            }
        }
        found
    }
}

/// The paths from `x` to `y` that are not causal: those of the graph without the first edges of causal paths.
struct BackDoor<'a> {
    dag: &'a Dag,
    x: usize,
    y: usize,
    /// Nodes on causal paths, without `x`.
    causal: BTreeSet<usize>,
    forbidden: BTreeSet<usize>,
}

impl<'a> BackDoor<'a> {
    fn of_dag(dag: &'a Dag, x: usize, y: usize) -> Self {
        let mut to_y = dag.ancestors(y);
        to_y.insert(y);
        let causal: BTreeSet<usize> = dag.descendants(x).intersection(&to_y).copied().collect();
        let mut forbidden = BTreeSet::from([x, y]);
        for &node in &causal {
            forbidden.insert(node);
            forbidden.extend(dag.descendants(node));
        }
        Self { dag, x, y, causal, forbidden }
    }

    fn is_valid(&self, set: &BTreeSet<usize>) -> bool {
        let cut = |cause: usize, effect: usize| cause == self.x && self.causal.contains(&effect);
        self.x != self.y
            && set.is_disjoint(&self.forbidden)
            && !self.dag.d_connected(&[self.x], set, cut)[self.y]
    }

    fn minimal(&self, unobserved: &BTreeSet<usize>) -> Option<BTreeSet<usize>> {
        let mut set = self.dag.ancestors(self.x);
        set.extend(self.dag.ancestors(self.y));
        set.retain(|node| !self.forbidden.contains(node) && !unobserved.contains(node));
        if !self.is_valid(&set) {
            return None;
        }
        for node in set.clone() {
            set.remove(&node);
            if !self.is_valid(&set) {
                set.insert(node);
            }
        }
        Some(set)
    }

    fn optimal(&self, unobserved: &BTreeSet<usize>) -> Option<BTreeSet<usize>> {
        let mut set: BTreeSet<usize> =
            self.causal.iter().flat_map(|&node| self.dag.parents(node)).copied().collect();
        set.retain(|node| !self.forbidden.contains(node));
        (!self.causal.is_empty() && set.is_disjoint(unobserved) && self.is_valid(&set)).then_some(set)
    }
}
