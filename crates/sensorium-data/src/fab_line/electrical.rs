//! Electrical test and yield: what the shape of lines and films does to devices.

use super::Step::Test;
use super::ambient::Surroundings;
use super::deposition::Film;
use super::etch::Lines;
use super::lithography::Resist;
use super::plan::Plan;
use super::polish::Surface;

pub(super) fn declare(
    plan: &mut Plan,
    around: &Surroundings,
    resist: &Resist,
    lines: &Lines,
    film: &Film,
    surface: &Surface,
) {
    let probe = plan.drive("probe_temperature_c", Test, 25.0, 0.08, 0.5);
    let needle = plan.counter("probe_card_age_lots", Test, 180.0);
    let contact =
        plan.respond("probe_contact_resistance_ohm", Test, &[needle], (0.02, 0.5), |v| 0.4 + 0.0006 * v[0]);
    let threshold = |plan: &mut Plan, name: &str, sign: f64| {
        plan.respond(
            name,
            Test,
            &[lines.width, around.wafer_resistivity, lines.damage, probe, film.stress],
            (0.0015, 0.2),
            move |v| {
                // Short-channel roll-off, doping, charge in the oxide, temperature.
                let rolled = 0.08 * (-(v[0] - 40.0) / 12.0).exp();
                sign * (0.42 - rolled - 0.004 * (v[1] - 10.0) + 0.02 * (v[2] - 0.5) - 0.0008 * (v[3] - 25.0))
                    + 0.00008 * (v[4] + 150.0)
            },
        )
    };
    let vt_n = threshold(plan, "threshold_voltage_n_v", 1.0);
    let vt_p = threshold(plan, "threshold_voltage_p_v", -1.0);
    let leakage = plan.respond(
        "leakage_log10_a",
        Test,
        &[vt_n, lines.damage, lines.roughness, probe],
        (0.02, 0.2),
        |v| -9.0 - (v[0] - 0.405) / 0.09 + 0.4 * (v[1] - 0.5) + 0.15 * (v[2] - 2.1) + 0.01 * (v[3] - 25.0),
    );
    let drive_current =
        plan.respond("saturation_current_ua_per_um", Test, &[vt_n, lines.width, contact], (3.0, 0.2), |v| {
            600.0 * ((1.0 - v[0]) / 0.595).max(0.0).powf(1.3) * (62.0 / v[1].max(5.0)).powf(0.5)
                - 10.0 * (v[2] - 0.45)
        });
    let line_resistance = plan.respond(
        "line_resistance_ohm_per_um",
        Test,
        &[film.resistivity, surface.thickness, lines.width, surface.dishing],
        (0.02, 0.2),
        |v| {
            let height = (v[1] - 0.6 * v[3]).max(20.0);
            10_000.0 * v[0] / (height * v[2].max(5.0))
        },
    );
    let via_resistance = plan.respond(
        "via_resistance_ohm",
        Test,
        &[resist.overlay_x, resist.overlay_y, film.voids, lines.depth, contact],
        (0.04, 0.2),
        |v| {
            let off = v[0].hypot(v[1]) / 10.0;
            3.0 * (1.0 + 1.5 * off * off) * (1.0 + 0.3 * v[2]) + 0.01 * (v[3] - 180.0) + (v[4] - 0.45)
        },
    );
    let capacitance = plan.respond(
        "line_capacitance_af_per_um",
        Test,
        &[surface.thickness, lines.width, lines.angle, surface.erosion],
        (0.6, 0.2),
        |v| {
            180.0 * (v[0] / 175.0) * (70.0 / (132.0 - v[1]).max(10.0))
                - 0.5 * (v[2] - 87.5)
                - 0.4 * (v[3] - 8.0)
        },
    );
    let delay = plan.respond(
        "ring_oscillator_delay_ps",
        Test,
        &[drive_current, vt_p, capacitance, line_resistance],
        (0.08, 0.2),
        |v| 12.0 * (600.0 / v[0].max(50.0)) * (v[2] / 180.0) + 3.0 * (v[1] + 0.405) + 0.3 * (v[3] - 2.0),
    );
    let breakdown = plan.respond(
        "breakdown_voltage_v",
        Test,
        &[surface.scratches, lines.damage, surface.corrosion],
        (0.06, 0.2),
        |v| 9.0 - 0.15 * (v[0] - 2.3) - 0.6 * (v[1] - 0.5) - 0.3 * (v[2] - 1.0),
    );
    let density = plan.respond(
        "defect_density_per_cm2",
        Test,
        &[surface.particles, surface.scratches, film.voids, surface.corrosion],
        (0.01, 0.2),
        |v| (0.012 * v[0] + 0.03 * v[1] + 0.08 * v[2] + 0.05 * v[3].powi(2)).max(0.0),
    );
    plan.sampled(density, 0.005, 0.1);
    let bridging = plan.respond(
        "bridging_probability",
        Test,
        &[lines.width, lines.roughness, resist.overlay_x, surface.dishing],
        (0.001, 0.2),
        |v| {
            let gap = 130.0 - v[0] - 3.0 * v[1] - v[2].abs() - 0.1 * v[3];
            1.0 / (1.0 + ((gap - 50.0) / 2.0).exp())
        },
    );
    plan.sampled(bridging, 0.001, 0.2);
    let functional = plan.respond("functional_yield_percent", Test, &[density, bridging], (0.3, 0.2), |v| {
        // Murphy's triangular defect density over a die of 0.6 cm².
        let faults = (0.6 * v[0]).max(1e-6);
        100.0 * ((1.0 - (-faults).exp()) / faults).powi(2) * (1.0 - v[1].clamp(0.0, 1.0))
    });
    let parametric = plan.respond(
        "parametric_yield_percent",
        Test,
        &[leakage, delay, via_resistance, breakdown],
        (0.3, 0.2),
        |v| {
            let pass = |margin: f64| 1.0 / (1.0 + (-margin).exp());
            100.0
                * pass((-8.6 - v[0]) / 0.08)
                * pass((13.2 - v[1]) / 0.25)
                * pass((4.4 - v[2]) / 0.2)
                * pass((v[3] - 7.8) / 0.25)
        },
    );
    let lot_yield = plan.respond("yield_percent", Test, &[functional, parametric], (0.2, 0.1), |v| {
        (v[0] * v[1] / 100.0).clamp(0.0, 100.0)
    });
    plan.sampled(lot_yield, 0.05, 0.0);
}
