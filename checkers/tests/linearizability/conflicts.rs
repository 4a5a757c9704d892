//! The operations in an explanation really conflict, and its text is as expected.

use crate::script::{self, history, steps};
use glomers_checkers::{Criteria, Explanation, check, linearizable_registers};
use glomers_config::Workload;
use glomers_history::{Function, History, Kind, Operation, Process, Validity, Value, read_history};
use insta::assert_snapshot;
use proptest::prelude::*;
use std::collections::HashMap;

fn explained(lines: &str) -> String {
    let lines = lines.lines().map(str::trim).enumerate();
    let entry = |(index, line): (usize, &str)| {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().unwrap();
        let (kind, process, f, value) = (word(), word(), word(), word());
        format!(
            "{{:index {index}, :time {index}000000, :type :{kind}, :process {process}, :f :{f}, \
             :value {value}}}"
        )
    };
    let text = lines.map(entry).collect::<Vec<_>>().join("\n");
    let history = read_history(text.as_bytes()).unwrap();
    let texts = check(&Criteria::new(Workload::LinKv), &history, None).findings.explanations();
    texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_stale_read_is_shown_with_what_was_read_before_it() {
    let lines = "invoke 0 write [7 1]
                 ok 0 write [7 1]
                 invoke 2 read [7 nil]
                 ok 2 read [7 1]
                 invoke 1 write [7 2]
                 ok 1 write [7 2]
                 invoke 2 read [7 nil]
                 ok 2 read [7 2]
                 invoke 3 cas [8 [1 2]]
                 fail 3 cas [8 [1 2]]
                 invoke 3 cas [7 [2 3]]
                 invoke 2 read [7 nil]
                 ok 2 read [7 1]
                 ok 3 cas [7 [2 3]]";
    assert_snapshot!(explained(lines), @r"
    1 of 2 keys have operations that no order explains
      key 7: read 1 (process 2, entries 11 to 12) succeeded, but the register could only hold 2 or 3 then (cas from 2 to 3 (process 3, entries 10 to 13) had not ended); it has no place in any order of read 2 (process 2, entries 6 to 7)
      an operation must take effect once, between its request and its answer: answer from one place (lin-kv, or what the nodes agreed on), not from a copy that may be old
    ");
}

#[test]
fn two_cas_from_one_value_are_shown() {
    let lines = "invoke 0 write [\"k\" 1]
                 ok 0 write [\"k\" 1]
                 invoke 1 cas [\"k\" [1 2]]
                 invoke 2 cas [\"k\" [1 3]]
                 ok 1 cas [\"k\" [1 2]]
                 ok 2 cas [\"k\" [1 3]]";
    assert_snapshot!(explained(lines), @r#"
    1 of 1 key has operations that no order explains
      key "k": cas from 1 to 3 (process 2, entries 3 to 5) succeeded, but the register could only hold 2 then; it has no place in any order of cas from 1 to 2 (process 1, entries 2 to 4)
      an operation must take effect once, between its request and its answer: answer from one place (lin-kv, or what the nodes agreed on), not from a copy that may be old
    "#);
}

#[test]
fn a_value_that_no_one_wrote_needs_no_other_operation() {
    let lines = "invoke 0 write 1
                 ok 0 write 1
                 invoke 0 read nil
                 ok 0 read 5
                 invoke 0 write 5
                 ok 0 write 5";
    assert_snapshot!(explained(lines), @r"
    1 of 1 key has operations that no order explains
      read 5 (process 0, entries 2 to 3) succeeded, but the register could only hold 1 then; write 5 (process 0, entry 4) begins only later
      an operation must take effect once, between its request and its answer: answer from one place (lin-kv, or what the nodes agreed on), not from a copy that may be old
    ");
}

#[test]
fn writes_that_may_have_happened_are_named() {
    let uncertain = "invoke 0 write 7
                     ok 0 write 7
                     invoke 2 write 1
                     info 2 write 1
                     invoke 1 read nil
                     ok 1 read 2";
    assert_snapshot!(explained(uncertain), @r"
    1 of 1 key has operations that no order explains
      read 2 (process 1, entries 4 to 5) succeeded, but the register could only hold 1 or 7 then (the outcome of write 1 (process 2, entry 2) is unknown); no operation leaves 2
      an operation must take effect once, between its request and its answer: answer from one place (lin-kv, or what the nodes agreed on), not from a copy that may be old
    ");
    let open = "invoke 0 write [3 7]
                ok 0 write [3 7]
                invoke 2 write [3 1]
                invoke 1 read [3 nil]
                ok 1 read [3 2]
                ok 2 write [3 1]";
    assert_snapshot!(explained(open), @r"
    1 of 1 key has operations that no order explains
      key 3: read 2 (process 1, entries 3 to 4) succeeded, but the register could only hold 1 or 7 then (write 1 (process 2, entries 2 to 5) had not ended); no operation leaves 2
      an operation must take effect once, between its request and its answer: answer from one place (lin-kv, or what the nodes agreed on), not from a copy that may be old
    ");
    let cas = "invoke 0 write 7
               ok 0 write 7
               invoke 2 cas [7 4]
               info 2 cas [7 4]
               invoke 3 cas [5 6]
               info 3 cas [5 6]
               invoke 4 write 8
               info 4 write 8
               invoke 1 cas [2 3]
               ok 1 cas [2 3]";
    assert_snapshot!(explained(cas), @r"
    1 of 1 key has operations that no order explains
      cas from 2 to 3 (process 1, entries 8 to 9) succeeded, but the register could only hold 4, 7 or 8 then (the outcome of cas from 7 to 4 (process 2, entry 2) is unknown and the outcome of write 8 (process 4, entry 6) is unknown); no operation leaves 2
      an operation must take effect once, between its request and its answer: answer from one place (lin-kv, or what the nodes agreed on), not from a copy that may be old
    ");
}

#[test]
fn a_read_of_a_failed_write_names_that_write() {
    let failed = "invoke 0 write 1
                  ok 0 write 1
                  invoke 2 write 2
                  fail 2 write 2
                  invoke 1 read nil
                  ok 1 read 2";
    assert_snapshot!(explained(failed), @r"
    1 of 1 key has operations that no order explains
      read 2 (process 1, entries 4 to 5) succeeded, but the register could only hold 1 then; write 2 (process 2, entries 2 to 3) would explain it, but that failed
      an operation must take effect once, between its request and its answer: answer from one place (lin-kv, or what the nodes agreed on), not from a copy that may be old
    ");
}

/// The same calls, each by its own process: some have lost their completions, and a process runs
/// one operation at a time.
fn each_by_its_own_process(entries: impl Iterator<Item = Operation>) -> History {
    let mut processes = HashMap::new();
    let renumbered = (0..).zip(entries).map(|(index, entry)| {
        if entry.kind == Kind::Invoke {
            processes.insert(entry.process, Process::Client(index));
        }
        let process = processes.get(&entry.process).copied().unwrap_or(entry.process);
        Operation { index, process, ..entry }
    });
    renumbered.collect()
}

proptest! {
    #[test]
    fn what_the_register_could_hold_is_what_some_order_leads_to(steps in steps(3, 4, 16)) {
        let history = history(&steps, true);
        for explanation in check(&Criteria::new(Workload::LinKv), &history, None).findings.explanations() {
            let Explanation::NotLinearizable { examples, .. } = explanation else { continue };
            let (_, conflict) = &examples[0];
            let end = conflict.failed.completion.index;
            // A read of the value, instead of the failed operation, fits into an order.
            for value in [Value::Nil, Value::Int(0), Value::Int(1), Value::Int(2), Value::Int(3)] {
                if value == Value::Nil {
                    continue;
                }
                let begins = conflict.failed.invocation.index;
                // Operations that fail later change nothing.
                let fails = |position: usize| {
                    let end = history.counterpart(position);
                    end.is_some_and(|end| end.kind == Kind::Fail)
                };
                let kept = history.client_operations().filter(|(position, it)| {
                    let is_failure = it.kind == Kind::Fail || fails(*position);
                    it.index < end && it.index != begins && !is_failure
                });
                let kept = kept.map(|(_, it)| it);
                let mut entries: Vec<Operation> = kept.cloned().collect();
                entries.push(script::entry(0, Kind::Invoke, 99, Function::Read, Value::Nil));
                entries.push(script::entry(0, Kind::Ok, 99, Function::Read, value.clone()));
                let observed = each_by_its_own_process(entries.into_iter());
                let is_possible =
                    linearizable_registers(&observed).unwrap().validity() == Validity::Valid;
                prop_assert_eq!(conflict.held.contains(&value), is_possible, "{}", conflict);
            }
        }
    }

    #[test]
    fn what_is_shown_has_no_order_whatever_else_happens(steps in steps(3, 3, 24)) {
        let history = history(&steps, true);
        for explanation in check(&Criteria::new(Workload::LinKv), &history, None).findings.explanations() {
            let Explanation::NotLinearizable { examples, .. } = explanation else { continue };
            let (_, conflict) = &examples[0];
            let shown: Vec<u64> = std::iter::once(&conflict.failed)
                .chain(&conflict.others)
                .map(|call| call.completion.index)
                .collect();
            // The register may have held any value when it began; others may have happened since,
            // or not.
            let ended_before = |position: usize, entry: &Operation| {
                let end = if entry.kind == Kind::Invoke {
                    history.counterpart(position)
                } else {
                    Some(entry)
                };
                end.is_some_and(|end| end.kind == Kind::Ok && Some(end.index) < conflict.since)
            };
            let entries = || history.client_operations();
            let kept = entries()
                .filter(|(position, entry)| !ended_before(*position, entry))
                .filter(|(_, entry)| entry.kind != Kind::Ok || shown.contains(&entry.index));
            let kept: Vec<Operation> = kept.map(|(_, entry)| entry.clone()).collect();
            let first = |value: Value| {
                [Kind::Invoke, Kind::Ok]
                    .map(|kind| script::entry(0, kind, 99, Function::Write, value.clone()))
            };
            for held in [Value::Nil, Value::Int(0), Value::Int(1), Value::Int(2)] {
                if conflict.since.is_none() && held != Value::Nil {
                    continue;
                }
                let weaker = each_by_its_own_process(first(held).into_iter().chain(kept.clone()));
                let registers = linearizable_registers(&weaker).unwrap();
                prop_assert_eq!(registers.validity(), Validity::Invalid, "{:?}", conflict);
            }
        }
    }
}
