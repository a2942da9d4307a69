//! Finds out, once, how a machine likes its work cut.

use super::{Backprojector, BlockShape, Isa};
use crate::filter::{ViewFilter, Window};
use crate::geometry::even_angles_deg;
use crate::{Beam, Detector, Distances, Geometry, TomoError, VolumeGrid};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Instant;

/// Shapes that are tried.
const TILES: [[usize; 2]; 5] = [[8, 8], [16, 8], [16, 16], [32, 8], [32, 32]];
const VIEWS: [usize; 3] = [2, 8, 32];
/// A measurement stands for all volumes whose columns are this deep or less deep, down to half of it.
const DEEPEST: usize = 1024;

/// What was measured where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    version: String,
    processor: String,
    isa: Isa,
    threads: usize,
    depth: usize,
    blocks: BlockShape,
}

/// The best shape for volumes with `slices` slices: read from `cache`, or measured (about a second) and
/// written there. A cache that cannot be read or written is no error: the measurement is then made again.
///
/// # Errors
/// None in practice: those of the geometry that is measured with.
pub fn tuned(isa: Isa, slices: usize, cache: Option<&Path>) -> Result<BlockShape, TomoError> {
    let wanted = Choice {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        processor: processor(),
        isa,
        threads: rayon::current_num_threads(),
        depth: slices.next_power_of_two().clamp(16, DEEPEST),
        blocks: BlockShape::default(),
    };
    let mut known = cache.and_then(read).unwrap_or_default();
    if let Some(found) = known.iter().find(|c| Choice { blocks: wanted.blocks, ..(*c).clone() } == wanted) {
        return Ok(found.blocks);
    }
    let blocks = measure(isa, wanted.depth)?;
    known.push(Choice { blocks, ..wanted });
    if let Some(cache) = cache
        && let Err(error) = write(cache, &known)
    {
        tracing::warn!("{}: {error}; block shapes will be measured again next time", cache.display());
    }
    Ok(blocks)
}

/// Tries each shape on part of a typical scan.
fn measure(isa: Isa, depth: usize) -> Result<BlockShape, TomoError> {
    let rows = depth + depth / 8;
    let (side, views) = (128, 64);
    let detector = Detector::flat(256, rows, 1.6, 1.6);
    let distances = Distances { source_to_axis_mm: 1000.0, source_to_detector_mm: 1536.0 };
    let geometry =
        Geometry::new(Beam::Cone(distances), detector, even_angles_deg(0.0, 360.0 / views as f64, views))?;
    let grid = VolumeGrid::centred([side, side, depth], [1.0; 3])?;
    let filter = ViewFilter::new(&geometry, Window::RamLak)?;
    // As many updates for every depth; back-projection asks for no particular values.
    let used = (32 * 256 / depth).clamp(8, views);
    let filtered = filter.apply(&vec![1.0; used * rows * detector.columns], 0, 0..rows)?;
    let seconds = |shape: BlockShape| -> Result<f64, TomoError> {
        let mut backprojector = Backprojector::new(&geometry, grid, shape, isa)?;
        let began = Instant::now();
        backprojector.add(&filtered, 0, 1.0);
        Ok(began.elapsed().as_secs_f64())
    };
    let shapes = TILES.iter().flat_map(|tile| VIEWS.map(|views| BlockShape { tile: *tile, views }));
    let mut best = (f64::INFINITY, BlockShape::default());
    for shape in shapes {
        // The better of two: what else the machine does is not the shape's fault.
        let took = seconds(shape)?.min(seconds(shape)?);
        if took < best.0 {
            best = (took, shape);
        }
    }
    Ok(best.1)
}

fn read(cache: &Path) -> Option<Vec<Choice>> {
    serde_json::from_str(&std::fs::read_to_string(cache).ok()?).ok()
}

fn write(cache: &Path, choices: &[Choice]) -> std::io::Result<()> {
    if let Some(folder) = cache.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Written aside and renamed: another process reads either the old file or the new one.
    let aside = cache.with_extension(format!("{}.partial", std::process::id()));
    std::fs::write(&aside, serde_json::to_string_pretty(choices)?)?;
    std::fs::rename(&aside, cache)
}

/// The processor's name, where the system tells it.
fn processor() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = told.lines().find(|l| l.starts_with("model name")).and_then(|l| l.split(':').nth(1));
    name.map_or_else(|| std::env::consts::ARCH.to_owned(), |n| n.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_kept_and_a_broken_cache_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("deep/blocks.json");
        let first = tuned(Isa::best(), 20, Some(&cache)).unwrap();
        // What is in the file is what is used: a shape that is never measured proves it.
        let text = std::fs::read_to_string(&cache).unwrap();
        let mut choices: Vec<Choice> = serde_json::from_str(&text).unwrap();
        assert_eq!((choices.len(), choices[0].blocks), (1, first));
        choices[0].blocks = BlockShape { tile: [3, 5], views: 7 };
        std::fs::write(&cache, serde_json::to_string(&choices).unwrap()).unwrap();
        assert_eq!(tuned(Isa::best(), 30, Some(&cache)).unwrap(), choices[0].blocks);
        assert_ne!(tuned(Isa::best(), 70, Some(&cache)).unwrap(), choices[0].blocks);
        std::fs::write(&cache, "{ not json").unwrap();
        assert_ne!(tuned(Isa::best(), 20, Some(&cache)).unwrap(), choices[0].blocks);
        assert!(read(&cache).is_some());
    }
}
