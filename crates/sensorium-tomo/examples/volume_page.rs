//! Writes the page of a 3-D Shepp-Logan head: `cargo run --release -p sensorium-tomo --example
//! volume_page -- head.html [voxels along an edge] [slices]`.

use sensorium_tomo::viewer::{ViewerOptions, save};
use sensorium_tomo::{TomoError, Volume, VolumeGrid};
use std::path::Path;

/// Density, half axes, middle, turn about z in degrees; A. C. Kak, M. Slaney, *Principles of Computerized
/// Tomographic Imaging* (1988), table 3.1, with the densities of P. A. Toft (1996), better to see.
const HEAD: [(f32, [f64; 3], [f64; 3], f64); 10] = [
    (1.0, [0.69, 0.92, 0.81], [0.0, 0.0, 0.0], 0.0),
    (-0.8, [0.6624, 0.874, 0.78], [0.0, -0.0184, 0.0], 0.0),
    (-0.2, [0.11, 0.31, 0.22], [0.22, 0.0, 0.0], -18.0),
    (-0.2, [0.16, 0.41, 0.28], [-0.22, 0.0, 0.0], 18.0),
    (0.1, [0.21, 0.25, 0.41], [0.0, 0.35, -0.15], 0.0),
    (0.1, [0.046, 0.046, 0.05], [0.0, 0.1, 0.25], 0.0),
    (0.1, [0.046, 0.046, 0.05], [0.0, -0.1, 0.25], 0.0),
    (0.1, [0.046, 0.023, 0.05], [-0.08, -0.605, 0.0], 0.0),
    (0.1, [0.023, 0.023, 0.02], [0.0, -0.606, 0.0], 0.0),
    (0.1, [0.023, 0.046, 0.02], [0.06, -0.605, 0.0], 0.0),
];

/// Density at a place in the cube from −1 to 1.
fn density(place: [f64; 3]) -> f32 {
    let inside = |half: &[f64; 3], middle: &[f64; 3], turn: f64| {
        let (sin, cos) = turn.to_radians().sin_cos();
        let [x, y, z] = std::array::from_fn(|a| place[a] - middle[a]);
        let turned = [x * cos + y * sin, y * cos - x * sin, z];
        turned.iter().zip(half).map(|(t, h)| (t / h).powi(2)).sum::<f64>() <= 1.0
    };
    let sum =
        HEAD.iter().filter(|(_, half, middle, turn)| inside(half, middle, *turn)).map(|e| e.0).sum::<f32>();
    // Tenths, whatever the sum's rounding.
    (sum * 10.0).round() / 10.0
}

fn main() -> Result<(), TomoError> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_else(|| "head.html".into());
    let edge = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(128usize);
    let slices = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(edge);
    let grid = VolumeGrid::centred([edge, edge, slices], [200.0 / edge as f64; 3])?;
    let mut values = Vec::with_capacity(grid.len());
    for i in 0..grid.len() {
        let index = [i % edge, i / edge % edge, i / edge / edge];
        // Rows are shown from top to bottom: the front of the head has the lowest y.
        let place: [f64; 3] = std::array::from_fn(|a| grid.position_mm(a, index[a] as f64) / 100.0);
        values.push(0.02 * density([place[0], -place[1], place[2]]));
    }
    let options = ViewerOptions {
        title: "Shepp-Logan head".into(),
        lead: "The phantom itself, sampled at the voxels' centres.".into(),
        unit: "1/mm".into(),
        window: Some((0.0, 0.01)),
        ..ViewerOptions::default()
    };
    save(Path::new(&path), &Volume::new(grid, values)?, &options)
}
