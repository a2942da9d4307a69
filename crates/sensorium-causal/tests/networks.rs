//! The networks of the Bayesian Network Repository, when they are there.

use sensorium_causal::network::DiscreteNetwork;
use std::path::PathBuf;

fn networks() -> Option<PathBuf> {
    let folder = std::env::var_os("SENSORIUM_DATA").map(|d| PathBuf::from(d).join("causal/networks"));
    let folder = folder.filter(|f| f.is_dir());
    if folder.is_none() {
        println!("skipped: set SENSORIUM_DATA to a folder that holds causal/networks");
    }
    folder
}

#[test]
fn published_networks_have_their_nodes_and_edges_and_read_back() {
    let Some(folder) = networks() else { return };
    let sizes = [
        ("asia", 8, 8),
        ("sachs", 11, 17),
        ("child", 20, 25),
        ("insurance", 27, 52),
        ("alarm", 37, 46),
        ("hepar2", 70, 123),
    ];
    for (name, nodes, edges) in sizes {
        let network = DiscreteNetwork::read_bif(&folder.join(format!("{name}.bif"))).unwrap();
        assert_eq!((network.dag().len(), network.dag().edge_count()), (nodes, edges), "{name}");
        assert_eq!(DiscreteNetwork::from_bif(&network.to_bif()).unwrap(), network, "{name}");
        assert_eq!(network.sample(200, 1).unwrap().width(), nodes);
    }
}
