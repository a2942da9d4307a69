//! Laws of the router's weights, and of what every fusion may look at.

#![allow(clippy::unwrap_used)]

mod synthetic;

use burn::tensor::{Device, Tensor, TensorData};
use proptest::prelude::*;
use sensorium_fuse::fusion::{Fused, Summaries};
use sensorium_fuse::{FusionConfig, FusionKind};
use sensorium_nn::seed::generator;
use sensorium_nn::{Batch, Example, View};
use synthetic::{KINDS, example, frontends, host, network, small};

const MODALITIES: usize = 4;
const DIM: usize = 8;

/// Summaries on the host.
#[derive(Clone, Debug)]
struct Case {
    values: Vec<f32>,
    present: Vec<bool>,
    hidden: Vec<bool>,
    quality: Vec<f32>,
    staleness: Vec<f32>,
}

impl Case {
    fn size(&self) -> usize {
        self.present.len() / MODALITIES
    }

    fn tensors(&self) -> Summaries {
        let size = self.size();
        let two =
            |v: Vec<f32>| Tensor::<2>::from_data(TensorData::new(v, [size, MODALITIES]), &Device::flex());
        let flags = |f: &[bool]| two(f.iter().map(|b| f32::from(u8::from(*b))).collect());
        let values = TensorData::new(self.values.clone(), [size, MODALITIES, DIM]);
        Summaries {
            values: Tensor::from_data(values, &Device::flex()),
            present: flags(&self.present),
            hidden: flags(&self.hidden),
            quality: two(self.quality.clone()),
            staleness: two(self.staleness.clone()),
        }
    }

    fn fuse(&self, kind: FusionKind, seed: u64) -> Fused {
        network(&small(kind), seed, &Device::flex(), false).fuse(&self.tensors())
    }
}

/// Random summaries of `size` examples.
fn case(size: usize) -> impl Strategy<Value = Case> {
    let entries = size * MODALITIES;
    let unit = move || prop::collection::vec(0.0f32..=1.0, entries);
    let flags = move || prop::collection::vec(any::<bool>(), entries);
    (prop::collection::vec(-4.0f32..4.0, entries * DIM), flags(), flags(), unit(), unit()).prop_map(
        |(values, present, hide, quality, staleness)| {
            let hidden = hide.iter().zip(&present).map(|(h, p)| *h && !p).collect();
            Case { values, present, hidden, quality, staleness }
        },
    )
}

fn kind() -> impl Strategy<Value = FusionKind> {
    prop::sample::select(KINDS.to_vec())
}

/// Everything that an answer tells, as one list.
fn told(fused: Fused) -> Vec<f32> {
    let Fused { logits, joint, weights, compensated, share, .. } = fused;
    [host(logits), host(joint), host(weights), host(compensated), host(share)].concat()
}

