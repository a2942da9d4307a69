//! Which streams a training example shows, and in what state.

use rand::Rng;
use rand::seq::SliceRandom;
use sensorium_nn::{View, seed};
use serde::{Deserialize, Serialize};

/// Modality dropout and degradation in training (in the line of ModDrop, Neverova et al. 2016,
/// doi:10.1109/TPAMI.2015.2461544). The same rule serves every fusion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dropout {
    /// Share of examples shown as recorded.
    pub clean: f32,
    /// Share of the others in which streams are hidden: 1 to all but one of them, evenly.
    pub hide: f32,
    /// In the remaining examples, the chance of each stream to be broken.
    pub break_each: f32,
    /// Spread of the white noise on the standardised features of every training example (words are
    /// left alone); the equivalent of a penalty on curvature (Bishop 1995, doi:10.1162/neco.1995.7.1.108).
    pub noise: f32,
}

impl Default for Dropout {
    fn default() -> Self {
        Self { clean: 0.25, hide: 0.5, break_each: 0.25, noise: 0.3 }
    }
}

impl Dropout {
    /// The views of one example's streams in one epoch. `present[s]` says whether stream `s` is there
    /// at all; at least one stream that is there stays visible.
    pub fn views(
        &self,
        present: &[bool],
        failures: usize,
        seed: u64,
        epoch: u64,
        example: usize,
    ) -> Vec<View> {
        let mut views = vec![View::Clean; present.len()];
        let mut rng = seed::generator(seed, &[4, epoch, example as u64]);
        if rng.random::<f32>() < self.clean {
            return views;
        }
        let mut there: Vec<usize> = (0..present.len()).filter(|s| present[*s]).collect();
        if rng.random::<f32>() < self.hide || failures == 0 {
            if there.len() > 1 {
                there.shuffle(&mut rng);
                let count = rng.random_range(1..there.len());
                there[..count].iter().for_each(|s| views[*s] = View::Hidden);
            }
        } else {
            for s in there {
                if rng.random::<f32>() < self.break_each {
                    // One in `failures + 1` is missing altogether.
                    let which = rng.random_range(0..=failures);
                    views[s] = if which == failures { View::Hidden } else { View::Broken(which) };
                }
            }
            if views.iter().zip(present).all(|(v, p)| *v == View::Hidden || !p)
                && let Some(first) = present.iter().position(|p| *p)
            {
                views[first] = View::Clean;
            }
        }
        views
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_that_is_there_always_stays_visible() {
        let rule = Dropout { clean: 0.0, hide: 0.5, break_each: 1.0, ..Dropout::default() };
        for example in 0..2000 {
            let present = [example % 2 == 0, true, example % 3 == 0];
            let views = rule.views(&present, 4, 7, 1, example);
            assert!(views.iter().zip(present).any(|(v, p)| p && *v != View::Hidden), "{views:?}");
        }
    }

    #[test]
    fn views_depend_on_the_epoch_and_the_example_alone() {
        let rule = Dropout::default();
        let at = |epoch, example| rule.views(&[true; 8], 4, 7, epoch, example);
        assert_eq!(at(3, 5), at(3, 5));
        assert!((0..50).any(|e| at(3, e) != at(4, e)));
    }
}
