//! A report page with every kind of section, from made-up data.
//!
//! ```text
//! cargo run --release -p sensorium-recipes --example report_page -- report.html
//! ```

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sensorium_nn::metrics::{Binning, Confusion, expected_calibration_error, reliability_bins};
use sensorium_recipes::report::*;
use sensorium_recipes::{Figure, Outcome, Table, Target};
use std::f64::consts::TAU;

const CLASSES: [&str; 10] = [
    "healthy",
    "bearing wear",
    "imbalance",
    "misalignment",
    "cavitation",
    "leak",
    "blocked filter",
    "stuck valve",
    "winding short",
    "fan failure",
];
const MODALITIES: [&str; 8] =
    ["vibration", "acoustic", "current", "pressure", "flow", "temperature", "thermal", "log"];

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "report.html".to_owned());
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut outcome = Outcome::new("rig-faults", false, vec![0, 1, 2]);
    outcome.figures = figures();
    outcome.sections = vec![
        Section::Timeline(recording(&mut rng)),
        Section::Curves(degradation()),
        Section::Heat(failures()),
        Section::Confusion(confusion(&mut rng)),
        Section::Calibration(calibration(&mut rng)),
        Section::Histogram(latency(&mut rng)),
    ];
    outcome.tables = vec![models()];
    outcome.notes = vec![
        "All values on this page are made up: it shows what a report looks like.".to_owned(),
        "Every baseline has the same encoders, budget, modality dropout and augmentation as the router."
            .to_owned(),
    ];
    let provenance = Provenance::new(
        "sensorium recipe run rig-faults --seeds 3 --report report.html",
        outcome.seeds.clone(),
    )
    .fact("Sensorium", env!("CARGO_PKG_VERSION"))
    .fact("Simulator", "rig 1, sha256 6f1c0a52…d94e")
    .fact("Device", "cpu, 2 threads");
    let lead = "Ten conditions of a pump stand, told apart by eight modalities that fail one by one.";
    write(&outcome.page("Faults on the pump stand", lead, provenance), path.as_ref())
}

fn figures() -> Vec<Figure> {
    vec![
        Figure::new("macro_f1", "macro-F1, nothing missing", 0.968)
            .interval((0.961, 0.974))
            .baseline("late-fusion transformer", 0.949)
            .target(Target::at_least(0.96)),
        Figure::new("degraded_ratio", "macro-F1 under failures, against the best fixed weights", 1.187)
            .unit("×")
            .interval((1.151, 1.226))
            .baseline("late-fusion transformer", 1.094)
            .target(Target::at_least(1.22)),
        Figure::new("informative_weight", "median weight of the only modality that shows the fault", 0.781)
            .interval((0.742, 0.812))
            .target(Target::at_least(0.73)),
        Figure::new("weight_faithfulness", "rank correlation of weight and loss when left out", 0.64)
            .interval((0.58, 0.69)),
        Figure::new("ece", "expected calibration error", 0.021)
            .baseline("before temperature", 0.083)
            .lower_is_better(),
        Figure::new("latency_p99", "latency per window, p99", 7.92)
            .unit("ms")
            .interval((7.41, 8.66))
            .baseline("late-fusion transformer", 11.3)
            .lower_is_better(),
    ]
}

fn degradation() -> Curves {
    let line = |name: &str, role, start: f64, fall: f64, band: f64| {
        let points = (0..=6).map(|k| {
            let k = f64::from(k);
            let y = start - fall * k.powf(1.45) / 13.4;
            let band = band * (1.0 + 0.25 * k);
            if role == LineRole::Own || band > 0.0 {
                CurvePoint::with_band(k, y, (y - band, y + band))
            } else {
                CurvePoint::new(k, y)
            }
        });
        Line::new(name, role, points.collect())
    };
    Curves {
        title: "When modalities go missing".to_owned(),
        text: "Mean over random choices of the missing modalities and three seeds; bands are 95 % bootstrap intervals over recordings.".to_owned(),
        x_label: "missing modalities".to_owned(),
        y_label: "macro-F1".to_owned(),
        y_range: Some((0.0, 1.0)),
        lines: vec![
            line("gated router", LineRole::Own, 0.968, 0.43, 0.012),
            line("late-fusion transformer", LineRole::Baseline, 0.949, 0.5, 0.014),
            line("uniform weights", LineRole::Baseline, 0.921, 0.58, 0.012),
            line("constant weights", LineRole::Baseline, 0.93, 0.6, 0.012),
            line("early concatenation", LineRole::Baseline, 0.955, 0.76, 0.015),
            line("upper bound", LineRole::Bound, 0.972, 0.37, 0.0),
        ],
    }
}

