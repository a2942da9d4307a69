//! No text makes the reader of DOT graphs panic; a graph that is accepted reads back the same and can be drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_causal::graph::draw::{DrawOptions, draw};
use sensorium_causal::graph::format::dot;

fuzz_target!(|text: &str| {
    if let Ok(document) = dot::parse(text) {
        assert_eq!(dot::parse(&dot::render(&document)).expect("what is written can be read"), document);
        assert!(draw(&document.graph, &DrawOptions::default()).ends_with("</svg>\n"));
    }
});
