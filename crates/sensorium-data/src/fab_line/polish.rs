//! Chemical-mechanical polish on two platens: Preston's law with a wearing pad.

use super::Step::Polish;
use super::ambient::Surroundings;
use super::deposition::Film;
use super::plan::{Id, Plan};

/// What test takes from polish.
pub(super) struct Surface {
    pub thickness: Id,
    pub dishing: Id,
    pub erosion: Id,
    pub scratches: Id,
    pub corrosion: Id,
    pub particles: Id,
}

/// A platen's removal rate, dishing, scratches and pad temperature.
type Platen = [Id; 4];

fn platen(plan: &mut Plan, letter: char, around: &Surroundings, slurry: [Id; 2]) -> Platen {
    let name = |what: &str| format!("platen_{letter}_{what}");
    let age = plan.counter(&name("pad_age_lots"), Polish, 110.0);
    let wear = plan.drift(&format!("latent_platen_{letter}_pad_wear"), Polish, Some(age), 0.012);
    let pressure = plan.respond(&name("down_force_kpa"), Polish, &[around.density], (0.12, 0.4), |v| {
        20.0 + 0.025 * (v[0] - 40.0)
    });
    let speed = plan.drive(&name("speed_rpm"), Polish, 90.0, 0.4, 0.3);
    let flow = plan.respond(&name("slurry_flow_ml_per_min"), Polish, &[around.nitrogen], (1.5, 0.5), |v| {
        200.0 + 0.05 * (v[0] - 620.0)
    });
    let conditioner = plan.drive(&name("conditioner_force_n"), Polish, 30.0, 0.3, 0.5);
    let temperature = plan.respond(
        &name("pad_temperature_c"),
        Polish,
        &[pressure, speed, flow, around.cooling_water, wear],
        (0.2, 0.5),
        |v| {
            42.0 * (v[0] / 20.0).sqrt() * (v[1] / 90.0).sqrt() - 0.02 * (v[2] - 200.0)
                + 0.3 * (v[3] - 17.0)
                + 0.15 * v[4]
        },
    );
    let current =
        plan.respond(&name("motor_current_a"), Polish, &[pressure, speed, wear], (0.15, 0.5), |v| {
            12.0 * (v[0] / 20.0) * (v[1] / 90.0).powf(0.3) - 0.15 * v[2]
        });
    plan.bursts(current);
    let rate = plan.respond(
        &name("removal_rate_nm_per_min"),
        Polish,
        &[pressure, speed, flow, temperature, conditioner, age, wear, slurry[0], slurry[1], around.density],
        (1.2, 0.3),
        |v| {
            let preston = (v[0] / 20.0) * (v[1] / 90.0);
            let wetted = 1.0 - (-v[2].max(0.0) / 90.0).exp();
            let chemistry =
                (-2_500.0 * (1.0 / (273.15 + v[3]) - 1.0 / 315.15)).exp() * (1.0 + 0.05 * (v[7] - 10.5));
            let pad = (v[4] / 30.0).powf(0.2) * (1.0 - 0.00015 * v[5]);
            250.0 * preston * wetted / 0.89
                * chemistry
                * pad
                * (v[8] / 12.0).powf(0.3)
                * (1.0 - 0.0015 * (v[9] - 40.0))
                - 1.2 * v[6]
        },
    );
    plan.sampled(rate, 0.8, 0.2);
    let dishing =
        plan.respond(&name("dishing_nm"), Polish, &[pressure, temperature, age, wear], (0.4, 0.3), |v| {
            12.0 + 1.5 * (v[0] - 20.0) + 0.3 * (v[1] - 42.0) + 0.01 * v[2] + 0.3 * v[3]
        });
    plan.sampled(dishing, 0.3, 0.3);
    let scratches = plan.respond(
        &name("scratches_per_wafer"),
        Polish,
        &[pressure, conditioner, age, flow],
        (0.25, 0.3),
        |v| {
            (2.0 + 0.5 * (v[0] - 20.0) + 0.1 * (v[1] - 30.0).powi(2) + 0.006 * v[2] - 0.03 * (v[3] - 200.0))
                .max(0.0)
        },
    );
    plan.sampled(scratches, 0.15, 0.3);
    plan.injectable(&[pressure, speed, flow, conditioner, temperature]);
    [rate, dishing, scratches, temperature]
}

