//! DOT, GML and JSON: what is written reads back, errors have lines, nothing panics.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use sensorium_causal::graph::format::{self, Document, EdgeNote, dot, gml, json};
use sensorium_causal::{Graph, GraphKind, Mark};
use std::path::PathBuf;

fn document(names: Vec<String>, marks: &[(u8, u8)], notes: &[Option<(u32, i32, String)>]) -> Document {
    let n = names.len();
    let mut document = Document::from(Graph::new(names, GraphKind::Pag).unwrap());
    let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
    let mark = |m: u8| [Mark::Tail, Mark::Arrow, Mark::Circle][usize::from(m % 3)];
    for (((a, b), &(m, k)), note) in pairs.zip(marks).zip(notes) {
        // Arrows at lower nodes only where there is no tail at the higher: no directed cycle.
        let (at_a, at_b) = (mark(m), mark(k));
        if m < 6 && (at_a, at_b) != (Mark::Arrow, Mark::Tail) {
            document.graph.set_edge(a, b, at_a, at_b);
            if let Some((confidence, weight, label)) = note {
                let note = EdgeNote {
                    confidence: Some(f64::from(*confidence) / 1000.0),
                    weight: Some(f64::from(*weight) / 100.0),
                    label: Some(label.clone()),
                };
                document.notes.insert((a, b), note);
            }
        }
    }
    document
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        names in proptest::collection::btree_set("[a-z \"\\\\&#;é\n\\[\\]{}<>-]{1,6}", 1..7),
        marks in proptest::collection::vec((0..9u8, 0..3u8), 15),
        notes in proptest::collection::vec(proptest::option::of((0..1000u32, -99_999..99_999i32, ".{0,8}")), 15)
    ) {
        let document = document(names.into_iter().collect(), &marks, &notes);
        prop_assert_eq!(&dot::parse(&dot::render(&document)).unwrap(), &document);
        prop_assert_eq!(&gml::parse(&gml::render(&document)).unwrap(), &document);
        prop_assert_eq!(&json::parse(&json::render(&document).unwrap()).unwrap(), &document);
    }

    #[test]
    fn no_text_panics(bytes in proptest::collection::vec(any::<u8>(), 0..120), at in 0..200usize, cut in 0..20usize) {
        let random = String::from_utf8_lossy(&bytes).into_owned();
        let changed = |text: &str| {
            let chars: Vec<char> = text.chars().collect();
            let at = at % chars.len();
            let head: String = chars[..at].iter().collect();
            let tail: String = chars[(at + cut).min(chars.len())..].iter().collect();
            format!("{head}{}{tail}", random.chars().take(3).collect::<String>())
        };
        let _ = dot::parse(&random);
        let _ = dot::parse(&changed(DOT));
        let _ = gml::parse(&random);
        let _ = gml::parse(&changed(GML));
        let _ = json::parse(&random);
    }
}

const DOT: &str =
    "strict digraph \"g\" {\n graph [rankdir=LR]; node [shape=box]\n a -> b -> {c d:n} [label=\"x\"]
 subgraph s { e -- f } # comment\n a -> f [dir=both arrowtail=odot, arrowhead=normal confidence=0.5]\n}";

const GML: &str = "Creator \"x\"\ngraph [\n directed 1\n node [ id 4 label \"a &quot;b&#34;\" graphics [ x 1.0 [ ] ] ]\n node [ id -7 ]
 edge [ source 4 target -7 weight 2.5 key 0 ]\n edge [ source 4 target -7 key 1 ]\n]";

#[test]
fn dot_chains_sets_subgraphs_and_marks_are_read() {
    let document = dot::parse(DOT).unwrap();
    let graph = &document.graph;
    let at = |name: &str| graph.index_of(name).unwrap();
    assert_eq!(graph.len(), 6);
    assert!(graph.is_directed(at("a"), at("b")) && graph.is_directed(at("b"), at("d")));
    assert!(graph.is_undirected(at("e"), at("f")));
    assert_eq!(graph.mark(at("f"), at("a")), Some(Mark::Circle));
    assert_eq!(graph.mark(at("a"), at("f")), Some(Mark::Arrow));
    assert_eq!(document.notes[&(at("a"), at("f"))].confidence, Some(0.5));
    assert_eq!(graph.kind(), GraphKind::Pag);
    assert_eq!(dot::parse("digraph { a -> b; c -> b }").unwrap().graph.kind(), GraphKind::Dag);
}

#[test]
fn gml_entities_ids_and_parallel_edges_are_read() {
    let document = gml::parse(GML).unwrap();
    assert_eq!(document.graph.names(), ["a \"b\"", "-7"]);
    assert!(document.graph.is_directed(0, 1));
    assert_eq!(document.notes[&(0, 1)].weight, Some(2.5));
}

