//! Event logs from outside: reading, learning normal behaviour, finding a known cause.

use proptest::prelude::*;
use rand::Rng;
use sensorium_causal::events::{
    Behaviour, BehaviourOptions, Catalogue, Change, DeviationKind, Event, EventGraph, EventLog, GraphUsed,
    RootCauseOptions, VariableKind, deviations, parse_event_log, root_causes_from_events,
};
use sensorium_causal::random::generator;

const COMMAND: usize = 0;
const SENSOR: usize = 1;
const LAMP: usize = 2;
const OTHER: usize = 3;
const ALARM: usize = 4;

fn catalogue() -> Catalogue {
    use VariableKind::{Alarm, Binary};
    Catalogue::with_variables([
        ("command", Some(Binary)),
        ("sensor", Some(Binary)),
        ("lamp", Some(Binary)),
        ("other", Some(Binary)),
        ("alarm", Some(Alarm)),
    ])
    .unwrap()
}

fn event(time_s: f64, variable: usize, value: f64) -> Event {
    Event { time_s, variable, value }
}

/// The command toggles every 20 s, the sensor follows in about 0.5 s, the lamp 0.4 s after the sensor; `other` on its
/// own. Events are published up to 0.05 s late.
fn plant(seed: u64, until_s: f64) -> Vec<Event> {
    let mut rng = generator(seed, 0);
    let mut events: Vec<Event> = (0..5).map(|v| event(0.0, v, 0.0)).collect();
    let (mut time, mut value) = (7.0, 1.0);
    while time < until_s {
        let mut at = time;
        for (variable, delay) in [(COMMAND, 0.0), (SENSOR, 0.5), (LAMP, 0.4)] {
            at += delay;
            events.push(event(at + rng.random_range(0.0..0.05), variable, value));
        }
        time += 20.0;
        value = 1.0 - value;
    }
    let (mut time, mut value) = (3.0, 1.0);
    while time < until_s {
        events.push(event(time, OTHER, value));
        time += rng.random_range(10.0..50.0);
        value = 1.0 - value;
    }
    events
}

fn normal(catalogue: &Catalogue) -> Behaviour {
    let logs: Vec<EventLog> = (0..6).map(|s| EventLog::new(plant(s, 600.0), catalogue).unwrap()).collect();
    Behaviour::learn(&logs, catalogue, &BehaviourOptions::default()).unwrap()
}

/// The sensor does not answer the command at 107 s; the alarm comes 3 s later.
fn stuck_sensor(shift_s: f64, later: Vec<Event>) -> Vec<Event> {
    let late = |e: &Event| e.time_s > 106.9 && (e.variable == SENSOR || e.variable == LAMP);
    let mut events: Vec<Event> = plant(99, 118.0).into_iter().filter(|e| !late(e)).collect();
    events.push(event(110.0, ALARM, 1.0));
    events.push(event(118.0, ALARM, 1.0));
    events.extend(later);
    events.iter_mut().for_each(|e| e.time_s += shift_s);
    events
}

fn ranked(events: Vec<Event>, graph: Option<&EventGraph>, until_s: f64) -> Vec<(usize, f64)> {
    let catalogue = catalogue();
    let log = EventLog::new(events, &catalogue).unwrap().up_to(until_s).unwrap();
    let options = RootCauseOptions::default();
    let diagnosis = root_causes_from_events(&log, &catalogue, &normal(&catalogue), graph, &options).unwrap();
    diagnosis.suspects.iter().map(|s| (s.variable, s.score)).collect()
}

#[test]
fn a_response_that_stays_out_is_charged_to_what_did_not_answer() {
    assert_eq!(ranked(stuck_sensor(0.0, Vec::new()), None, 118.0)[0].0, SENSOR);
}

