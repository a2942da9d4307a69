//! What a recipe found, for people, for machines and for the report.

use crate::report::{Page, Provenance, Section};
use crate::{Figure, Table, Verdict};
use serde_json::{Map, Value};

/// The result of a recipe.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Name of the recipe.
    pub name: String,
    /// Whether this was the quick version.
    pub quick: bool,
    /// Wall-clock time of the whole run, in seconds.
    pub seconds: f64,
    /// The seeds of the repetitions.
    pub seeds: Vec<u64>,
    /// The figures, the main one first.
    pub figures: Vec<Figure>,
    /// Comparisons and breakdowns.
    pub tables: Vec<Table>,
    /// What a reader must know to judge the figures, one paragraph each.
    pub notes: Vec<String>,
    /// Pictures for the report.
    pub sections: Vec<Section>,
}

impl Outcome {
    /// An empty outcome.
    pub fn new(name: impl Into<String>, quick: bool, seeds: Vec<u64>) -> Self {
        Self { name: name.into(), quick, seeds, ..Self::default() }
    }

    /// The figure of that key.
    pub fn figure(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|f| f.key == key)
    }

    /// How many targets were reached, and how many there are.
    pub fn targets_reached(&self) -> (usize, usize) {
        let verdicts: Vec<Verdict> = self.figures.iter().filter_map(Figure::verdict).collect();
        (verdicts.iter().filter(|v| **v == Verdict::Reached).count(), verdicts.len())
    }

    /// A flat JSON object.
    ///
    /// Each figure stands under its key, its interval under `<key>_lo` and `<key>_hi`, its verdict
    /// under `<key>_reached`. Beside them: `recipe`, `quick`, `seconds` and `seeds` (an array). NaN and
    /// infinities are `null`.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("recipe".to_owned(), Value::from(self.name.clone()));
        object.insert("quick".to_owned(), Value::from(self.quick));
        object.insert("seconds".to_owned(), Value::from(self.seconds));
        object.insert("seeds".to_owned(), Value::from(self.seeds.clone()));
        for figure in &self.figures {
            let key = &figure.key;
            object.insert(key.clone(), Value::from(figure.value));
            if let Some((lo, hi)) = figure.interval {
                object.insert(format!("{key}_lo"), Value::from(lo));
                object.insert(format!("{key}_hi"), Value::from(hi));
            }
            if let Some(verdict) = figure.verdict() {
                object.insert(format!("{key}_reached"), Value::from(verdict == Verdict::Reached));
            }
        }
        Value::Object(object)
    }

    /// The whole outcome as text for a terminal.
    pub fn to_text(&self) -> String {
        let mode = if self.quick { " (quick)" } else { "" };
        let seeds: Vec<String> = self.seeds.iter().map(u64::to_string).collect();
        let mut text = format!("{}{mode}: {:.1} s, seeds {}\n\n", self.name, self.seconds, seeds.join(", "));
        if !self.figures.is_empty() {
            text += &figure_table(&self.figures).to_text();
        }
        for table in &self.tables {
            text += &format!("\n{}", table.to_text());
        }
        if !self.notes.is_empty() {
            text += "\nNotes\n";
        }
        for note in &self.notes {
            text += &format!("  · {note}\n");
        }
        if let (reached, all @ 1..) = self.targets_reached() {
            text += &format!("\n{reached} of {all} targets reached\n");
        }
        text
    }

    /// The report page: figures, the recipe's own sections, tables, notes, provenance.
    pub fn page(&self, title: impl Into<String>, lead: impl Into<String>, provenance: Provenance) -> Page {
        let mut page = Page::new(title, lead);
        if !self.figures.is_empty() {
            page.sections.push(Section::Figures(self.figures.clone().into()));
        }
        page.sections.extend(self.sections.iter().cloned());
        page.sections.extend(self.tables.iter().cloned().map(Section::Table));
        if !self.notes.is_empty() {
            page.sections.push(Section::Notes(self.notes.clone().into()));
        }
        page.provenance = Some(provenance);
        page
    }
}

/// Figures as a table; columns that no figure fills are left out.
pub fn figure_table(figures: &[Figure]) -> Table {
    type Cell = fn(&Figure) -> String;
    let columns: [(&str, Cell); 6] = [
        ("figure", |f| f.label.clone()),
        ("value", Figure::value_text),
        ("interval", Figure::interval_text),
        ("baseline", Figure::baseline_text),
        ("target", Figure::target_text),
        ("verdict", Figure::verdict_text),
    ];
    let used: Vec<_> =
        columns.iter().filter(|(_, cell)| figures.iter().any(|f| !cell(f).is_empty())).collect();
    let mut table = Table::new("", used.iter().map(|(name, _)| *name));
    for figure in figures {
        table.row(used.iter().map(|(_, cell)| cell(figure)));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;

    fn outcome() -> Outcome {
        let mut outcome = Outcome::new("rig-faults", true, vec![0, 1]);
        outcome.seconds = 41.5;
        outcome.figures = vec![
            Figure::new("macro_f1", "macro-F1, clean", 0.968)
                .interval((0.961, 0.974))
                .baseline("late fusion", 0.95)
                .target(Target::at_least(0.96)),
            Figure::new("degraded_ratio", "degraded ratio", 1.1)
                .unit("×")
                .interval((1.05, f64::NAN))
                .target(Target::at_least(1.22)),
            Figure::new("p99", "latency, p99", 12.0).unit("ms").lower_is_better(),
        ];
        outcome.notes = vec!["Quick mode trains for two epochs.".to_owned()];
        outcome
    }

    #[test]
    fn text_aligns_figures_and_counts_targets() {
        insta::assert_snapshot!(outcome().to_text(), @r"
        rig-faults (quick): 41.5 s, seeds 0, 1

          figure             value       interval  baseline            target  verdict
          ───────────────  ───────  ─────────────  ─────────────────  ───────  ───────────────
          macro-F1, clean    0.968  0.961 – 0.974  0.950 late fusion   ≥ 0.96  reached
          degraded ratio    1.100×    1.050 – n/a                     ≥ 1.22×  missed by 0.120
          latency, p99     12.0 ms

        Notes
          · Quick mode trains for two epochs.

        1 of 2 targets reached
        ");
    }

    #[test]
    fn json_is_flat_and_nan_is_null() {
        let json = outcome().to_json();
        assert_eq!(json["macro_f1"], 0.968);
        assert_eq!(json["macro_f1_lo"], 0.961);
        assert_eq!(json["macro_f1_reached"], true);
        assert!(json["degraded_ratio_hi"].is_null());
        assert_eq!(json["seeds"], serde_json::json!([0, 1]));
        assert_eq!(json["quick"], true);
        assert_eq!(json["seconds"], 41.5);
        assert!(json.as_object().unwrap().values().all(|v| !v.is_object()));
    }

    #[test]
    fn the_page_holds_only_what_there_is() {
        let empty = Outcome::new("x", false, vec![]).page("t", "l", Provenance::default());
        assert!(empty.sections.is_empty());
        assert_eq!(outcome().page("t", "l", Provenance::default()).sections.len(), 2);
    }
}
