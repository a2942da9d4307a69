//! Back-projection against the arithmetic limit of its own loops, measured in the same run.
//!
//! `cargo bench -p sensorium-tomo --bench backprojection`

use sensorium_tomo::filter::{ViewFilter, Window};
use sensorium_tomo::geometry::even_angles_deg;
use sensorium_tomo::kernel::{Backprojector, Isa, measure_limit, tuned};
use sensorium_tomo::{Beam, Detector, Distances, Geometry, TomoError, VolumeGrid};
use std::time::Instant;

const EDGE: usize = 256;
const VIEWS: usize = 120;

fn main() -> Result<(), TomoError> {
    let detector = Detector::flat(EDGE, EDGE, 1.6, 1.6);
    let distances = Distances { source_to_axis_mm: 1000.0, source_to_detector_mm: 1536.0 };
    let geometry = Geometry::new(Beam::Cone(distances), detector, even_angles_deg(0.0, 3.0, VIEWS))?;
    let grid = VolumeGrid::centred([EDGE; 3], [1.0; 3])?;
    let values: Vec<f32> = (0..VIEWS * EDGE * EDGE).map(|i| (i % 97) as f32).collect();
    let began = Instant::now();
    let filtered = ViewFilter::new(&geometry, Window::RamLak)?.apply(&values, 0, 0..EDGE)?;
    let filtering_s = began.elapsed().as_secs_f64();
    println!("filtering: {:.2} ms a projection of {EDGE} x {EDGE}", 1e3 * filtering_s / VIEWS as f64);
    let updates = (grid.len() * VIEWS) as f64;
    for isa in Isa::available() {
        let limit = measure_limit(isa, EDGE, EDGE);
        let shape = tuned(isa, EDGE, None)?;
        let mut best = f64::INFINITY;
        for _ in 0..3 {
            let mut backprojector = Backprojector::new(&geometry, grid, shape, isa)?;
            let began = Instant::now();
            backprojector.add(&filtered, 0, 1.0);
            best = best.min(began.elapsed().as_secs_f64());
        }
        let rate = updates / best;
        println!(
            "{isa:?}: {:.2} giga-updates/s, {:.2} of its loops in cache ({:.2}); {shape:?}",
            1e-9 * rate,
            rate / limit,
            1e-9 * limit
        );
    }
    Ok(())
}
