//! Entries that no run of the reference has: how they are judged depends on the checker, so each
//! kind is reported next to the verdict.

use crate::Moment;
use crate::excerpt::edn;
use crate::plural::plural;
use glomers_config::Workload;
use glomers_history::{Function, History, Kind, Mispaired, Operation, Value};
use std::fmt;

/// Entries of one kind that are malformed, and the first of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Malformed {
    /// Entries that break the rule that each process invokes, completes, and then invokes again.
    Mispaired {
        /// Number of entries.
        count: usize,
        /// The first of them.
        first: Mispaired,
    },
    /// Entries with a function that the workload does not have.
    ForeignFunction {
        /// Number of entries.
        count: usize,
        /// The function of the first of them.
        f: Function,
        /// The first of them.
        first: Moment,
        /// The functions that the workload has.
        known: &'static [&'static str],
    },
    /// Completions that do not match their invocation.
    UnlikeRequest {
        /// Number of completions.
        count: usize,
        /// The first of them.
        completion: Moment,
        /// The value of the completion, as EDN.
        answer: String,
        /// Its invocation.
        invocation: Moment,
        /// The value of the invocation, as EDN.
        request: String,
    },
}

/// The malformed entries of a history, except for transactions whose completion does not match
/// their invocation.
pub(crate) fn malformed(workload: Workload, history: &History) -> Vec<Malformed> {
    let count = history.mispaired_count();
    let mispaired = history.first_mispaired().map(|first| Malformed::Mispaired { count, first });
    let foreign = foreign_functions(workload, history);
    mispaired.into_iter().chain(foreign).chain(unlike_requests(workload, history)).collect()
}

/// The functions that clients call.
fn functions(workload: Workload) -> &'static [&'static str] {
    match workload {
        Workload::Broadcast => &["broadcast", "read"],
        Workload::Echo => &["echo"],
        Workload::GCounter | Workload::GSet | Workload::PnCounter => &["add", "read"],
        Workload::Kafka => {
            &["assign", "crash", "debug-topic-partitions", "poll", "send", "subscribe", "txn"]
        }
        Workload::LinKv => &["cas", "read", "write"],
        Workload::TxnListAppend | Workload::TxnRwRegister => &["txn"],
        Workload::UniqueIds => &["generate"],
    }
}

/// Whether any client operation is one that the workload has.
#[must_use]
pub fn has_operation_of(workload: Workload, history: &History) -> bool {
    let known = functions(workload);
    history.client_operations().any(|(_, operation)| known.contains(&operation.f.name()))
}

fn foreign_functions(workload: Workload, history: &History) -> Option<Malformed> {
    let known = functions(workload);
    let is_foreign = |operation: &&Operation| !known.contains(&operation.f.name());
    let clients = || history.client_operations().map(|(_, operation)| operation);
    let first = clients().find(is_foreign)?;
    // Elle's checkers ignore the function of an operation: other recorders use any name.
    let is_transaction = matches!(workload, Workload::TxnListAppend | Workload::TxnRwRegister);
    if is_transaction && clients().all(|operation| operation.f == first.f) {
        return None;
    }
    Some(Malformed::ForeignFunction {
        count: clients().filter(is_foreign).count(),
        f: first.f.clone(),
        first: first.into(),
        known,
    })
}

fn unlike_requests(workload: Workload, history: &History) -> Option<Malformed> {
    let completions = history.client_operations().filter_map(|(position, completion)| {
        let is_completion = completion.kind != Kind::Invoke;
        Some((completion, history.counterpart(position).filter(|_| is_completion)?))
    });
    let mut unlike = completions.filter(|(completion, invocation)| {
        completion.f != invocation.f
            || completion.kind == Kind::Ok && !answers(workload, invocation, completion)
    });
    let (completion, invocation) = unlike.next()?;
    Some(unlike_request(1 + unlike.count(), completion, invocation))
}

/// Number of completions that do not match their invocation, and the first of them.
pub(crate) fn unlike_request(
    count: usize,
    completion: &Operation,
    invocation: &Operation,
) -> Malformed {
    let shown = |operation: &Operation| match operation.value {
        Value::Nil => operation.f.to_string(),
        _ => format!("{} {}", operation.f, edn(&operation.value)),
    };
    Malformed::UnlikeRequest {
        count,
        completion: completion.into(),
        answer: shown(completion),
        invocation: invocation.into(),
        request: shown(invocation),
    }
}

