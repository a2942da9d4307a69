//! Tests of the index as a whole.

mod changes;
mod durability;
mod filters;
mod recall;

use super::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sensorium_data::Modality;
use std::fs;

fn entry(number: usize, vector: Vec<f32>) -> Entry {
    let year = 2010.0 + (number % 20) as f64;
    Entry {
        item: format!("clips/{number}.mp4"),
        span: Some(Span { start_us: 0, end_us: 1_000_000 }),
        modality: if number.is_multiple_of(2) { Modality::Video } else { Modality::Audio },
        metadata: Metadata::from([
            ("year".to_owned(), Value::Number(year)),
            ("speaker".to_owned(), Value::from(["anna", "ben", "cleo"][number % 3])),
        ]),
        vector,
    }
}

fn direction(rng: &mut ChaCha8Rng, dim: usize) -> Vec<f32> {
    (0..dim).map(|_| (0..6).map(|_| rng.random::<f32>() - 0.5).sum()).collect()
}

/// Vectors around `groups` centres that lie in 16 dimensions, as embeddings lie in few.
fn clustered(rng: &mut ChaCha8Rng, rows: usize, dim: usize) -> Vec<Vec<f32>> {
    let map: Vec<Vec<f32>> = (0..16).map(|_| direction(rng, dim)).collect();
    let centres: Vec<Vec<f32>> = (0..rows.div_ceil(200)).map(|_| direction(rng, 16)).collect();
    (0..rows)
        .map(|_| {
            let centre = &centres[rng.random_range(0..centres.len())];
            let near = direction(rng, 16);
            let mut vector = vec![0.0; dim];
            for place in 0..16 {
                let weight = centre[place] + 0.4 * near[place];
                vector.iter_mut().zip(&map[place]).for_each(|(v, m)| *v += weight * m);
            }
            vector
        })
        .collect()
}

fn filled(folder: &std::path::Path, rows: usize, dim: usize, settings: Settings) -> (Index, Vec<Vec<f32>>) {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let vectors = clustered(&mut rng, rows, dim);
    let mut index = Index::create_with(folder, dim, "model-a", settings).unwrap();
    index.add(vectors.iter().cloned().enumerate().map(|(n, v)| entry(n, v)).collect()).unwrap();
    (index, vectors)
}

fn graph_always() -> Settings {
    Settings { exact_below: 0, exact_share: 0.0, ..Settings::default() }
}

fn recall(index: &Index, queries: &[Vec<f32>], filter: &Filter) -> f64 {
    let queries: Vec<&[f32]> = queries.iter().map(Vec::as_slice).collect();
    let exact = index.search_many(&queries, 10, filter, true).unwrap();
    let graph = index.search_many(&queries, 10, filter, false).unwrap();
    let found: usize = graph
        .iter()
        .zip(&exact)
        .map(|(g, e)| e.iter().filter(|e| g.iter().any(|g| g.id == e.id)).count())
        .sum();
    found as f64 / exact.iter().map(Vec::len).sum::<usize>() as f64
}

fn file(folder: &std::path::Path, ending: &str) -> PathBuf {
    fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .find(|p| p.to_str().unwrap().ends_with(ending))
        .unwrap()
}
