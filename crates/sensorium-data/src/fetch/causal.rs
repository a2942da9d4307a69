//! Data and graphs for causal discovery, from two Python packages: the protein network of Sachs and the Tübingen
//! cause-effect pairs from cdt, six networks of the Bayesian Network Repository from pgmpy.
//!
//! Converted to: `sachs/data.csv` and `sachs/edges.csv`, `networks/NAME.bif` (unpacked), `tuebingen/pairNNNN.csv`
//! (columns `A`, `B`, a row a sample, the digits as they are) and `tuebingen/targets.csv`.

use super::wheel::Wheel;
use super::{FetchError, PublicSet, Request, archive, wheel};
use flate2::read::GzDecoder;
use std::io::Read;
use std::path::Path;

const CDT: &str = "cdt==0.6.0";
const PGMPY: &str = "pgmpy==1.1.2";

pub(super) const SET: PublicSet = PublicSet {
    name: "causal",
    title: "Sachs, Tübingen pairs and Bayesian networks",
    modality: "table",
    size_bytes: 1_812_599,
    licence: "MIT (the packages; the data's own terms are not stated)",
    used_for: "recipe `discovery`: causal graphs and directions from tables",
    clients: &["pip"],
    sums: include_str!("manifests/causal.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    wheel::collect(request, &[CDT, PGMPY], take_from_wheels)
}

fn take_from_wheels(folder: &Path, request: &Request<'_>) -> Result<(), FetchError> {
    let mut cdt = Wheel::open(folder, "cdt")?;
    let mut pgmpy = Wheel::open(folder, "pgmpy")?;
    let pairs = cdt.text("cdt/data/resources/Tuebingen_pairs.csv")?;
    for file in request.wanted {
        let bytes = match file.as_str() {
            "sachs/data.csv" => cdt.bytes("cdt/data/resources/cyto_full_data.csv")?,
            "sachs/edges.csv" => cdt.bytes("cdt/data/resources/cyto_full_target.csv")?,
            "tuebingen/targets.csv" => {
                let targets = cdt.text("cdt/data/resources/Tuebingen_targets.csv")?;
                select_targets(&targets, request.wanted).into_bytes()
            }
            "LICENSE.cdt" => cdt.bytes("cdt-0.6.0.dist-info/LICENSE.md")?,
            "LICENSE.pgmpy" => pgmpy.bytes("pgmpy-1.1.2.dist-info/licenses/LICENSE")?,
            other => {
                if let Some(name) = other.strip_prefix("networks/") {
                    unpack(&pgmpy.bytes(&format!("pgmpy/utils/example_models/{name}.gz"))?, &pgmpy.name)?
                } else if let Some(number) = pair_number(other) {
                    pair_table(&pairs, number)
                        .ok_or_else(|| cdt.damaged(&format!("no pair{number}")))?
                        .into_bytes()
                } else {
                    continue;
                }
            }
        };
        archive::put(&bytes, &request.out.join(file))?;
    }
    Ok(())
}

/// The number in `tuebingen/pairNNNN.csv`.
fn pair_number(file: &str) -> Option<u32> {
    file.strip_prefix("tuebingen/pair")?.strip_suffix(".csv")?.parse().ok()
}

/// One pair as a table; the package has all samples of a variable in one cell.
fn pair_table(pairs: &str, number: u32) -> Option<String> {
    let start = format!("pair{number},");
    let row = pairs.lines().find(|line| line.starts_with(&start))?;
    let (a, b) = row[start.len()..].split_once(',')?;
    let samples = a.split_whitespace().zip(b.split_whitespace());
    Some(samples.fold("A,B\n".to_owned(), |text, (a, b)| text + a + "," + b + "\n"))
}

/// The targets of the wanted pairs, under the names of their files.
fn select_targets(targets: &str, wanted: &[String]) -> String {
    let numbers: std::collections::BTreeSet<u32> = wanted.iter().filter_map(|f| pair_number(f)).collect();
    let mut text = "pair,target\n".to_owned();
    for line in targets.lines().skip(1) {
        let Some((name, target)) = line.split_once(',') else { continue };
        if let Some(number) = name.strip_prefix("pair").and_then(|n| n.parse().ok())
            && numbers.contains(&number)
        {
            text += &format!("pair{number:04},{target}\n");
        }
    }
    text
}

fn unpack(bytes: &[u8], origin: &str) -> Result<Vec<u8>, FetchError> {
    let mut plain = Vec::new();
    let limited = GzDecoder::new(bytes).take(archive::MOST_BYTES).read_to_end(&mut plain);
    limited.map_err(|e| FetchError::source(origin, format!("a file in it cannot be unpacked: {e}")))?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_becomes_a_table_with_its_digits_as_they_are() {
        let pairs = "SampleID,A,B\npair1,205 46,9.70 8.2\npair11,1,2\n";
        assert_eq!(pair_table(pairs, 1).unwrap(), "A,B\n205,9.70\n46,8.2\n");
        assert_eq!(pair_table(pairs, 11).unwrap(), "A,B\n1,2\n");
        assert_eq!(pair_table(pairs, 2), None);
    }

    #[test]
    fn only_the_wanted_pairs_have_a_target() {
        let wanted = ["tuebingen/pair0011.csv".to_owned(), "sachs/data.csv".to_owned()];
        let text = select_targets("SampleID,Target\npair1,1.0\npair11,1.0\n", &wanted);
        assert_eq!(text, "pair,target\npair0011,1.0\n");
    }
}