/// Whether a successful completion may answer its invocation, which calls the same function.
fn answers(workload: Workload, invocation: &Operation, completion: &Operation) -> bool {
    let (asked, answered) = (&invocation.value, &completion.value);
    let is_same = || asked == answered || *answered == Value::Nil;
    match (workload, &invocation.f) {
        (Workload::Broadcast | Workload::GSet, Function::Broadcast | Function::Add)
        | (Workload::GCounter | Workload::PnCounter, Function::Add)
        | (Workload::Kafka, Function::Assign)
        | (Workload::LinKv, Function::Write | Function::Cas) => is_same(),
        (Workload::LinKv, Function::Read) => match (pair(asked), pair(answered)) {
            (Some([key, _]), Some([other, _])) => key == other,
            // A register without a key.
            _ => true,
        },
        (Workload::Kafka, Function::Poll | Function::Send | Function::Txn) => {
            let asked = asked.elements().unwrap_or_default();
            let answered = answered.elements().unwrap_or_default();
            asked.len() == answered.len()
                && asked.iter().zip(answered).all(|(asked, answered)| is_part_of(asked, answered))
        }
        // Answers of echo and transactions are compared where they are judged, and an id may be any
        // value.
        _ => true,
    }
}

/// Whether a part of a kafka operation may answer that part of its invocation.
fn is_part_of(asked: &Value, answered: &Value) -> bool {
    let (Some(asked), Some(answered)) = (asked.elements(), answered.elements()) else {
        return asked == answered;
    };
    match (asked, answered) {
        ([f, key, value], [g, other, sent]) => {
            let message = pair(sent).map_or(sent, |[_, message]| message);
            f == g && key == other && (value == message || value == sent)
        }
        _ => asked.first() == answered.first(),
    }
}

