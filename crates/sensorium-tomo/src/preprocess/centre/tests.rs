use super::phantom::{Ellipse, fan_sinogram, normal, sinogram, uniform};
use super::*;
use crate::geometry::even_angles_deg;
use crate::preprocess::shift_columns;
use crate::{Detector, Distances, Tilt};

const COLUMNS: usize = 256;

fn shapes() -> Vec<Ellipse> {
    vec![
        Ellipse::new(4.0, -6.0, 80.0, 60.0, 0.4, 0.01),
        Ellipse::new(25.0, 10.0, 14.0, 22.0, 1.0, 0.012),
        Ellipse::new(-35.0, -12.0, 9.0, 5.0, -0.5, 0.03),
        Ellipse::new(2.0, 33.0, 6.0, 6.0, 0.0, -0.008),
    ]
}

fn detector(rows: usize, pitch: f64) -> Detector {
    Detector::flat(COLUMNS, rows, pitch, pitch)
}

fn parallel(views: usize, range_deg: f64) -> Geometry {
    Geometry::new(Beam::Parallel, detector(1, 0.5), even_angles_deg(0.0, range_deg / views as f64, views))
        .unwrap()
}

fn projections(values: Vec<f32>) -> Projections {
    Projections::new(values.len() / COLUMNS, 1, COLUMNS, values).unwrap()
}

/// Noise of a share of the largest value.
fn noisy(mut values: Vec<f32>, share: f64, seed: u64) -> Vec<f32> {
    let largest = values.iter().copied().fold(0.0, f32::max);
    let mut normal = normal(seed);
    values.iter_mut().for_each(|v| *v += (share * f64::from(largest) * normal()) as f32);
    values
}

fn by(method: CentreMethod) -> CentreSearch {
    CentreSearch { method: Some(method), ..CentreSearch::default() }
}

/// Over eight axes; each row of the detector sees the same object under noise of its own.
fn worst_error(views: usize, range_deg: f64, rows: usize, method: CentreMethod, noise: f64) -> f64 {
    let angles = even_angles_deg(0.0, range_deg / views as f64, views);
    let geometry = Geometry::new(Beam::Parallel, detector(rows, 0.5), angles).unwrap();
    let mut uniform = uniform(11);
    let error = |seed: u64| {
        let axis = 127.5 + 40.0 * (uniform() - 0.5);
        let once = sinogram(&shapes(), views, range_deg, COLUMNS, axis);
        let values = once.chunks(COLUMNS).flat_map(|row| row.repeat(rows)).collect();
        let p = Projections::new(views, rows, COLUMNS, noisy(values, noise, seed)).unwrap();
        (find_centre(&geometry, &p, &by(method)).unwrap().axis_column - axis).abs()
    };
    let worst = (0..8).map(error).fold(0.0, f64::max);
    println!(
        "{method:?}, {views} views over {range_deg} degrees, {rows} rows, noise {noise}: worst error {worst:.5}"
    );
    worst
}

const METHODS: [CentreMethod; 3] =
    [CentreMethod::Moments, CentreMethod::OppositeRays, CentreMethod::DoubleWedge];

#[test]
fn every_method_finds_a_known_axis_to_a_hundredth_of_a_column_without_noise() {
    for (views, range) in [(180, 180.0), (360, 360.0), (90, 180.0)] {
        for method in METHODS {
            assert!(worst_error(views, range, 1, method, 0.0) < 0.01);
        }
    }
}

#[test]
fn eight_rows_under_two_percent_noise_show_the_axis_to_a_twentieth_column() {
    assert!(worst_error(180, 180.0, 8, CentreMethod::Moments, 0.02) < 0.05);
    assert!(worst_error(180, 180.0, 8, CentreMethod::DoubleWedge, 0.02) < 0.05);
    assert!(worst_error(360, 360.0, 8, CentreMethod::OppositeRays, 0.02) < 0.05);
    // Two pairs of views are all that opposite rays have in a bare half-turn.
    assert!(worst_error(180, 180.0, 8, CentreMethod::OppositeRays, 0.02) < 0.1);
}

#[test]
fn a_single_row_under_two_percent_noise_is_enough_over_a_whole_turn_and_not_quite_over_half() {
    assert!(worst_error(360, 360.0, 1, CentreMethod::OppositeRays, 0.02) < 0.05);
    for method in METHODS {
        assert!(worst_error(180, 180.0, 1, method, 0.02) < 0.15);
    }
}

#[test]
fn random_shifts_are_recovered_to_a_tenth_of_a_column() {
    let geometry = parallel(180, 180.0);
    let still = projections(noisy(sinogram(&shapes(), 180, 180.0, COLUMNS, 120.3), 0.02, 5));
    let axis = |p: &Projections| find_centre(&geometry, p, &CentreSearch::default()).unwrap().axis_column;
    let (start, mut uniform) = (axis(&still), uniform(3));
    for _ in 0..20 {
        let shift = 20.0 * uniform() - 10.0;
        let mut moved = still.clone();
        shift_columns(&mut moved, shift).unwrap();
        let error = axis(&moved) - start - shift;
        assert!(error.abs() < 0.1, "shift {shift}: {error}");
    }
}

