//! Strips of labels: what was true when, and what the model said.

use super::Spell;
use super::frame::Place;
use crate::report::svg::{Anchor, Svg, rect, text};
use crate::report::text::{fit, width};

/// Draws labels that hold for a while; where a label differs from the `truth`, it is marked.
pub(super) fn strip(svg: &mut Svg, panel: &Place, spells: &[Spell], truth: &[Spell]) {
    for spell in merged(spells) {
        let (x0, x1) = panel.span(spell.start, spell.end);
        let width_here = (x1 - x0 - 1.0).max(0.5);
        let hint = format!("{}, {:.1} – {:.1} s", spell.label, spell.start, spell.end);
        svg.add(rect(x0 + 0.5, panel.top, width_here, panel.height).class("spell").hint(&hint));
        for other in merged(truth).iter().filter(|t| t.label != spell.label) {
            let (from, to) = panel.span(spell.start.max(other.start), spell.end.min(other.end));
            if to - from > 0.25 {
                let hint = format!("{} where {} is true", spell.label, other.label);
                svg.add(rect(from, panel.top, to - from, panel.height).class("mistaken").hint(&hint));
            }
        }
        let label = fit(&spell.label, 12.0, x1 - x0 - 8.0);
        if !label.is_empty() {
            let middle = (x0 + x1) / 2.0;
            let y = panel.top + panel.height / 2.0 + 4.0;
            // Long spells are named where reading begins.
            let long = x1 - x0 > 3.0 * width(&label, 12.0) + 40.0;
            let (x, anchor) = if long { (x0 + 8.0, Anchor::Start) } else { (middle, Anchor::Middle) };
            svg.add(text(x, y, anchor, &label).class("small"));
        }
    }
}

/// Joins neighbours of one label, and ends each spell where the next begins.
fn merged(spells: &[Spell]) -> Vec<Spell> {
    let mut out: Vec<Spell> = Vec::new();
    for spell in spells {
        match out.last_mut() {
            Some(last) if last.label == spell.label && spell.start <= last.end + 1e-6 => {
                last.end = last.end.max(spell.end);
            }
            Some(last) => {
                last.end = last.end.min(spell.start.max(last.start));
                out.push(spell.clone());
            }
            None => out.push(spell.clone()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(start: f64, end: f64, label: &str) -> Spell {
        Spell { start, end, label: label.to_owned() }
    }

    #[test]
    fn windows_that_overlap_become_one_spell_each() {
        let spells = [spell(0.0, 4.0, "a"), spell(2.0, 6.0, "a"), spell(4.0, 8.0, "b")];
        assert_eq!(merged(&spells), vec![spell(0.0, 4.0, "a"), spell(4.0, 8.0, "b")]);
    }

    #[test]
    fn a_gap_keeps_equal_labels_apart() {
        assert_eq!(merged(&[spell(0.0, 1.0, "a"), spell(2.0, 3.0, "a")]).len(), 2);
    }
}
