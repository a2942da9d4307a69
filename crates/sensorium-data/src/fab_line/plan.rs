//! The structural model as a list of mechanisms, each a function of mechanisms declared before it.
//!
//! A mechanism sees the values of its declared parents and nothing else: the causal graph that
//! [`FabLine::edges`](super::FabLine::edges) tells is true by construction.

use super::Step;

/// Place of a mechanism in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(pub(super) usize);

/// A function of the parents' values, in declared order.
pub(super) type Response = Box<dyn Fn(&[f64]) -> f64 + Send + Sync>;

/// How a value comes about.
pub(super) enum Mechanism {
    /// A function of the parents plus a disturbance.
    Response(Response),
    /// Lots since the last maintenance: one more each lot, back to zero near `limit`.
    Counter { limit: f64 },
    /// A slow hidden state: `keep` of itself each lot plus `creep`, renewed when the counter (its
    /// only parent, where it has one) is at zero.
    Drift { keep: f64, creep: f64 },
}

/// One variable, seen or hidden.
pub(super) struct Node {
    pub name: String,
    pub step: Step,
    pub parents: Vec<usize>,
    pub mechanism: Mechanism,
    /// Standard deviation of the disturbance.
    pub noise: f64,
    /// Share of the disturbance that carries over to the next lot, in `[0, 1)`.
    pub carry: f64,
    /// Multiplies the disturbance by an occasional burst (heavy tails).
    pub bursts: bool,
    /// Standard deviation of the reading around the true value.
    pub reading: f64,
    /// Share of lots that are not measured.
    pub missing: f64,
    pub hidden: bool,
    pub injectable: bool,
}

/// The mechanisms, in causal order.
#[derive(Default)]
pub(super) struct Plan {
    pub nodes: Vec<Node>,
}

impl Plan {
    fn push(
        &mut self,
        name: &str,
        step: Step,
        parents: &[Id],
        mechanism: Mechanism,
        noise: f64,
        carry: f64,
    ) -> Id {
        self.nodes.push(Node {
            name: name.to_owned(),
            step,
            parents: parents.iter().map(|p| p.0).collect(),
            mechanism,
            noise,
            carry,
            bursts: false,
            reading: 0.3 * noise,
            missing: 0.0,
            hidden: false,
            injectable: false,
        });
        Id(self.nodes.len() - 1)
    }

    /// A set point or surrounding: `mean` with a disturbance of its own.
    pub fn drive(&mut self, name: &str, step: Step, mean: f64, noise: f64, carry: f64) -> Id {
        self.push(name, step, &[], Mechanism::Response(Box::new(move |_| mean)), noise, carry)
    }

    /// A function of earlier variables with a disturbance.
    pub fn respond(
        &mut self,
        name: &str,
        step: Step,
        parents: &[Id],
        (noise, carry): (f64, f64),
        response: impl Fn(&[f64]) -> f64 + Send + Sync + 'static,
    ) -> Id {
        self.push(name, step, parents, Mechanism::Response(Box::new(response)), noise, carry)
    }

    /// Lots since maintenance, which happens near `limit`.
    pub fn counter(&mut self, name: &str, step: Step, limit: f64) -> Id {
        let id = self.push(name, step, &[], Mechanism::Counter { limit }, 0.0, 0.0);
        self.nodes[id.0].reading = 0.0;
        id
    }

    /// A hidden state that wanders with a standard deviation near one.
    pub fn drift(&mut self, name: &str, step: Step, counter: Option<Id>, creep: f64) -> Id {
        let keep: f64 = 0.97;
        let noise = (1.0 - keep * keep).sqrt();
        let parents: Vec<Id> = counter.into_iter().collect();
        let id = self.push(name, step, &parents, Mechanism::Drift { keep, creep }, noise, 0.0);
        self.nodes[id.0].hidden = true;
        id
    }

    /// Marks as a parameter that a fault may be injected into.
    pub fn injectable(&mut self, ids: &[Id]) {
        for id in ids {
            self.nodes[id.0].injectable = true;
        }
    }

    /// Sets the reading's noise and the share of lots without a reading.
    pub fn sampled(&mut self, id: Id, reading: f64, missing: f64) {
        self.nodes[id.0].reading = reading;
        self.nodes[id.0].missing = missing;
    }

    /// Gives the disturbance bursts.
    pub fn bursts(&mut self, id: Id) {
        self.nodes[id.0].bursts = true;
    }
}
