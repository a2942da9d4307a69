use super::*;

#[test]
fn look() {
    use std::time::Instant;
    let n = 400;
    let start = Instant::now();
    let samples: Vec<Sample> = (0..n).map(|i| sample(1, Split::Train, i)).collect();
    println!("{:.1} ms a sample", start.elapsed().as_secs_f64() * 1e3 / n as f64);
    let mean: usize = samples.iter().flat_map(|s| &s.sweeps).map(|s| s.points.len()).sum();
    println!("{} points a sweep", mean / (4 * n as usize));
    let cat: f64 = samples.iter().map(category_only).sum::<f64>() / n as f64;
    println!("category only {cat:.3}");
    for family in Family::ALL {
        let of: Vec<_> = samples.iter().filter(|s| s.family == family).collect();
        let near = of.iter().filter(|s| near(s)).count();
        let orc = of.iter().filter(|s| oracle(&s.query, s.states(), &s.road) == Some(s.referent)).count();
        println!("{family:?} n {} near {near} oracle {orc}", of.len());
    }
    let mut table = [[(0u32, 0u32); 4]; 7];
    for s in &samples {
        for (st, &c) in s.states().iter().zip(&s.sweeps[3].counts) {
            let cell = &mut table[st.category.index()][((st.bounds.distance() / 10.0) as usize).min(3)];
            cell.0 += 1;
            cell.1 += c;
        }
    }
    for (c, row) in Category::ALL.iter().zip(table) {
        println!("{:10} {:?}", c.name(), row.map(|(n, p)| (n, p / n.max(1))));
    }
    for k in 1..4 {
        let of: Vec<_> = samples.iter().filter(|s| (category_only(s) * k as f64 - 1.0).abs() < 0.01).collect();
        println!("k {k}: {} near {}", of.len(), of.iter().filter(|s| near(s)).count());
    }
    for s in samples.iter().take(25).cloned().chain((0..25).map(|i| sample(1, Split::Test, i))) {
        println!("[{}] {:?} {:?}", s.command, s.query, s.road.layout);
        for (i, st) in s.states().iter().enumerate() {
            if st.category == s.query.category || Some(st.category) == s.query.anchor() {
                let b = st.bounds;
                println!("   {}{} ({:.1},{:.1}) yaw {:.0} v {:.1} pts {}", if i == s.referent { "*" } else { " " },
                    st.category.name(), b.centre[0], b.centre[1], b.yaw.to_degrees(), st.speed(), s.sweeps[3].counts[i]);
            }
        }
    }
    println!("near {}", samples.iter().filter(|s| near(s)).count() as f64 / n as f64);
}

fn near(s: &Sample) -> bool {
    let boxes: Vec<_> = s.states().iter().map(|s| (s.category, s.bounds)).collect();
    nearest_in_path(s, &boxes) == Some(s.referent)
}
