//! Findings in plain language.

use super::quotes::Entries;
use super::value::expectation;
use super::{CycleStep, Finding, OpPosition, with_next};
use crate::Moment;
use crate::excerpt::json;
use crate::transactions::dependency_graph::Edge;
use crate::transactions::reading::{Datatype, TransactionHistory};
use glomers_history::Value;

/// Maximum number of transactions that are named.
const SHOWN: usize = 3;

/// The description of an anomaly, by its name in results.
pub(crate) fn meaning(name: &str) -> &'static str {
    let name = name.strip_suffix("-process").or(name.strip_suffix("-realtime")).unwrap_or(name);
    match name {
        "G0" => "transactions wrote over each other in a circle",
        "G1a" => "reads showed what a failed transaction wrote",
        "G1b" => "reads showed what its writer had yet to overwrite in the same transaction",
        "G1c" => "transactions in a circle saw, or overwrote, each other's writes",
        "G-single" | "G-single-item" => {
            "a transaction missed a write that it should have seen (read skew)"
        }
        "G-nonadjacent" | "G-nonadjacent-item" => {
            "transactions missed writes that they should have seen, at several places of a circle"
        }
        "G2" | "G2-item" => "transactions missed each other's writes (write skew)",
        "internal" => "transactions read something else than they read or wrote just before",
        "future-read" => "transactions read what they only wrote later",
        "duplicate-elements" => "reads showed an element more than once, though appended once",
        "incompatible-order" => "reads showed appends to a key in different orders",
        "dirty-update" => "committed transactions built on what a failed one wrote",
        "lost-update" => "several transactions updated the same version, so that updates are lost",
        "cyclic-versions" => "versions of a key come before themselves",
        "empty-transaction-graph" => "no transaction has to do with another: nothing is shown",
        "cycle-search-timeout" => "the search ended before everything was looked at",
        _ => "transactions depend on each other in a circle",
    }
}

/// Writes findings as lines.
pub(crate) struct Narrator<'a> {
    pub(crate) history: &'a TransactionHistory,
    pub(crate) entries: &'a dyn Entries,
}

