//! Running the line: lots in, a table out.

use super::fault::FabFault;
use super::plan::{Mechanism, Node, Plan};
use super::{ambient, deposition, electrical, etch, lithography, polish};
use crate::DataError;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Version of the model: a result quotes it, and any change of the numbers raises it.
pub const VERSION: &str = "1.0";

/// Lots that are run before the first one that is told, so that drifts and counters have settled.
const SETTLE: usize = 300;
/// Seed and lots of the run that sets the unit of a fault's size.
const REFERENCE: (u64, usize) = (0x5eed_fab0, 2000);

/// How noisy the line is; 1 everywhere is the reference line.
#[derive(Clone, Debug, PartialEq)]
pub struct FabConfig {
    /// Multiplies the noise of all readings.
    pub reading_noise: f64,
    /// Multiplies the share of missing metrology (at most 0.9 is lost).
    pub missing: f64,
    /// Multiplies the hidden drifts of the tools.
    pub drift: f64,
}

impl Default for FabConfig {
    fn default() -> Self {
        Self { reading_noise: 1.0, missing: 1.0, drift: 1.0 }
    }
}

/// What was recorded: one row a lot, one column a variable.
#[derive(Clone, Debug, PartialEq)]
pub struct FabTable {
    /// Names of the variables with their units.
    pub names: Vec<String>,
    /// Readings, lots × variables; NaN is not measured.
    pub rows: Vec<Vec<f64>>,
    /// Start of each lot, in hours.
    pub time: Vec<f64>,
}

/// The simulated line.
pub struct FabLine {
    pub(super) plan: Plan,
    /// Names of the observed variables.
    pub(super) names: Vec<String>,
    /// Observed index of each mechanism; none when hidden.
    pub(super) column: Vec<Option<usize>>,
    /// Mean and standard deviation of each mechanism in normal operation.
    scale: Vec<(f64, f64)>,
    config: FabConfig,
}

impl FabLine {
    /// Builds the line. Factors that are negative or not finite are an error.
    pub fn new(config: FabConfig) -> Result<Self, DataError> {
        for (name, value) in
            [("reading_noise", config.reading_noise), ("missing", config.missing), ("drift", config.drift)]
        {
            if !(value.is_finite() && value >= 0.0) {
                return Err(DataError::Invalid(format!(
                    "fab line: {name} is {value}; give a factor of 0 or more"
                )));
            }
        }
        let mut plan = Plan::default();
        let around = ambient::declare(&mut plan);
        let resist = lithography::declare(&mut plan, &around);
        let lines = etch::declare(&mut plan, &around, &resist);
        let film = deposition::declare(&mut plan, &around, &lines);
        let surface = polish::declare(&mut plan, &around, &film);
        electrical::declare(&mut plan, &around, &resist, &lines, &film, &surface);
        let mut next = 0..;
        let column = plan.nodes.iter().map(|node| if node.hidden { None } else { next.next() }).collect();
        let names = plan.nodes.iter().filter(|node| !node.hidden).map(|node| node.name.clone()).collect();
        let mut line = Self { plan, names, column, scale: Vec::new(), config };
        line.scale =
            line.states(REFERENCE.1, None, REFERENCE.0).iter().map(|x| moments(&x[SETTLE..])).collect();
        Ok(line)
    }

    /// Names of the observed variables with their units.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// `lots` lots of normal operation.
    pub fn normal(&self, lots: usize, seed: u64) -> FabTable {
        self.readings(&self.states(lots, None, seed), lots, seed)
    }

    /// `lots` lots of which those from the fault's onset on are faulty. With the same seed, whatever
    /// is not downstream of the fault equals [`Self::normal`]. A parameter that is not injectable is an error.
    pub fn faulty(&self, lots: usize, fault: &FabFault, seed: u64) -> Result<FabTable, DataError> {
        let place = self.column.iter().position(|c| *c == Some(fault.variable));
        if let Some(reason) = fault.refusal(place.map(|p| &self.plan.nodes[p])) {
            return Err(DataError::Invalid(reason));
        }
        Ok(self.readings(&self.states(lots, place.map(|p| (p, fault)), seed), lots, seed))
    }

