//! The figures of each task, with intervals by recording.

use super::Scored;
use sensorium::data::Task;
use sensorium::nn::metrics::{
    Binning, Bootstrap, Confusion, Detection, accuracy, auroc, auroc_one_vs_rest, confidence_and_correct,
    expected_calibration_error, mae, nll, r2, rmse,
};
use sensorium::recipes::Figure;
use serde_json::{Map, Value};

/// Bins of the calibration error.
pub const BINS: Binning = Binning::EqualWidth(15);

type Statistic<'a> = Box<dyn Fn(&[usize]) -> f64 + Sync + 'a>;

/// All figures of the task; the main one first. Whole recordings are drawn anew for the intervals.
pub fn figures(scored: &Scored, seed: u64, resamples: usize) -> Vec<Figure> {
    all(scored).into_iter().map(|one| one.measure(scored, seed, resamples)).collect()
}

/// The main figure alone.
pub fn main_figure(scored: &Scored, seed: u64, resamples: usize) -> Option<Figure> {
    all(scored).into_iter().next().map(|one| one.measure(scored, seed, resamples))
}

/// Adds figures to a JSON object: the value under its key, the interval under `KEY_lo` and `KEY_hi`.
pub fn add_to(object: &mut Map<String, Value>, prefix: &str, figures: &[Figure]) {
    for figure in figures {
        let key = format!("{prefix}{}", figure.key);
        if let Some((lo, hi)) = figure.interval {
            object.insert(format!("{key}_lo"), lo.into());
            object.insert(format!("{key}_hi"), hi.into());
        }
        object.insert(key, figure.value.into());
    }
}

/// A figure, before it is measured.
struct Wanted<'a> {
    key: String,
    label: String,
    lower_is_better: bool,
    /// Resampling makes some figures worse in themselves: they have no interval.
    alone: bool,
    statistic: Statistic<'a>,
}

impl<'a> Wanted<'a> {
    fn new(key: &str, label: &str, statistic: impl Fn(&[usize]) -> f64 + Sync + 'a) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
            lower_is_better: false,
            alone: false,
            statistic: Box::new(statistic),
        }
    }

    fn lower(self) -> Self {
        Self { lower_is_better: true, ..self }
    }

    fn alone(self) -> Self {
        Self { alone: true, ..self }
    }

    fn measure(self, scored: &Scored, seed: u64, resamples: usize) -> Figure {
        let rows: Vec<usize> = (0..scored.len()).collect();
        let mut figure = Figure::new(self.key, self.label, (self.statistic)(&rows));
        if !self.alone {
            let bootstrap = Bootstrap::new(seed).resamples(resamples);
            figure = figure.interval(bootstrap.cluster_interval(&scored.recordings, &self.statistic));
        }
        if self.lower_is_better { figure.lower_is_better() } else { figure }
    }
}

fn pick<T: Copy>(all: &[T], rows: &[usize], width: usize) -> Vec<T> {
    rows.iter().flat_map(|r| all[r * width..(r + 1) * width].iter().copied()).collect()
}

fn all<'a>(scored: &Scored) -> Vec<Wanted<'a>> {
    match scored.task {
        Task::Classification { classes } => classification(scored, classes.len()),
        Task::MultiLabel { labels } => multi_label(scored, labels.len()),
        Task::Regression { outputs } => regression(scored, outputs),
        Task::OneClass => anomaly(scored),
    }
}

