//! Draws the cycles of transactions in `results.edn`: a circle of transactions, with what orders each
//! before the next.

use super::escape::escaped;
use glomers_history::{Value, shortened};
use std::f64::consts::TAU;
use std::fmt::Write as _;

/// Maximum number of cycles of each anomaly that are drawn.
const DRAWN: usize = 3;
/// Maximum number of transactions in a drawing.
const MOST_TRANSACTIONS: usize = 12;
const WIDTH: f64 = 640.0;
const TEXT_CHARS: usize = 34;

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
    fn svg(&self) -> String {
        let count = self.transactions.len();
        let high = 90.0 + 62.0 * count as f64;
        let (middle_x, middle_y) = (WIDTH / 2.0, high / 2.0);
        let (wide, tall) = (WIDTH * 0.29, middle_y - 34.0);
        let at = |number: usize| {
            let angle = TAU * number as f64 / count as f64 - TAU / 4.0;
            (middle_x + wide * angle.cos(), middle_y + tall * angle.sin(), angle)
        };
        let names: Vec<String> =
            self.transactions.iter().map(|(index, _)| transaction_name(*index)).collect();
        let mut svg = format!(
            "<figure class=\"cycle\"><svg viewBox=\"0 0 {WIDTH} {high:.0}\" role=\"img\" \
             aria-label=\"{}\">\n",
            escaped(&format!("cycle {} of {}", self.kind, names.join(", ")))
        );
        for number in 0..count {
            let (from, to) = (at(number), at((number + 1) % count));
            let (kind, why) = self.steps.get(number).cloned().unwrap_or_default();
            svg += &arrow(from, to, (middle_x, middle_y), &kind, &why);
        }
        for (number, (_, text)) in self.transactions.iter().enumerate() {
            let (x, y, _) = at(number);
            let shown = shortened(text, TEXT_CHARS);
            let half = 12.0 + 3.3 * shown.chars().count().max(10) as f64;
            let _ = writeln!(
                svg,
                "<g><title>{}</title><rect class=\"svg-node\" x=\"{:.1}\" y=\"{:.1}\" \
                 width=\"{:.1}\" height=\"38\" rx=\"6\"/><text class=\"svg-soft\" x=\"{x:.1}\" \
                 y=\"{:.1}\" text-anchor=\"middle\">{}</text><text class=\"svg-text\" x=\"{x:.1}\" \
                 y=\"{:.1}\" text-anchor=\"middle\">{}</text></g>",
                escaped(text),
                x - half,
                y - 19.0,
                half * 2.0,
                y - 5.0,
                escaped(&names[number]),
                y + 11.0,
                escaped(&shown)
            );
        }
        svg += "</svg></figure>\n";
        svg
    }
}

fn transaction_name(index: Option<i64>) -> String {
    index.map_or_else(|| "transaction".to_owned(), |index| format!("entry {index}"))
}

/// A bent arrow between two transactions, with the dependency beside it.
fn arrow(
    from: (f64, f64, f64),
    to: (f64, f64, f64),
    middle: (f64, f64),
    kind: &str,
    why: &str,
) -> String {
    let centre = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
    // Away from the middle of the circle; for two transactions, to the right of the way.
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let out = (dy / length, -dx / length);
    let away = (centre.0 - middle.0) * out.0 + (centre.1 - middle.1) * out.1;
    let sign = if away < -0.5 { -1.0 } else { 1.0 };
    let bend = (centre.0 + out.0 * 56.0 * sign, centre.1 + out.1 * 40.0 * sign);
    // Ends outside the boxes of the transactions.
    let towards = |end: (f64, f64, f64)| {
        let (dx, dy) = (bend.0 - end.0, bend.1 - end.1);
        let scale = (24.0 / dy.abs().max(1.0)).min(120.0 / dx.abs().max(1.0));
        (end.0 + dx * scale, end.1 + dy * scale)
    };
    let (begin, end) = (towards(from), towards(to));
    let angle = (end.1 - bend.1).atan2(end.0 - bend.0);
    let tip = |turn: f64| (end.0 - 9.0 * (angle + turn).cos(), end.1 - 9.0 * (angle + turn).sin());
    let (left, right) = (tip(0.4), tip(-0.4));
    let label = ((begin.0 + 2.0 * bend.0 + end.0) / 4.0, (begin.1 + 2.0 * bend.1 + end.1) / 4.0);
    let anchor = if label.0 >= middle.0 { "start" } else { "end" };
    let x = label.0 + if label.0 >= middle.0 { 8.0 } else { -8.0 };
    format!(
        "<path class=\"svg-edge\" d=\"M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1}\"/>\
         <path class=\"svg-arrow\" d=\"M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z\"/>\
         <text class=\"svg-label\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>\
         <text class=\"svg-soft\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>\n",
        begin.0,
        begin.1,
        bend.0,
        bend.1,
        end.0,
        end.1,
        end.0,
        end.1,
        left.0,
        left.1,
        right.0,
        right.1,
        label.1 - 1.0,
        escaped(kind),
        label.1 + 12.0,
        escaped(&shortened(why, TEXT_CHARS))
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
