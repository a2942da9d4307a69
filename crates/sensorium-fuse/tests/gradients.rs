//! Where the gradients of the parts of the loss go, and where they must not.

#![allow(clippy::unwrap_used)]

mod synthetic;

use burn::tensor::Device;
use sensorium_fuse::{FusionConfig, FusionKind};
use sensorium_nn::seed::generator;
use sensorium_nn::train::{Network, Weights};
use sensorium_nn::{Batch, Example, View};
use std::collections::BTreeMap;
use synthetic::{KINDS, example, frontends, network, small};

const HIDDEN: usize = 1;

/// In every example modality [`HIDDEN`] is hidden; in every other one the last is, too.
fn view(i: usize, s: usize) -> View {
    if s == HIDDEN || (i.is_multiple_of(2) && s == 3) { View::Hidden } else { View::Clean }
}

/// Loss and gradients by parameter over `examples`.
fn gradients(config: &FusionConfig, examples: &[Example], first: usize) -> (f32, BTreeMap<String, Vec<f32>>) {
    let device = Device::flex().autodiff();
    let net = network(config, 5, &device, true);
    let list: Vec<&Example> = examples.iter().collect();
    let loss = net.loss(&Batch::new(&frontends(), &list, |i, s| view(first + i, s), &device));
    let value = loss.clone().into_scalar::<f32>();
    let found = Weights::gradients(&net, &loss.backward());
    (value, Weights::of(&net).names.into_iter().zip(found).collect())
}

fn examples() -> Vec<Example> {
    (0..6).map(|i| example(&mut generator(4, &[i]), i as usize % 3)).collect()
}

fn is_zero(gradient: &[f32]) -> bool {
    gradient.iter().all(|g| *g == 0.0)
}

/// Gradients of one part of the loss: with it and without.
fn part(change: impl Fn(&mut FusionConfig, f32)) -> [BTreeMap<String, Vec<f32>>; 2] {
    [0.0, 5.0].map(|weight| {
        let mut config = small(FusionKind::Router);
        change(&mut config, weight);
        gradients(&config, &examples(), 0).1
    })
}

#[test]
fn the_compensators_loss_sends_no_gradient_into_its_targets() {
    let [without, with] = part(|c, w| c.compensation_loss = w);
    let own = |name: &String| {
        name.starts_with(&format!("encoders.{HIDDEN}.")) || name.starts_with(&format!("pools.{HIDDEN}."))
    };
    assert!(with.keys().any(own));
    for (name, gradient) in with.iter().filter(|(name, _)| own(name)) {
        assert!(is_zero(gradient), "{name}");
    }
    let learns = |name: &&String| name.contains("compensator.second_stack.stack");
    let name = with.keys().find(learns).unwrap();
    assert_ne!(with[name], without[name], "the compensator does not learn");
}

#[test]
fn the_gates_loss_sends_no_gradient_into_the_experts() {
    let [without, with] = part(|c, w| c.gate_loss = w);
    let experts = |name: &str| ["value_stack", "expert_stack"].iter().any(|p| name.contains(p));
    assert_eq!(with.keys().filter(|n| experts(n)).count(), 4, "{:?}", with.keys());
    for (name, gradient) in with.iter().filter(|(name, _)| experts(name)) {
        assert_eq!(gradient, &without[name], "{name}");
    }
    let gate = with.keys().find(|n| n.contains(".gate.out.weight")).unwrap();
    assert_ne!(with[gate], without[gate], "the gate does not learn");
}

#[test]
fn every_parameter_of_every_fusion_learns() {
    for kind in KINDS {
        for (name, gradient) in gradients(&small(kind), &examples(), 1).1 {
            // A modality that is always hidden is a target alone; one token needs no pooling; a
            // softmax does not see a shift of all its logits; uniform weights are not learned.
            let idle = [format!("encoders.{HIDDEN}."), format!("pools.{HIDDEN}.")]
                .iter()
                .any(|p| name.starts_with(p))
                || name == "pools.3.query"
                || name.ends_with("gate.out.bias")
                || kind == FusionKind::Uniform && name == "fusion.Fixed.query";
            assert!(idle || !is_zero(&gradient), "{kind:?}: {name} gets no gradient");
        }
    }
}

#[test]
fn a_network_of_one_stream_trains_that_encoder_alone() {
    let config = FusionConfig { streams: Some(vec![2]), ..small(FusionKind::Uniform) };
    for (name, gradient) in gradients(&config, &examples(), 1).1 {
        let of_another = ["encoders.", "pools."]
            .iter()
            .any(|p| name.starts_with(p) && !name.starts_with(&format!("{p}2.")));
        assert!(!of_another || is_zero(&gradient), "{name}");
        assert!(!name.starts_with("encoders.2.") || !is_zero(&gradient), "{name}");
    }
}

#[test]
fn parameters_of_every_fusion_have_unique_names() {
    for kind in KINDS {
        let mut names = Weights::of(&network(&small(kind), 0, &Device::flex(), false)).names;
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "{kind:?}");
    }
}

#[test]
fn a_batchs_loss_is_the_mean_of_its_parts_losses() {
    let (all, examples) = (examples(), examples());
    for kind in KINDS {
        let config = small(kind);
        let (whole, gradient) = gradients(&config, &all, 0);
        // Parts of different sizes, in which different modalities are hidden.
        let parts = [gradients(&config, &examples[..1], 0), gradients(&config, &examples[1..], 1)];
        let share = [1.0 / 6.0, 5.0 / 6.0];
        let mean = parts[0].0 * share[0] + parts[1].0 * share[1];
        assert!((whole - mean).abs() < 1e-4, "{kind:?}: {whole} and {mean}");
        for (name, gradient) in gradient {
            for (i, g) in gradient.iter().enumerate() {
                let sum = parts[0].1[&name][i] * share[0] + parts[1].1[&name][i] * share[1];
                assert!((g - sum).abs() < 1e-4 + 1e-3 * g.abs(), "{kind:?}: {name} {g} {sum}");
            }
        }
    }
}
