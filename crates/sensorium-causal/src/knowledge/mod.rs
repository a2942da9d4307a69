//! Background knowledge: what is known of a graph before any data are seen.

mod text;

use crate::{CausalError, Dag};
use std::collections::BTreeSet;

/// Edges that must be there, edges that cannot be, and tiers in time.
///
/// All are pairs of positions, cause first. A variable of a later tier is never a cause of one of an earlier tier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Knowledge {
    /// Edges that must be there.
    pub required: BTreeSet<(usize, usize)>,
    /// Edges that cannot be.
    pub forbidden: BTreeSet<(usize, usize)>,
    /// The tier of each variable; `None` for one that may stand anywhere. Empty when there are no tiers.
    pub tiers: Vec<Option<usize>>,
}

impl Knowledge {
    /// Nothing is known.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.required.is_empty() && self.forbidden.is_empty() && self.tiers.iter().all(Option::is_none)
    }

    /// Whether `cause → effect` must be there.
    pub fn requires(&self, cause: usize, effect: usize) -> bool {
        self.required.contains(&(cause, effect))
    }

    /// Whether `cause → effect` cannot be: said so, against the tiers, or against a required edge.
    pub fn forbids(&self, cause: usize, effect: usize) -> bool {
        let tier = |i: usize| self.tiers.get(i).copied().flatten();
        let backwards = matches!((tier(cause), tier(effect)), (Some(c), Some(e)) if c > e);
        backwards || self.forbidden.contains(&(cause, effect)) || self.required.contains(&(effect, cause))
    }

    /// Whether there can be no edge between `a` and `b` at all.
    pub fn forbids_adjacency(&self, a: usize, b: usize) -> bool {
        self.forbids(a, b) && self.forbids(b, a)
    }

    /// Checks that the pieces agree with one another and with a number of variables.
    ///
    /// # Errors
    /// [`CausalError::Knowledge`] for an edge that is required and forbidden, or required against the tiers, a cycle
    /// of required edges, or a position out of range.
    pub fn check(&self, names: &[String]) -> Result<(), CausalError> {
        let wrong = |message: String| Err(CausalError::Knowledge(message));
        let mut required = Dag::new(names.to_vec())?;
        if self.tiers.len() > names.len() {
            return wrong(format!(
                "there are {} tiers' entries for {} variables",
                self.tiers.len(),
                names.len()
            ));
        }
        for &(a, b) in self.required.iter().chain(&self.forbidden) {
            if a.max(b) >= names.len() {
                return wrong(format!("there is no variable {}", a.max(b)));
            }
        }
        for &(cause, effect) in &self.required {
            let edge = format!("{} → {}", names[cause], names[effect]);
            if self.forbidden.contains(&(cause, effect)) {
                return wrong(format!("{edge} is required and forbidden; take one away"));
            }
            let tier = |i: usize| self.tiers.get(i).copied().flatten();
            if matches!((tier(cause), tier(effect)), (Some(c), Some(e)) if c > e) {
                return wrong(format!(
                    "{edge} is required, but its cause stands in a later tier than its effect"
                ));
            }
            if let Err(CausalError::Cycle(cycle)) = required.add_edge(cause, effect) {
                return wrong(format!("the required edges make a cycle: {cycle}; take one of them away"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["a", "b", "c"].map(String::from).to_vec()
    }

    #[test]
    fn a_cycle_of_required_edges_is_refused_by_name() {
        let knowledge = Knowledge { required: BTreeSet::from([(0, 1), (1, 2), (2, 0)]), ..Knowledge::none() };
        let text = knowledge.check(&names()).unwrap_err().to_string();
        assert!(text.contains("c → a → b → c"), "{text}");
    }

    #[test]
    fn tiers_forbid_edges_back_in_time() {
        let knowledge = Knowledge { tiers: vec![Some(0), Some(1), None], ..Knowledge::none() };
        assert!(knowledge.forbids(1, 0));
        assert!(!knowledge.forbids(0, 1) && !knowledge.forbids(2, 0));
        assert!(!knowledge.forbids_adjacency(0, 1));
    }

    #[test]
    fn required_against_forbidden_is_a_contradiction() {
        let knowledge = Knowledge {
            required: BTreeSet::from([(0, 1)]),
            forbidden: BTreeSet::from([(0, 1)]),
            ..Knowledge::none()
        };
        assert!(knowledge.check(&names()).unwrap_err().to_string().contains("required and forbidden"));
    }
}
