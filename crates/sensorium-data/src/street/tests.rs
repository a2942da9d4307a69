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
    println!("near {}", samples.iter().filter(|s| near(s)).count() as f64 / n as f64);
}

fn near(s: &Sample) -> bool {
    let boxes: Vec<_> = s.states().iter().map(|s| (s.category, s.bounds)).collect();
    nearest_in_path(s, &boxes) == Some(s.referent)
}
