//! Proves cycles of a result against the history, independently of how they were found: every step
//! must follow from values, processes and times alone.

use glomers_history::{History, Kind, Operation, Process, Value};
use std::collections::HashMap;

/// A history, and the orders that its reads show.
pub(crate) struct Prover<'a> {
    history: &'a History,
    /// Positions by index.
    positions: HashMap<i64, usize>,
    /// By key and element: the elements that lists show right after it; `None` precedes the first.
    /// The same for versions of registers that a transaction read, and then overwrote.
    next: HashMap<(Value, Option<Value>), Vec<Value>>,
    /// By key: the last element of its longest list.
    last: HashMap<Value, (usize, Value)>,
}

/// `[f key value]`
fn parts(micro_op: &Value) -> (&str, &Value, &Value) {
    match micro_op.elements() {
        Some([Value::Keyword(f), key, value]) => (f, key, value),
        _ => panic!("no operation of a transaction: {micro_op:?}"),
    }
}

fn micro_ops(operation: &Operation) -> &[Value] {
    operation.value.elements().unwrap_or_default()
}

/// The first read of a key, unless it was written before, and the last write.
fn external<'a>(operation: &'a Operation, key: &Value) -> (Option<&'a Value>, Option<&'a Value>) {
    let of_key = || micro_ops(operation).iter().map(parts).filter(|(_, k, _)| *k == key);
    let read = of_key().next().filter(|(f, ..)| *f == "r").map(|(_, _, value)| value);
    (read, of_key().rfind(|(f, ..)| *f != "r").map(|(_, _, value)| value))
}

impl<'a> Prover<'a> {
    pub(crate) fn new(history: &'a History) -> Self {
        let mut prover =
            Self { history, positions: HashMap::new(), next: HashMap::new(), last: HashMap::new() };
        for (position, operation) in history.client_operations() {
            prover.positions.insert(operation.index.try_into().unwrap(), position);
            if operation.kind != Kind::Ok {
                continue;
            }
            for (f, key, value) in micro_ops(operation).iter().map(parts) {
                match (f, value) {
                    ("r", Value::Vector(list)) => prover.note_list(key, list),
                    ("w", _) => {
                        if let (Some(read), Some(write)) = external(operation, key) {
                            let key_and_value = (key.clone(), Some(read.clone()));
                            prover.next.entry(key_and_value).or_default().push(write.clone());
                        }
                    }
                    _ => {}
                }
            }
        }
        prover
    }

    fn note_list(&mut self, key: &Value, list: &[Value]) {
        let mut before = None;
        for element in list {
            let after = self.next.entry((key.clone(), before.clone())).or_default();
            if !after.contains(element) {
                after.push(element.clone());
            }
            before = Some(element.clone());
        }
        if let Some(element) = before {
            let longest = self.last.entry(key.clone()).or_insert((0, Value::Nil));
            if list.len() > longest.0 {
                *longest = (list.len(), element);
            }
        }
    }

    /// The position of a quoted entry, which must be quoted correctly.
    fn position(&self, quoted: &Value) -> usize {
        let Value::Tagged(tagged) = quoted else { panic!("{quoted:?} is no operation") };
        let index = tagged.1.get("index").unwrap().as_int().unwrap();
        let position = self.positions[&index];
        assert_eq!(self.history.operations()[position].to_value(), *quoted);
        position
    }

    /// Panics unless an entry of `:anomalies` is a cycle of its stated type.
    pub(crate) fn prove(&self, anomaly: &str, entry: &Value) {
        let cycle = entry.get("cycle").unwrap().elements().unwrap();
        let steps = entry.get("steps").unwrap().elements().unwrap();
        assert_eq!(*entry.get("type").unwrap(), Value::keyword(anomaly));
        assert_eq!(cycle.len(), steps.len() + 1);
        assert_eq!(cycle.first(), cycle.last(), "a cycle ends where it began");
        let is_loop = steps.len() == 1;
        assert!(!is_loop || anomaly == "G1c", "a transaction may only read what it writes later");
        let positions: Vec<usize> = cycle.iter().map(|quoted| self.position(quoted)).collect();
        for (pair, step) in positions.windows(2).zip(steps) {
            assert!(self.follows(pair[0], pair[1], step), "{anomaly}: {step:?} is not shown");
        }
        assert_eq!(name(steps), anomaly);
    }

