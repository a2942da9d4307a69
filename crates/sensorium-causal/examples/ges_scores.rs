//! GES with four scores on samples of a discrete Bayesian network: seconds, edges, F1 against the true class.
//!
//! `cargo run --release -p sensorium-causal --example ges_scores -- NETWORK.bif ROWS SEED`

use sensorium_causal::discovery::ges::{GesConfig, ges};
use sensorium_causal::graph::directed_edge_scores;
use sensorium_causal::network::DiscreteNetwork;
use sensorium_causal::score::{Bdeu, BdeuPriors, DiscreteBic, GaussianBic, LocalScore, QuotientNml};
use sensorium_causal::{Knowledge, Table};
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [network, rows, seed] = arguments.as_slice() else {
        return Err("give a network, the number of rows and a seed".into());
    };
    let network = DiscreteNetwork::read_bif(Path::new(network))?;
    let table = network.sample(rows.parse()?, seed.parse()?)?;
    let truth = network.dag().cpdag();
    let numbers = table.columns().iter().map(|c| (c.name.clone(), c.as_numbers()));
    let numbers = Table::from_continuous(numbers)?;
    let scores: [(&str, &dyn Fn() -> Result<Box<dyn LocalScore>, sensorium_causal::CausalError>); 4] = [
        ("bdeu", &|| Ok(Box::new(Bdeu::new(&table, BdeuPriors::default())?))),
        ("qnml", &|| Ok(Box::new(QuotientNml::new(&table)?))),
        ("bic", &|| Ok(Box::new(DiscreteBic::new(&table)?))),
        ("gaussian-bic", &|| Ok(Box::new(GaussianBic::new(&numbers, 0.5)?))),
    ];
    for (name, score) in scores {
        let begun = Instant::now();
        let found =
            score().and_then(|s| ges(&table.names(), s.as_ref(), &Knowledge::none(), &GesConfig::default()));
        let seconds = begun.elapsed().as_secs_f64();
        match found {
            Ok(found) => {
                let f1 = directed_edge_scores(&truth, &found.graph)?.f1;
                println!("{name} {seconds:.3} s, {} edges, F1 {f1:.3}", found.graph.edge_count());
            }
            Err(error) => println!("{name} refused: {error}"),
        }
    }
    Ok(())
}