    /// True values, mechanisms × (settling + `lots`).
    fn states(&self, lots: usize, fault: Option<(usize, &FabFault)>, seed: u64) -> Vec<Vec<f64>> {
        let mut states: Vec<Vec<f64>> = Vec::with_capacity(self.plan.nodes.len());
        for (place, node) in self.plan.nodes.iter().enumerate() {
            let mut rng = stream(seed, place, Purpose::Process);
            let mut trouble = stream(seed, place, Purpose::Fault);
            let mut memory = Memory::start(node, &mut rng);
            let mut values = Vec::with_capacity(SETTLE + lots);
            let mut inputs = Vec::with_capacity(node.parents.len());
            values.extend((0..SETTLE + lots).map(|lot| {
                inputs.clear();
                inputs.extend(node.parents.iter().map(|&parent| states[parent][lot]));
                let value = memory.next(node, &inputs, self.config.drift, &mut rng);
                match fault {
                    Some((at, fault)) if at == place && lot >= SETTLE + fault.onset => {
                        let (mean, deviation) = self.scale[place];
                        fault.apply(value, lot - SETTLE - fault.onset, mean, deviation, &mut trouble)
                    }
                    _ => value,
                }
            }));
            states.push(values);
        }
        states
    }

    fn readings(&self, states: &[Vec<f64>], lots: usize, seed: u64) -> FabTable {
        let mut rows = vec![vec![0.0; self.names.len()]; lots];
        for (place, node) in self.plan.nodes.iter().enumerate() {
            let Some(column) = self.column[place] else { continue };
            let mut rng = stream(seed, place, Purpose::Reading);
            let lost = (node.missing * self.config.missing).min(0.9);
            for (row, value) in rows.iter_mut().zip(&states[place][SETTLE..]) {
                let noise: f64 = StandardNormal.sample(&mut rng);
                let chance: f64 = rng.random();
                row[column] = if chance < lost {
                    f64::NAN
                } else {
                    value + self.config.reading_noise * node.reading * noise
                };
            }
        }
        FabTable { names: self.names.clone(), rows, time: (0..lots).map(|lot| lot as f64).collect() }
    }
}

/// What a mechanism carries from lot to lot.
struct Memory {
    state: f64,
    limit: f64,
}

impl Memory {
    fn start(node: &Node, rng: &mut impl Rng) -> Self {
        match node.mechanism {
            Mechanism::Counter { limit } => Self { state: (rng.random::<f64>() * limit).floor(), limit },
            _ => Self { state: 0.0, limit: 0.0 },
        }
    }

    fn next(&mut self, node: &Node, inputs: &[f64], drift: f64, rng: &mut impl Rng) -> f64 {
        let normal: f64 = StandardNormal.sample(rng);
        let chance: f64 = rng.random();
        match &node.mechanism {
            Mechanism::Response(response) => {
                let burst = if node.bursts && chance < 0.01 { 8.0 } else { 1.0 };
                let fresh = node.noise * (1.0 - node.carry * node.carry).sqrt() * normal * burst;
                self.state = node.carry * self.state + fresh;
                response(inputs) + self.state
            }
            Mechanism::Counter { limit } => {
                self.state += 1.0;
                if self.state >= self.limit {
                    self.state = 0.0;
                    self.limit = (limit * (0.8 + 0.4 * chance)).round();
                }
                self.state
            }
            Mechanism::Drift { keep, creep } => {
                self.state = match inputs.first() {
                    Some(0.0) => 0.3 * normal,
                    _ => keep * self.state + creep + node.noise * normal,
                };
                drift * self.state
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Purpose {
    Process = 0,
    Reading = 1,
    Fault = 2,
}

fn stream(seed: u64, place: usize, purpose: Purpose) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(3 * place as u64 + purpose as u64);
    rng
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt())
}
