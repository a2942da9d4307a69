//! The simulator against its own promises: determinism, couplings, spectral lines, visibility.

use super::features::line_amplitude;
use super::*;
use crate::corrupt::Failure;
use crate::recording::{Recording, Target};
use crate::source::{RecordingSource, Split};
use crate::stream::Samples;
use crate::time::{Span, Timestamp};

fn severe(seconds: f64) -> Rig {
    RigConfig { seconds, severity: [0.9, 1.0], ..RigConfig::default() }.init().unwrap()
}

/// The first recording of `fault` whose lead is `sensor`.
fn led_by(rig: &Rig, fault: Fault, sensor: Sensor) -> usize {
    (0..rig.len()).find(|i| rig.fault(*i) == Some(fault) && rig.severity(*i).unwrap().lead == sensor).unwrap()
}

fn values(recording: &Recording, sensor: Sensor) -> &[f32] {
    match &recording.streams[sensor.index()].as_ref().unwrap().samples {
        Samples::Values { data, .. } | Samples::Images { data, .. } => data,
        Samples::Text(_) => panic!("text"),
    }
}

/// Amplitude of the line at `phase(t)` cycles, with the fault over without it.
fn gain(rig: &Rig, index: usize, sensor: Sensor, phase: impl Fn(&Operation, f64) -> f64) -> f32 {
    let operation = rig.operation(index);
    let (with, without) = rig.pair(index);
    let amplitude = |recording| {
        let data = values(recording, sensor);
        let phases = (0..data.len()).map(|i| phase(&operation, i as f64 / sensor.rate_hz()));
        line_amplitude(data, phases)
    };
    amplitude(&with) / amplitude(&without)
}

#[test]
fn the_same_seed_gives_the_same_recording() {
    let config = RigConfig { seconds: 4.0, ..RigConfig::default() };
    let (a, b) = (config.clone().init().unwrap(), config.clone().init().unwrap());
    assert_eq!(a.load(7).unwrap(), b.load(7).unwrap());
    assert_eq!(a.digest(), b.digest());
    let other = RigConfig { seed: 1, ..config }.init().unwrap();
    assert_ne!(a.load(7).unwrap(), other.load(7).unwrap());
    assert_ne!(a.digest(), other.digest());
}

#[test]
fn streams_that_a_fault_does_not_reach_are_equal_bit_for_bit() {
    let rig = severe(8.0);
    for index in 0..3 * Rig::CLASSES {
        let (with, without) = rig.pair(index);
        for sensor in Sensor::ALL {
            let reached = rig.fault(index).is_some_and(|f| f.couples().contains(&sensor));
            let equal = with.streams[sensor.index()] == without.streams[sensor.index()];
            if !reached {
                assert!(equal, "{:?} at {sensor:?}", rig.fault(index));
            } else if sensor != Sensor::Log {
                assert!(!equal, "{:?} at {sensor:?}", rig.fault(index));
            }
        }
    }
}

#[test]
fn every_fault_reaches_two_to_five_sensors_and_every_sensor_is_reached() {
    for fault in Fault::ALL {
        assert!((2..=5).contains(&fault.couples().len()), "{fault:?}");
    }
    for sensor in Sensor::ALL {
        assert!(Fault::ALL.iter().filter(|f| f.couples().contains(&sensor)).count() >= 3, "{sensor:?}");
    }
}

#[test]
fn imbalance_raises_the_line_at_shaft_frequency_alone() {
    let rig = severe(8.0);
    let index = led_by(&rig, Fault::Imbalance, Sensor::Vibration);
    assert!(gain(&rig, index, Sensor::Vibration, |o, t| o.shaft_at(t)) > 5.0);
    let twice = gain(&rig, index, Sensor::Vibration, |o, t| 2.0 * o.shaft_at(t));
    assert!((twice - 1.0).abs() < 0.05, "{twice}");
}