#[test]
fn a_change_without_its_prerequisite_is_charged_to_what_changed() {
    let catalogue = catalogue();
    let mut events = plant(98, 118.0);
    events.push(event(115.5, SENSOR, 1.0));
    events.push(event(116.0, ALARM, 1.0));
    let log = EventLog::new(events, &catalogue).unwrap();
    let normal = normal(&catalogue);
    let diagnosis =
        root_causes_from_events(&log, &catalogue, &normal, None, &RootCauseOptions::default()).unwrap();
    let first = &diagnosis.suspects[0];
    assert_eq!(first.variable, SENSOR);
    let missing = Change { variable: COMMAND, on: true };
    let change = Change { variable: SENSOR, on: true };
    assert_eq!(first.deviation.unwrap().kind, DeviationKind::Unprompted { change, missing });
}

#[test]
fn the_learned_graph_has_the_chain_and_no_shortcut() {
    let catalogue = catalogue();
    let graph = normal(&catalogue).graph(&catalogue).unwrap();
    assert!(graph.link(COMMAND, SENSOR).is_some());
    assert!(graph.link(SENSOR, LAMP).is_some());
    assert!(graph.link(SENSOR, COMMAND).is_none());
    assert!(graph.links().iter().all(|l| l.cause != OTHER && l.effect != OTHER));
    let evidence = graph.link(COMMAND, SENSOR).unwrap().evidence.unwrap();
    assert!((evidence.median_delay_s - 0.5).abs() < 0.05, "{evidence:?}");
    assert!(evidence.p_value < 1e-6 && evidence.lift > 10.0, "{evidence:?}");
}

#[test]
fn normal_operation_has_no_unprompted_and_no_missing_change() {
    let catalogue = catalogue();
    let log = EventLog::new(plant(42, 600.0), &catalogue).unwrap();
    let found = deviations(&log, &catalogue, &normal(&catalogue), 60.0);
    let broken = found.iter().filter(|d| !matches!(d.kind, DeviationKind::Rare(_))).count();
    assert_eq!(broken, 0, "{found:?}");
}

#[test]
fn the_diagnosis_says_which_graph_it_used_and_gives_the_chain() {
    let catalogue = catalogue();
    let log = EventLog::new(stuck_sensor(0.0, Vec::new()), &catalogue).unwrap();
    let normal = normal(&catalogue);
    let options = RootCauseOptions::default();
    let ask = |graph: Option<&EventGraph>| {
        root_causes_from_events(&log, &catalogue, &normal, graph, &options).unwrap()
    };
    assert_eq!(ask(None).graph, GraphUsed::None);
    let partial = EventGraph::expert(&catalogue, &[("command", "sensor", "moves")]).unwrap();
    assert_eq!(ask(Some(&partial)).graph, GraphUsed::WithoutWay(partial.source));
    let whole =
        EventGraph::expert(&catalogue, &[("command", "sensor", "moves"), ("sensor", "alarm", "watched")])
            .unwrap();
    let diagnosis = ask(Some(&whole));
    assert_eq!(diagnosis.graph, GraphUsed::To { source: whole.source, alarms: 1 });
    let first = &diagnosis.suspects[0];
    assert_eq!((first.variable, first.chain.len()), (SENSOR, 1));
    assert_eq!(first.chain[0].remark, "watched");
    assert!((first.chain[0].delay_s.unwrap() - 2.5).abs() < 0.1);
    let shares: f64 = diagnosis.suspects.iter().map(|s| s.share).sum();
    assert!((shares - 1.0).abs() < 1e-12);
    assert!(diagnosis.checks.windows(2).all(|c| c[0].information_bits >= c[1].information_bits));
}

#[test]
fn alarms_are_never_suspects() {
    assert!(ranked(stuck_sensor(0.0, Vec::new()), None, 118.0).iter().all(|(v, _)| *v != ALARM));
}

