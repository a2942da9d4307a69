//! Film deposition in two chambers: growth by Arrhenius with mass transport as its ceiling.

use super::Step::Deposition;
use super::ambient::Surroundings;
use super::etch::Lines;
use super::plan::{Id, Plan};

/// What polish and test take from deposition.
pub(super) struct Film {
    pub thickness: Id,
    pub stress: Id,
    pub uniformity: Id,
    pub resistivity: Id,
    pub voids: Id,
    pub particles: Id,
}

/// A chamber's growth rate, film stress, non-uniformity and particles.
type Chamber = [Id; 4];

fn chamber(plan: &mut Plan, number: usize, around: &Surroundings) -> Chamber {
    let name = |what: &str| format!("deposition_{number}_{what}");
    let clean = plan.counter(&name("lots_since_clean"), Deposition, 90.0 + 20.0 * number as f64);
    let season = plan.drift(&format!("latent_deposition_{number}_seasoning"), Deposition, Some(clean), 0.012);
    let power =
        plan.respond(&name("heater_power_w"), Deposition, &[around.voltage, season], (8.0, 0.4), |v| {
            2100.0 + 2.0 * (v[0] - 400.0) + 8.0 * v[1]
        });
    let temperature = plan.respond(&name("temperature_c"), Deposition, &[power, season], (0.4, 0.6), |v| {
        400.0 + 0.04 * (v[0] - 2100.0) - 0.4 * v[1]
    });
    let precursor = plan.respond(
        &name("precursor_flow_sccm"),
        Deposition,
        &[around.nitrogen, around.film_target],
        (0.4, 0.4),
        |v| 60.0 + 0.01 * (v[0] - 620.0) + 0.1 * (v[1] - 300.0),
    );
    let pressure = plan.respond(
        &name("pressure_torr"),
        Deposition,
        &[precursor, around.exhaust, season],
        (0.02, 0.4),
        |v| 4.0 * (v[0] / 60.0).powf(0.5) + 0.001 * (v[1] + 250.0) + 0.015 * v[2],
    );
    let plasma = plan.respond(&name("plasma_power_w"), Deposition, &[around.film_target], (2.0, 0.3), |v| {
        350.0 + 0.5 * (v[0] - 300.0)
    });
    let rate = plan.respond(
        &name("rate_nm_per_min"),
        Deposition,
        &[temperature, precursor, pressure, plasma, season],
        (0.35, 0.3),
        |v| {
            let surface =
                (-5_000.0 * (1.0 / (273.15 + v[0]) - 1.0 / 673.15)).exp() * (v[3] / 350.0).powf(0.6);
            let supply = (v[1] / 60.0) * (v[2].max(0.1) / 4.0).powf(0.5);
            120.0 * 2.0 * surface * supply / (surface + supply).max(1e-6) - 0.3 * v[4]
        },
    );
    plan.sampled(rate, 0.2, 0.2);
    let stress = plan.respond(
        &name("film_stress_mpa"),
        Deposition,
        &[temperature, plasma, pressure],
        (1.5, 0.3),
        |v| -150.0 + 0.9 * (v[0] - 400.0) - 0.35 * (v[1] - 350.0) + 20.0 * (v[2] - 4.0),
    );
    plan.sampled(stress, 1.0, 0.4);
    let uniformity =
        plan.respond(&name("non_uniformity_percent"), Deposition, &[pressure, season], (0.06, 0.3), |v| {
            (1.5 + 4.0 * (v[0] - 4.0).powi(2) + 0.06 * v[1]).max(0.1)
        });
    plan.sampled(uniformity, 0.03, 0.3);
    let particles =
        plan.respond(&name("particles_per_wafer"), Deposition, &[clean, season, plasma], (0.7, 0.4), |v| {
            (3.0 + 0.02 * v[0] + 0.5 * v[1] + 0.05 * (v[2] - 350.0).abs()).max(0.0)
        });
    plan.sampled(particles, 0.3, 0.2);
    let pump = plan.respond(&name("pump_current_a"), Deposition, &[pressure, season], (0.2, 0.9), |v| {
        14.0 + 1.5 * (v[0] - 4.0) + 0.2 * v[1]
    });
    plan.bursts(pump);
    plan.injectable(&[power, temperature, precursor, pressure, plasma]);
    [rate, stress, uniformity, particles]
}

pub(super) fn declare(plan: &mut Plan, around: &Surroundings, lines: &Lines) -> Film {
    let wait =
        plan.respond("queue_etch_to_deposition_h", Deposition, &[around.work_in_process], (0.6, 0.5), |v| {
            (5.0 + 0.012 * (v[0] - 480.0)).max(0.2)
        });
    let oxide =
        plan.respond("native_oxide_thickness_nm", Deposition, &[wait, around.humidity], (0.03, 0.2), |v| {
            0.6 + 0.5 * (1.0 + v[0].max(0.0)).ln() / 6.0_f64.ln() + 0.01 * (v[1] - 43.0)
        });
    plan.sampled(oxide, 0.02, 0.4);
    let chambers: Vec<Chamber> = (1..=2).map(|number| chamber(plan, number, around)).collect();
    let share = plan.drive("deposition_1_share", Deposition, 0.5, 0.07, 0.4);
    let mut mixed = |name: &str, k: usize, reading: f64, missing: f64| {
        let id = plan.respond(name, Deposition, &[share, chambers[0][k], chambers[1][k]], (0.0, 0.0), |v| {
            let share = v[0].clamp(0.0, 1.0);
            share * v[1] + (1.0 - share) * v[2]
        });
        plan.sampled(id, reading, missing);
        id
    };
    let rate = mixed("lot_deposition_rate_nm_per_min", 0, 0.15, 0.1);
    let stress = mixed("lot_film_stress_mpa", 1, 0.8, 0.2);
    let uniformity = mixed("lot_non_uniformity_percent", 2, 0.02, 0.1);
    let added = mixed("lot_deposition_particles_per_wafer", 3, 0.2, 0.1);
    let time = plan.respond("deposition_time_s", Deposition, &[around.film_target], (0.6, 0.3), |v| {
        150.0 + 0.3 * (v[0] - 300.0)
    });
    let thickness =
        plan.respond("film_thickness_nm", Deposition, &[rate, time], (0.8, 0.2), |v| v[0] * v[1] / 60.0);
    plan.sampled(thickness, 0.4, 0.05);
    let resistivity =
        plan.respond("film_resistivity_uohm_cm", Deposition, &[stress, oxide], (0.015, 0.2), |v| {
            2.2 + 0.002 * (v[0] + 150.0).abs() + 0.15 * (v[1] - 1.1)
        });
    plan.sampled(resistivity, 0.01, 0.2);
    let voids = plan.respond(
        "void_density_per_cm2",
        Deposition,
        &[lines.depth, lines.width, lines.angle, rate],
        (0.02, 0.2),
        |v| {
            let aspect = v[0] / v[1].max(5.0);
            0.3 * (1.5 * (aspect - 2.9) - 0.5 * (v[2] - 87.5) + 0.02 * (v[3] - 120.0)).exp()
        },
    );
    plan.sampled(voids, 0.02, 0.4);
    let particles = plan.respond(
        "deposition_particles_per_wafer",
        Deposition,
        &[added, lines.particles],
        (0.5, 0.2),
        |v| (0.8 * v[0] + 0.4 * v[1]).max(0.0),
    );
    plan.sampled(particles, 0.3, 0.2);
    plan.injectable(&[time, wait]);
    Film { thickness, stress, uniformity, resistivity, voids, particles }
}