fn classification<'a>(scored: &Scored, classes: usize) -> Vec<Wanted<'a>> {
    let ((truth, decided), outputs) = (scored.classes(), scored.outputs());
    let (confidence, right) = confidence_and_correct(&truth, &outputs, classes);
    let f1 = {
        let (truth, decided) = (truth.clone(), decided.clone());
        move |rows: &[usize]| {
            Confusion::from_labels(classes, &pick(&truth, rows, 1), &pick(&decided, rows, 1)).macro_f1()
        }
    };
    let share = {
        let (truth, decided) = (truth.clone(), decided);
        move |rows: &[usize]| accuracy(&pick(&truth, rows, 1), &pick(&decided, rows, 1))
    };
    let area = {
        let (truth, outputs) = (truth.clone(), outputs.clone());
        move |rows: &[usize]| {
            auroc_one_vs_rest(&pick(&truth, rows, 1), &pick(&outputs, rows, classes), classes)
        }
    };
    let calibration = move |rows: &[usize]| {
        expected_calibration_error(&pick(&confidence, rows, 1), &pick(&right, rows, 1), BINS)
    };
    let likelihood =
        move |rows: &[usize]| nll(&pick(&truth, rows, 1), &pick(&outputs, rows, classes), classes);
    vec![
        Wanted::new("macro_f1", "macro-F1", f1),
        Wanted::new("accuracy", "accuracy", share),
        Wanted::new("auroc", "AUROC, one against the rest", area),
        Wanted::new("ece", "expected calibration error", calibration).lower().alone(),
        Wanted::new("nll", "negative log-likelihood, nats", likelihood).lower(),
    ]
}

fn multi_label<'a>(scored: &Scored, labels: usize) -> Vec<Wanted<'a>> {
    let (truth, said) = scored.labels();
    let (truth_too, said_too) = (truth.clone(), said.clone());
    let micro = move |rows: &[usize]| {
        Detection::from_flags(&pick(&truth, rows, labels), &pick(&said, rows, labels)).f1()
    };
    let macro_f1 = move |rows: &[usize]| {
        let each = (0..labels).map(|label| {
            let column = |all: &[bool]| rows.iter().map(|r| all[r * labels + label]).collect::<Vec<_>>();
            Detection::from_flags(&column(&truth_too), &column(&said_too)).f1()
        });
        let defined: Vec<f64> = each.filter(|f| !f.is_nan()).collect();
        defined.iter().sum::<f64>() / defined.len() as f64
    };
    vec![Wanted::new("macro_f1", "macro-F1", macro_f1), Wanted::new("micro_f1", "micro-F1", micro)]
}

fn regression<'a>(scored: &Scored, outputs: &[String]) -> Vec<Wanted<'a>> {
    let columns: Vec<(Vec<f32>, Vec<f32>)> = (0..outputs.len()).map(|o| scored.values(o)).collect();
    let mut wanted = Vec::new();
    for (name, (truth, said)) in outputs.iter().zip(columns) {
        // One output needs no name.
        let (key, label) = match outputs.len() {
            1 => (String::new(), String::new()),
            _ => (format!("_{}", name.replace(|c: char| !c.is_alphanumeric(), "_")), format!(" of {name}")),
        };
        type Measure = fn(&[f32], &[f32]) -> f64;
        let measures: [(&str, &str, Measure, bool); 3] = [
            ("mae", "mean absolute error", mae, true),
            ("rmse", "root mean squared error", rmse, true),
            ("r2", "R²", r2, false),
        ];
        for (short, long, measure, lower) in measures {
            let (truth, said) = (truth.clone(), said.clone());
            let statistic = move |rows: &[usize]| measure(&pick(&truth, rows, 1), &pick(&said, rows, 1));
            let one = Wanted::new(&format!("{short}{key}"), &format!("{long}{label}"), statistic);
            wanted.push(if lower { one.lower() } else { one });
        }
    }
    wanted
}

fn anomaly<'a>(scored: &Scored) -> Vec<Wanted<'a>> {
    let (truth, alarm, score) = scored.alarms();
    let counts = {
        let truth = truth.clone();
        std::sync::Arc::new(move |rows: &[usize]| {
            Detection::from_flags(&pick(&truth, rows, 1), &pick(&alarm, rows, 1))
        })
    };
    let (f1, far, mar) = (counts.clone(), counts.clone(), counts);
    vec![
        Wanted::new("f1", "F1 of the alarms", move |rows: &[usize]| f1(rows).f1()),
        Wanted::new("far", "false-alarm rate", move |rows: &[usize]| far(rows).false_alarm_rate()).lower(),
        Wanted::new("mar", "missed-alarm rate", move |rows: &[usize]| mar(rows).missed_alarm_rate()).lower(),
        Wanted::new("auroc", "AUROC", move |rows: &[usize]| {
            auroc(&pick(&truth, rows, 1), &pick(&score, rows, 1))
        }),
    ]
}