fn pair(value: &Value) -> Option<&[Value; 2]> {
    value.elements()?.try_into().ok()
}

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mispaired { count, first } => {
                let pairs = plural(*count, "entry does", "entries do");
                write!(out, "{pairs} not pair, first ")?;
                match first {
                    Mispaired::StillRunning { index, running } => write!(
                        out,
                        "entry {index}, which begins an operation though that of entry {running} \
                         by the same process is not over"
                    )?,
                    Mispaired::NeverBegan { index } => write!(
                        out,
                        "entry {index}, which completes an operation though its process has begun none"
                    )?,
                }
                write!(
                    out,
                    ": each operation is an invocation and one completion, and a process runs one at a time."
                )
            }
            Self::ForeignFunction { count, f, first, known } => write!(
                out,
                "{} what this workload does not have, first {f} ({first}): it has {}.",
                plural(*count, "entry calls", "entries call"),
                known.join(", ")
            ),
            Self::UnlikeRequest { count, completion, answer, invocation, request } => write!(
                out,
                "{} something else than was asked for, first {answer} ({completion}), while {request} \
                 was asked for ({invocation}): check how the history was recorded.",
                plural(*count, "completion answers", "completions answer"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{sample, texts};
    use crate::{Checked, Criteria, check, judge};
    use insta::assert_snapshot;

    /// The verdict of the workload's checker, why, and the warnings.
    fn judged(workload: Workload, lines: &str) -> String {
        let (criteria, history) = (Criteria::new(workload), sample(lines));
        let Checked { judgement, findings } = check(&criteria, &history, None);
        let verdict = judgement.verdicts.into_iter().find(|(key, _)| *key == "workload");
        let valid = edn(&verdict.unwrap().1.valid.to_value());
        let why = texts(&findings.explanations());
        let warned = findings.warnings();
        let warned =
            warned.iter().filter(|warning| matches!(warning, crate::Warning::Malformed(_)));
        let warned: Vec<String> = warned.map(ToString::to_string).collect();
        format!("{valid}\nwhy: {why}\nwarning: {}", warned.join("\nwarning: "))
    }

    #[test]
    fn what_does_not_pair_is_unknown_where_pairs_count() {
        let twice = "invoke 0 broadcast 0\n invoke 0 broadcast 1\n ok 0 broadcast 1
                     invoke 0 read nil\n ok 0 read [0 1]";
        assert_snapshot!(judged(Workload::Broadcast, twice), @r"
        :unknown
        why: the history cannot be judged: entry 1 begins an operation, though that of entry 0 by the same process is not over
        warning: 1 entry does not pair, first entry 1, which begins an operation though that of entry 0 by the same process is not over: each operation is an invocation and one completion, and a process runs one at a time.
        ");
        let double_ok = "invoke 0 txn [[:append 1 1]]\n ok 0 txn [[:append 1 1]]
                         ok 0 txn [[:append 1 1]]";
        assert_snapshot!(judged(Workload::TxnListAppend, double_ok), @r"
        :unknown
        why: the history cannot be judged: entry 2 completes an operation, which no earlier entry began
        warning: 1 entry does not pair, first entry 2, which completes an operation though its process has begun none: each operation is an invocation and one completion, and a process runs one at a time.
        ");
        let no_invocation = "invoke 0 send [[:send \"0\" 1]]\n ok 0 send [[:send \"0\" [0 1]]]
                             ok 0 poll [[:poll {\"0\" [[0 1]]}]]";
        assert_snapshot!(judged(Workload::Kafka, no_invocation), @r"
        :unknown
        why: the history cannot be judged: entry 2 completes an operation, which no earlier entry began
        warning: 1 entry does not pair, first entry 2, which completes an operation though its process has begun none: each operation is an invocation and one completion, and a process runs one at a time.
        ");
        assert_snapshot!(judged(Workload::LinKv, "ok 0 write [0 1]"), @r"
        :unknown
        why: the history cannot be judged: entry 0 completes an operation, which no earlier entry began
        warning: 1 entry does not pair, first entry 0, which completes an operation though its process has begun none: each operation is an invocation and one completion, and a process runs one at a time.
        ");
    }

    #[test]
    fn what_does_not_pair_keeps_its_verdict_elsewhere() {
        let ids = "invoke 0 generate nil\n ok 0 generate 1\n ok 0 generate 2";
        assert_snapshot!(judged(Workload::UniqueIds, ids), @r"
        true
        why: 
        warning: 1 entry does not pair, first entry 2, which completes an operation though its process has begun none: each operation is an invocation and one completion, and a process runs one at a time.
        ");
        let counter = "invoke 0 add 3\n ok 5 add 3\n invoke 1 read nil, :final? true
                       ok 1 read 3, :final? true";
        assert_snapshot!(judged(Workload::PnCounter, counter), @r"
        true
        why: 
        warning: 1 entry does not pair, first entry 1, which completes an operation though its process has begun none: each operation is an invocation and one completion, and a process runs one at a time.
        ");
        let models = [glomers_config::ConsistencyModel::Serializable];
        let history = sample("invoke 0 txn [[:w 1 1]]\n ok 0 txn [[:w 1 1]]\n ok 0 txn [[:r 1 1]]");
        let criteria = Criteria {
            consistency_models: models.to_vec(),
            ..Criteria::new(Workload::TxnRwRegister)
        };
        assert_eq!(judge(&criteria, &history, None).valid(), glomers_history::Validity::Valid);
    }

    #[test]
    fn foreign_functions_are_named() {
        let kafka = "invoke 0 send [[:send \"0\" 1]]\n ok 0 send [[:send \"0\" [0 1]]]
                     invoke 0 frob nil\n ok 0 frob nil";
        assert_snapshot!(judged(Workload::Kafka, kafka), @r#"
        false
        why: nothing is shown: no operation depends on another one (empty-transaction-graph)
        1 message was acknowledged, and never polled (unseen)
          key "0": 1
        warning: 2 entries call what this workload does not have, first frob (process 0 at 0.002 s, entry 2): it has assign, crash, debug-topic-partitions, poll, send, subscribe, txn.
        "#);
        let set = "invoke 0 add 1\n ok 0 add 1\n invoke 0 frob nil\n ok 0 frob nil";
        assert_snapshot!(judged(Workload::GSet, set), @r"
        :unknown
        why: the history cannot be judged: entry 2 calls frob, and a set only has read and add
        warning: 2 entries call what this workload does not have, first frob (process 0 at 0.002 s, entry 2): it has add, read.
        ");
        // Elle ignores the function of a transaction.
        let txn = "invoke 0 transfer [[:append 1 1]]\n ok 0 transfer [[:append 1 1]]";
        assert!(
            check(&Criteria::new(Workload::TxnListAppend), &sample(txn), None)
                .findings
                .warnings()
                .is_empty()
        );
    }

    #[test]
    fn answers_to_other_requests_are_named() {
        let append_for_read = "invoke 0 txn [[:append 1 1] [:r 2 nil]]
                               ok 0 txn [[:append 1 1] [:append 2 [1 2 3]]]
                               invoke 0 txn [[:r 1 nil]]
                               ok 0 txn [[:append 1 [1]]]";
        assert_snapshot!(judged(Workload::TxnListAppend, append_for_read), @r"
        true
        why: 
        warning: 2 completions answer something else than was asked for, first txn [[:append 1 1] [:append 2 [1 2 3]]] (process 0 at 0.001 s, entry 1), while txn [[:append 1 1] [:r 2 nil]] was asked for (process 0 at 0.000 s, entry 0): check how the history was recorded.
        ");
        let other_key = "invoke 0 txn [[:r 1 nil]]\n ok 0 txn [[:r 2 nil]]";
        assert_snapshot!(judged(Workload::TxnRwRegister, other_key), @r"
        false
        why: empty-transaction-graph: no transaction has to do with another: nothing is shown
        warning: 1 completion answers something else than was asked for, first txn [[:r 2 nil]] (process 0 at 0.001 s, entry 1), while txn [[:r 1 nil]] was asked for (process 0 at 0.000 s, entry 0): check how the history was recorded.
        ");
        let other_value = "invoke 0 write [0 1]\n ok 0 write [0 2]";
        assert_snapshot!(judged(Workload::LinKv, other_value), @r"
        true
        why: 
        warning: 1 completion answers something else than was asked for, first write [0 2] (process 0 at 0.001 s, entry 1), while write [0 1] was asked for (process 0 at 0.000 s, entry 0): check how the history was recorded.
        ");
        let other_function = "invoke 0 add 1\n ok 0 read [1]";
        assert_snapshot!(judged(Workload::GSet, other_function), @r"
        true
        why: 
        warning: 1 completion answers something else than was asked for, first read [1] (process 0 at 0.001 s, entry 1), while add 1 was asked for (process 0 at 0.000 s, entry 0): check how the history was recorded.
        ");
        let other_message = "invoke 0 send [[:send \"0\" 1]]\n ok 0 send [[:send \"0\" [0 2]]]";
        assert_snapshot!(judged(Workload::Kafka, other_message), @r#"
        false
        why: nothing is shown: no operation depends on another one (empty-transaction-graph)
        1 message was acknowledged, and never polled (unseen)
          key "0": 2
        warning: 1 completion answers something else than was asked for, first send [[:send "0" [0 2]]] (process 0 at 0.001 s, entry 1), while send [[:send "0" 1]] was asked for (process 0 at 0.000 s, entry 0): check how the history was recorded.
        "#);
    }

    #[test]
    fn right_answers_are_not_named() {
        for (workload, lines) in [
            (
                Workload::Kafka,
                "invoke 0 txn [[:send \"0\" 1] [:poll]]
                               ok 0 txn [[:send \"0\" [0 1]] [:poll {\"0\" [[0 1]]}]]
                               invoke 0 crash nil\n info 0 crash nil",
            ),
            (Workload::LinKv, "invoke 0 read [0 nil]\n ok 0 read [0 1]"),
            (
                Workload::TxnListAppend,
                "invoke 0 txn [[:r 1 nil] [:append 1 7]]
                                       ok 0 txn [[:r 1 [3]] [:append 1 7]]",
            ),
            (Workload::Broadcast, "invoke 0 broadcast 1\n info 0 broadcast 1"),
            (Workload::Echo, "invoke 0 echo \"a\"\n ok 0 echo {:echo \"a\"}"),
        ] {
            let warned = check(&Criteria::new(workload), &sample(lines), None).findings.warnings();
            let malformed =
                |warning: &crate::Warning| matches!(warning, crate::Warning::Malformed(_));
            assert!(!warned.iter().any(malformed), "{}", texts(&warned));
        }
    }
}
