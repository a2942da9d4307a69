//! Pictures from an infrared camera: motor, coupling, bearing and pump in front of a wall.
//!
//! Each part is warmer than the wall by its own rise times the load; emissivity, camera position and
//! lamps reflected in the wall differ from rig to rig. Gray is temperature on 0 to 130 °C.

use super::machine::Machine;
use super::operation::Operation;
use super::random::{Draws, Purpose, log_normal, normal, uniform};
use super::sensor::Sensor;

/// Height and width of a picture in pixels.
pub const SIDE: usize = 32;

/// What a fault adds, in K at the surface.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThermalTerms {
    /// The fan end of the motor, falling to nothing at the drive end.
    pub fan_end: f32,
    /// A spot on the motor over the shorted coil.
    pub spot: f32,
    /// The coupling.
    pub coupling: f32,
    /// The bearing housing.
    pub bearing: f32,
}

/// How much of a soft-edged box covers a pixel, in `[0, 1]`.
fn cover(x: f32, y: f32, centre: [f32; 2], half: [f32; 2]) -> f32 {
    let edge = |d: f32, h: f32| (h - d.abs() + 0.5).clamp(0.0, 1.0);
    edge(x - centre[0], half[0]) * edge(y - centre[1], half[1])
}

fn bump(x: f32, y: f32, centre: [f32; 2], width: f32) -> f32 {
    let (dx, dy) = (x - centre[0], y - centre[1]);
    (-(dx * dx + dy * dy) / (2.0 * width * width)).exp()
}

/// `[time, 1, 32, 32]`.
pub(super) fn simulate(
    machine: &Machine,
    operation: &Operation,
    terms: &ThermalTerms,
    draws: Draws,
) -> Vec<f32> {
    let rate = Sensor::Thermal.rate_hz();
    let setup = &mut draws.stream(Purpose::Setup(Sensor::Thermal));
    let noise = &mut draws.stream(Purpose::Noise(Sensor::Thermal));
    let fault = &mut draws.stream(Purpose::Fault(Sensor::Thermal));
    let shift = [uniform(setup, -2.0, 2.0), uniform(setup, -2.0, 2.0)];
    let zoom = uniform(setup, 0.92, 1.08);
    let place = |x: f32, y: f32| [16.0 + zoom * (x - 16.0) + shift[0], 16.0 + zoom * (y - 16.0) + shift[1]];
    let emissivity = [(); 4].map(|()| log_normal(setup, 0.9, 0.06));
    let lean = uniform(setup, -3.0, 3.0);
    let grain = log_normal(setup, 0.008, 0.2);
    let lamps: Vec<([f32; 2], f32, f32)> = (0..2)
        .map(|_| {
            let y = if uniform(setup, 0.0, 1.0) < 0.5 { 4.0 } else { 28.0 };
            ([uniform(setup, 2.0, 30.0), y], uniform(setup, 1.0, 2.5), uniform(setup, 0.0, 25.0))
        })
        .collect();
    let fixed: Vec<f32> = (0..SIDE * SIDE).map(|_| 0.006 * normal(setup)).collect();
    let hot = place(uniform(fault, 9.0, 13.0), uniform(fault, 12.5, 19.5));

    // One map of each part: [motor, coupling, bearing, pump], the fault's heat, and lamps.
    let mut parts = vec![[0.0f32; 4]; SIDE * SIDE];
    let (mut base, mut extra) = (vec![0.0f32; SIDE * SIDE], vec![0.0f32; SIDE * SIDE]);
    for row in 0..SIDE {
        for column in 0..SIDE {
            let (x, y, i) = (column as f32, row as f32, row * SIDE + column);
            let motor = cover(x, y, place(9.0, 16.0), [6.0 * zoom, 6.0 * zoom]);
            let bearing = cover(x, y, place(17.0, 16.0), [2.0 * zoom, 3.5 * zoom]);
            let coupling = cover(x, y, place(21.0, 16.0), [1.6 * zoom, 2.2 * zoom]);
            let pump = cover(x, y, place(26.5, 16.0), [3.5 * zoom, 5.0 * zoom]);
            parts[i] = [motor, coupling, bearing, pump];
            // From 1 at the fan end to 0 at the drive end.
            let along = ((place(15.0, 16.0)[0] - x) / (12.0 * zoom)).clamp(0.0, 1.0);
            base[i] = motor * lean * (2.0 * along - 1.0);
            base[i] += lamps.iter().map(|(at, width, heat)| heat * bump(x, y, *at, *width)).sum::<f32>()
                * (1.0 - motor.max(bearing).max(coupling).max(pump));
            extra[i] = terms.fan_end * motor * along + terms.spot * bump(x, y, hot, 1.6) * motor;
            extra[i] += terms.coupling * coupling + terms.bearing * bearing;
        }
    }
    let frames = operation.samples(rate);
    let mut data = Vec::with_capacity(frames * SIDE * SIDE);
    for frame in 0..frames {
        let point = operation.point(frame as f64 / rate);
        let (load, growth) = (operation.load[point], operation.growth[point]);
        let rises = [
            0.7 * machine.motor_rise * (0.4 + 0.6 * load * load) * emissivity[0],
            (4.0 + 5.0 * load) * emissivity[1],
            machine.bearing_rise * (0.6 + 0.4 * load) * emissivity[2],
            4.0 * emissivity[3],
        ];
        for i in 0..SIDE * SIDE {
            let warm: f32 = parts[i].iter().zip(rises).map(|(cover, rise)| cover * rise).sum();
            let celsius = machine.ambient + warm + base[i] + growth * extra[i];
            data.push((celsius / 130.0 + fixed[i] + grain * normal(noise)).clamp(0.0, 1.0));
        }
    }
    data
}
