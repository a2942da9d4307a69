//! DirectLiNGAM and DAGMA beside lingam and dagma, on the same data in the same run.
//!
//! `SENSORIUM_PEER_PYTHON=python cargo bench -p sensorium-causal --bench functional_discovery`
//! Without the variable only our own times are printed. With the argument `dagma` only that part runs.

use faer::Mat;
use sensorium_causal::discovery::dagma::{DagmaConfig, dagma};
use sensorium_causal::discovery::lingam::{LingamConfig, direct_lingam};
use sensorium_causal::random::generator;
use sensorium_causal::simulate::{GraphFamily, LinearModel, Noise, WeightRange, random_dag, varsortability};
use sensorium_causal::{Column, Knowledge, Table};
use serde::Deserialize;
use std::error::Error;
use std::process::Command;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
struct Peer {
    peer: String,
    version: String,
    seconds: f64,
    #[serde(default)]
    order: Vec<usize>,
    weights: Vec<Vec<f64>>,
}

fn main() -> Outcome<()> {
    println!("{} threads", rayon::current_num_threads());
    if !std::env::args().any(|a| a == "dagma") {
        let alarm_size = simulated(37, 10_000, 2.5, Noise::Laplace, 1)?;
        lingam("37 variables, 10,000 rows", &alarm_size)?;
        lingam("the same in codes of 4 levels", &codes(&alarm_size)?)?;
    }
    for (variables, rows) in [(10, 1000), (20, 1000), (50, 2000), (100, 2000)] {
        continuous_optimisation(&simulated(variables, rows, 2.0, Noise::Gaussian, 2)?)?;
    }
    Ok(())
}

fn simulated(variables: usize, rows: usize, degree: f64, noise: Noise, seed: u64) -> Outcome<Table> {
    let mut rng = generator(seed, variables as u64);
    let dag = random_dag(variables, GraphFamily::ErdosRenyi { degree }, &mut rng)?;
    let model = LinearModel::random(dag, WeightRange::default(), noise, &mut rng)?;
    let table = model.sample(rows, &mut rng)?;
    println!("\n{variables} variables: varsortability {:.2}", varsortability(&table, &model.dag)?);
    Ok(table)
}

/// Each column in four levels of equal width within three standard deviations.
fn codes(table: &Table) -> Outcome<Table> {
    let mut columns = Vec::new();
    for (i, name) in table.names().into_iter().enumerate() {
        let values = table.continuous(i)?;
        let spread = (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt();
        let level = |v: &f64| (v / (1.5 * spread) + 2.0).floor().clamp(0.0, 3.0);
        columns.push(Column::continuous(name, values.iter().map(level).collect()));
    }
    Ok(Table::new(columns)?)
}

fn lingam(what: &str, table: &Table) -> Outcome<()> {
    let (seconds, found) = timed(|| direct_lingam(table, &Knowledge::none(), &LingamConfig::default()))?;
    println!("DirectLiNGAM, {what}: {seconds:.3} s");
    let d = table.width() as f64;
    // Rounds with 2 to d variables; two residuals for each pair.
    let evaluations = 2.0 * table.rows() as f64 * (d + 1.0) * d * (d - 1.0) / 6.0;
    let threads = rayon::current_num_threads() as f64;
    let rate = evaluations * FLOPS_PER_EVALUATION / seconds / threads;
    let limit = arithmetic_limit();
    println!(
        "  {:.0} million entropy terms, {:.1} of {:.1} Gflop/s a thread: {:.2} of the limit of multiplying and adding",
        1e-6 * evaluations,
        1e-9 * rate,
        1e-9 * limit,
        rate / limit
    );
    if let Some(peer) = run_peer("direct-lingam", table)? {
        report(&peer, seconds, &found.weights);
        println!("  the same order: {}", peer.order == found.order);
    }
    Ok(())
}

fn continuous_optimisation(table: &Table) -> Outcome<()> {
    let (seconds, found) = timed(|| dagma(table, &Knowledge::none(), &DagmaConfig::default()))?;
    let per_iteration = 1e6 * seconds / found.iterations as f64;
    let d = table.width();
    // An inverse and a product, each of 2 d³ operations.
    let rate = 4.0 * (d as f64).powi(3) / per_iteration * 1e-3;
    println!(
        "DAGMA, {d} variables: {seconds:.3} s, {} iterations of {per_iteration:.1} µs, {rate:.1} Gflop/s on one thread \
         (limit of multiplying and adding {:.1})",
        found.iterations,
        1e-9 * arithmetic_limit()
    );
    if let Some(peer) = run_peer("dagma-linear", table)? {
        let deviation = |i: usize| -> Outcome<f64> {
            let values = table.continuous(i)?;
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            Ok((values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt())
        };
        let scale: Vec<f64> = (0..d).map(deviation).collect::<Outcome<_>>()?;
        report(&peer, seconds, &Mat::from_fn(d, d, |i, j| found.weights[(i, j)] * scale[i] / scale[j]));
    }
    Ok(())
}

/// The shortest of three runs, and the outcome.
fn timed<T>(run: impl Fn() -> Result<T, sensorium_causal::CausalError>) -> Outcome<(f64, T)> {
    let began = Instant::now();
    let mut outcome = run()?;
    let mut best = began.elapsed().as_secs_f64();
    for _ in 0..2 {
        let began = Instant::now();
        outcome = run()?;
        best = best.min(began.elapsed().as_secs_f64());
    }
    Ok((best, outcome))
}

fn report(peer: &Peer, seconds: f64, weights: &Mat<f64>) {
    let (mut edges, mut same, mut farthest) = (0, 0, 0.0_f64);
    for (i, row) in peer.weights.iter().enumerate() {
        for (j, &weight) in row.iter().enumerate() {
            let own = weights[(i, j)];
            edges += usize::from(weight != 0.0 || own != 0.0);
            same += usize::from(weight != 0.0 && own != 0.0);
            farthest = farthest.max((weight - own).abs());
        }
    }
    println!(
        "  {} {}: {:.3} s, {:.1} times as long; {same} of {edges} edges in common, weights differ by at most {farthest:.1e}",
        peer.peer,
        peer.version,
        peer.seconds,
        peer.seconds / seconds
    );
}

fn run_peer(method: &str, table: &Table) -> Outcome<Option<Peer>> {
    let Some(python) = std::env::var_os("SENSORIUM_PEER_PYTHON") else { return Ok(None) };
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("data.csv");
    let mut text = table.names().join(",") + "\n";
    for row in 0..table.rows() {
        for i in 0..table.width() {
            text += if i > 0 { "," } else { "" };
            text += &table.continuous(i)?[row].to_string();
        }
        text.push('\n');
    }
    std::fs::write(&path, text)?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/peers/functional_discovery.py");
    let output = Command::new(python).arg(script).arg(method).arg(&path).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}

/// Two exponentials (12 coefficients, reduction and scaling: 31 operations each), the residual, the sums.
const FLOPS_PER_EVALUATION: f64 = 2.0 * 31.0 + 10.0;

/// Multiplications and additions a second on one thread, on numbers that stay in registers.
fn arithmetic_limit() -> f64 {
    const LANES: usize = 64;
    const STEPS: usize = 2_000_000;
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let mut values = [0.5_f64; LANES];
        let (factor, offset) = (std::hint::black_box(0.999), std::hint::black_box(0.001));
        let began = Instant::now();
        for _ in 0..STEPS {
            for v in &mut values {
                *v = *v * factor + offset;
            }
        }
        std::hint::black_box(values);
        best = best.min(began.elapsed().as_secs_f64());
    }
    2.0 * (LANES * STEPS) as f64 / best
}
