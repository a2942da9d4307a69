//! Plasma etch in the three chambers of a cluster tool; a lot's wafers are shared among them.

use super::Step::Etch;
use super::ambient::Surroundings;
use super::lithography::Resist;
use super::plan::{Id, Plan};

/// What deposition and test take from etch.
pub(super) struct Lines {
    pub width: Id,
    pub depth: Id,
    pub angle: Id,
    pub roughness: Id,
    pub damage: Id,
    pub particles: Id,
}

/// A chamber's etch rate, side-wall bias, particles and self bias.
type Chamber = [Id; 4];

fn chamber(plan: &mut Plan, number: usize, around: &Surroundings) -> Chamber {
    let name = |what: &str| format!("etch_{number}_{what}");
    let clean = plan.counter(&name("lots_since_clean"), Etch, 140.0 + 15.0 * number as f64);
    let wall = plan.drift(&format!("latent_etch_{number}_wall"), Etch, Some(clean), 0.01);
    let chlorine = plan.respond(
        &name("chlorine_flow_sccm"),
        Etch,
        &[around.nitrogen, around.density],
        (0.5, 0.4),
        |v| 80.0 + 0.01 * (v[0] - 620.0) + 0.12 * (v[1] - 40.0),
    );
    let bromide = plan.drive(&name("hydrogen_bromide_flow_sccm"), Etch, 120.0, 0.7, 0.4);
    let pressure =
        plan.respond(&name("pressure_mtorr"), Etch, &[chlorine, bromide, wall], (0.06, 0.4), |v| {
            10.0 * ((v[0] + v[1]) / 200.0).powf(0.8) + 0.04 * v[2]
        });
    let power =
        plan.respond(&name("source_power_w"), Etch, &[around.voltage, around.density], (3.0, 0.3), |v| {
            600.0 + 0.5 * (v[0] - 400.0) + 1.0 * (v[1] - 40.0)
        });
    let bias = plan
        .respond(&name("bias_power_w"), Etch, &[around.density], (0.8, 0.3), |v| 120.0 + 0.2 * (v[0] - 40.0));
    let self_bias =
        plan.respond(&name("self_bias_v"), Etch, &[bias, power, pressure, wall], (1.0, 0.3), |v| {
            180.0 * (v[0] / 120.0) * (600.0 / v[1].max(1.0)).sqrt() * (v[2].max(1.0) / 10.0).powf(-0.2)
                + 0.8 * v[3]
        });
    let temperature =
        plan.respond(&name("temperature_c"), Etch, &[around.cooling_water, power, wall], (0.25, 0.6), |v| {
            60.0 + 0.6 * (v[0] - 17.0) + 0.02 * (v[1] - 600.0) + 0.2 * v[2]
        });
    let light =
        plan.respond(&name("emission_intensity_counts"), Etch, &[power, chlorine, wall], (12.0, 0.4), |v| {
            2000.0 * (v[0] / 600.0) * (v[1] / 80.0).sqrt() - 25.0 * v[2]
        });
    plan.bursts(light);
    let rate = plan.respond(
        &name("rate_nm_per_min"),
        Etch,
        &[power, self_bias, chlorine, temperature, pressure, around.density, wall],
        (0.8, 0.3),
        |v| {
            // Ion-assisted: limited by ions or by chlorine, whichever is short.
            let ions = (v[0] / 600.0) * (v[1].max(1.0) / 180.0).sqrt();
            let radicals = (v[2] / 80.0) * (v[4].max(1.0) / 10.0).powf(0.3);
            let arrhenius = (-900.0 * (1.0 / (273.15 + v[3]) - 1.0 / 333.15)).exp();
            180.0 * 2.0 * ions * radicals / (ions + radicals).max(1e-6)
                * arrhenius
                * (1.0 - 0.0018 * (v[5] - 40.0))
                - 0.8 * v[6]
        },
    );
    plan.sampled(rate, 0.5, 0.15);
    let lateral = plan.respond(
        &name("lateral_bias_nm"),
        Etch,
        &[pressure, bromide, temperature, self_bias],
        (0.15, 0.3),
        |v| 3.0 + 0.5 * (v[0] - 10.0) - 0.03 * (v[1] - 120.0) + 0.1 * (v[2] - 60.0) - 0.02 * (v[3] - 180.0),
    );
    plan.sampled(lateral, 0.1, 0.3);
    let particles =
        plan.respond(&name("particles_per_wafer"), Etch, &[clean, wall, pressure], (0.8, 0.4), |v| {
            (4.0 + 0.015 * v[0] + 0.6 * v[1] + 1.2 * (v[2] - 10.0).abs()).max(0.0)
        });
    plan.sampled(particles, 0.3, 0.2);
    plan.injectable(&[chlorine, bromide, pressure, power, bias, temperature]);
    [rate, lateral, particles, self_bias]
}