#[test]
fn a_truncated_object_is_left_to_the_other_methods() {
    let wide = vec![
        Ellipse::new(5.0, 3.0, 170.0, 150.0, 0.2, 0.01),
        Ellipse::new(40.0, 20.0, 20.0, 12.0, 0.3, 0.03),
    ];
    for (views, range, method, bound) in [
        (360, 360.0, CentreMethod::OppositeRays, 0.05),
        (180, 180.0, CentreMethod::OppositeRays, 0.05),
        (180, 180.0, CentreMethod::DoubleWedge, 0.4),
    ] {
        let p = projections(sinogram(&wide, views, range, COLUMNS, 131.7));
        let refused =
            find_centre(&parallel(views, range), &p, &by(CentreMethod::Moments)).unwrap_err().to_string();
        assert!(refused.contains("use OppositeRays or DoubleWedge"), "{refused}");
        let found = find_centre(&parallel(views, range), &p, &by(method)).unwrap();
        println!("truncated, {method:?} over {range}: error {:.4}", found.axis_column - 131.7);
        let default = find_centre(&parallel(views, range), &p, &CentreSearch::default()).unwrap();
        assert_eq!(default.method, CentreMethod::OppositeRays);
        assert!((found.axis_column - 131.7).abs() < bound, "{method:?} over {range}: {found:?}");
    }
}

#[test]
fn a_fan_over_a_whole_turn_is_found_by_opposite_rays() {
    let (axis, distances) = (121.4, (500.0, 750.0));
    let beam = Beam::Fan(Distances { source_to_axis_mm: 500.0, source_to_detector_mm: 750.0 });
    let geometry = Geometry::new(beam, detector(1, 1.0), even_angles_deg(0.0, 1.0, 360)).unwrap();
    let values = noisy(fan_sinogram(&shapes(), 360, COLUMNS, axis, distances), 0.02, 9);
    let found = find_centre(&geometry, &projections(values.clone()), &CentreSearch::default()).unwrap();
    assert_eq!(found.method, CentreMethod::OppositeRays);
    println!("fan: error {:.4}", found.axis_column - axis);
    assert!((found.axis_column - axis).abs() < 0.05, "{found:?}");
    assert!(
        (geometry.clone().with_column_offset(found.column_offset_mm).unwrap().axis_column()
            - found.axis_column)
            .abs()
            < 1e-9
    );

    // The middle plane of a cone is a fan; with an even number of rows it lies between two.
    let cone = Beam::Cone(Distances { source_to_axis_mm: 500.0, source_to_detector_mm: 750.0 });
    let cone = Geometry::new(cone, detector(2, 1.0), even_angles_deg(0.0, 1.0, 360)).unwrap();
    let twice: Vec<f32> = values.chunks(COLUMNS).flat_map(|row| [row, row].concat()).collect();
    let twice = Projections::new(360, 2, COLUMNS, twice).unwrap();
    let in_cone = find_centre(&cone, &twice, &CentreSearch::default()).unwrap();
    assert!((in_cone.axis_column - found.axis_column).abs() < 1e-6);
    assert!(
        find_centre(&cone, &twice, &by(CentreMethod::Moments))
            .unwrap_err()
            .to_string()
            .contains("parallel beams only")
    );
}

#[test]
fn scans_that_show_no_axis_are_refused_with_the_reason() {
    let says = |geometry: &Geometry, p: &Projections, search: &CentreSearch, text: &str| {
        let error = find_centre(geometry, p, search).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    };
    let make = |views: usize, range: f64| projections(sinogram(&shapes(), views, range, COLUMNS, 127.5));
    let search = CentreSearch::default();
    says(
        &parallel(120, 120.0),
        &make(120, 120.0),
        &search,
        "cover 120.0 degrees, and the centre of rotation needs half a turn",
    );
    says(&parallel(4, 180.0), &make(4, 180.0), &search, "4 views are too few");
    says(&parallel(9, 180.0), &projections(vec![0.0; 9 * COLUMNS]), &search, "all zero");
    says(&parallel(20, 180.0), &projections(vec![1.0; 20 * COLUMNS]), &search, "every value is the same");
    says(&parallel(180, 180.0), &make(180, 180.0), &CentreSearch { reach: 0.9, ..search }, "up to 0.4");
    let far = projections(sinogram(&shapes(), 180, 180.0, COLUMNS, 170.0));
    says(&parallel(180, 180.0), &far, &CentreSearch { reach: 0.1, ..search }, "end of the search");
    let fan = Beam::Fan(Distances { source_to_axis_mm: 500.0, source_to_detector_mm: 750.0 });
    let fan = Geometry::new(fan, detector(1, 1.0), even_angles_deg(0.0, 1.0, 200)).unwrap();
    says(&fan, &make(200, 200.0), &search, "needs a whole turn");
    let mut uneven = even_angles_deg(0.0, 1.0, 180);
    uneven.iter_mut().skip(60).step_by(7).for_each(|a| *a += 0.4);
    let uneven = Geometry::new(Beam::Parallel, detector(1, 0.5), uneven).unwrap();
    says(&uneven, &make(180, 180.0), &by(CentreMethod::DoubleWedge), "use OppositeRays");
    let tilt = Tilt { in_plane_deg: 1.0, ..Tilt::default() };
    let tilted = parallel(180, 180.0).with_detector(Detector { tilt, ..detector(1, 0.5) }).unwrap();
    says(&tilted, &make(180, 180.0), &search, "rectify the projections first");
}
