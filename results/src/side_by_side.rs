//! Compares runs of the same test by both engines: their metrics, and where their verdicts differ.

use crate::compare::{MetricChange, signed, signed_percent, verdict_word};
use crate::metrics::{json_number, shown};
use crate::run_dir::Run;
use crate::table_style::{Look, TableBuilder, fitting, plain};
use crate::validity;
use glomers_history::Validity;
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

/// A part of the results that the two engines judge differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The checker, or `verdict` for the overall verdict.
    pub part: String,
    /// The verdict of glomers' engine; `None` if it has no such part.
    pub embedded: Option<Validity>,
    /// The verdict of the reference.
    pub maelstrom: Option<Validity>,
}

/// Two runs of one plan, one by each engine.
#[derive(Debug, Clone, PartialEq)]
pub struct SideBySide {
    /// The different verdicts, the overall verdict first.
    pub disagreements: Vec<Disagreement>,
    /// The metrics that at least one of the runs has; glomers' run is the baseline.
    pub metrics: Vec<MetricChange>,
    verdict: Validity,
}

impl SideBySide {
    /// Compares the runs.
    #[must_use]
    pub fn new(embedded: &Run, maelstrom: &Run) -> Self {
        let whole = Disagreement {
            part: "verdict".to_owned(),
            embedded: Some(embedded.valid()),
            maelstrom: Some(maelstrom.valid()),
        };
        let (ours, theirs) = (embedded.results.parts(), maelstrom.results.parts());
        let mut names: Vec<&String> = ours.iter().chain(&theirs).map(|(part, _)| part).collect();
        names.sort();
        names.dedup();
        let of = |parts: &[(String, Validity)], name: &str| {
            parts.iter().find(|(part, _)| part == name).map(|(_, valid)| *valid)
        };
        let parts = names.into_iter().map(|name| Disagreement {
            part: name.clone(),
            embedded: of(&ours, name),
            maelstrom: of(&theirs, name),
        });
        let disagreements =
            std::iter::once(whole).chain(parts).filter(|it| it.embedded != it.maelstrom).collect();
        let metrics = MetricChange::all(embedded, maelstrom);
        Self { disagreements, metrics, verdict: embedded.valid() }
    }

    /// Whether the overall verdicts and those of all parts are the same.
    #[must_use]
    pub fn agree(&self) -> bool {
        self.disagreements.is_empty()
    }

    /// A line about the verdicts, and the table of metrics. In a terminal of a width (in characters), the
    /// column of differences is left out if it does not fit: the percentage says as much.
    #[must_use]
    pub fn table(&self, look: Look, width: Option<u16>) -> String {
        const HEADER: [&str; 5] = ["metric", "embedded", "maelstrom", "difference", "%"];
        const DIFFERENCE: usize = 3;
        let word = |valid: Option<Validity>| valid.map_or("nothing", verdict_word);
        let mut lines = Vec::new();
        if self.agree() {
            lines.push(format!("both engines agree: {}", verdict_word(self.verdict)));
        } else {
            lines.push("the engines disagree:".to_owned());
            lines.extend(self.disagreements.iter().map(|it| {
                let (ours, theirs) = (word(it.embedded), word(it.maelstrom));
                format!("- {}: embedded says {ours}, Maelstrom says {theirs}", it.part)
            }));
        }
        let mut text = lines.join("\n");
        text.push('\n');
        text.push('\n');
        let built = |columns: &[usize], look: Look| {
            let header: Vec<&str> = columns.iter().map(|&column| HEADER[column]).collect();
            let mut table = TableBuilder::new(look, &header);
            for change in &self.metrics {
                let value = |value: Option<f64>| {
                    value.map_or("-".to_owned(), |it| shown(change.metric, it))
                };
                let cells = [
                    change.metric.name().to_owned(),
                    value(change.baseline),
                    value(change.candidate),
                    change.difference().map(signed).unwrap_or_default(),
                    change.percent().map(signed_percent).unwrap_or_default(),
                ];
                table.row(columns.iter().map(|&column| plain(&cells[column])).collect());
            }
            table.align_right(1..columns.len());
            table.finish()
        };
        let plain = |columns: &[usize]| built(columns, Look::Terminal { colour: false });
        let rank = |column| u8::from(column == DIFFERENCE);
        let columns = fitting((0..HEADER.len()).collect(), rank, width, plain);
        text + &built(&columns, look)
    }
}

#[derive(Serialize)]
struct JsonDisagreement<'a> {
    part: &'a str,
    embedded: Option<serde_json::Value>,
    maelstrom: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct JsonMetric {
    metric: &'static str,
    embedded: Option<serde_json::Value>,
    maelstrom: Option<serde_json::Value>,
    difference: Option<serde_json::Value>,
    percent: Option<serde_json::Value>,
}

impl Serialize for SideBySide {
    /// The parts with different verdicts, and every metric; null if an engine has no value.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = |valid: Option<Validity>| valid.map(validity::to_json);
        let verdicts: Vec<_> = self
            .disagreements
            .iter()
            .map(|it| JsonDisagreement {
                part: &it.part,
                embedded: json(it.embedded),
                maelstrom: json(it.maelstrom),
            })
            .collect();
        let metrics: Vec<_> = self
            .metrics
            .iter()
            .map(|change| JsonMetric {
                metric: change.metric.name(),
                embedded: change.baseline.map(json_number),
                maelstrom: change.candidate.map(json_number),
                difference: change.difference().map(json_number),
                percent: change.percent().map(json_number),
            })
            .collect();
        let mut fields = serializer.serialize_struct("differences", 2)?;
        fields.serialize_field("verdicts", &verdicts)?;
        fields.serialize_field("metrics", &metrics)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Results;
    use std::path::PathBuf;

    fn run(results: &str) -> Run {
        Run::new(PathBuf::from("x"), Results::parse(results).unwrap(), None)
    }

    const OURS: &str = "{:stats {:valid? true, :count 20}, :availability {:valid? true, \
                        :ok-fraction 1}, :net {:valid? true, :servers {:msgs-per-op 2.5}}, \
                        :valid? true}";

    #[test]
    fn engines_that_agree_differ_in_numbers_only() {
        let theirs = OURS.replace("2.5", "2.75");
        let both = SideBySide::new(&run(OURS), &run(&theirs));
        assert!(both.agree());
        insta::assert_snapshot!(both.table(Look::Markdown, None));
    }

    #[test]
    fn a_disagreement_names_its_part() {
        let theirs = "{:stats {:valid? false, :count 19}, :availability {:valid? true, \
                      :ok-fraction 1}, :failure {:valid? :unknown}, :valid? false}";
        let both = SideBySide::new(&run(OURS), &run(theirs));
        assert!(!both.agree());
        insta::assert_snapshot!(both.table(Look::Terminal { colour: false }, None));
        insta::assert_snapshot!(serde_json::to_string(&both).unwrap());
    }
}
