//! Iterative reconstruction: what it must find, and what filtered back-projection cannot.

use sensorium_tomo::geometry::even_angles_deg;
use sensorium_tomo::iterative::{
    CglsOptions, Iteration, Problem, SirtOptions, TvOptions, cgls, outside_removed, sirt, total_variation,
};
use sensorium_tomo::kernel::Isa;
use sensorium_tomo::phantom::{Ellipsoid, Phantom, add_noise};
use sensorium_tomo::projector::{Projector, to_columns};
use sensorium_tomo::{
    Beam, Detector, Distances, FdkOptions, Geometry, Projections, Volume, VolumeGrid, fdk, quality,
};

fn scan(views: usize, pitch_mm_per_turn: f64) -> Geometry {
    let detector = Detector::flat(56, 40, 1.5, 1.5);
    let distances = Distances { source_to_axis_mm: 200.0, source_to_detector_mm: 300.0 };
    let turns = if pitch_mm_per_turn == 0.0 { 1.0 } else { 3.0 };
    let angles = even_angles_deg(0.0, turns * 360.0 / views as f64, views);
    Geometry::new(Beam::Cone(distances), detector, angles)
        .and_then(|g| g.with_pitch(pitch_mm_per_turn))
        .unwrap()
}

fn phantom() -> Phantom {
    let ball = |centre_mm, radius: f64, attenuation_per_mm| Ellipsoid {
        attenuation_per_mm,
        centre_mm,
        semi_axes_mm: [radius, radius, 0.8 * radius],
        turn_deg: 0.0,
    };
    Phantom::new(vec![
        ball([0.0, 0.0, 0.0], 15.0, 0.02),
        ball([5.0, 3.0, 1.0], 5.0, 0.02),
        ball([-6.0, -3.0, -1.0], 4.0, -0.015),
    ])
}

fn grid() -> VolumeGrid {
    VolumeGrid::centred([36, 36, 30], [1.0; 3]).unwrap()
}

fn error(truth: &Volume, found: &Volume) -> f64 {
    quality::rmse(truth.values(), found.values(), None).unwrap()
}

/// Projections of the discrete volume itself, so that a solution exists.
fn consistent(geometry: &Geometry, truth: &Volume) -> Projections {
    let projector = Projector::new(geometry, *truth.grid(), Isa::best()).unwrap();
    let views: Vec<usize> = (0..geometry.views()).collect();
    let values = projector.forward(&to_columns(truth.values(), truth.grid()), &views);
    Projections::new(geometry.views(), 40, 56, values).unwrap()
}

#[test]
fn sirt_os_sart_and_cgls_approach_the_volume_that_was_projected() {
    let truth = phantom().sample(grid(), 3);
    let geometry = scan(48, 0.0);
    let projections = consistent(&geometry, &truth);
    let problem = Problem::new(&geometry, &projections, grid(), Isa::best()).unwrap();
    let start = error(&truth, &Volume::zeros(grid()));
    let mut residuals = Vec::new();
    let mut watch = |i: Iteration| {
        residuals.push(i.residual);
        true
    };
    let options = SirtOptions { iterations: 40, ..SirtOptions::default() };
    let slow = error(&truth, &sirt(&problem, &options, &mut watch).unwrap());
    assert!(slow < 0.12 * start, "{slow} of {start}");
    assert!(residuals.windows(2).all(|r| r[1] <= r[0]), "SIRT's residual rose: {residuals:?}");
    let options = SirtOptions { iterations: 10, subsets: 8, ..SirtOptions::default() };
    let fast = error(&truth, &sirt(&problem, &options, &mut |_| true).unwrap());
    assert!(fast < slow, "ten passes of OS-SART: {fast}, forty of SIRT: {slow}");
    let options = CglsOptions { iterations: 25, ..CglsOptions::default() };
    let conjugate = error(&truth, &cgls(&problem, &options, &mut |_| true).unwrap());
    assert!(conjugate < 0.08 * start, "{conjugate} of {start}");
}