#[test]
fn errors_have_lines() {
    let message =
        |result: Result<Document, sensorium_causal::CausalError>| result.map(|_| ()).unwrap_err().to_string();
    assert_eq!(
        message(dot::parse("digraph {\n a -> ;\n}")),
        "DOT, line 2: `;` stands where a node or `{` is expected"
    );
    assert_eq!(
        message(dot::parse("digraph {\n a -> b\n")),
        "DOT, line 3: the text ends where a node, an edge or `}` is expected"
    );
    assert_eq!(
        message(dot::parse("digraph { a -> b\n b -> a }")),
        "DOT, line 2: a second edge between `b` and `a` with other marks; keep one"
    );
    assert_eq!(message(dot::parse("digraph { a -> b -> c -> a }")), "a directed cycle: a → b → c → a");
    assert_eq!(
        message(gml::parse("graph [\n edge [ source 1 target 2 ]\n]")),
        "GML, line 2: no node has the id 1"
    );
    assert_eq!(
        message(gml::parse("graph [\n node [ id 1 ]\n node [ id 2 label \"1\" ] ]")),
        "GML, line 3: a second node is called `1`"
    );
    assert!(message(json::parse("{\n\"nodes\": 3}")).starts_with("graph JSON, line 2: "));
    assert!(
        message(json::parse("{\"nodes\":[\"a\"],\"edges\":[{\"from\":\"a\",\"to\":\"z\"}]}")).contains("`z`")
    );
    assert!(message(dot::parse("digraph { kind=dag a -> b [dir=none] }")).contains("calls itself"));
}

#[test]
fn deep_nesting_is_no_danger() {
    let deep = 200_000;
    assert!(gml::parse(&format!("graph [ x {}", "[ y ".repeat(deep))).is_err());
    assert!(dot::parse(&format!("digraph {{ {}", "{".repeat(deep))).is_err());
    assert!(json::parse(&"[".repeat(deep)).is_err());
}

#[test]
fn a_short_text_of_too_many_edges_is_refused() {
    let nodes = |from: usize| (from..from + 800).map(|i| format!("n{i} ")).collect::<String>();
    let text = format!("digraph {{ a -> {{ {} }} -> {{ {} }} }}", nodes(0), nodes(800));
    assert_eq!(dot::parse(&text).unwrap_err().to_string(), "DOT, line 1: more than 500000 edges");
}

#[test]
fn the_ending_of_the_name_says_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let graph = dot::parse("digraph { a -> b; b -> c }").unwrap().graph;
    for name in ["g.dot", "g.gv", "g.gml", "g.JSON"] {
        let path = folder.path().join(name);
        format::write(&path, &graph).unwrap();
        assert_eq!(format::read(&path).unwrap(), graph, "{name}");
    }
    let text = format::read(&folder.path().join("g.txt")).unwrap_err().to_string();
    assert!(text.ends_with("g.txt: dot, gv, gml, json and bif are read"), "{text}");
    let path = folder.path().join("bad.dot");
    std::fs::write(&path, "digraph {\n[").unwrap();
    assert!(format::read(&path).unwrap_err().to_string().contains("bad.dot, line 2"));
}

#[test]
fn the_lathe_graphs_of_the_expert_are_read() {
    let folder = std::env::var_os("SENSORIUM_DATA").map(|d| PathBuf::from(d).join("causrca"));
    let Some(folder) = folder.filter(|f| f.is_dir()) else {
        println!("skipped: set SENSORIUM_DATA to a folder that holds causrca");
        return;
    };
    let files = [
        ("expert_graph/expert_graph.gml", 92, 102),
        ("dig_twin/exp_probe/probe_expert_graph.gml", 11, 15),
        ("dig_twin/exp_coolant/coolant_expert_graph.gml", 15, 10),
    ];
    for (file, nodes, edges) in files {
        let graph = format::read(&folder.join(file)).unwrap();
        assert_eq!((graph.len(), graph.edge_count(), graph.kind()), (nodes, edges, GraphKind::Dag), "{file}");
    }
}

#[test]
fn a_subgraph_may_stand_at_the_end_of_an_edge() {
    let graph = dot::parse("digraph { h -> subgraph s { x y } }").unwrap().graph;
    assert_eq!(graph.names(), ["h", "x", "y"]);
    assert!(graph.is_directed(0, 1) && graph.is_directed(0, 2));
}

#[test]
fn what_a_subgraph_says_of_its_edges_ends_with_it() {
    let graph = dot::parse("digraph { subgraph { edge [dir=none]; a -> b } c -> d }").unwrap().graph;
    assert!(graph.is_undirected(0, 1) && graph.is_directed(2, 3));
}
