//! Speed and recall of the search index against exact search, in one run.
//!
//! `cargo bench -p sensorium-align --bench index -- [--rows N] [--precision f32|bf16|i8]
//! [--connectivity M] [--expansion-add E] [--kind clustered|uniform] [--expansions 64,128]`
//!
//! Vectors have 128 numbers. `clustered` ones lie near a curved surface of 24 dimensions in groups
//! of about 500, as embeddings do; their queries are held-out vectors of the same kind (`near`) and
//! directions drawn uniformly (`random`, as far from the data as a query can be). `uniform` vectors
//! have no structure: the hardest case, which no embedding is. Exact and graph searches take
//! turns, so that other work on the machine slows both alike. Recall is that of the first 10.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use sensorium_align::index::{Entry, Filter, Hit, Index, Metadata, Precision, Settings};
use sensorium_data::Modality;
use std::error::Error;
use std::time::{Duration, Instant};

const DIM: usize = 128;
const LATENT: usize = 24;
const QUERIES: usize = 500;
const TURN: usize = 50;
const K: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut rows = 10_000;
    let mut kind = "clustered".to_owned();
    let mut settings = Settings { exact_below: 0, ..Settings::default() };
    let mut expansions = vec![32, 64, 128, 256, 512];
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--rows" => rows = value.parse()?,
            "--kind" => kind = value,
            "--connectivity" => settings.connectivity = value.parse()?,
            "--expansion-add" => settings.expansion_add = value.parse()?,
            "--expansions" => expansions = value.split(',').map(str::parse).collect::<Result<_, _>>()?,
            "--precision" => {
                settings.precision = match value.as_str() {
                    "f32" => Precision::F32,
                    "bf16" => Precision::Bf16,
                    "i8" => Precision::I8,
                    other => return Err(format!("precision '{other}': give f32, bf16 or i8").into()),
                }
            }
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    let mut source = Source::new(kind == "clustered", rows);
    let folder = tempfile::tempdir()?;
    let mut index = Index::create_with(folder.path(), DIM, "bench", settings)?;
    let mut build = Duration::ZERO;
    let mut made = 0;
    while made < rows {
        let batch: Vec<Entry> =
            (made..rows.min(made + 20_000)).map(|number| entry(number, source.next())).collect();
        made += batch.len();
        let start = Instant::now();
        index.add(batch)?;
        build += start.elapsed();
    }
    let start = Instant::now();
    index.save()?;
    let save = start.elapsed();
    drop(index);
    let start = Instant::now();
    let mut index = Index::open(folder.path(), Some("bench"))?;
    let open = start.elapsed();
    println!(
        "{kind} {rows} x {DIM}, {:?}, connectivity {}, expansion_add {}",
        settings.precision, settings.connectivity, settings.expansion_add
    );
    println!(
        "build {:.1} s ({:.0} vectors/s), save {:.2} s, open {:.2} s",
        build.as_secs_f64(),
        rows as f64 / build.as_secs_f64(),
        save.as_secs_f64(),
        open.as_secs_f64()
    );
    println!("queries  expansion  recall@10  index q/s  exact q/s  ratio  index ms  exact ms (one query)");
    let near: Vec<_> = (0..QUERIES).map(|_| source.next()).collect();
    let random: Vec<_> = (0..QUERIES).map(|_| source.direction()).collect();
    for (name, queries) in [("near", &near), ("random", &random)] {
        for &expansion in &expansions {
            index.set_expansion_search(expansion)?;
            let row = measure(&index, queries)?;
            println!(
                "{name:8} {expansion:9}  {:9.4}  {:9.0}  {:9.0}  {:5.1}  {:8.3}  {:8.3}",
                row.recall,
                QUERIES as f64 / row.graph.as_secs_f64(),
                QUERIES as f64 / row.exact.as_secs_f64(),
                row.exact.as_secs_f64() / row.graph.as_secs_f64(),
                row.graph_one.as_secs_f64() * 1e3,
                row.exact_one.as_secs_f64() * 1e3,
            );
        }
    }
    Ok(())
}

struct Row {
    recall: f64,
    graph: Duration,
    exact: Duration,
    graph_one: Duration,
    exact_one: Duration,
}

/// Both kinds of search in turns: batches of `TURN` on all cores, then single queries.
fn measure(index: &Index, queries: &[Vec<f32>]) -> Result<Row, Box<dyn Error>> {
    let all = Filter::all();
    let mut row = Row {
        recall: 0.0,
        graph: Duration::ZERO,
        exact: Duration::ZERO,
        graph_one: Duration::ZERO,
        exact_one: Duration::ZERO,
    };
    for batch in queries.chunks(TURN) {
        let batch: Vec<&[f32]> = batch.iter().map(Vec::as_slice).collect();
        let start = Instant::now();
        let exact = index.search_many(&batch, K, &all, true)?;
        row.exact += start.elapsed();
        let start = Instant::now();
        let graph = index.search_many(&batch, K, &all, false)?;
        row.graph += start.elapsed();
        row.recall += graph.iter().zip(&exact).map(|(g, e)| shared(g, e)).sum::<f64>() / queries.len() as f64;
    }
    const SINGLE: u32 = 10;
    for query in queries.iter().take(SINGLE as usize) {
        let start = Instant::now();
        index.search(query, K, &all, true)?;
        row.exact_one += start.elapsed() / SINGLE;
        let start = Instant::now();
        index.search(query, K, &all, false)?;
        row.graph_one += start.elapsed() / SINGLE;
    }
    Ok(row)
}

fn shared(found: &[Hit], wanted: &[Hit]) -> f64 {
    wanted.iter().filter(|w| found.iter().any(|f| f.id == w.id)).count() as f64 / wanted.len() as f64
}

fn entry(number: usize, vector: Vec<f32>) -> Entry {
    Entry {
        item: format!("item-{number}"),
        span: None,
        modality: if number.is_multiple_of(2) { Modality::Video } else { Modality::Audio },
        metadata: Metadata::new(),
        vector,
    }
}

/// Vectors from a fixed seed.
struct Source {
    rng: ChaCha8Rng,
    clustered: bool,
    map: Vec<[f32; LATENT]>,
    centres: Vec<[f32; LATENT]>,
}

impl Source {
    fn new(clustered: bool, rows: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let map = (0..DIM).map(|_| gaussian(&mut rng, 1.0 / (LATENT as f32).sqrt())).collect();
        let centres = (0..rows.div_ceil(500)).map(|_| gaussian(&mut rng, 1.0)).collect();
        Self { rng, clustered, map, centres }
    }

    fn next(&mut self) -> Vec<f32> {
        if !self.clustered {
            return self.direction();
        }
        let centre = self.centres[self.rng.random_range(0..self.centres.len())];
        let mut latent: [f32; LATENT] = gaussian(&mut self.rng, 0.4);
        latent.iter_mut().zip(centre).for_each(|(x, c)| *x += c);
        let noise: [f32; DIM] = gaussian(&mut self.rng, 0.02);
        self.map
            .iter()
            .zip(noise)
            .map(|(row, noise)| row.iter().zip(&latent).map(|(a, b)| a * b).sum::<f32>().tanh() + noise)
            .collect()
    }

    fn direction(&mut self) -> Vec<f32> {
        gaussian::<DIM>(&mut self.rng, 1.0).to_vec()
    }
}

fn gaussian<const N: usize>(rng: &mut ChaCha8Rng, scale: f32) -> [f32; N] {
    std::array::from_fn(|_| {
        let x: f32 = StandardNormal.sample(rng);
        x * scale
    })
}
