//! PC and GES beside causal-learn on the same samples in the same run; PC on 1,000 variables; counting by bits.
//!
//! `SENSORIUM_DATA=folder SENSORIUM_PEER_PYTHON=python cargo bench -p sensorium-causal --bench constraint_discovery`
//! The networks are read from `causal/networks` under the first. Without the second only our own times are printed.
//! Arguments choose parts: `bits`, `large`, `networks`.

use sensorium_causal::counts::{Categories, Strata};
use sensorium_causal::discovery::ges::{GesConfig, ges};
use sensorium_causal::discovery::pc::{PcConfig, pc};
use sensorium_causal::graph::{Graph, GraphKind, Mark, structural_hamming_distance};
use sensorium_causal::independence::{CountStatistic, CountTest, FisherZ, IndependenceTest};
use sensorium_causal::network::DiscreteNetwork;
use sensorium_causal::random::generator;
use sensorium_causal::score::{Bdeu, BdeuPriors, GaussianBic, LocalScore};
use sensorium_causal::simulate::{GraphFamily, LinearModel, Noise, WeightRange, random_dag};
use sensorium_causal::{CausalError, Column, Knowledge, Table};
use serde::Deserialize;
use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

const ALPHA: f64 = 0.05;
const ROWS: usize = 10_000;

/// A peer that needs longer is stopped.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Peer {
    version: String,
    seconds: f64,
    edges: Vec<(String, String, Mark, Mark)>,
}

fn main() -> Outcome<()> {
    println!("{} threads", rayon::current_num_threads());
    let parts: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|p| p == part);
    if wanted("bits") {
        bits()?;
    }
    if wanted("large") {
        large()?;
    }
    if wanted("networks") {
        let data = std::env::var_os("SENSORIUM_DATA");
        let folder = data.map(|d| PathBuf::from(d).join("causal/networks")).filter(|f| f.is_dir());
        match folder {
            Some(folder) => ["alarm", "hepar2"].iter().try_for_each(|name| network(&folder, name))?,
            None => println!("networks are missing: set SENSORIUM_DATA to a folder with causal/networks"),
        }
    }
    Ok(())
}

fn network(folder: &Path, name: &str) -> Outcome<()> {
    let network = DiscreteNetwork::read_bif(&folder.join(format!("{name}.bif")))?;
    let sampled = network.sample(ROWS, 1)?;
    // Columns that happen to be constant in the sample have nothing to test.
    let varies = |i: &usize| {
        let numbers = sampled.column(*i).as_numbers();
        numbers.iter().any(|v| *v != numbers[0])
    };
    let kept: Vec<usize> = (0..sampled.width()).filter(varies).collect();
    let table = sampled.select(&kept);
    println!("\n{name}: {} variables, {} rows", table.width(), table.rows());
    let columns = table.columns().iter().map(|c| Column::continuous(&c.name, c.as_numbers()));
    let numbers = Table::new(columns.collect())?;
    let names = table.names();
    let by_test = |test: &dyn IndependenceTest| -> Result<Graph, CausalError> {
        let config = PcConfig { alpha: ALPHA, ..PcConfig::default() };
        Ok(pc(&names, test, &Knowledge::none(), &config)?.graph)
    };
    let by_score = |score: &dyn LocalScore| -> Result<Graph, CausalError> {
        Ok(ges(&names, score, &Knowledge::none(), &GesConfig::default())?.graph)
    };
    compare("pc-gsq", &table, || by_test(&CountTest::new(&table, CountStatistic::GSquare)?))?;
    compare("pc-fisherz", &numbers, || by_test(&FisherZ::new(&numbers)?))?;
    compare("ges-bic", &numbers, || by_score(&GaussianBic::new(&numbers, 0.5)?))?;
    compare("ges-bdeu", &table, || by_score(&Bdeu::new(&table, BdeuPriors::default())?))
}

/// Our time, the peer's and how their graphs differ.
fn compare(method: &str, table: &Table, run: impl Fn() -> Result<Graph, CausalError>) -> Outcome<()> {
    let (seconds, graph) = timed(run)?;
    print!("{method}: {seconds:.4} s, {} edges", graph.edge_count());
    match peer(method, table)? {
        None => println!(),
        Some(None) => println!(
            "; causal-learn: no answer in {} s, more than {:.0} times as long",
            PATIENCE.as_secs(),
            PATIENCE.as_secs_f64() / seconds
        ),
        Some(Some(peer)) => {
            let mut other = Graph::new(table.names(), GraphKind::Cpdag)?;
            for (a, b, at_a, at_b) in &peer.edges {
                other.set_edge(other.index_of(a)?, other.index_of(b)?, *at_a, *at_b);
            }
            println!(
                "; causal-learn {}: {:.3} s, {:.1} times as long, {} edges; {} pairs differ",
                peer.version,
                peer.seconds,
                peer.seconds / seconds,
                other.edge_count(),
                structural_hamming_distance(&graph, &other)?
            );
        }
    }
    Ok(())
}

