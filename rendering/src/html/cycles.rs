//! Draws the cycles of transactions in `results.edn`, with what orders each transaction before the
//! next.

use super::escape::escaped;
use glomers_history::{Value, shortened};
use std::fmt::Write as _;

/// Maximum number of cycles of each anomaly that are drawn.
const DRAWN: usize = 3;
/// Maximum number of transactions in a drawing.
const MOST_TRANSACTIONS: usize = 12;
/// Sizes of the drawing, in pixels.
const WIDTH: f64 = 560.0;
const MIDDLE: f64 = 340.0;
const STEP: f64 = 92.0;
const HALF_WIDE: f64 = 130.0;
const HALF_HIGH: f64 = 19.0;
/// Maximum lengths of texts, in characters.
const TEXT_CHARS: usize = 38;
const LABEL_CHARS: usize = 24;

/// An anomaly with its first cycles, as HTML; empty if there is none.
pub(super) fn anomalies(results: &Value) -> String {
    let mut html = String::new();
    for (name, findings) in found(results) {
        let count = findings.len();
        let cycles: Vec<Cycle> = findings.iter().filter_map(Cycle::read).take(DRAWN).collect();
        let _ = writeln!(html, "<h3>{} <span class=\"soft\">({count})</span></h3>", escaped(&name));
        for cycle in &cycles {
            html += &cycle.svg();
        }
        if cycles.is_empty()
            && let Some(first) = findings.first()
        {
            let text = first.to_string();
            let _ = writeln!(
                html,
                "<pre class=\"wrapped\" tabindex=\"0\">{}</pre>",
                escaped(&shortened(&text, 1200))
            );
        } else if count > cycles.len() {
            let _ = writeln!(
                html,
                "<p class=\"soft small\">{} more are in results.edn.</p>",
                count - cycles.len()
            );
        }
    }
    html
}

/// Anomalies by name, of the workload's checker.
fn found(results: &Value) -> Vec<(String, Vec<Value>)> {
    let anomalies = results.get("workload").and_then(|it| it.get("anomalies"));
    let Some(Value::Map(entries)) = anomalies else { return Vec::new() };
    let named = |(name, findings): &(Value, Value)| {
        let Value::Keyword(name) = name else { return None };
        let mut all = Vec::new();
        findings.each_element(|finding| all.push(finding.clone()));
        Some((name.to_string(), all))
    };
    entries.iter().filter_map(named).collect()
}

/// A cycle of transactions.
struct Cycle {
    kind: String,
    /// The transactions, each with its entry in the history.
    transactions: Vec<(Option<i64>, String)>,
    /// Why each comes before the next.
    steps: Vec<(String, String)>,
}

