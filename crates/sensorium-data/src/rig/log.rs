//! The operator's log: a line every 2 to 6 s, mostly about nothing.
//!
//! A line is chatter. Once in a while (one in a hundred) it suspects a fault that is not there. When
//! the operator does notice the fault, the line is one of several phrasings of what was noticed; when
//! it is mild the operator says so.

use super::faults::Fault;
use super::operation::Operation;
use super::random::{Draws, Purpose, uniform};
use super::sensor::Sensor;
use crate::time::Timestamp;
use rand::Rng;
use rand::seq::IndexedRandom;

/// What the operator notices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogTerms {
    /// Probability that a line tells of the fault, in `[0, 1]`.
    pub hint: f32,
    /// The fault it tells of.
    pub fault: Option<Fault>,
}

const WRONG_HINT: f32 = 0.01;

/// Each fault with the phrases that hint at it.
pub const PHRASES: [(Fault, [&str; 6]); 9] = [
    (
        Fault::BearingWear,
        [
            "whining from the drive end",
            "grinding noise at the bearing housing",
            "bearing sounds rough",
            "a clicking that follows the speed, near the bearing",
            "bearing could do with grease",
            "growling at the shaft end",
        ],
    ),
    (
        Fault::Imbalance,
        [
            "floor plate is shaking",
            "whole frame trembles with the shaft",
            "strong shaking felt at the base",
            "coffee cup walks across the bench, stand is shaking",
            "anchor bolts trembling, once a turn",
            "rotor seems to throw, heavy shaking",
        ],
    ),
    (
        Fault::Misalignment,
        [
            "coupling rubber dust under the guard",
            "coupling looks skewed",
            "shafts do not seem to line up",
            "knocking at the coupling",
            "coupling bolts came loose again",
            "coupling guard is warm",
        ],
    ),
    (
        Fault::Cavitation,
        [
            "sounds like gravel in the pump",
            "crackling at the suction side",
            "pump rattles as if full of stones",
            "suction pipe crackles",
            "bubbles in the sight glass",
            "pump sounds starved of water",
        ],
    ),
    (
        Fault::Leak,
        [
            "puddle under the flange",
            "water dripping below the pipe",
            "wet floor near the pump",
            "spray from the hose joint",
            "drip tray is full",
            "flange is weeping water",
        ],
    ),
    (
        Fault::BlockedFilter,
        [
            "filter gauge in the red",
            "strainer looks dirty",
            "differential over the filter is high",
            "filter due for cleaning, indicator popped",
            "sludge on the strainer lid",
            "filter element seems clogged",
        ],
    ),
    (
        Fault::StuckValve,
        [
            "valve position does not follow",
            "valve stem moves in jerks",
            "positioner hunting, valve jumps",
            "had to tap the valve to make it move",
            "valve indicator hangs, then jumps",
            "control valve reacts late",
        ],
    ),
    (
        Fault::WindingShort,
        [
            "smell of burnt varnish",
            "motor humming unevenly",
            "scorched smell at the terminal box",
            "breaker feels warm, motor hum odd",
            "insulation smell near the motor",
            "phase lamps flicker",
        ],
    ),
    (
        Fault::FanFailure,
        [
            "housing hot to the touch",
            "no air from the fan cowl",
            "motor casing too hot to keep a hand on",
            "fan cowl scrapes, no draught",
            "cooling air is missing at the motor",
            "motor fan barely blows",
        ],
    ),
];

const CHATTER: [&str; 24] = [
    "nothing to report",
    "all quiet",
    "round done, readings taken",
    "changed the note paper",
    "visitor group passing by",
    "crane working in the next bay",
    "door open, draughty",
    "shift handover in a while",
    "checked the emergency stop, fine",
    "load changed as scheduled",
    "running as usual",
    "swept the floor",
    "radio on in the hall",
    "forklift went by, some noise",
    "lamp over the stand flickers",
    "lunch break soon",
    "tool cabinet locked",
    "logged the counter reading",
    "talked to the electrician about next week",
    "sun on the window side",
    "compressor of the neighbour started",
    "gauge glass wiped",
    "looks normal to me",
    "some noise from the hall",
];

const OPENINGS: [&str; 6] = ["", "", "", "note: ", "again: ", "round: "];
const ENDINGS: [&str; 6] = ["", "", "", ", will watch it", ", told the foreman", ", as before"];

/// Times and lines; the first comes at the start.
pub(super) fn simulate(
    operation: &Operation,
    terms: &LogTerms,
    draws: Draws,
) -> (Vec<Timestamp>, Vec<String>) {
    let noise = &mut draws.stream(Purpose::Noise(Sensor::Log));
    let fault = &mut draws.stream(Purpose::Fault(Sensor::Log));
    let seconds = operation.samples(1000.0) as f32 / 1000.0;
    let (mut times, mut lines) = (Vec::new(), Vec::new());
    let mut at = 0.0f32;
    while at < seconds {
        // The same draws for every line, whether used or not: a pair differs in hints alone.
        let wrong = uniform(noise, 0.0, 1.0) < WRONG_HINT;
        let suspect = noise.random_range(0..PHRASES.len());
        let doubt = phrase(PHRASES[suspect].0, noise);
        let talk = pick(&CHATTER, noise);
        let mut line = dress(if wrong { doubt } else { talk }, noise);
        if let Some(real) = terms.fault {
            let noticed = uniform(fault, 0.0, 1.0) < terms.hint;
            let hint = dress(phrase(real, fault), fault);
            if noticed && operation.growth[operation.point(f64::from(at))] > 0.5 {
                line = hint;
            }
        }
        times.push(Timestamp::from_micros((f64::from(at) * 1e6).round() as i64));
        lines.push(line);
        at += uniform(noise, 2.0, 6.0);
    }
    (times, lines)
}

fn pick(list: &[&'static str], rng: &mut impl Rng) -> &'static str {
    list.choose(rng).copied().unwrap_or_default()
}

fn phrase(fault: Fault, rng: &mut impl Rng) -> &'static str {
    pick(&PHRASES[fault as usize].1, rng)
}

fn dress(core: &str, rng: &mut impl Rng) -> String {
    format!("{}{core}{}", pick(&OPENINGS, rng), pick(&ENDINGS, rng))
}