/// The peer's answer: none when no peer is named, an empty one when it runs out of time.
fn peer(method: &str, table: &Table) -> Outcome<Option<Option<Peer>>> {
    let Some(python) = std::env::var_os("SENSORIUM_PEER_PYTHON") else { return Ok(None) };
    let folder = tempfile::tempdir()?;
    let columns: Vec<Vec<f64>> = table.columns().iter().map(Column::as_numbers).collect();
    let mut text = table.names().join(",") + "\n";
    for row in 0..table.rows() {
        let cells: Vec<String> = columns.iter().map(|c| c[row].to_string()).collect();
        text += &(cells.join(",") + "\n");
    }
    let (path, answer) = (folder.path().join("table.csv"), folder.path().join("answer.json"));
    std::fs::write(&path, text)?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/peers/graph_discovery.py");
    let mut child = Command::new(python)
        .arg(script)
        .args(["--method", method, "--alpha", &ALPHA.to_string(), "--csv"])
        .arg(&path)
        .stdout(std::fs::File::create(&answer)?)
        .stderr(Stdio::inherit())
        .spawn()?;
    let began = Instant::now();
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => {
                return Ok(Some(Some(serde_json::from_slice(&std::fs::read(&answer)?)?)));
            }
            Some(status) => return Err(format!("causal-learn, {method}: {status}").into()),
            None if began.elapsed() > PATIENCE => {
                child.kill()?;
                child.wait()?;
                return Ok(Some(None));
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// PC on many variables; the peak of memory is that of the process until then.
fn large() -> Outcome<()> {
    let mut rng = generator(1, 0);
    let dag = random_dag(1000, GraphFamily::ErdosRenyi { degree: 2.0 }, &mut rng)?;
    let model = LinearModel::random(dag, WeightRange::default(), Noise::Gaussian, &mut rng)?;
    let table = model.sample(1000, &mut rng)?;
    let config = PcConfig { alpha: 0.01, ..PcConfig::default() };
    let began = Instant::now();
    let found = pc(&table.names(), &FisherZ::new(&table)?, &Knowledge::none(), &config)?;
    println!(
        "PC with Fisher's z, 1,000 variables, 1,000 rows: {:.2} s, {} tests to level {}, {} edges for {} true ones, \
         peak memory {}",
        began.elapsed().as_secs_f64(),
        found.skeleton.tests,
        found.skeleton.level,
        found.graph.edge_count(),
        model.dag.edge_count(),
        peak_memory().map_or_else(|| "unknown".to_owned(), |m| format!("{m:.0} MiB"))
    );
    Ok(())
}

/// The most memory that the process has held, in MiB, where the system tells.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// Bits that counting for G² goes through in a second, beside a loop that does nothing else on sets in cache.
fn bits() -> Outcome<()> {
    const LEVELS: usize = 3;
    let mut rng = generator(2, 0);
    let columns = (0..4).map(|i| {
        let codes = (0..ROWS).map(|_| rand::Rng::random_range(&mut rng, 0..LEVELS as u32)).collect();
        Column::categorical(format!("x{i}"), (0..LEVELS).map(|l| l.to_string()).collect(), codes)
    });
    let categories = Categories::new(&Table::new(columns.collect())?)?;
    let words = ROWS.div_ceil(64);
    let limit = {
        let sets: Vec<Vec<u64>> =
            (0..8).map(|_| (0..words).map(|_| rand::Rng::random(&mut rng)).collect()).collect();
        let (seconds, _) = timed(|| {
            let mut sum = 0_u32;
            for i in 0..80_000 {
                let (a, b) = (black_box(&sets[i % 8]), black_box(&sets[(i + 3) % 8]));
                sum = sum.wrapping_add(a.iter().zip(b).map(|(u, v)| (u & v).count_ones()).sum::<u32>());
            }
            Ok(black_box(sum))
        })?;
        (80_000 * words * 64) as f64 / seconds
    };
    println!("AND and count of bits in cache, one thread: {:.1} Gbit/s", 1e-9 * limit);
    for given in [vec![], vec![2], vec![2, 3]] {
        let repetitions = 2000;
        let (seconds, _) = timed(|| {
            let mut strata = Strata::new(&categories);
            let mut tables = 0;
            for _ in 0..repetitions {
                strata.count(black_box(&given), 0, 1, Some(true), &mut |table| {
                    tables += black_box(table).len()
                });
            }
            Ok(tables)
        })?;
        // In each stratum, each level of x is counted alone and with all levels of y but the last.
        let counted = LEVELS.pow(given.len() as u32) * LEVELS * LEVELS * words * 64 * repetitions;
        let rate = counted as f64 / seconds;
        println!(
            "G² given {}: {:.1} µs a table, {:.1} Gbit/s, {:.2} of that",
            given.len(),
            1e6 * seconds / f64::from(repetitions as u32),
            1e-9 * rate,
            rate / limit
        );
    }
    Ok(())
}

/// The shortest of three runs, and the outcome.
fn timed<T>(run: impl Fn() -> Result<T, CausalError>) -> Outcome<(f64, T)> {
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