impl Cycle {
    fn read(finding: &Value) -> Option<Self> {
        let mut transactions: Vec<(Option<i64>, String)> = Vec::new();
        finding.get("cycle")?.each_element(|operation| {
            // The operation may be tagged as one of the reference's records.
            let operation = match operation {
                Value::Tagged(tagged) => &tagged.1,
                other => other,
            };
            let text = operation.get("value").map(ToString::to_string).unwrap_or_default();
            transactions.push((operation.get("index").and_then(Value::as_int), text));
        });
        // The first is repeated at the end.
        transactions.pop();
        let mut steps = Vec::new();
        finding.get("steps")?.each_element(|step| {
            let word = |key: &str| step.get(key).map(ToString::to_string);
            let kind = word("type").unwrap_or_default().trim_start_matches(':').to_owned();
            let why = match (word("key"), word("value"), word("value'")) {
                (Some(key), Some(value), Some(next)) => format!("key {key}: {value}, then {next}"),
                (Some(key), Some(value), None) => format!("key {key}: {value}"),
                _ => String::new(),
            };
            steps.push((kind, why));
        });
        let kind = finding.get("type").map(ToString::to_string).unwrap_or_default();
        let is_drawn = (1..=MOST_TRANSACTIONS).contains(&transactions.len());
        is_drawn.then_some(Self {
            kind: kind.trim_start_matches(':').to_owned(),
            transactions,
            steps,
        })
    }
    /// The transactions one below the other, and the way back from the last to the first.
    fn svg(&self) -> String {
        let count = self.transactions.len();
        let high = STEP * count as f64;
        let y = |number: usize| STEP * (number as f64 + 0.5);
        let names: Vec<String> =
            self.transactions.iter().map(|(index, _)| transaction_name(*index)).collect();
        let mut svg = format!(
            "<figure class=\"cycle\"><svg viewBox=\"0 0 {WIDTH} {high}\" role=\"img\" \
             aria-label=\"{}\">\n",
            escaped(&format!("cycle {} of {}", self.kind, names.join(", ")))
        );
        for number in 0..count {
            let (kind, why) = self.steps.get(number).cloned().unwrap_or_default();
            svg += &if number + 1 < count {
                let (from, to) = (y(number) + HALF_HIGH + 3.0, y(number + 1) - HALF_HIGH - 3.0);
                let place = (MIDDLE + 12.0, f64::midpoint(from, to));
                arrow(&format!("M{MIDDLE} {from} V{to}"), (MIDDLE, to), Way::Down)
                    + &label(place, "start", &kind, &why)
            } else {
                let (from, to) = (y(number) + 8.0, y(0) - 8.0);
                let (edge, far) = (MIDDLE - HALF_WIDE - 3.0, MIDDLE - HALF_WIDE - 70.0);
                let way = format!("M{edge} {from} C{far} {from} {far} {to} {edge} {to}");
                let place = (far + 10.0, f64::midpoint(from, to));
                arrow(&way, (edge, to), Way::Right) + &label(place, "end", &kind, &why)
            };
        }
        for (number, (_, text)) in self.transactions.iter().enumerate() {
            let y = y(number);
            let _ = writeln!(
                svg,
                "<g><title>{}</title><rect class=\"svg-node\" x=\"{}\" y=\"{}\" width=\"{}\" \
                 height=\"{}\" rx=\"6\"/><text class=\"svg-soft\" x=\"{MIDDLE}\" y=\"{}\" \
                 text-anchor=\"middle\">{}</text><text class=\"svg-text\" x=\"{MIDDLE}\" y=\"{}\" \
                 text-anchor=\"middle\">{}</text></g>",
                escaped(text),
                MIDDLE - HALF_WIDE,
                y - HALF_HIGH,
                HALF_WIDE * 2.0,
                HALF_HIGH * 2.0,
                y - 5.0,
                escaped(&names[number]),
                y + 11.0,
                escaped(&shortened(text, TEXT_CHARS))
            );
        }
        svg += "</svg></figure>\n";
        svg
    }
}

fn transaction_name(index: Option<i64>) -> String {
    index.map_or_else(|| "transaction".to_owned(), |index| format!("entry {index}"))
}

/// Where the tip of an arrow points.
#[derive(Clone, Copy)]
enum Way {
    Down,
    Right,
}

fn arrow(path: &str, (x, y): (f64, f64), way: Way) -> String {
    let (left, right) = match way {
        Way::Down => ((x - 4.0, y - 9.0), (x + 4.0, y - 9.0)),
        Way::Right => ((x - 9.0, y - 4.0), (x - 9.0, y + 4.0)),
    };
    format!(
        "<path class=\"svg-edge\" d=\"{path}\"/><path class=\"svg-arrow\" d=\"M{x} {y} L{} {} L{} {} Z\"/>\n",
        left.0, left.1, right.0, right.1
    )
}

/// What orders a transaction before the next: the kind, and the versions.
fn label((x, y): (f64, f64), anchor: &str, kind: &str, why: &str) -> String {
    format!(
        "<text class=\"svg-label\" x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>\
         <text class=\"svg-soft\" x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>\n",
        y - 2.0,
        escaped(kind),
        y + 12.0,
        escaped(&shortened(why, LABEL_CHARS))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::read_value;

    #[test]
    fn a_cycle_is_drawn_with_its_dependencies() {
        let edn = "{:workload {:anomalies {:G1c [{:cycle [{:index 3, :process 0, :value [[:r 1 [2]]]} \
                   {:index 9, :process 1, :value [[:append \"<b>\" 2]]} {:index 3, :process 0}], \
                   :steps ({:type :wr, :key 1, :value 2} {:type :realtime}), :type :G1c} \
                   {:cycle 3}]}}}";
        let html = anomalies(&read_value(edn).unwrap());
        for part in ["G1c", "entry 3", "entry 9", ">wr<", "key 1: 2", ">realtime<", "&lt;b&gt;"] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert_eq!(html.matches("<rect").count(), 2);
        assert!(html.contains("1 more are in results.edn"), "{html}");
        assert!(!html.contains("NaN") && !html.contains("<b>"), "{html}");
    }

    #[test]
    fn other_anomalies_are_quoted_and_odd_results_ignored() {
        let edn = "{:workload {:anomalies {:lost-update [{:key 1}]}}}";
        assert!(anomalies(&read_value(edn).unwrap()).contains("{:key 1}"));
        for odd in ["{}", "[]", "{:workload 1}", "{:workload {:anomalies [1]}}"] {
            assert_eq!(anomalies(&read_value(odd).unwrap()), "");
        }
    }
}