pub(super) fn declare(plan: &mut Plan, around: &Surroundings, film: &Film) -> Surface {
    let acidity = plan.drive("slurry_ph", Polish, 10.5, 0.05, 0.85);
    let solids = plan.drive("slurry_solids_percent", Polish, 12.0, 0.1, 0.85);
    let coarse =
        plan.respond("slurry_coarse_particles_per_ml", Polish, &[acidity, solids], (25.0, 0.7), |v| {
            (400.0 - 120.0 * (v[0] - 10.5) + 60.0 * (v[1] - 12.0)).max(0.0)
        });
    plan.sampled(coarse, 10.0, 0.3);
    let slurry = [acidity, solids];
    let a = platen(plan, 'a', around, slurry);
    let b = platen(plan, 'b', around, slurry);
    let share = plan.drive("platen_a_share", Polish, 0.5, 0.08, 0.4);
    let mut mixed = |name: &str, k: usize, reading: f64, missing: f64| {
        let id = plan.respond(name, Polish, &[share, a[k], b[k]], (0.0, 0.0), |v| {
            let share = v[0].clamp(0.0, 1.0);
            share * v[1] + (1.0 - share) * v[2]
        });
        plan.sampled(id, reading, missing);
        id
    };
    let rate = mixed("lot_removal_rate_nm_per_min", 0, 0.6, 0.1);
    let local = mixed("lot_dishing_nm", 1, 0.2, 0.2);
    let marks = mixed("lot_scratches_per_wafer", 2, 0.1, 0.2);
    let time = plan.respond("polish_time_s", Polish, &[around.film_target], (0.15, 0.3), |v| {
        30.0 + 0.24 * (v[0] - 300.0)
    });
    let removed = plan.respond("removed_thickness_nm", Polish, &[rate, time, film.stress], (0.8, 0.2), |v| {
        v[0] * v[1] / 60.0 + 0.03 * (v[2] + 150.0)
    });
    plan.sampled(removed, 0.5, 0.2);
    let thickness =
        plan.respond("polished_thickness_nm", Polish, &[film.thickness, removed], (0.5, 0.2), |v| {
            v[0] - v[1]
        });
    plan.sampled(thickness, 0.3, 0.05);
    let dishing =
        plan.respond("surface_dishing_nm", Polish, &[local, removed, film.uniformity], (0.3, 0.2), |v| {
            v[0] + 0.05 * (v[1] - 125.0).max(-40.0) + 2.0 * (v[2] - 1.5)
        });
    plan.sampled(dishing, 0.2, 0.2);
    let erosion = plan.respond("surface_erosion_nm", Polish, &[removed, film.uniformity], (0.25, 0.2), |v| {
        8.0 + 0.1 * (v[0] - 125.0) + 1.5 * (v[1] - 1.5)
    });
    plan.sampled(erosion, 0.15, 0.3);
    let scratches = plan.respond("surface_scratches_per_wafer", Polish, &[marks, coarse], (0.2, 0.2), |v| {
        (v[0] + 0.006 * (v[1] - 400.0)).max(0.0)
    });
    plan.sampled(scratches, 0.1, 0.2);
    let rinse = plan.drive("rinse_time_s", Polish, 40.0, 0.5, 0.3);
    let corrosion = plan.respond(
        "corrosion_index",
        Polish,
        &[acidity, rinse, around.water_resistivity],
        (0.03, 0.3),
        |v| (1.0 - 0.4 * (v[0] - 10.5) - 0.03 * (v[1] - 40.0) - 0.8 * (v[2] - 18.1)).max(0.0),
    );
    plan.sampled(corrosion, 0.02, 0.4);
    let particles = plan.respond(
        "polish_particles_per_wafer",
        Polish,
        &[film.particles, rinse, coarse, around.water_resistivity],
        (0.5, 0.2),
        |v| (0.5 * v[0] + 2.0 - 0.25 * (v[1] - 40.0) + 0.006 * (v[2] - 400.0) - 6.0 * (v[3] - 18.1)).max(0.0),
    );
    plan.sampled(particles, 0.3, 0.15);
    plan.injectable(&[acidity, solids, time, rinse, coarse]);
    Surface { thickness, dishing, erosion, scratches, corrosion, particles }
}
