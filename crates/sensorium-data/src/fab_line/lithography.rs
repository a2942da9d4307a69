//! Coating, exposure on two scanners, bake, development, and the resist lines that come of it.

use super::Step::Lithography;
use super::ambient::Surroundings;
use super::plan::{Id, Plan};
use std::f64::consts::TAU;

/// What etch and test take from lithography.
pub(super) struct Resist {
    pub width: Id,
    pub angle: Id,
    pub height: Id,
    pub roughness: Id,
    pub overlay_x: Id,
    pub overlay_y: Id,
    pub particles: Id,
}

/// A scanner's dose, focus, errors of its stage in x and y, and aberration.
type Scanner = [Id; 5];

fn scanner(plan: &mut Plan, letter: char, around: &Surroundings, thickness: Id) -> Scanner {
    let name = |what: &str| format!("scanner_{letter}_{what}");
    let counter = plan.counter(&name("lots_since_calibration"), Lithography, 260.0);
    let drift = plan.drift(&format!("latent_scanner_{letter}_drift"), Lithography, Some(counter), 0.006);
    let laser =
        plan.respond(&name("laser_energy_mj"), Lithography, &[around.voltage, drift], (0.05, 0.5), |v| {
            10.0 + 0.01 * (v[0] - 400.0) - 0.04 * v[1]
        });
    let lens = plan.respond(
        &name("lens_temperature_c"),
        Lithography,
        &[around.cooling_water, drift],
        (0.01, 0.6),
        |v| 22.0 + 0.02 * (v[0] - 17.0) + 0.012 * v[1],
    );
    let aberration = plan.respond(&name("wavefront_error_mwaves"), Lithography, &[lens], (0.15, 0.4), |v| {
        (4.0 + 300.0 * (v[0] - 22.0).powi(2) + 12.0 * (v[0] - 22.0)).max(0.5)
    });
    let dose = plan.respond(
        &name("dose_mj_per_cm2"),
        Lithography,
        &[laser, drift, around.density],
        (0.12, 0.3),
        |v| 30.0 * (v[0] / 10.0).powf(0.3) * (1.0 + 0.00125 * (v[2] - 40.0)) - 0.06 * v[1],
    );
    let focus = plan.respond(
        &name("focus_nm"),
        Lithography,
        &[lens, around.barometer, thickness, drift],
        (6.0, 0.3),
        |v| 300.0 * (v[0] - 22.0) + 0.4 * (v[1] - 1013.0) + 0.15 * (v[2] - 250.0) + 2.5 * v[3],
    );
    let stage_x =
        plan.respond(&name("stage_error_x_nm"), Lithography, &[around.vibration, lens], (0.25, 0.3), |v| {
            1.0 * (v[0] - 1.8) + 12.0 * (v[1] - 22.0)
        });
    let stage_y =
        plan.respond(&name("stage_error_y_nm"), Lithography, &[around.vibration], (0.25, 0.3), |v| {
            0.9 * (v[0] - 1.8)
        });
    plan.respond(&name("pump_current_a"), Lithography, &[drift, around.voltage], (0.12, 0.9), |v| {
        6.0 + 0.12 * v[0] - 0.02 * (v[1] - 400.0)
    });
    plan.injectable(&[laser, lens, dose, focus, stage_x, stage_y]);
    [dose, focus, stage_x, stage_y, aberration]
}

