//! Slabs, and scans that are followed, give what the whole gives.

use sensorium_tomo::analytic::{LiveScan, SlabPlan, fdk_from, rows_of_slab};
use sensorium_tomo::geometry::even_angles_deg;
use sensorium_tomo::phantom::Contrast;
use sensorium_tomo::preprocess::{Measured, Preparation, RingRemoval};
use sensorium_tomo::{
    Beam, Detector, DetectorShape, Distances, FdkOptions, Geometry, Phantom, Projections, Tilt, TomoError,
    VolumeGrid, fdk,
};

fn scan(views: usize) -> (Geometry, Projections) {
    let detector = Detector {
        shape: DetectorShape::Flat,
        columns: 48,
        rows: 40,
        column_pitch_mm: 1.6,
        row_pitch_mm: 1.7,
        column_offset_mm: 0.4,
        row_offset_mm: 1.0,
        tilt: Tilt::default(),
    };
    let distances = Distances { source_to_axis_mm: 100.0, source_to_detector_mm: 150.0 };
    let angles = even_angles_deg(0.0, 360.0 / views as f64, views);
    let geometry = Geometry::new(Beam::Cone(distances), detector, angles).unwrap();
    let projections = Phantom::shepp_logan(20.0, 0.05, Contrast::Enhanced).project(&geometry);
    (geometry, projections)
}

fn worst(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn slabs_are_the_slices_of_the_whole() {
    let (geometry, projections) = scan(50);
    let grid = VolumeGrid::centred([30, 28, 26], [1.2; 3]).unwrap();
    let options = FdkOptions { batch: 8, ..FdkOptions::default() };
    let whole = fdk(&geometry, &projections, grid, &options).unwrap();
    let scale = whole.values().iter().copied().fold(0.0f32, f32::max);
    for rings in [None, Some(RingRemoval { window: 3 })] {
        let mut preparation = Preparation::new(Measured::LineIntegrals, 1e-5, 50);
        preparation.rings = rings;
        let all = fdk_from(&geometry, &projections, &preparation, grid, &options, &|_, _| true).unwrap();
        // So little memory that several slabs are needed.
        let enough = SlabPlan::new(&geometry, &grid, &options, rings.is_some(), u64::MAX).unwrap().bytes;
        let plan = SlabPlan::new(&geometry, &grid, &options, rings.is_some(), enough / 2).unwrap();
        assert!(plan.slabs.len() >= 2 && plan.bytes <= enough / 2, "{plan:?}");
        for (number, slab) in plan.slabs.iter().enumerate() {
            assert!(slab.rows.len() < 36, "a slab needs only some of the rows: {slab:?}");
            let part = plan
                .reconstruct(number, &geometry, &projections, &preparation, &grid, &options, &|_, _| true)
                .unwrap();
            let size = grid.slice_len();
            let same = &all.values()[slab.slices.start * size..slab.slices.end * size];
            assert!(worst(part.values(), same) < 1e-5 * scale);
        }
    }
    let error = SlabPlan::new(&geometry, &grid, &options, false, 1000).unwrap_err().to_string();
    assert!(error.contains("a single slice takes"), "{error}");
}

#[test]
fn slices_beyond_the_detector_are_empty_and_need_no_rows() {
    let (geometry, projections) = scan(20);
    let grid = VolumeGrid::centred([10, 10, 60], [1.0; 3]).unwrap();
    let top = grid.slab(59, 1).unwrap();
    assert!(rows_of_slab(&geometry, &top).len() < 5);
    let far = grid.at([0.0, 0.0, 40.0]).unwrap().slab(59, 1).unwrap();
    assert_eq!(rows_of_slab(&geometry, &far), 0..0);
    let whole =
        fdk(&geometry, &projections, grid.at([0.0, 0.0, 15.0]).unwrap(), &FdkOptions::default()).unwrap();
    assert!(whole.slice(59).iter().all(|v| *v == 0.0));
}

#[test]
fn slabs_at_the_detectors_edge_are_empty_or_not_but_never_an_error() {
    let (geometry, projections) = scan(20);
    // Slices much thinner than a row, well beyond the detector at both ends.
    let grid = VolumeGrid::centred([6, 6, 600], [1.3, 1.3, 0.12]).unwrap();
    let options = FdkOptions { batch: 4, ..FdkOptions::default() };
    let whole = fdk(&geometry, &projections, grid, &options).unwrap();
    let plan = SlabPlan::new(&geometry, &grid, &options, false, 16_000).unwrap();
    assert!(plan.slabs.len() >= 100, "{}", plan.slabs.len());
    let part = |number| {
        plan.reconstruct(number, &geometry, &projections, &(), &grid, &options, &|_, _| true).unwrap()
    };
    let slabs: Vec<f32> = (0..plan.slabs.len()).flat_map(|number| part(number).into_values()).collect();
    assert!(worst(&slabs, whole.values()) < 1e-6);
}

#[test]
fn a_tick_stops_a_reconstruction() {
    let (geometry, projections) = scan(40);
    let grid = VolumeGrid::centred([8; 3], [2.0; 3]).unwrap();
    let options = FdkOptions { batch: 4, ..FdkOptions::default() };
    let stopped = fdk_from(&geometry, &projections, &(), grid, &options, &|done, total| done < total / 2);
    assert!(matches!(stopped, Err(TomoError::Stopped)));
}

#[test]
fn a_followed_scan_shows_the_latest_turn() {
    let (geometry, projections) = scan(36);
    let grid = VolumeGrid::centred([24, 24, 1], [1.4; 3]).unwrap().at([0.0, 0.0, 2.0]).unwrap();
    let options = FdkOptions::default();
    let mut live = LiveScan::new(&geometry, grid, &options).unwrap();
    let still = fdk(&geometry, &projections, grid, &options).unwrap();
    let scale = still.values().iter().copied().fold(0.0f32, f32::max);
    for view in 0..36 {
        assert_eq!(live.add(projections.view(view)).unwrap().complete, view == 35);
    }
    assert!(worst(live.volume().values(), still.values()) < 1e-5 * scale);
    // The object becomes twice as dense; after one more turn nothing of the old one is left.
    let mut denser = projections.clone();
    denser.values_mut().iter_mut().for_each(|v| *v *= 2.0);
    for turn in 0..3 {
        for view in 0..36 {
            live.add(denser.view(view)).unwrap();
            if turn == 0 && view == 17 {
                let half = live.volume();
                assert!(
                    worst(half.values(), still.values()) > 0.1 * scale,
                    "the change shows before the turn ends"
                );
            }
        }
    }
    let doubled: Vec<f32> = still.values().iter().map(|v| 2.0 * v).collect();
    assert!(worst(live.volume().values(), &doubled) < 1e-5 * scale);
    let error = live.add(&[0.0; 7]).unwrap_err().to_string();
    assert!(error.contains("has 7 values, the detector 40 rows of 48"), "{error}");
    let short = geometry.subset(&(0..25).collect::<Vec<_>>()).unwrap();
    assert!(LiveScan::new(&short, grid, &options).is_err());
}