pub(super) fn declare(plan: &mut Plan, around: &Surroundings, resist: &Resist) -> Lines {
    let wait =
        plan.respond("queue_lithography_to_etch_h", Etch, &[around.work_in_process], (0.5, 0.5), |v| {
            (4.0 + 0.01 * (v[0] - 480.0)).max(0.2)
        });
    let chambers: Vec<Chamber> = (1..=3).map(|number| chamber(plan, number, around)).collect();
    let shares: Vec<Id> =
        (1..=2).map(|number| plan.drive(&format!("etch_{number}_share"), Etch, 0.333, 0.04, 0.4)).collect();
    let mut mixed = |name: &str, k: usize, reading: f64, missing: f64| {
        let parents: Vec<Id> = shares.iter().copied().chain(chambers.iter().map(|c| c[k])).collect();
        let id = plan.respond(name, Etch, &parents, (0.0, 0.0), |v| {
            let (a, b) = (v[0].clamp(0.0, 0.5), v[1].clamp(0.0, 0.5));
            a * v[2] + b * v[3] + (1.0 - a - b) * v[4]
        });
        plan.sampled(id, reading, missing);
        id
    };
    let rate = mixed("lot_etch_rate_nm_per_min", 0, 0.3, 0.1);
    let lateral = mixed("lot_lateral_bias_nm", 1, 0.05, 0.2);
    let added = mixed("lot_etch_particles_per_wafer", 2, 0.2, 0.1);
    let ions = mixed("lot_self_bias_v", 3, 0.3, 0.0);
    let time =
        plan.respond("etch_time_s", Etch, &[around.density], (0.25, 0.3), |v| 60.0 + 0.03 * (v[0] - 40.0));
    let over = plan.drive("over_etch_percent", Etch, 20.0, 0.4, 0.3);
    let endpoint = plan.respond("etch_endpoint_time_s", Etch, &[rate, resist.height], (0.5, 0.2), |v| {
        50.0 * 180.0 / v[0].max(1.0) + 0.01 * (v[1] - 235.0)
    });
    plan.bursts(endpoint);
    let depth = plan.respond("trench_depth_nm", Etch, &[rate, time, over, resist.height], (0.6, 0.2), |v| {
        v[0] * v[1] / 60.0 * (0.83 + 0.0085 * v[2]) - 2.0 * ((225.0 - v[3]).max(0.0) / 10.0).powi(2)
    });
    plan.sampled(depth, 0.4, 0.1);
    let width = plan.respond(
        "etched_line_width_nm",
        Etch,
        &[resist.width, lateral, resist.angle, over, wait],
        (0.2, 0.2),
        |v| v[0] - v[1] - 0.5 * (88.0 - v[2]) - 0.06 * (v[3] - 20.0) - 0.1 * (v[4] - 4.0).max(0.0),
    );
    plan.sampled(width, 0.12, 0.05);
    let angle =
        plan.respond("etched_side_wall_angle_deg", Etch, &[resist.angle, ions, lateral], (0.1, 0.2), |v| {
            87.5 + 0.4 * (v[0] - 88.0) + 0.01 * (v[1] - 180.0) - 0.2 * (v[2] - 3.0)
        });
    plan.sampled(angle, 0.06, 0.3);
    let roughness = plan.respond("etched_roughness_nm", Etch, &[resist.roughness, ions], (0.06, 0.2), |v| {
        0.7 * v[0] + 0.006 * (v[1] - 180.0)
    });
    plan.sampled(roughness, 0.04, 0.3);
    let damage = plan.respond("plasma_damage_index", Etch, &[ions, over], (0.02, 0.3), |v| {
        (0.5 + 0.008 * (v[0] - 180.0) + 0.03 * (v[1] - 20.0)).max(0.0)
    });
    plan.sampled(damage, 0.01, 0.4);
    let particles =
        plan.respond("etch_particles_per_wafer", Etch, &[added, resist.particles, wait], (0.5, 0.2), |v| {
            (0.8 * v[0] + 0.5 * v[1] + 0.4 * (v[2] - 4.0).max(0.0)).max(0.0)
        });
    plan.sampled(particles, 0.3, 0.2);
    plan.injectable(&[time, over, wait]);
    Lines { width, depth, angle, roughness, damage, particles }
}
