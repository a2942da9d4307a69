//! Background knowledge from and to TOML.

use super::Knowledge;
use crate::CausalError;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct KnowledgeText {
    forbid_within_tier: bool,
    tiers: Vec<Vec<String>>,
    required: Vec<[String; 2]>,
    forbidden: Vec<[String; 2]>,
}

impl Knowledge {
    /// Reads TOML that speaks of variables by name. Pairs are cause first; tiers are in order of time.
    ///
    /// `*` stands for any characters and `?` for any one, in tiers and in forbidden pairs; a variable that a tier
    /// names in full stands there, whatever patterns say. `forbid_within_tier` forbids all edges within a tier but
    /// those required.
    ///
    /// ```
    /// use sensorium_causal::Knowledge;
    ///
    /// let names = ["lot", "temp_1", "temp_2", "yield"].map(String::from);
    /// let knowledge = Knowledge::from_toml(
    ///     r#"
    ///     tiers = [["lot"], ["temp_*"], ["yield"]]
    ///     forbid_within_tier = true
    ///     required = [["temp_1", "yield"]]
    ///     forbidden = [["lot", "temp_?"]]
    ///     "#,
    ///     &names,
    /// )?;
    /// assert!(knowledge.forbids(3, 1) && knowledge.forbids(1, 2) && knowledge.forbids(0, 2));
    /// assert!(knowledge.requires(1, 3));
    /// # Ok::<(), sensorium_causal::CausalError>(())
    /// ```
    ///
    /// # Errors
    /// [`CausalError::Parse`] with the line for what is not such TOML; [`CausalError::Knowledge`] naming the entry for
    /// an unknown variable, a pattern that fits none, a variable in two tiers, and as [`Knowledge::check`].
    pub fn from_toml(text: &str, names: &[String]) -> Result<Self, CausalError> {
        let read: KnowledgeText = toml::from_str(text).map_err(|e| CausalError::Parse {
            what: "background knowledge".into(),
            line: e.span().map_or(1, |s| 1 + text.bytes().take(s.start).filter(|b| *b == b'\n').count()),
            message: e.message().to_owned(),
        })?;
        let mut knowledge = Self { tiers: tiers(&read.tiers, names)?, ..Self::none() };
        for (index, pair) in read.required.iter().enumerate() {
            let entry = format!("required[{index}]");
            let (cause, effect) = (named(&pair[0], names, &entry)?, named(&pair[1], names, &entry)?);
            knowledge.required.insert((cause, effect));
        }
        for (index, pair) in read.forbidden.iter().enumerate() {
            let entry = format!("forbidden[{index}]");
            let effects = matching(&pair[1], names, &entry)?;
            for cause in matching(&pair[0], names, &entry)? {
                knowledge.forbidden.extend(effects.iter().filter(|&&e| e != cause).map(|&e| (cause, e)));
            }
        }
        if read.forbid_within_tier {
            knowledge.forbid_within_tiers();
        }
        knowledge.check(names)?;
        Ok(knowledge)
    }

    /// Forbids all edges between variables of the same tier but those required.
    pub fn forbid_within_tiers(&mut self) {
        for (a, tier) in self.tiers.iter().enumerate().filter(|(_, t)| t.is_some()) {
            for (b, _) in self.tiers.iter().enumerate().filter(|&(b, t)| b != a && t == tier) {
                if !self.required.contains(&(a, b)) {
                    self.forbidden.insert((a, b));
                }
            }
        }
    }

    /// TOML that [`Knowledge::from_toml`] reads back as the same knowledge, tiers numbered without gaps.
    ///
    /// # Errors
    /// [`CausalError::Knowledge`] as [`Knowledge::check`].
    pub fn to_toml(&self, names: &[String]) -> Result<String, CausalError> {
        self.check(names)?;
        let mut tiers: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (name, tier) in names.iter().zip(&self.tiers) {
            if let Some(tier) = tier {
                tiers.entry(*tier).or_default().push(name.clone());
            }
        }
        let pairs = |set: &BTreeSet<(usize, usize)>| {
            set.iter().map(|&(c, e)| [names[c].clone(), names[e].clone()]).collect()
        };
        let text = KnowledgeText {
            forbid_within_tier: false,
            tiers: tiers.into_values().collect(),
            required: pairs(&self.required),
            forbidden: pairs(&self.forbidden),
        };
        toml::to_string(&text).map_err(|e| CausalError::Knowledge(e.to_string()))
    }
}