#[test]
fn a_helix_is_reconstructed_by_iteration() {
    let truth = phantom().sample(grid(), 3);
    let geometry = scan(120, 14.0);
    let projections = consistent(&geometry, &truth);
    let problem = Problem::new(&geometry, &projections, grid(), Isa::best()).unwrap();
    let options = SirtOptions { iterations: 12, subsets: 10, ..SirtOptions::default() };
    let found = error(&truth, &sirt(&problem, &options, &mut |_| true).unwrap());
    assert!(found < 0.1 * error(&truth, &Volume::zeros(grid())), "{found}");
}

#[test]
fn total_variation_beats_filtered_back_projection_of_few_noisy_views() {
    let truth = phantom().sample(grid(), 3);
    let geometry = scan(20, 0.0);
    let mut projections = phantom().project(&geometry);
    add_noise(&mut projections, 2e4, 5).unwrap();
    let plain = fdk(&geometry, &projections, grid(), &FdkOptions::default()).unwrap();
    let problem =
        Problem::new(&geometry, &projections, grid(), Isa::best()).unwrap().start_from(&plain).unwrap();
    let options = TvOptions { weight: 0.02, iterations: 25, ..TvOptions::default() };
    let smooth = total_variation(&problem, &options, &mut |_| true).unwrap();
    assert!(
        error(&truth, &smooth) < 0.4 * error(&truth, &plain),
        "{} {}",
        error(&truth, &smooth),
        error(&truth, &plain)
    );
    assert!(smooth.values().iter().all(|v| *v >= 0.0));
}

#[test]
fn a_region_of_interest_is_as_good_as_its_part_of_the_whole() {
    let truth = phantom().sample(grid(), 3);
    let geometry = scan(60, 0.0);
    let projections = consistent(&geometry, &truth);
    let region = VolumeGrid::centred([12, 12, 12], [1.0; 3]).unwrap().at([4.0, 2.0, 1.0]).unwrap();
    let part = phantom().sample(region, 3);
    let solve = |projections: &Projections| {
        let problem = Problem::new(&geometry, projections, region, Isa::best()).unwrap();
        let options = SirtOptions { iterations: 15, subsets: 6, ..SirtOptions::default() };
        error(&part, &sirt(&problem, &options, &mut |_| true).unwrap())
    };
    let whole = fdk(&geometry, &projections, grid(), &FdkOptions::default()).unwrap();
    let rest = outside_removed(&geometry, &projections, &whole, &region, Isa::best()).unwrap();
    let (with, without) = (solve(&rest), solve(&projections));
    assert!(with < 0.25 * without, "{with} {without}");
    assert!(
        outside_removed(&geometry, &projections, &whole, &region.at([30.0, 0.0, 0.0]).unwrap(), Isa::best())
            .is_err()
    );
}

#[test]
fn a_watch_stops_and_settings_that_make_no_sense_are_refused() {
    let geometry = scan(12, 0.0);
    let projections = Projections::zeros(&geometry);
    let problem = Problem::new(&geometry, &projections, grid(), Isa::best()).unwrap();
    let mut told = 0;
    let stop_at_two = &mut |i: Iteration| {
        told = i.number;
        i.number < 2
    };
    sirt(&problem, &SirtOptions::default(), stop_at_two).unwrap();
    assert_eq!(told, 2);
    let bad = SirtOptions { relaxation: 2.5, ..SirtOptions::default() };
    assert!(
        sirt(&problem, &bad, &mut |_| true).unwrap_err().to_string().contains("relaxation between 0 and 2")
    );
    let bad = TvOptions { weight: f64::NAN, ..TvOptions::default() };
    assert!(total_variation(&problem, &bad, &mut |_| true).is_err());
    let bad = CglsOptions { iterations: 0, ..CglsOptions::default() };
    assert!(cgls(&problem, &bad, &mut |_| true).is_err());
}