fn failures() -> Heat {
    let kinds = ["missing", "noise", "frozen", "drift", "delay"];
    let values = (0..kinds.len() * 8).map(|i| {
        let (kind, modality) = (i / 8, i % 8);
        if kind > 0 && modality == 7 {
            return f64::NAN;
        }
        0.965
            - 0.018 * ((i * 7) % 5) as f64
            - [0.14, 0.03, 0.01, 0.06, 0.02, 0.04, 0.03, 0.02][modality] * 1.4
    });
    Heat {
        title: "One failing modality".to_owned(),
        text: "Macro-F1 of the router when one modality fails in one way.".to_owned(),
        rows: kinds.map(String::from).to_vec(),
        columns: MODALITIES.map(String::from).to_vec(),
        values: values.collect(),
        range: Some((0.7, 1.0)),
    }
}

fn confusion(rng: &mut ChaCha8Rng) -> ConfusionChart {
    let mut matrix = Confusion::new(CLASSES.len());
    for class in 0..CLASSES.len() {
        for _ in 0..rng.random_range(90..140) {
            let slip = rng.random_bool([0.02, 0.06, 0.05, 0.12, 0.02, 0.08, 0.04, 0.03, 0.02, 0.03][class]);
            let taken = if slip { [0, 3, 3, 2, 5, 0, 7, 6, 1, 0][class] } else { class };
            matrix.record(class, taken);
        }
    }
    let mut chart = ConfusionChart::new(CLASSES.map(String::from).to_vec(), matrix);
    chart.text = "Windows of the test recordings, nothing missing. Blue cells are right, orange cells wrong; depth is the share of the row.".to_owned();
    chart
}

fn calibration(rng: &mut ChaCha8Rng) -> Calibration {
    let mut diagram = |name: &str, boast: f64| {
        let (said, right): (Vec<f64>, Vec<bool>) = (0..3000)
            .map(|_| {
                let p = 1.0 - 0.9 * rng.random::<f64>().powi(3);
                ((p + boast * (1.0 - p)).min(1.0), rng.random_bool(p))
            })
            .unzip();
        let bins = reliability_bins(&said, &right, Binning::EqualWidth(12));
        let ece = expected_calibration_error(&said, &right, Binning::EqualWidth(12));
        Reliability { name: name.to_owned(), bins, ece }
    };
    Calibration::new(vec![diagram("before", 0.42), diagram("after, temperature 1.61", 0.02)])
}

fn latency(rng: &mut ChaCha8Rng) -> Histogram {
    let mut values: Vec<f64> = (0..4000)
        .map(|_| 2.6 + (0..6).map(|_| rng.random::<f64>()).product::<f64>() * 40.0 + rng.random::<f64>())
        .collect();
    values.extend([31.0, 44.0]);
    values.sort_by(f64::total_cmp);
    let at = |q: f64| values[(q * 4000.0) as usize];
    Histogram {
        title: "Latency".to_owned(),
        text: "Time from a window's last sample to its answer.".to_owned(),
        x_label: "latency per window, ms".to_owned(),
        marks: vec![("median".to_owned(), at(0.5)), ("p99".to_owned(), at(0.99))],
        values,
    }
}

fn models() -> Table {
    let mut table =
        Table::new("Models", ["model", "parameters", "macro-F1", "under failures", "ms per window"]);
    table.own_row(["gated router", "412 k", "0.968", "0.842", "3.1"]);
    table.row(["late-fusion transformer", "538 k", "0.949", "0.776", "4.6"]);
    table.row(["early concatenation", "395 k", "0.955", "0.641", "2.8"]);
    table.row(["uniform weights", "398 k", "0.921", "0.709", "2.9"]);
    table.row(["best single modality", "61 k", "0.733", "0.690", "0.7"]);
    table.note =
        "Mean of three seeds; failures are the mean over every single failure and k = 1 … 6.".to_owned();
    table
}

