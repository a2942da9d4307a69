//! No text makes the reader of BIF networks panic; a network that is accepted reads back the same and can be sampled.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_causal::network::DiscreteNetwork;

fuzz_target!(|text: &str| {
    if let Ok(network) = DiscreteNetwork::from_bif(text) {
        let again = DiscreteNetwork::from_bif(&network.to_bif()).expect("what is written can be read");
        assert_eq!(again, network);
        assert_eq!(network.sample(3, 1).expect("a network can be sampled").width(), network.dag().len());
    }
});
