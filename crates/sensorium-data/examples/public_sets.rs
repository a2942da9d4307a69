//! Lists the public sets that Sensorium can bring, and how those in `$SENSORIUM_DATA` stand.
//!
//! Run it with: `cargo run --release -p sensorium-data --example public_sets`

use sensorium_data::DataError;
use sensorium_data::fetch;
use std::path::PathBuf;

fn main() -> Result<(), DataError> {
    let data_dir = std::env::var_os("SENSORIUM_DATA").map_or_else(|| PathBuf::from("data"), PathBuf::from);
    for set in fetch::list() {
        println!("{:14} {:7} {:6.1} MB  {}", set.name, set.modality, set.size_bytes as f64 / 1e6, set.title);
        println!("{:14} by {}; licence: {}", "", set.clients.join(", "), set.licence);
    }
    println!();
    for check in fetch::check_all(&data_dir)? {
        let state = if check.is_complete() { "verified" } else { "incomplete" };
        println!("{}: {} ({state})", check.name, check.dir.display());
        check.missing().for_each(|file| println!("  missing: {file}"));
        check.changed().for_each(|file| println!("  changed: {file}"));
    }
    Ok(())
}