pub(super) fn declare(plan: &mut Plan, around: &Surroundings) -> Resist {
    let track = plan.drift("latent_track_drift", Lithography, None, 0.0);
    let resist_temperature =
        plan.respond("resist_temperature_c", Lithography, &[around.temperature, track], (0.06, 0.5), |v| {
            22.0 + 0.5 * (v[0] - 21.0) + 0.04 * v[1]
        });
    let viscosity =
        plan.respond("resist_viscosity_cp", Lithography, &[resist_temperature], (0.03, 0.7), |v| {
            2.4 * (900.0 * (1.0 / (273.15 + v[0]) - 1.0 / 295.15)).exp()
        });
    let spin = plan.drive("spin_speed_rpm", Lithography, 1500.0, 6.0, 0.3);
    let thickness = plan.respond(
        "resist_thickness_nm",
        Lithography,
        &[viscosity, spin, around.humidity, around.bow],
        (0.5, 0.2),
        |v| {
            250.0 * (v[0] / 2.4).powf(0.4) * (1500.0 / v[1]).sqrt() - 0.25 * (v[2] - 43.0)
                + 0.02 * (v[3] - 18.0)
        },
    );
    plan.sampled(thickness, 0.15, 0.2);
    let soft_bake =
        plan.respond("soft_bake_temperature_c", Lithography, &[track], (0.15, 0.5), |v| 100.0 + 0.1 * v[0]);
    let a = scanner(plan, 'a', around, thickness);
    let b = scanner(plan, 'b', around, thickness);
    let share = plan.respond("scanner_a_share", Lithography, &[around.work_in_process], (0.12, 0.5), |v| {
        (0.5 + 0.0005 * (v[0] - 480.0)).clamp(0.1, 0.9)
    });
    let mut mixed = |name: &str, k: usize| {
        plan.respond(name, Lithography, &[share, a[k], b[k]], (0.0, 0.0), |v| {
            let share = v[0].clamp(0.0, 1.0);
            share * v[1] + (1.0 - share) * v[2]
        })
    };
    let dose = mixed("lot_dose_mj_per_cm2", 0);
    let focus = mixed("lot_focus_nm", 1);
    let aberration = mixed("lot_wavefront_error_mwaves", 4);
    for (id, reading) in [(dose, 0.02), (focus, 1.0), (aberration, 0.03)] {
        plan.sampled(id, reading, 0.0);
    }
    let delay =
        plan.respond("queue_expose_to_bake_min", Lithography, &[around.work_in_process], (1.2, 0.5), |v| {
            (9.0 + 0.02 * (v[0] - 480.0)).max(1.0)
        });
    let bake = plan.respond(
        "post_exposure_bake_temperature_c",
        Lithography,
        &[track, around.voltage],
        (0.12, 0.5),
        |v| 110.0 + 0.08 * v[0] + 0.01 * (v[1] - 400.0),
    );
    let concentration = plan.drive("developer_concentration_percent", Lithography, 2.38, 0.006, 0.8);
    let develop_time = plan.drive("develop_time_s", Lithography, 45.0, 0.2, 0.2);
    // Acid from the exposure, lost to airborne bases on the way to the bake, diffuses with an
    // Arrhenius temperature: what the resist "sees" of the dose.
    let effective = plan.respond(
        "deprotection_index_percent",
        Lithography,
        &[dose, thickness, around.ammonia, delay, bake, soft_bake, around.density],
        (0.15, 0.2),
        |v| {
            let swing = 1.0 + 0.02 * (TAU * (v[1] - 250.0) / 60.0).sin();
            let lost = (-0.004 * v[2].max(0.0) * v[3].max(0.0)).exp();
            let rate = (-12_000.0 * (1.0 / (273.15 + v[4]) - 1.0 / 383.15)).exp();
            let kinetics = v[0] / 30.0 * (1.0 - 0.00125 * (v[6] - 40.0)) * swing * lost / 0.93 * rate;
            100.0 * (1.0 - (-1.2 * kinetics).exp()) + 0.1 * (v[5] - 100.0)
        },
    );
    plan.sampled(effective, 0.1, 0.3);
    let width = plan.respond(
        "resist_line_width_nm",
        Lithography,
        &[effective, focus, aberration, concentration, develop_time],
        (0.25, 0.2),
        |v| {
            // Bossung: the curvature through focus turns with the dose.
            let over = (v[0] - 69.9) / 69.9;
            let blur = v[1] / 100.0;
            let develop = 20.0 * (v[3] - 2.38) + 0.08 * (v[4] - 45.0);
            65.0 - 45.0 * over + (4.0 + 120.0 * over) * blur * blur + 1.0 * blur + 0.15 * (v[2] - 4.0)
                - 1.5 * develop
        },
    );
    plan.sampled(width, 0.15, 0.1);
    let angle =
        plan.respond("resist_side_wall_angle_deg", Lithography, &[focus, effective], (0.12, 0.2), |v| {
            88.0 - 3.0 * (v[0] / 100.0).powi(2) + 0.06 * (v[1] - 69.9)
        });
    plan.sampled(angle, 0.08, 0.4);
    let height = plan.respond(
        "resist_height_nm",
        Lithography,
        &[thickness, effective, develop_time],
        (0.6, 0.2),
        |v| 0.94 * v[0] - 0.3 * (v[1] - 69.9) - 0.4 * (v[2] - 45.0),
    );
    plan.sampled(height, 0.3, 0.4);
    let roughness =
        plan.respond("line_width_roughness_nm", Lithography, &[dose, aberration, focus], (0.08, 0.2), |v| {
            3.0 * (30.0 / v[0].max(1.0)).sqrt() + 0.05 * (v[1] - 4.0) + 0.6 * (v[2] / 100.0).powi(2)
        });
    plan.sampled(roughness, 0.05, 0.2);
    let reticle =
        plan.respond("reticle_temperature_c", Lithography, &[around.temperature], (0.02, 0.6), |v| {
            21.5 + 0.5 * (v[0] - 21.0)
        });
    let mut overlay = |name: &str, k: usize| {
        let id =
            plan.respond(name, Lithography, &[share, a[k], b[k], reticle, around.bow], (0.15, 0.2), |v| {
                let share = v[0].clamp(0.0, 1.0);
                share * v[1] + (1.0 - share) * v[2] + 3.0 * (v[3] - 21.5) + 0.02 * (v[4] - 18.0)
            });
        plan.sampled(id, 0.08, 0.1);
        id
    };
    let overlay_x = overlay("overlay_x_nm", 2);
    let overlay_y = overlay("overlay_y_nm", 3);
    let particles = plan.respond(
        "lithography_particles_per_wafer",
        Lithography,
        &[around.incoming_particles, concentration],
        (0.8, 0.3),
        |v| (0.5 * v[0] + 60.0 * (v[1] - 2.38).abs() + 2.0).max(0.0),
    );
    plan.sampled(particles, 0.3, 0.3);
    plan.injectable(&[
        spin,
        viscosity,
        soft_bake,
        delay,
        bake,
        concentration,
        develop_time,
        resist_temperature,
        reticle,
    ]);
    Resist { width, angle, height, roughness, overlay_x, overlay_y, particles }
}
