use sensorium_causal::{Knowledge, Mark, Table, discovery::pc::*, independence::*, network::DiscreteNetwork};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let t = DiscreteNetwork::read_bif(a[1].as_ref())
        .unwrap()
        .sample(a[2].parse().unwrap(), a[3].parse().unwrap())
        .unwrap();
    let began = std::time::Instant::now();
    let test: Box<dyn IndependenceTest> = if a[4] == "fz" {
        let n = Table::from_continuous(t.columns().iter().map(|c| (c.name.clone(), c.as_numbers()))).unwrap();
        Box::new(FisherZ::new(&n).unwrap())
    } else {
        Box::new(CountTest::new(&t, CountStatistic::GSquare).unwrap())
    };
    let r = pc(&t.names(), test.as_ref(), &Knowledge::none(), &PcConfig::default()).unwrap();
    eprintln!(
        "{:?} tests {} level {} conflicts {}",
        began.elapsed(),
        r.skeleton.tests,
        r.skeleton.level,
        r.conflicts.len()
    );
    let m = |m| match m {
        Some(Mark::Tail) => "tail",
        Some(Mark::Arrow) => "arrow",
        _ => "circle",
    };
    for x in 0..t.width() {
        for y in x + 1..t.width() {
            if r.graph.adjacent(x, y) {
                println!(
                    "{} {} {} {}",
                    r.graph.names()[x],
                    r.graph.names()[y],
                    m(r.graph.mark(y, x)),
                    m(r.graph.mark(x, y))
                );
            }
        }
    }
}