fn sum_where(row: &[f32], flags: &[bool], wanted: bool) -> f32 {
    row.iter().zip(flags).filter(|(_, f)| **f == wanted).map(|(w, _)| w).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn weights_sum_to_one_over_what_is_present_and_are_zero_elsewhere(
        case in case(3), kind in kind(), seed in 0u64..100,
    ) {
        let weights = host(case.fuse(kind, seed).weights);
        for (row, present) in weights.chunks(MODALITIES).zip(case.present.chunks(MODALITIES)) {
            let there = present.contains(&true);
            prop_assert!((sum_where(row, present, true) - f32::from(u8::from(there))).abs() < 1e-5, "{:?}", row);
            prop_assert!(row.iter().zip(present).all(|(w, p)| *w >= 0.0 && (*p || *w == 0.0)), "{:?}", row);
        }
    }

    #[test]
    fn compensated_weights_sum_to_one_over_what_is_missing_and_are_zero_elsewhere(
        case in case(3), seed in 0u64..100,
    ) {
        let weights = host(case.fuse(FusionKind::Router, seed).compensated);
        for (row, present) in weights.chunks(MODALITIES).zip(case.present.chunks(MODALITIES)) {
            let expected = f32::from(u8::from(present.contains(&false)));
            prop_assert!((sum_where(row, present, false) - expected).abs() < 1e-5, "{:?}", row);
            prop_assert!(row.iter().zip(present).all(|(w, p)| *w >= 0.0 && (!*p || *w == 0.0)), "{:?}", row);
        }
    }

    #[test]
    fn the_compensated_share_is_zero_with_all_present_and_one_with_none(case in case(4), seed in 0u64..100) {
        let share = host(case.fuse(FusionKind::Router, seed).share);
        for (share, present) in share.iter().zip(case.present.chunks(MODALITIES)) {
            prop_assert!((0.0..=1.0 + 1e-6).contains(share));
            if present.iter().all(|p| *p) {
                prop_assert_eq!(*share, 0.0);
            } else if present.iter().all(|p| !*p) {
                prop_assert!((share - 1.0).abs() < 1e-6);
            } else {
                prop_assert!(0.0 < *share && *share < 1.0);
            }
        }
    }

    #[test]
    fn what_a_missing_modality_holds_never_changes_the_answer(
        case in case(2), other in case(2), kind in kind(), seed in 0u64..100,
    ) {
        let mut changed = case.clone();
        for i in (0..case.present.len()).filter(|i| !case.present[*i]) {
            changed.values[i * DIM..(i + 1) * DIM].copy_from_slice(&other.values[i * DIM..(i + 1) * DIM]);
            (changed.quality[i], changed.staleness[i]) = (other.quality[i], other.staleness[i]);
            changed.hidden[i] = other.hidden[i];
        }
        prop_assert_eq!(told(case.fuse(kind, seed)), told(changed.fuse(kind, seed)));
    }

    #[test]
    fn what_a_present_modality_holds_changes_the_answer(case in case(1), kind in kind(), seed in 0u64..100) {
        let looked_at = |m: &usize| case.present[*m];
        for m in (0..MODALITIES).filter(looked_at) {
            let mut changed = case.clone();
            for (d, value) in changed.values[m * DIM..(m + 1) * DIM].iter_mut().enumerate() {
                *value += 1.0 + d as f32;
            }
            prop_assert_ne!(host(case.fuse(kind, seed).logits), host(changed.fuse(kind, seed).logits));
        }
    }

    #[test]
    fn permuting_examples_permutes_answers(case in case(3), kind in kind(), seed in 0u64..100) {
        let turned = |v: &[f32]| { let n = v.len() / 3; [&v[n..], &v[..n]].concat() };
        let turned_flags = |v: &[bool]| { let n = v.len() / 3; [&v[n..], &v[..n]].concat() };
        let moved = Case {
            values: turned(&case.values),
            present: turned_flags(&case.present),
            hidden: turned_flags(&case.hidden),
            quality: turned(&case.quality),
            staleness: turned(&case.staleness),
        };
        let (straight, moved) = (case.fuse(kind, seed), moved.fuse(kind, seed));
        for (a, b) in [(straight.logits, moved.logits), (straight.weights, moved.weights)] {
            for (a, b) in turned(&host(a)).iter().zip(&host(b)) {
                prop_assert!((a - b).abs() < 1e-4, "{} and {}", a, b);
            }
        }
    }

    #[test]
    fn constant_weights_are_renormalised_over_what_is_present(case in case(1), seed in 0u64..100) {
        let all = Case { present: vec![true; MODALITIES], ..case.clone() };
        let full = host(all.fuse(FusionKind::Constant, seed).weights);
        let total = sum_where(&full, &case.present, true).max(1e-9);
        let weights = host(case.fuse(FusionKind::Constant, seed).weights);
        for m in (0..MODALITIES).filter(|m| case.present[*m]) {
            prop_assert!((weights[m] - full[m] / total).abs() < 1e-5);
        }
    }

    #[test]
    fn with_nothing_present_answers_are_finite(case in case(2), kind in kind(), seed in 0u64..100) {
        let nothing = Case { present: vec![false; 2 * MODALITIES], ..case };
        prop_assert!(told(nothing.fuse(kind, seed)).iter().all(|v| v.is_finite()));
    }
}

/// The answers for examples that are seen as `view` says.
fn seen(kind: FusionKind, examples: &[&Example], view: impl Fn(usize, usize) -> View) -> Vec<f32> {
    let config = FusionConfig { dim: DIM, ..FusionConfig::new(kind) };
    let batch = Batch::new(&frontends(), examples, view, &Device::flex());
    told(network(&config, 3, &Device::flex(), false).forward(&batch))
}

#[test]
fn a_hidden_modality_and_a_missing_one_give_the_same_answer() {
    for kind in KINDS {
        for m in 0..MODALITIES {
            let whole = example(&mut generator(m as u64, &[1]), 0);
            let mut lacking = whole.clone();
            lacking.streams[m].clean = None;
            let mut replaced = whole.clone();
            replaced.streams[m] = example(&mut generator(m as u64, &[2]), 0).streams[m].clone();
            let hide = |_: usize, s: usize| if s == m { View::Hidden } else { View::Clean };
            let hidden = seen(kind, &[&whole], hide);
            assert_eq!(hidden, seen(kind, &[&lacking], |_, _| View::Clean), "{kind:?}, modality {m}");
            assert_eq!(hidden, seen(kind, &[&replaced], hide), "{kind:?}, modality {m}");
        }
    }
}

#[test]
fn an_example_without_any_stream_gives_a_finite_answer_and_touches_no_other() {
    for kind in KINDS {
        let whole = example(&mut generator(9, &[1]), 0);
        let mut empty = whole.clone();
        empty.streams.iter_mut().for_each(|s| s.clean = None);
        let both = seen(kind, &[&whole, &empty], |_, _| View::Clean);
        assert!(both.iter().all(|v| v.is_finite()), "{kind:?}");
        let alone = seen(kind, &[&whole], |_, _| View::Clean);
        for (class, logit) in alone[..3].iter().enumerate() {
            assert!((logit - both[class]).abs() < 1e-4, "{kind:?}");
        }
    }
}
