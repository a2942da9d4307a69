//! What can go wrong with one parameter of the line.

use super::plan::Node;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// How a parameter misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// A constant is added from the onset on.
    Step,
    /// A ramp that reaches `size` after 100 lots and stays there.
    Drift,
    /// A random value of standard deviation `size` is added to each lot.
    Variance,
    /// The parameter stays at one value, `size` away from its mean, whatever should move it.
    Stuck,
    /// Three lots in ten, at random, get `1.5 × size`.
    Intermittent,
}

impl FaultKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Step, Self::Drift, Self::Variance, Self::Stuck, Self::Intermittent];
}

/// A fault in one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct FabFault {
    /// Index of the parameter among the observed variables; one of `FabLine::injectable`.
    pub variable: usize,
    /// How it misbehaves.
    pub kind: FaultKind,
    /// Size in standard deviations of the parameter in normal operation; the sign is the direction.
    pub size: f64,
    /// First lot with the fault.
    pub onset: usize,
}

/// Lots that a drift takes to its full size.
const RAMP: f64 = 100.0;

impl FabFault {
    /// The value of the parameter with the fault, for the lot `since` lots after the onset.
    pub(super) fn apply(
        &self,
        value: f64,
        since: usize,
        mean: f64,
        deviation: f64,
        rng: &mut impl Rng,
    ) -> f64 {
        let size = self.size * deviation;
        let normal: f64 = StandardNormal.sample(rng);
        let chance: f64 = rng.random();
        match self.kind {
            FaultKind::Step => value + size,
            FaultKind::Drift => value + size * ((since + 1) as f64 / RAMP).min(1.0),
            FaultKind::Variance => value + size * normal,
            FaultKind::Stuck => mean + size,
            FaultKind::Intermittent => {
                if chance < 0.3 {
                    value + 1.5 * size
                } else {
                    value
                }
            }
        }
    }

    /// Why the fault cannot be injected into `node`, where it cannot.
    pub(super) fn refusal(&self, node: Option<&Node>) -> Option<String> {
        match node {
            None => Some(format!("fault in variable {}: the line has 200 variables", self.variable)),
            Some(node) if !node.injectable => Some(format!(
                "fault in `{}`: it is not an injectable parameter; take one of `FabLine::injectable`",
                node.name
            )),
            Some(node) if !self.size.is_finite() => Some(format!(
                "fault in `{}`: the size {} is not finite; give it in standard deviations",
                node.name, self.size
            )),
            Some(_) => None,
        }
    }
}