    fn follows(&self, a: usize, b: usize, step: &Value) -> bool {
        let [first, second] = [a, b].map(|position| &self.history.operations()[position]);
        let get = |key: &str| step.get(key).unwrap();
        match step.get("type").unwrap() {
            Value::Keyword(kind) if kind == "process" => {
                let Process::Client(process) = first.process else { return false };
                first.process == second.process && a < b && *get("process") == Value::from(process)
            }
            Value::Keyword(kind) if kind == "realtime" => {
                let begin = self.position(get("b"));
                self.position(get("a'")) == a
                    && self.history.counterpart(begin) == Some(second)
                    && first.kind == Kind::Ok
                    && a < begin
            }
            Value::Keyword(kind) => {
                let micro_op = |operation: &'a Operation, name: &str| {
                    let index: usize = get(name).as_int().unwrap().try_into().unwrap();
                    parts(&micro_ops(operation)[index])
                };
                let (key, value) = (get("key"), get("value"));
                let (f, first_key, from) = micro_op(first, "a-mop-index");
                let (g, second_key, to) = micro_op(second, "b-mop-index");
                assert!(first_key == key && second_key == key);
                let is_list = f == "append" || g == "append";
                if is_list {
                    self.follows_in_list(kind, (f, from), (g, to), step)
                } else {
                    let (write, read) = (external(first, key).1, external(second, key).0);
                    match (&**kind, f, g) {
                        ("wr", "w", "r") => {
                            write == Some(value) && read == Some(value) && from == to
                        }
                        ("ww", "w", "w") | ("rw", "r", "w") => {
                            let is_external = if f == "w" {
                                write == Some(value)
                            } else {
                                external(first, key).0 == Some(value)
                            };
                            let next = self.next.get(&(key.clone(), Some(value.clone())));
                            let is_next = next.is_some_and(|next| next.contains(to));
                            let is_written = external(second, key).1 == Some(to);
                            from == value
                                && to == get("value'")
                                && is_external
                                && is_written
                                && (is_next || *value == Value::Nil)
                        }
                        _ => false,
                    }
                }
            }
            other => panic!("{other:?} is no kind of step"),
        }
    }

    fn follows_in_list(
        &self,
        kind: &str,
        (f, from): (&str, &Value),
        (g, to): (&str, &Value),
        step: &Value,
    ) -> bool {
        let get = |key: &str| step.get(key).unwrap();
        let (key, value) = (get("key"), get("value"));
        let last = |list: &Value| list.elements().unwrap_or_default().last().cloned();
        let before = (*value != Value::keyword("elle.list-append/init")).then(|| value.clone());
        match (kind, f, g) {
            ("wr", "append", "r") => from == value && last(to).as_ref() == Some(value),
            ("ww", "append", "append") | ("rw", "r", "append") => {
                let starts = if f == "r" { last(from) == before } else { from == value };
                let key_and_value = (key.clone(), before.clone());
                let is_next = self.next.get(&key_and_value).is_some_and(|next| next.contains(to));
                // Elements that were never read come after all that were.
                let is_read =
                    |((k, _), next): (&(Value, _), &Vec<Value>)| k == key && next.contains(to);
                let longest = self.last.get(key).map(|(_, element)| element.clone());
                let is_after_all = longest == before && !self.next.iter().any(is_read);
                starts && to == get("value'") && (is_next || is_after_all)
            }
            _ => false,
        }
    }
}

/// The name of a cycle of these steps.
fn name(steps: &[Value]) -> String {
    let kinds: Vec<&str> = steps
        .iter()
        .map(|step| match step.get("type") {
            Some(Value::Keyword(kind)) => kind.as_str(),
            _ => panic!("a step without a type"),
        })
        .collect();
    let count = |kind: &str| kinds.iter().filter(|other| **other == kind).count();
    let pairs = kinds.iter().zip(kinds.iter().cycle().skip(1));
    let is_adjacent = pairs.into_iter().any(|(a, b)| *a == "rw" && *b == "rw");
    let base = match (count("rw"), is_adjacent, count("wr")) {
        (1, ..) => "G-single-item",
        (2.., true, _) => "G2-item",
        (2.., false, _) => "G-nonadjacent-item",
        (0, _, 0) => "G0",
        (0, _, _) => "G1c",
    };
    let suffix = match (count("realtime"), count("process")) {
        (0, 0) => "",
        (0, _) => "-process",
        _ => "-realtime",
    };
    format!("{base}{suffix}")
}
