//! It needs arguments, so it is not run by the tests.
//!
//! Samples of a discrete Bayesian network as a table of codes, for other programs.
//!
//! `cargo run --release -p sensorium-causal --example sample_network -- NETWORK.bif ROWS SEED > TABLE.csv`

use sensorium_causal::network::DiscreteNetwork;
use std::io::Write;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [network, rows, seed] = arguments.as_slice() else {
        return Err("give a network, the number of rows and a seed".into());
    };
    let table = DiscreteNetwork::read_bif(Path::new(network))?.sample(rows.parse()?, seed.parse()?)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(out, "{}", table.names().join(","))?;
    let columns: Vec<Vec<f64>> = table.columns().iter().map(|c| c.as_numbers()).collect();
    for row in 0..table.rows() {
        let cells: Vec<String> = columns.iter().map(|c| c[row].to_string()).collect();
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}