impl Narrator<'_> {
    /// A finding, on one line or, for a cycle, several.
    pub(crate) fn lines(&self, finding: &Finding) -> Vec<String> {
        let atom = |atom| json(&self.history.versions.atoms.value(atom));
        let list = |atoms| json(&self.history.versions.atoms.vector(atoms));
        let line = match finding {
            Finding::Aborted { reader, writer, element } => {
                let what = element.map_or_else(|| "it".to_owned(), atom);
                format!("{}, but {what} was written by {}", self.read(*reader), self.when(*writer))
                    + ", which failed"
            }
            Finding::Intermediate { reader, writer, element } => {
                let what = element.map_or_else(|| "it".to_owned(), atom);
                format!("{}, but {what} was written by {}", self.read(*reader), self.when(*writer))
                    + ", which then wrote more to that key"
            }
            Finding::Internal { reader, is_whole, expected } => {
                let expected = json(&expectation(self.history, *is_whole, expected));
                format!("{}, but should have read {expected}", self.read(*reader))
            }
            Finding::FutureRead { reader, element } => {
                let element = atom(*element);
                format!("{}, and wrote {element} only after that", self.read(*reader))
            }
            Finding::Duplicates { reader, elements } => {
                let times = |&(element, count): &_| format!("{} {count} times", atom(element));
                let times: Vec<String> = elements.iter().map(times).collect();
                format!("{}, with {}", self.read(*reader), times.join(", "))
            }
            Finding::IncompatibleOrder { key, values: [first, second] } => {
                format!(
                    "key {} was read as {}, and as {}",
                    self.key(*key),
                    list(first),
                    list(second)
                )
            }
            Finding::DirtyUpdate { key, values, writers: [aborted, committed] } => format!(
                "{} appended {} to key {} and failed, but {} then appended {} to it",
                self.who(*aborted),
                values.first().map_or_else(String::new, |&first| atom(first)),
                self.key(*key),
                self.who(*committed),
                values.last().map_or_else(String::new, |&last| atom(last)),
            ),
            Finding::LostUpdate { key, read, transactions } => {
                let who: Vec<String> =
                    transactions.iter().map(|&number| self.who(number)).collect();
                let value = json(&self.history.value(*read));
                let key = self.key(*key);
                format!("key {key} was read as {value}, and then written, by {}", who.join("; by "))
            }
            Finding::CyclicVersions { key, versions } => {
                format!("key {}: {}", self.key(*key), list(versions))
            }
            Finding::Cycle { steps, .. } => return self.cycle(steps),
            Finding::SomeCycle(existence) => {
                let who: Vec<String> =
                    existence.transactions.iter().take(SHOWN).map(|&t| self.who(t)).collect();
                let count = existence.transactions.len();
                format!("among {count} transactions, for example {}", who.join("; "))
            }
            Finding::Unfinished(unfinished) => {
                let open: Vec<_> = unfinished.anomalies.iter().map(|a| a.name()).collect();
                let open = if open.is_empty() {
                    "dependencies between many and many were followed in part".to_owned()
                } else {
                    format!("not known to be absent: {}", open.join(", "))
                };
                format!("among {} transactions; {open}", unfinished.component_size)
            }
        };
        vec![line]
    }

    fn cycle(&self, steps: &[CycleStep]) -> Vec<String> {
        let introduce = |(number, step): (usize, &CycleStep)| {
            let operation = self.entries.entry(self.position(step.transaction) as usize);
            let value = operation.map_or(Value::Nil, |operation| operation.value.clone());
            format!("T{} is {} by {}", number + 1, json(&value), self.who(step.transaction))
        };
        let mut lines: Vec<String> = steps.iter().enumerate().map(introduce).collect();
        for (index, (step, next)) in with_next(steps).enumerate() {
            let names = [index, (index + 1) % steps.len()].map(|number| format!("T{}", number + 1));
            let why = self.why(step, next, &names);
            let is_last = index + 1 == steps.len();
            lines.push(if is_last { format!("but {why}: a contradiction") } else { why });
        }
        lines
    }

    /// Why one transaction comes before the next.
    fn why(&self, step: &CycleStep, next: &CycleStep, [a, b]: &[String; 2]) -> String {
        let Some(reason) = step.reason else {
            let entry = self.history.entry(step.transaction);
            if step.edge == Edge::Process {
                return format!("{a} was before {b} in process {}", entry.process);
            }
            let invoked = self.history.entry(next.transaction).invoked;
            let (end, begin) = (self.when(entry.position), self.when(invoked));
            return format!("{a} finished ({end}) before {b} began ({begin})");
        };
        let version = |version| json(&self.history.versions.value(version));
        let key = self.key(reason.key);
        let next = reason.next.map(version).unwrap_or_default();
        let is_list = self.history.datatype == Datatype::ListAppend;
        if let (Some(value), true) = (reason.value, a == b) {
            let value = version(value);
            return format!("{a} read {value} from key {key}, which it wrote only after that");
        }
        match (reason.value, step.edge) {
            (None, _) => {
                format!("{a} read key {key} while it was empty, and {b} appended {next} to it")
            }
            (Some(value), Edge::Wr) => {
                let wrote = if is_list { "appended" } else { "wrote" };
                format!("{a} {wrote} {} to key {key}, and {b} read it", version(value))
            }
            (Some(value), Edge::Ww) if is_list => format!(
                "{a} appended {} to key {key}, and {b} appended {next} after it",
                version(value)
            ),
            (Some(value), Edge::Ww) => {
                format!("{a} wrote {} to key {key}, and {b} wrote {next} over it", version(value))
            }
            (Some(value), _) if is_list => format!(
                "{a} read key {key} up to {}, and did not see {next}, which {b} appended",
                version(value)
            ),
            (Some(value), _) => {
                format!("{a} read {} from key {key}, and {b} wrote {next} over it", version(value))
            }
        }
    }

    fn read(&self, position: OpPosition) -> String {
        let micro_op = self.history.micro_ops(position.transaction)[position.micro_op as usize];
        let key = self.key(micro_op.key());
        let value = json(&self.history.value(micro_op));
        format!("{} read key {key} as {value}", self.who(position.transaction))
    }

    fn key(&self, key: u32) -> String {
        json(&self.history.versions.key_value(key))
    }

    fn position(&self, transaction: u32) -> u32 {
        self.history.entry(transaction).position
    }

    fn who(&self, transaction: u32) -> String {
        self.when(self.position(transaction))
    }

    fn when(&self, position: u32) -> String {
        match self.entries.entry(position as usize) {
            Some(operation) => Moment::from(operation).to_string(),
            None => format!("the transaction at position {position}"),
        }
    }
}
