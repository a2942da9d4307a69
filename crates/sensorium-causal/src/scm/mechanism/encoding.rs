//! Parents as features: numbers stay, levels become indicators.

use std::borrow::Cow;

/// Features of parents with these numbers of levels (`None` for numbers): an indicator for each level but
/// the first.
pub(crate) fn encode<'a>(parents: &[&'a [f64]], levels: &[Option<usize>]) -> Vec<Cow<'a, [f64]>> {
    let mut features = Vec::new();
    for (&parent, levels) in parents.iter().zip(levels) {
        match levels {
            None => features.push(Cow::Borrowed(parent)),
            Some(levels) => {
                for level in 1..*levels {
                    let hit = |v: &f64| if *v as usize == level { 1.0 } else { 0.0 };
                    features.push(Cow::Owned(parent.iter().map(hit).collect()));
                }
            }
        }
    }
    features
}

/// Number of features that [`encode`] makes.
pub(super) fn width(levels: &[Option<usize>]) -> usize {
    levels.iter().map(|l| l.map_or(1, |l| l.saturating_sub(1))).sum()
}

/// Features as slices.
pub(super) fn slices<'a>(features: &'a [Cow<'_, [f64]>]) -> Vec<&'a [f64]> {
    features.iter().map(|f| f.as_ref()).collect()
}
