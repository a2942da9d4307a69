//! It takes minutes, so it is not run by the tests.
//!
//! How long it takes to fit a model of 20 variables and to draw 100,000 rows from it.
//!
//! ```sh
//! cargo run --release -p sensorium-causal --example sample_model
//! ```

use rand::Rng;
use rand_distr::StandardNormal;
use sensorium_causal::random::generator;
use sensorium_causal::scm::{Family, FitOptions, StructuralCausalModel};
use sensorium_causal::{CausalError, Dag, Table};
use std::time::Instant;

fn main() -> Result<(), CausalError> {
    let (nodes, rows) = (20, 2000);
    let mut rng = generator(0, 0);
    let mut edges = Vec::new();
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for node in 0..nodes {
        let parents: Vec<usize> =
            (0..node).filter(|_| rng.random_range(0.0..1.0) < 2.5 / node as f64).collect();
        let column = (0..rows)
            .map(|i| {
                let cause: f64 = parents.iter().map(|&p| (columns[p][i] * 1.3 + p as f64).sin()).sum();
                cause + 0.5 * rng.sample::<f64, _>(StandardNormal)
            })
            .collect();
        edges.extend(parents.into_iter().map(|p| (p, node)));
        columns.push(column);
    }
    let names: Vec<String> = (0..nodes).map(|n| format!("v{n}")).collect();
    let dag = Dag::from_edges(names.clone(), &edges)?;
    let table = Table::from_continuous(names.into_iter().zip(columns))?;
    for families in [vec![Family::Linear], vec![Family::Curves], vec![Family::Trees], Vec::new()] {
        let label = families.first().map_or("chosen", |f| f.name());
        let options = FitOptions {
            candidates: (!families.is_empty()).then_some(families.clone()),
            ..FitOptions::default()
        };
        let start = Instant::now();
        let model = StructuralCausalModel::fit(&table, &dag, &options)?;
        let fitted = start.elapsed();
        let start = Instant::now();
        let drawn = model.sample(100_000, 1)?;
        println!(
            "{label}: fitted in {:.2} s, {} rows of {} variables ({} edges) drawn in {:.3} s",
            fitted.as_secs_f64(),
            drawn.rows(),
            drawn.width(),
            dag.edge_count(),
            start.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
