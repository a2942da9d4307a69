//! The order of numbered files.

use std::cmp::Ordering;
use std::path::Path;

/// The order of two files by their names, in which numbers count by their value: `p2.tif` before `p10.tif`.
///
/// It is the order of the slices and views in a folder of TIFF files. Files of the same name in several folders
/// are ordered by the whole path.
///
/// ```
/// use sensorium_tomo::io::natural_order;
/// use std::path::PathBuf;
///
/// let mut files = ["view10.tif", "view9.tif", "view1.tif"].map(PathBuf::from);
/// files.sort_by(|a, b| natural_order(a, b));
/// assert_eq!(files, ["view1.tif", "view9.tif", "view10.tif"].map(PathBuf::from));
/// ```
pub fn natural_order(a: &Path, b: &Path) -> Ordering {
    natural(&name_of(a), &name_of(b)).then_with(|| a.cmp(b))
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Numbers count by their value: `p2` before `p10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (l, r) = (run(left), run(right));
        if l.is_empty() || r.is_empty() {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        }
        let both_numbers =
            l.starts_with(|c: char| c.is_ascii_digit()) && r.starts_with(|c: char| c.is_ascii_digit());
        let order = if both_numbers {
            let (l, r) = (l.trim_start_matches('0'), r.trim_start_matches('0'));
            l.len().cmp(&r.len()).then_with(|| l.cmp(r))
        } else {
            l.cmp(r)
        };
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (&left[l.len()..], &right[r.len()..]);
    }
}

/// The digits at the start of a text, or what stands before its first digit.
fn run(text: &str) -> &str {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_their_numbers() {
        let mut names = ["p10.tif", "p2.tif", "p01.tif", "q1.tif", "p2_10.tif", "p2_9.tif"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["p01.tif", "p2.tif", "p2_9.tif", "p2_10.tif", "p10.tif", "q1.tif"]);
    }

    #[test]
    fn paths_sort_by_their_names_and_then_by_their_folders() {
        let mut paths = ["b/p10.tif", "b/p9.tif", "a/p10.tif", "c/p1.tif"].map(Path::new);
        paths.sort_by(|a, b| natural_order(a, b));
        assert_eq!(paths, ["c/p1.tif", "b/p9.tif", "a/p10.tif", "b/p10.tif"].map(Path::new));
    }
}