/// Two minutes with a bearing that begins to wear; vibration is lost for a while, the thermal image freezes.
fn recording(rng: &mut ChaCha8Rng) -> Timeline {
    let spell = |start: f64, end: f64, label: &str| Spell { start, end, label: label.to_owned() };
    let fault = |t: f64| ((t - 42.0) / 12.0).clamp(0.0, 1.0);
    let lost = |t: f64| (70.0..92.0).contains(&t);
    let mut noise = move || rng.random::<f64>() - 0.5;
    let mut series = |rate: f64, skip: &dyn Fn(f64) -> bool, f: &dyn Fn(f64, f64) -> f64| {
        let times: Vec<f64> =
            (0..(120.0 * rate) as usize).map(|i| i as f64 / rate).filter(|t| !skip(*t)).collect();
        let values = times.iter().map(|&t| f(t, noise()) as f32).collect();
        LaneContent::Series { times, values }
    };
    let mut other = ChaCha8Rng::seed_from_u64(8);
    let mut hiss = move || other.random::<f64>() - 0.5;
    let never = |_: f64| false;
    let bursts = |t: f64| if (t * 3.1).fract() < 0.05 { 1.0 } else { 0.0 };
    let contents = vec![
        series(500.0, &lost, &|t, n| n * (0.5 + 2.2 * fault(t) * (0.3 + bursts(t)))),
        LaneContent::Audio {
            start: 0.0,
            rate_hz: 4000.0,
            samples: (0..480_000)
                .map(|i| {
                    let t = f64::from(i) / 4000.0;
                    let hum = 0.5 * (TAU * 100.0 * t).sin() + 0.2 * (TAU * 200.0 * t).sin();
                    let whine = 0.35 * fault(t) * (TAU * 920.0 * t + 60.0 * (t * 0.7).sin()).sin();
                    (hum + whine + 0.06 * hiss()) as f32
                })
                .collect(),
        },
        series(200.0, &never, &|t, n| 4.2 + 0.3 * fault(t) + 0.25 * (TAU * 1.3 * t).sin() + 0.1 * n),
        series(50.0, &never, &|t, n| 3.1 + 0.04 * (t * 0.4).sin() + 0.03 * n),
        series(10.0, &never, &|t, n| 12.0 + 0.15 * (t * 0.21).cos() + 0.2 * n),
        series(1.0, &never, &|t, n| 41.0 + 0.09 * (t - 48.0).max(0.0) + 0.1 * n),
        thermal(&|t| fault(t.min(60.0))),
        LaneContent::Text {
            entries: [
                (8.0, "shift start, all normal"),
                (57.0, "squealing at drive end"),
                (66.0, "cable of accelerometer loose"),
                (96.0, "cable fixed"),
            ]
            .map(|(t, s)| (t, s.to_owned()))
            .to_vec(),
        },
    ];
    let units = ["g", "", "A", "bar", "m³/h", "°C", "°C", ""];
    let lanes = contents.into_iter().enumerate().map(|(i, content)| Lane {
        name: MODALITIES[i].to_owned(),
        unit: units[i].to_owned(),
        modality: i,
        content,
        failures: match i {
            0 => vec![spell(70.0, 92.0, "missing")],
            6 => vec![spell(60.0, 120.0, "frozen")],
            _ => vec![],
        },
    });
    let weights = (0..118).map(|i| {
        let t = f64::from(i) + 1.0;
        let wobble = |k: f64| 1.0 + 0.22 * (t * 0.31 + k).sin();
        let raw = [
            if lost(t) { 0.0 } else { 1.3 + 3.4 * fault(t) },
            1.0 + 2.0 * fault(t) * if lost(t) { 2.0 } else { 0.5 },
            1.1,
            0.9,
            0.6,
            0.45 + 0.3 * fault(t),
            if t > 60.0 { 0.08 } else { 0.5 },
            if (57.0..72.0).contains(&t) { 1.4 } else { 0.12 },
        ];
        let raw: Vec<f64> = raw.iter().enumerate().map(|(k, w)| w * wobble(k as f64)).collect();
        let sum: f64 = raw.iter().sum();
        WeightRow {
            start: f64::from(i),
            end: t + 1.0,
            weights: raw.iter().map(|w| (w / sum) as f32).collect(),
        }
    });
    Timeline {
        title: "One recording, and what the router looked at".to_owned(),
        text: "Two minutes in which a bearing begins to wear. The accelerometer's cable comes loose and the thermal camera freezes; the router turns to what is left.".to_owned(),
        span: (0.0, 120.0),
        modalities: MODALITIES.map(String::from).to_vec(),
        weights: weights.collect(),
        truth: vec![spell(0.0, 44.0, "healthy"), spell(44.0, 120.0, "bearing wear")],
        predicted: vec![spell(0.0, 46.0, "healthy"), spell(46.0, 49.0, "misalignment"), spell(49.0, 120.0, "bearing wear")],
        lanes: lanes.collect(),
    }
}

fn thermal(fault: &dyn Fn(f64) -> f64) -> LaneContent {
    let times: Vec<f64> = (0..120).map(f64::from).collect();
    let pixel = |t: f64, x: f64, y: f64| {
        let spot = |cx: f64, cy: f64, r: f64| (-((x - cx).powi(2) + (y - cy).powi(2)) / (r * r)).exp();
        24.0 + 14.0 * spot(11.0, 17.0, 8.0)
            + 30.0 * fault(t) * spot(23.0, 14.0, 4.5)
            + 6.0 * spot(27.0, 22.0, 6.0)
    };
    let pixels = times
        .iter()
        .flat_map(|&t| (0..1024).map(move |i| pixel(t, f64::from(i % 32), f64::from(i / 32)) as f32))
        .collect();
    LaneContent::Images { times, width: 32, height: 32, pixels }
}