#[test]
fn errors_name_the_line_and_the_remedy() {
    let fault = |text: &str| parse_event_log(text, "log.csv", &mut Catalogue::new()).unwrap_err().to_string();
    let header = "time_s,node,value,type\n";
    assert!(fault("time_s,node,type\n").contains("no column `value`"));
    assert!(fault(header).contains("no events"));
    assert!(fault(&format!("{header}0,a,1,Binary\nNaN,a,0,Binary\n")).starts_with("log.csv, line 3: time_s"));
    assert!(fault(&format!("{header}0,a,inf,Analog\n")).contains("line 2: `a` cannot be \"inf\""));
    assert!(fault(&format!("{header}0,a,maybe,Alarm\n")).contains("True or False"));
    assert!(fault(&format!("{header}0,a,1,Bit\n")).contains("line 2: type \"Bit\""));
    assert!(
        fault(&format!("{header}0,a,1,Binary\n1,a,2.5,Analog\n")).contains("line 3: variable `a` is Binary")
    );
    assert!(fault(&format!("{header}0,a,,Binary\n")).contains("line 2: no value"));
    assert!(fault("time_s,node,value\n0,a,1\n").contains("no variable is called `a`"));
}

#[test]
fn a_sealed_catalogue_refuses_unknown_variables() {
    let mut known = catalogue();
    known.seal();
    let error = parse_event_log("time_s,node,value,type\n0,pump,1,Binary\n", "log", &mut known).unwrap_err();
    assert!(error.to_string().contains("no variable is called `pump`"));
}

#[test]
fn lines_out_of_order_and_repeated_lines_are_put_right_and_counted() {
    let text =
        "time_s,node,value,type\n0,a,False,Binary\n5,a,False,Binary\n2,a,True,Binary\n5,a,False,Binary\n";
    let log = parse_event_log(text, "log", &mut Catalogue::new()).unwrap();
    assert_eq!((log.out_of_order, log.repeated, log.changes().len()), (1, 1, 2));
    assert_eq!(log.changes()[0].time_s, 2.0);
}

#[test]
fn a_log_cannot_be_cut_before_it_starts() {
    let catalogue = catalogue();
    let log = EventLog::new(plant(0, 60.0), &catalogue).unwrap();
    assert!(log.up_to(-1.0).unwrap_err().to_string().contains("starts at 0 s"));
    assert!(log.up_to(f64::NAN).is_err());
}

#[test]
fn nothing_is_learned_from_nothing() {
    let catalogue = catalogue();
    assert!(Behaviour::learn(&[], &catalogue, &BehaviourOptions::default()).is_err());
    let log = EventLog::new(plant(0, 60.0), &catalogue).unwrap();
    let options = BehaviourOptions { least_share: 1.5, ..BehaviourOptions::default() };
    assert!(Behaviour::learn(&[log], &catalogue, &options).unwrap_err().to_string().contains("expected"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_ranking_does_not_depend_on_when_the_clock_was_started(shift in -1000_i32..1000) {
        // Multiples of a binary fraction, so that differences of times are the same to the last bits.
        let shift = f64::from(shift) * 0.25;
        let (here, there) = (
            ranked(stuck_sensor(0.0, Vec::new()), None, 118.0),
            ranked(stuck_sensor(shift, Vec::new()), None, 118.0 + shift),
        );
        prop_assert_eq!(here.len(), there.len());
        for (a, b) in here.iter().zip(&there) {
            prop_assert_eq!(a.0, b.0);
            prop_assert!((a.1 - b.1).abs() < 1e-6);
        }
    }

    #[test]
    fn what_comes_after_the_cut_never_matters(times in prop::collection::vec(118.001_f64..500.0, 0..20)) {
        let later = times.iter().enumerate().map(|(i, &t)| event(t, i % 5, f64::from(u8::from(i % 3 == 0)))).collect();
        prop_assert_eq!(
            ranked(stuck_sensor(0.0, later), None, 118.0),
            ranked(stuck_sensor(0.0, Vec::new()), None, 118.0)
        );
    }
}
