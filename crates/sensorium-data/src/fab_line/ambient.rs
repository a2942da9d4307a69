//! The building, its supplies and the wafers that come in.

use super::Step::Ambient;
use super::plan::{Id, Plan};

/// What later steps take from the surroundings.
pub(super) struct Surroundings {
    pub temperature: Id,
    pub humidity: Id,
    pub barometer: Id,
    pub cooling_water: Id,
    pub nitrogen: Id,
    pub exhaust: Id,
    pub voltage: Id,
    pub vibration: Id,
    pub water_resistivity: Id,
    pub ammonia: Id,
    pub work_in_process: Id,
    pub density: Id,
    pub film_target: Id,
    pub bow: Id,
    pub wafer_resistivity: Id,
    pub incoming_particles: Id,
}

pub(super) fn declare(plan: &mut Plan) -> Surroundings {
    let facility = plan.drift("latent_facility_load", Ambient, None, 0.0);
    let outside = plan.drive("outside_temperature_c", Ambient, 14.0, 6.0, 0.95);
    let barometer = plan.drive("barometric_pressure_hpa", Ambient, 1013.0, 7.0, 0.96);
    let temperature = plan.respond("fab_temperature_c", Ambient, &[outside, facility], (0.05, 0.7), |v| {
        21.0 + 0.006 * (v[0] - 14.0) + 0.03 * v[1]
    });
    let humidity = plan.respond("fab_humidity_percent", Ambient, &[outside, temperature], (0.5, 0.7), |v| {
        43.0 + 0.05 * (v[0] - 14.0) - 3.0 * (v[1] - 21.0)
    });
    let cooling_water =
        plan.respond("cooling_water_temperature_c", Ambient, &[outside, facility], (0.12, 0.6), |v| {
            17.0 + 0.02 * (v[0] - 14.0) + 0.15 * v[1]
        });
    let nitrogen =
        plan.respond("nitrogen_pressure_kpa", Ambient, &[facility], (3.0, 0.5), |v| 620.0 - 3.0 * v[0]);
    let exhaust = plan.respond("exhaust_pressure_pa", Ambient, &[barometer, facility], (4.0, 0.5), |v| {
        -250.0 + 0.2 * (v[0] - 1013.0) + 4.0 * v[1]
    });
    let voltage = plan.respond("supply_voltage_v", Ambient, &[facility], (1.2, 0.4), |v| 400.0 - 1.2 * v[0]);
    let work_in_process = plan.drive("work_in_process_lots", Ambient, 480.0, 35.0, 0.97);
    // The product mix comes in campaigns. Recipes follow the product, and compensate for what its
    // pattern does to doses and rates.
    let density = plan.drive("product_pattern_density_percent", Ambient, 40.0, 8.0, 0.6);
    let film_target = plan.drive("product_film_target_nm", Ambient, 300.0, 6.0, 0.6);
    plan.sampled(density, 0.0, 0.0);
    plan.sampled(film_target, 0.0, 0.0);
    let vibration = plan.drive("floor_vibration_um_per_s", Ambient, 1.8, 0.25, 0.5);
    let corridor =
        plan.respond("corridor_particles_per_m3", Ambient, &[work_in_process], (60.0, 0.85), |v| {
            250.0 + 0.16 * (v[0] - 480.0)
        });
    plan.bursts(corridor);
    let light = plan.drive("corridor_light_lux", Ambient, 420.0, 30.0, 0.98);
    plan.bursts(light);
    let ammonia = plan
        .respond("airborne_ammonia_ppb", Ambient, &[humidity], (0.25, 0.8), |v| 2.0 + 0.05 * (v[0] - 43.0));
    let water_resistivity = plan.drive("pure_water_resistivity_mohm_cm", Ambient, 18.1, 0.04, 0.8);
    plan.respond("chiller_power_kw", Ambient, &[outside, cooling_water], (9.0, 0.6), |v| {
        310.0 + 4.0 * (v[0] - 14.0) - 6.0 * (v[1] - 17.0)
    });
    let pump = plan.respond("vacuum_header_current_a", Ambient, &[voltage, facility], (2.0, 0.9), |v| {
        88.0 - 0.4 * (v[0] - 400.0) + 2.0 * v[1]
    });
    plan.bursts(pump);

    let supplier = plan.drift("latent_wafer_supplier", Ambient, None, 0.0);
    let bow = plan.respond("wafer_bow_um", Ambient, &[supplier], (3.0, 0.2), |v| 18.0 + 2.5 * v[0]);
    plan.sampled(bow, 0.6, 0.3);
    let wafer_resistivity =
        plan.respond("wafer_resistivity_ohm_cm", Ambient, &[supplier], (0.25, 0.2), |v| 10.0 + 0.2 * v[0]);
    let incoming_particles =
        plan.respond("incoming_particles_per_wafer", Ambient, &[supplier], (1.6, 0.3), |v| 9.0 + 0.8 * v[0]);
    plan.injectable(&[
        temperature,
        humidity,
        cooling_water,
        vibration,
        water_resistivity,
        ammonia,
        wafer_resistivity,
        incoming_particles,
    ]);
    Surroundings {
        temperature,
        humidity,
        barometer,
        cooling_water,
        nitrogen,
        exhaust,
        voltage,
        vibration,
        water_resistivity,
        ammonia,
        work_in_process,
        density,
        film_target,
        bow,
        wafer_resistivity,
        incoming_particles,
    }
}