#[test]
fn an_eccentric_gap_puts_sidebands_one_shaft_frequency_beside_the_line() {
    let rig = severe(8.0);
    let index = led_by(&rig, Fault::Imbalance, Sensor::Current);
    for side in [-1.0, 1.0] {
        assert!(gain(&rig, index, Sensor::Current, |o, t| o.line_at(t) + side * o.shaft_at(t)) > 5.0);
    }
    let carrier = gain(&rig, index, Sensor::Current, |o, t| o.line_at(t));
    assert!((carrier - 1.0).abs() < 0.05, "{carrier}");
}

#[test]
fn misalignment_raises_twice_the_shaft_frequency() {
    let rig = severe(8.0);
    let index = led_by(&rig, Fault::Misalignment, Sensor::Vibration);
    assert!(gain(&rig, index, Sensor::Vibration, |o, t| 2.0 * o.shaft_at(t)) > 5.0);
    let once = gain(&rig, index, Sensor::Vibration, |o, t| o.shaft_at(t));
    assert!((once - 1.0).abs() < 0.05, "{once}");
}

#[test]
fn bearing_wear_beats_at_the_outer_race_frequency_in_the_envelope() {
    let rig = severe(8.0);
    let index = led_by(&rig, Fault::BearingWear, Sensor::Vibration);
    let (operation, order) = (rig.operation(index), f64::from(rig.machine(index).outer_race_order()));
    let (with, without) = rig.pair(index);
    let envelope_line = |recording, order: f64| {
        let data = values(recording, Sensor::Vibration);
        let high: Vec<f32> = data.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs()).collect();
        line_amplitude(&high, (0..high.len()).map(|i| order * operation.shaft_at(i as f64 / 2000.0)))
    };
    let on = envelope_line(&with, order) / envelope_line(&without, order);
    assert!(on > 10.0, "{on}");
    assert!(envelope_line(&with, order) > 5.0 * envelope_line(&with, order * 0.83));
}

#[test]
fn the_rotor_cage_shows_at_twice_the_slip_beside_the_line() {
    let rig = severe(20.0);
    let (index, rate) = (0, Sensor::Current.rate_hz());
    let (operation, pairs) = (rig.operation(index), f64::from(rig.machine(index).pole_pairs));
    let data = rig.pair(index).0;
    let data = values(&data, Sensor::Current);
    let side = |times: f64| {
        let phases = (0..data.len()).map(|i| {
            let (line, shaft) = (operation.line_at(i as f64 / rate), operation.shaft_at(i as f64 / rate));
            line + times * (line - pairs * shaft)
        });
        line_amplitude(data, phases)
    };
    assert!(side(-2.0) > 3.0 * side(-1.5) && side(2.0) > 3.0 * side(1.5));
}

#[test]
fn a_short_raises_the_third_harmonic_and_a_failed_fan_heats_the_winding() {
    let rig = severe(8.0);
    let index = led_by(&rig, Fault::WindingShort, Sensor::Current);
    assert!(gain(&rig, index, Sensor::Current, |o, t| 3.0 * o.line_at(t)) > 5.0);
    let (with, without) = rig.pair(led_by(&rig, Fault::FanFailure, Sensor::Temperature));
    let motor = |recording: &Recording| values(recording, Sensor::Temperature)[14];
    assert!(motor(&with) > motor(&without) + 10.0);
}

#[test]
fn each_fault_is_invisible_in_three_modalities_and_visible_in_two() {
    let rig = RigConfig { seconds: 8.0, ..RigConfig::default() }.init().unwrap();
    let table = VisibilityTable::measure(&rig, 24).unwrap();
    for (fault, cells) in Fault::ALL.into_iter().zip(&table.cells) {
        assert!(table.invisible(fault).len() >= 3, "{fault:?}\n{table}");
        let visible = cells.iter().filter(|c| c.d_prime.abs() > 1.0 && c.auroc > 0.55).count();
        assert!(visible >= 2, "{fault:?}\n{table}");
    }
    let alone: f32 = table.shown_by.iter().map(|s| s[1]).sum::<f32>() / 9.0;
    assert!(alone > 0.1, "{alone}");
}

