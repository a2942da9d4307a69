//! No text makes the reader of GML graphs panic; a graph that is accepted reads back the same and can be drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_causal::graph::draw::{DrawOptions, draw};
use sensorium_causal::graph::format::gml;

fuzz_target!(|text: &str| {
    if let Ok(document) = gml::parse(text) {
        assert_eq!(gml::parse(&gml::render(&document)).expect("what is written can be read"), document);
        assert!(draw(&document.graph, &DrawOptions::default()).ends_with("</svg>\n"));
    }
});
