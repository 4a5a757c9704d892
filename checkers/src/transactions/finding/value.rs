//! Findings as results.edn has them.

use super::quotes::{Entries, quote};
use super::{CycleStep, Finding, OpPosition, with_next};
use crate::result_map::result_map;
use crate::transactions::dependency_graph::Edge;
use crate::transactions::models::Anomaly;
use crate::transactions::reading::{Atom, Datatype, TransactionHistory};
use glomers_history::Value;

/// The value of unknown data.
fn unknown() -> Value {
    Value::Symbol("...".into())
}

impl Finding {
    /// The entry of `:anomalies`.
    pub(crate) fn to_value(&self, history: &TransactionHistory, entries: &dyn Entries) -> Value {
        let atoms = &history.versions.atoms;
        let op = |number: u32| quote(entries, history.entry(number).position);
        let read = |position: OpPosition| {
            let micro_op = history.micro_ops(position.transaction)[position.micro_op as usize];
            [("op", op(position.transaction)), ("mop", history.micro_op_value(micro_op))]
        };
        let key = |key: u32| ("key", history.versions.key_value(key));
        let shown: Vec<(&'static str, Value)> = match self {
            Self::Aborted { reader, writer, element }
            | Self::Intermediate { reader, writer, element } => {
                let mut entry = read(*reader).to_vec();
                entry.push(("writer", quote(entries, *writer)));
                entry.extend(element.map(|element| ("element", atoms.value(element))));
                entry
            }
            Self::Internal { reader, is_whole, expected } => {
                let mut entry = read(*reader).to_vec();
                entry.push(("expected", expectation(history, *is_whole, expected)));
                entry
            }
            Self::FutureRead { reader, element } => {
                let mut entry = read(*reader).to_vec();
                entry.push(("element", atoms.value(*element)));
                entry
            }
            Self::Duplicates { reader, elements } => {
                let mut entry = read(*reader).to_vec();
                let count = |&(atom, count)| (atoms.value(atom), Value::from(count));
                entry.push(("duplicates", Value::Map(elements.iter().map(count).collect())));
                entry
            }
            Self::IncompatibleOrder { key: of, values } => {
                let values = values.iter().map(|list| atoms.vector(list)).collect();
                vec![key(*of), ("values", Value::Vector(values))]
            }
            Self::DirtyUpdate { key: of, values, writers: [first, last] } => vec![
                key(*of),
                ("values", atoms.vector(values)),
                ("txns", Value::Vector(vec![op(*first), unknown(), op(*last)])),
            ],
            Self::LostUpdate { key: of, read, transactions } => vec![
                key(*of),
                ("value", history.value(*read)),
                ("txns", Value::Vector(transactions.iter().map(|&txn| op(txn)).collect())),
            ],
            Self::CyclicVersions { key: of, versions } => vec![
                key(*of),
                ("scc", Value::Set(versions.iter().map(|&atom| atoms.value(atom)).collect())),
                (
                    "sources",
                    Value::Vector(["initial-state", "wfr-keys"].map(Value::keyword).to_vec()),
                ),
            ],
            Self::Cycle { name, steps } => {
                let closed = steps.iter().chain(steps.first());
                let cycle = closed.map(|step| op(step.transaction)).collect();
                let steps =
                    with_next(steps).map(|(a, b)| step_value(history, entries, a, b)).collect();
                vec![
                    ("cycle", Value::Vector(cycle)),
                    ("steps", Value::List(steps)),
                    ("type", Value::keyword(name)),
                ]
            }
            Self::SomeCycle(existence) => {
                let index = |&number: &u32| Value::from(history.entry(number).index);
                vec![
                    ("type", Value::keyword(existence.anomaly.name())),
                    ("not", Value::keyword(existence.model.name())),
                    ("subgraph", existence.subgraph.to_value()),
                    ("scc-size", Value::from(existence.transactions.len())),
                    ("scc", Value::Set(existence.transactions.iter().map(index).collect())),
                ]
            }
            Self::Unfinished(unfinished) => {
                let name = |anomaly: &Anomaly| Value::keyword(anomaly.name());
                let unknown = unfinished.anomalies.first().map_or(Value::Nil, name);
                let absent = unfinished.does_not_contain.iter().map(name).collect();
                vec![
                    ("type", Value::keyword(Anomaly::CycleSearchTimeout.name())),
                    ("anomaly-spec-type", unknown),
                    ("does-not-contain", Value::List(absent)),
                    ("scc-size", Value::from(unfinished.component_size)),
                ]
            }
        };
        result_map(shown)
    }
}

/// The value that should have been read.
pub(super) fn expectation(
    history: &TransactionHistory,
    is_whole: bool,
    expected: &[Atom],
) -> Value {
    let mut values = expected.iter().map(|&atom| history.versions.atoms.value(atom));
    match history.datatype {
        Datatype::Register => values.next_back().unwrap_or(Value::Nil),
        Datatype::ListAppend if is_whole => Value::Vector(values.collect()),
        Datatype::ListAppend => Value::Vector(std::iter::once(unknown()).chain(values).collect()),
    }
}

fn step_value(
    history: &TransactionHistory,
    entries: &dyn Entries,
    step: &CycleStep,
    next: &CycleStep,
) -> Value {
    let kind = ("type", Value::keyword(step.edge.name()));
    let Some(reason) = step.reason else {
        let entry = history.entry(step.transaction);
        return match step.edge {
            Edge::Process => result_map([kind, ("process", Value::from(entry.process))]),
            _ => result_map([
                kind,
                ("a'", quote(entries, entry.position)),
                ("b", quote(entries, history.entry(next.transaction).invoked)),
            ]),
        };
    };
    // The initial state of a list is a keyword of the reference's own code.
    let initial = || Value::keyword("elle.list-append/init");
    let value = reason.value.map_or_else(initial, |version| history.versions.value(version));
    let key = ("key", history.versions.key_value(reason.key));
    let value = ("value", value);
    let next = reason.next.map(|version| ("value'", history.versions.value(version)));
    let positions = [
        ("a-mop-index", Value::from(reason.earlier_position)),
        ("b-mop-index", Value::from(reason.later_position)),
    ];
    // The order of keys is that of the reference's maps.
    let data = [key, value].into_iter().chain(next);
    match history.datatype {
        Datatype::Register if step.edge != Edge::Wr => {
            result_map(data.chain([kind]).chain(positions))
        }
        _ => result_map([kind].into_iter().chain(data).chain(positions)),
    }
}