/// The tier of each variable: full names first, then patterns for those that are left.
fn tiers(lists: &[Vec<String>], names: &[String]) -> Result<Vec<Option<usize>>, CausalError> {
    let mut tiers: Vec<Option<usize>> = if lists.is_empty() { Vec::new() } else { vec![None; names.len()] };
    let mut set = |position: usize, tier: usize| match tiers[position].replace(tier) {
        Some(other) if other != tier => Err(CausalError::Knowledge(format!(
            "`{}` stands in tiers[{other}] and tiers[{tier}]; take it out of one",
            names[position]
        ))),
        _ => Ok(()),
    };
    let mut by_pattern = Vec::new();
    let mut in_full = BTreeSet::new();
    for (tier, list) in lists.iter().enumerate() {
        for name in list {
            if let Some(position) = names.iter().position(|n| n == name) {
                set(position, tier)?;
                in_full.insert(position);
            } else {
                by_pattern.push((tier, matching(name, names, &format!("tiers[{tier}]"))?));
            }
        }
    }
    for (tier, positions) in by_pattern {
        positions.into_iter().filter(|p| !in_full.contains(p)).try_for_each(|p| set(p, tier))?;
    }
    Ok(tiers)
}

fn named(name: &str, names: &[String], entry: &str) -> Result<usize, CausalError> {
    let position = names.iter().position(|n| n == name);
    position.ok_or_else(|| CausalError::Knowledge(format!("{entry}: {}", CausalError::unknown(name, names))))
}

/// The variable of that name, or all that fit the pattern.
fn matching(pattern: &str, names: &[String], entry: &str) -> Result<Vec<usize>, CausalError> {
    if let Some(position) = names.iter().position(|n| n == pattern) {
        return Ok(vec![position]);
    }
    if !pattern.contains(['*', '?']) {
        return named(pattern, names, entry).map(|p| vec![p]);
    }
    let wanted: Vec<char> = pattern.chars().collect();
    let found: Vec<usize> = (0..names.len()).filter(|&i| fits(&wanted, &names[i])).collect();
    if found.is_empty() {
        return Err(CausalError::Knowledge(format!("{entry}: no variable fits `{pattern}`")));
    }
    Ok(found)
}

/// Whether a name fits a pattern of `*` and `?`; on a mismatch the last `*` takes one character more.
fn fits(pattern: &[char], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&c) if c == '?' || c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match &mut star {
                Some((at, taken)) => {
                    *taken += 1;
                    (p, n) = (*at + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names() -> Vec<String> {
        ["a", "b_1", "b_2", "x[t-1]"].map(String::from).to_vec()
    }

    fn message(text: &str) -> String {
        Knowledge::from_toml(text, &names()).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_the_entry() {
        let known = "there are: a, b_1, b_2, x[t-1]";
        assert_eq!(
            message("required = [[\"a\", \"z\"]]"),
            format!("background knowledge: required[0]: no variable is called `z`; {known}")
        );
        assert_eq!(message("tiers = [[\"c_*\"]]"), "background knowledge: tiers[0]: no variable fits `c_*`");
        assert_eq!(
            message("tiers = [[\"a\"], [\"a\"]]"),
            "background knowledge: `a` stands in tiers[0] and tiers[1]; take it out of one"
        );
        assert!(message("\n\ntier = []").starts_with("background knowledge, line 3: unknown field `tier`"));
        assert!(message("required = [[\"a\"]]").starts_with("background knowledge, line 1: "));
        assert!(
            message("tiers = [[\"a\"], [\"b_1\"]]\nrequired = [[\"b_1\", \"a\"]]").contains("later tier")
        );
    }

    #[test]
    fn a_full_name_goes_before_a_pattern_and_brackets_are_no_pattern() {
        let text = "tiers = [[\"x[t-1]\"], [\"b_*\"], [\"b_2\", \"a\"]]";
        let knowledge = Knowledge::from_toml(text, &names()).unwrap();
        assert_eq!(knowledge.tiers, [Some(2), Some(1), Some(2), Some(0)]);
    }

    #[test]
    fn patterns_fit_as_in_a_shell() {
        let fits = |pattern: &str, name: &str| super::fits(&pattern.chars().collect::<Vec<_>>(), name);
        assert!(fits("*", "") && fits("a*c*", "abcbc") && fits("?b*", "ab") && fits("*é", "xé"));
        assert!(!fits("a*c", "abcb") && !fits("?", "") && !fits("", "a"));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            tiers in proptest::collection::vec(proptest::option::of(0..3usize), 4),
            forbidden in proptest::collection::btree_set((0..4usize, 0..4usize), 0..5),
            text in ".{0,40}"
        ) {
            let knowledge = Knowledge { tiers, forbidden, ..Knowledge::none() };
            let ranks: BTreeSet<usize> = knowledge.tiers.iter().copied().flatten().collect();
            let rank = |t: usize| ranks.iter().position(|r| *r == t);
            let expected = Knowledge {
                tiers: if ranks.is_empty() { Vec::new() } else {
                    knowledge.tiers.iter().map(|t| t.and_then(rank)).collect()
                },
                forbidden: knowledge.forbidden.iter().copied().filter(|(c, e)| c != e).collect(),
                ..Knowledge::none()
            };
            let read = Knowledge::from_toml(&knowledge.to_toml(&names()).unwrap(), &names()).unwrap();
            prop_assert_eq!(read, expected);
            let _ = Knowledge::from_toml(&text, &names());
        }
    }
}
