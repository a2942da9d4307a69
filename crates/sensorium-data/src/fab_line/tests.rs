use super::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

fn line() -> FabLine {
    FabLine::new(FabConfig::default()).unwrap()
}

/// Readings rounded to nine significant digits, so that the last bit of a system's `exp` does not count.
fn digest(table: &FabTable) -> String {
    let mut hash = Sha256::new();
    for name in &table.names {
        hash.update(name.as_bytes());
    }
    for value in table.rows.iter().flatten() {
        hash.update(format!("{value:.8e};").as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn there_are_two_hundred_variables_with_names_of_their_own() {
    let line = line();
    assert_eq!(line.names().len(), 200, "{}", line.names().len());
    assert_eq!(line.names().iter().collect::<BTreeSet<_>>().len(), 200);
    assert_eq!(line.outcomes().iter().collect::<BTreeSet<_>>().len(), 12);
    assert_eq!(line.names()[line.yield_index()], "yield_percent");
}

#[test]
fn the_reference_sample_is_the_frozen_one() {
    let line = line();
    let variable = line.injectable()[10];
    let fault = FabFault { variable, kind: FaultKind::Variance, size: 5.0, onset: 20 };
    let (normal, faulty) = (line.normal(100, 7), line.faulty(100, &fault, 8).unwrap());
    assert_eq!(VERSION, "1.0");
    assert_eq!(digest(&normal), "128f884577c0110c8a674744f35c609da62f8295caee1b8f8e2a4cee7cfe6f08");
    assert_eq!(digest(&faulty), "f53cb3ec71020777b00f9bfa3cad88b4b8ed61c6980c22838ba3f9184d420ca4");
}

#[test]
fn the_same_seed_gives_the_same_lots_and_another_seed_others() {
    let line = line();
    assert_eq!(digest(&line.normal(40, 3)), digest(&line.normal(40, 3)));
    assert_ne!(digest(&line.normal(40, 3)), digest(&line.normal(40, 4)));
}

#[test]
fn a_fault_changes_only_what_is_downstream_of_it_and_only_after_its_onset() {
    let line = line();
    let normal = line.normal(80, 5);
    for (i, &variable) in line.injectable().iter().enumerate() {
        let fault = FabFault { variable, kind: FaultKind::ALL[i % 5], size: 6.0, onset: 30 };
        let faulty = line.faulty(80, &fault, 5).unwrap();
        let affected = line.affected(variable);
        let mut changed = BTreeSet::new();
        for (lot, (a, b)) in normal.rows.iter().zip(&faulty.rows).enumerate() {
            for column in 0..200 {
                if a[column].to_bits() != b[column].to_bits() {
                    assert!(lot >= 30);
                    changed.insert(column);
                }
            }
        }
        assert!(changed.iter().all(|c| affected.contains(c)), "{}", line.names()[variable]);
        assert!(
            changed.contains(&variable) && changed.contains(&line.yield_index()),
            "{}",
            line.names()[variable]
        );
    }
}

#[test]
fn edges_run_forward_in_the_process_and_every_injectable_parameter_reaches_the_yield() {
    let line = line();
    let steps = line.steps();
    assert!(line.edges().iter().all(|&(a, b)| a < b && steps[a] <= steps[b]));
    for variable in line.injectable() {
        assert!(line.affected(variable).contains(&line.yield_index()), "{}", line.names()[variable]);
        assert!(line.chain(variable).iter().any(|&(a, _)| a == variable));
    }
    assert!(line.latents().iter().all(|(_, moved)| moved.len() >= 2));
}

#[test]
fn normal_yield_is_that_of_a_working_line() {
    let line = line();
    let table = line.normal(1000, 11);
    let yields: Vec<f64> = table.rows.iter().map(|row| row[line.yield_index()]).collect();
    let mean = yields.iter().sum::<f64>() / 1000.0;
    assert!((60.0..95.0).contains(&mean), "{mean}");
    assert!(yields.iter().all(|y| (0.0..=101.0).contains(y)));
    assert!(table.rows.iter().flatten().all(|v| v.is_nan() || v.is_finite()));
}

#[test]
fn more_dose_makes_narrower_lines_and_hotter_deposition_grows_faster() {
    let line = line();
    let mean = |table: &FabTable, name: &str| {
        let column = line.names().iter().position(|n| n == name).unwrap();
        let seen: Vec<f64> = table.rows.iter().map(|row| row[column]).filter(|v| !v.is_nan()).collect();
        seen.iter().sum::<f64>() / seen.len() as f64
    };
    let normal = line.normal(200, 6);
    for (cause, effect, sign) in [
        ("scanner_a_dose_mj_per_cm2", "resist_line_width_nm", -1.0),
        ("deposition_1_temperature_c", "film_thickness_nm", 1.0),
        ("platen_a_down_force_kpa", "polished_thickness_nm", -1.0),
        ("etch_1_chlorine_flow_sccm", "trench_depth_nm", 1.0),
        ("scanner_b_stage_error_x_nm", "via_resistance_ohm", 1.0),
    ] {
        let variable = line.names().iter().position(|n| n == cause).unwrap();
        let fault = FabFault { variable, kind: FaultKind::Step, size: 6.0, onset: 0 };
        let faulty = line.faulty(200, &fault, 6).unwrap();
        assert!(sign * (mean(&faulty, effect) - mean(&normal, effect)) > 0.0, "{cause} {effect}");
    }
}

#[test]
fn a_fault_in_a_variable_that_is_no_parameter_is_refused() {
    let line = line();
    let fault = FabFault { variable: line.yield_index(), kind: FaultKind::Step, size: 1.0, onset: 0 };
    let message = line.faulty(10, &fault, 1).unwrap_err().to_string();
    assert!(message.contains("yield_percent") && message.contains("injectable"), "{message}");
    assert!(FabLine::new(FabConfig { drift: f64::NAN, ..FabConfig::default() }).is_err());
}
