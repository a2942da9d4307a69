//! The pictures of the report.

use super::figures::{SeedResult, singles};
use crate::RecipeError;
use crate::report::{
    Calibration, ConfusionChart, CurvePoint, Curves, Heat, Line, LineRole, Reliability, Section,
};
use crate::report_timeline::{Showing, timeline};
use sensorium_data::Failure;
use sensorium_data::rig::{RigConfig, Sensor, SensorFailure};
use sensorium_data::{RecordingSource, Span, Timestamp};
use sensorium_fuse::calibrate::softmax;
use sensorium_nn::metrics::{Binning, Confusion, expected_calibration_error, reliability_bins};
use sensorium_nn::{Example, View};

/// All sections, in reading order.
pub(super) fn sections(result: &SeedResult) -> Result<Vec<Section>, RecipeError> {
    Ok(vec![
        Section::Curves(missing_curves(result)),
        Section::Timeline(example(result)?),
        Section::Heat(failures(result)),
        Section::Confusion(confusion(result)),
        Section::Calibration(calibration(result)),
    ])
}

fn missing_curves(result: &SeedResult) -> Curves {
    let contest = &result.contest;
    let (rows, single) = (contest.rows(), singles(contest.streams()));
    let lines: Vec<Line> = result
        .entries
        .iter()
        .enumerate()
        .map(|(i, entry)| {
            let clean = CurvePoint::new(0.0, entry.clean_f1(contest, &rows));
            let rest = (1..=6).map(|k| CurvePoint::new(k as f64, entry.scenario_f1(contest, single + k - 1)));
            let role = if i == 0 { LineRole::Own } else { LineRole::Baseline };
            Line::new(entry.name.clone(), role, std::iter::once(clean).chain(rest).collect())
        })
        .collect();
    Curves {
        title: "With ever fewer modalities".into(),
        text: "In every test window so many of the eight modalities are missing, drawn at random.".into(),
        x_label: "missing modalities".into(),
        y_label: "macro-F1".into(),
        lines,
        ..Curves::default()
    }
}

fn failures(result: &SeedResult) -> Heat {
    let contest = &result.contest;
    let router = &result.entries[0];
    Heat {
        title: "One sensor broken at a time".into(),
        text: "Macro-F1 of the router when one modality fails in one way.".into(),
        rows: Failure::ALL.iter().map(|f| f.name().to_string()).collect(),
        columns: contest.stream_names(),
        values: (0..singles(contest.streams())).map(|s| router.scenario_f1(contest, s)).collect(),
        range: None,
    }
}

fn confusion(result: &SeedResult) -> ConfusionChart {
    let classes = result.classes();
    let answers = &result.entries[0].clean;
    let matrix = Confusion::from_labels(classes.len(), &result.contest.truth, answers);
    ConfusionChart::new(classes, matrix)
}

fn calibration(result: &SeedResult) -> Calibration {
    let contest = &result.contest;
    let list: Vec<&Example> = contest.test.iter().collect();
    let rows = result.router().rows(&list, &|_, _| View::Clean);
    let diagram = |name: String, temperature: f32| {
        let (mut confidence, mut correct) = (Vec::new(), Vec::new());
        for (row, truth) in rows.iter().zip(&contest.truth) {
            let p = softmax(&row.logits, temperature);
            let best = (0..p.len()).max_by(|a, b| p[*a].total_cmp(&p[*b])).unwrap_or(0);
            confidence.push(p[best].clamp(0.0, 1.0));
            correct.push(best == *truth);
        }
        Reliability {
            name,
            bins: reliability_bins(&confidence, &correct, Binning::EqualWidth(10)),
            ece: expected_calibration_error(&confidence, &correct, Binning::EqualWidth(10)),
        }
    };
    let temperature = result.router().calibration().temperature;
    Calibration::new(vec![
        diagram("before".into(), 1.0),
        diagram(format!("temperature {temperature:.2}"), temperature),
    ])
}

/// A recording of a machine that no model has seen: a fault sets in after 16 s, and then the modality
/// that the router leans on most breaks.
fn example(result: &SeedResult) -> Result<crate::report::Timeline, RecipeError> {
    let rig = &result.contest.rig;
    let seconds = 48.0;
    let base = RigConfig {
        seconds,
        stride_s: 2.0,
        onset_s: Some(16.0),
        severity: [0.6, 1.0],
        ..rig.config().clone()
    };
    let index = result.contest.indices.iter().copied().find(|i| rig.fault(*i).is_some()).unwrap_or(0);
    let whole = base.clone().init()?;
    let model = result.router();
    let shown = Showing::of(model, &whole.load(index)?, whole.schema().window)?;
    let late = shown.rows.iter().filter(|r| r.start >= 20.0);
    let mut total = vec![0.0f32; result.contest.streams()];
    late.for_each(|r| total.iter_mut().zip(&r.weights).for_each(|(t, w)| *t += w));
    let leaned = (0..total.len()).max_by(|a, b| total[*a].total_cmp(&total[*b])).unwrap_or(0);
    let span = Span::new(Timestamp::from_seconds(32.0), Timestamp::from_seconds(seconds));
    let failure = SensorFailure {
        sensor: Sensor::ALL[leaned],
        failure: Failure::Noise,
        severity: 4.0,
        span: Some(span),
    };
    let broken = RigConfig { failures: vec![failure], ..base }.init()?;
    let recording = broken.load(index)?;
    let shown = Showing::of(model, &recording, broken.schema().window)?;
    let names = result.contest.stream_names();
    let mut picture = timeline(&recording, &shown, &result.classes());
    picture.title = "One recording, window by window".into();
    picture.text = format!(
        "A machine that no model has seen. A fault sets in at 16 s; at 32 s the {} sensor, which the router leaned on most, drowns in noise.",
        names[leaned]
    );
    if let Some(lane) = picture.lanes.iter_mut().find(|l| l.modality == leaned) {
        lane.failures.push(crate::report::Spell { start: 32.0, end: seconds, label: "noise".into() });
    }
    Ok(picture)
}