#[test]
fn the_meter_sees_a_fault_where_it_leads_and_nowhere_else_it_does_not_couple() {
    let rig = severe(8.0);
    let meter = Meter::fit(&rig, 12).unwrap();
    let index = led_by(&rig, Fault::Misalignment, Sensor::Current);
    let (with, without) = rig.pair(index);
    let windows = |recording: &Recording| recording.windows(4_000_000, 4_000_000).next().unwrap();
    let (with, without) = (windows(&with), windows(&without));
    assert!(meter.visible(&with, &without, Sensor::Current) > 1.0);
    assert_eq!(meter.visible(&with, &without, Sensor::Pressure), 0.0);
    assert_eq!(
        meter.windows(index)[0][Sensor::Current.index()],
        meter.visible(&with, &without, Sensor::Current)
    );
}

#[test]
fn the_split_is_stratified_and_by_rig() {
    let rig = RigConfig::default().init().unwrap();
    for class in 0..Rig::CLASSES {
        let of = |split| rig.indices(split).iter().filter(|i| *i % Rig::CLASSES == class).count();
        assert_eq!((of(Split::Train), of(Split::Validation), of(Split::Test)), (42, 14, 14));
    }
}

#[test]
fn before_its_onset_a_fault_does_not_exist() {
    let config = RigConfig { seconds: 8.0, onset_s: Some(4.0), severity: [0.9, 1.0], ..RigConfig::default() };
    let rig = config.init().unwrap();
    let (with, without) = rig.pair(led_by(&rig, Fault::Leak, Sensor::Pressure));
    let span = Span::lasting(Timestamp::ZERO, 4_000_000);
    assert_eq!(with.window(span).streams, without.window(span).streams);
    assert_eq!(with.window(span).target, Target::Class(0));
    let after = Span::lasting(Timestamp::from_seconds(4.0), 4_000_000);
    assert_eq!(with.window(after).target, Target::Class(Fault::Leak.class()));
    assert_ne!(with.window(after).streams, without.window(after).streams);
}

#[test]
fn a_broken_sensor_changes_its_own_stream_alone() {
    let broken = SensorFailure {
        sensor: Sensor::Flow,
        failure: Failure::Frozen,
        severity: 1.0,
        span: Some(Span::lasting(Timestamp::from_seconds(4.0), 4_000_000)),
    };
    let config = RigConfig { seconds: 8.0, ..RigConfig::default() };
    let healthy = config.clone().init().unwrap().load(0).unwrap();
    let rig = RigConfig { failures: vec![broken.clone()], ..config.clone() }.init().unwrap();
    let recording = rig.load(0).unwrap();
    let flow = values(&recording, Sensor::Flow);
    assert!(flow[40..].iter().all(|v| *v == flow[40]) && flow[..40] == values(&healthy, Sensor::Flow)[..40]);
    assert_eq!(recording.streams[0], healthy.streams[0]);
    let gone = SensorFailure { failure: Failure::Missing, span: None, ..broken };
    let rig = RigConfig { failures: vec![gone], ..config }.init().unwrap();
    assert!(rig.load(0).unwrap().streams[Sensor::Flow.index()].is_none());
}

#[test]
fn the_graph_has_the_couplings_of_every_fault() {
    let graph = causal_graph();
    for fault in Fault::ALL {
        for sensor in Sensor::ALL {
            assert_eq!(graph.has_edge(fault.name(), sensor.name()), fault.couples().contains(&sensor));
        }
    }
    assert!(graph.to_dot().contains("\"load\" -> \"torque\";"));
}

#[test]
fn senseless_settings_are_refused() {
    let with = |change: fn(&mut RigConfig)| {
        let mut config = RigConfig::default();
        change(&mut config);
        config.init().is_err()
    };
    assert!(
        with(|c| c.seconds = f64::NAN) && with(|c| c.window_s = 0.0) && with(|c| c.severity = [1.0, 0.1])
    );
    assert!(RigConfig::default().init().unwrap().load(700).is_err());
}
