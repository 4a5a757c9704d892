//! Histories of a correct database with one inserted anomaly, which must be found by its name.

use crate::simulator::{Isolation, Simulator};
use crate::verdict::anomaly_types;
use glomers_config::ConsistencyModel;
use glomers_history::{Function, History, Kind, Operation, Process, Value, read_value};
use proptest::prelude::*;

/// An anomaly.
struct Case {
    /// The anomalies that must be found.
    found: &'static [&'static str],
    /// Transactions that run at the same time, or after each other if separated by `;`. `!` before
    /// one means that it fails, a number that this process runs it.
    lists: &'static str,
    /// The same for registers.
    registers: &'static str,
}

/// Anomalies, on keys 1001 to 1002, which no other transaction uses.
const CASES: &[Case] = &[
    Case {
        found: &["internal"],
        lists: "[[:append 1001 1] [:append 1001 2] [:r 1001 [1]]]",
        registers: "[[:w 1001 1] [:r 1001 nil]]",
    },
    Case { found: &["future-read"], lists: "[[:r 1001 [1]] [:append 1001 1]]", registers: "" },
    Case {
        found: &["duplicate-elements"],
        lists: "[[:append 1001 1]] [[:r 1001 [1 1]]]",
        registers: "",
    },
    Case {
        found: &["incompatible-order"],
        lists: "[[:append 1001 1]] [[:append 1001 2]] [[:r 1001 [1 2]]] [[:r 1001 [2 1]]]",
        registers: "",
    },
    Case {
        found: &["G1a"],
        lists: "! [[:append 1001 1]] [[:r 1001 [1]]]",
        registers: "! [[:w 1001 1]] [[:r 1001 1]]",
    },
    Case {
        found: &["G1a", "dirty-update"],
        lists: "! [[:append 1001 1]] [[:append 1001 2]] [[:r 1001 [1 2]]]",
        registers: "",
    },
    Case {
        found: &["G-single-item", "G1b"],
        lists: "[[:append 1001 1] [:append 1001 2]] [[:r 1001 [1]]]",
        registers: "",
    },
    Case { found: &["G1b"], lists: "", registers: "[[:w 1001 1] [:w 1001 2]] [[:r 1001 1]]" },
    Case {
        found: &["G0"],
        lists: "[[:append 1001 1] [:append 1002 1]] [[:append 1001 2] [:append 1002 2]]
                [[:r 1001 [1 2]] [:r 1002 [2 1]]]",
        registers: "",
    },
    Case {
        found: &["G1c"],
        lists: "[[:append 1001 1] [:r 1002 [1]]] [[:append 1002 1] [:r 1001 [1]]]",
        registers: "[[:w 1001 1] [:r 1002 1]] [[:w 1002 1] [:r 1001 1]]",
    },
    Case {
        found: &["G-single-item"],
        lists: "[[:append 1001 1] [:append 1002 1]] [[:r 1001 [1]] [:r 1002 nil]]",
        registers: "[[:w 1001 1] [:w 1002 1]] [[:r 1001 1] [:r 1002 nil]]",
    },
    Case {
        found: &["G2-item"],
        lists: "[[:r 1001 nil] [:append 1002 1]] [[:r 1002 []] [:append 1001 1]]",
        registers: "[[:r 1001 nil] [:w 1002 1]] [[:r 1002 nil] [:w 1001 1]]",
    },
    Case {
        found: &["G-nonadjacent-item"],
        lists: "[[:append 1001 1]] [[:append 1002 1]] [[:r 1001 nil] [:r 1002 [1]]]
                [[:r 1001 [1]] [:r 1002 nil]]",
        registers: "[[:w 1001 1]] [[:w 1002 1]] [[:r 1001 nil] [:r 1002 1]]
                    [[:r 1001 1] [:r 1002 nil]]",
    },
    Case {
        found: &["G-single-item", "lost-update"],
        lists: "[[:r 1001 nil] [:append 1001 1]] [[:r 1001 nil] [:append 1001 2]]
                [[:r 1001 [1 2]]]",
        registers: "",
    },
    Case {
        found: &["G2-item", "lost-update"],
        lists: "",
        registers: "[[:r 1001 nil] [:w 1001 1]] [[:r 1001 nil] [:w 1001 2]]",
    },
    Case {
        found: &["G1c", "cyclic-versions"],
        lists: "",
        registers: "[[:r 1001 1] [:w 1001 2]] [[:r 1001 2] [:w 1001 1]]",
    },
    Case {
        found: &["G0-realtime"],
        lists: "[[:append 1001 1]] ; [[:append 1001 2]] ; [[:r 1001 [2 1]]]",
        registers: "",
    },
    Case {
        found: &["G1c-realtime"],
        lists: "[[:r 1001 [1]]] ; [[:append 1001 1]]",
        registers: "[[:r 1001 1]] ; [[:w 1001 1]]",
    },
    Case {
        found: &["G-single-item-realtime"],
        lists: "[[:append 1001 1]] ; [[:r 1001 nil]]",
        registers: "[[:w 1001 1]] ; [[:r 1001 nil]]",
    },
];

/// An anomaly that only the order of one process reveals.
const OF_A_PROCESS: Case = Case {
    found: &["G-single-item-process"],
    lists: "1 [[:append 1001 1]] ; 1 [[:r 1001 nil]]",
    registers: "1 [[:w 1001 1]] ; 1 [[:r 1001 nil]]",
};

/// The entries of transactions, by processes that no other transaction uses.
fn entries(text: &str) -> Vec<Operation> {
    let forms = read_value(&format!("[{}]", text.replace(';', ":then").replace('!', ":fail")));
    let forms = forms.unwrap();
    let mut entries = Vec::new();
    let mut open = Vec::new();
    let (mut kind, mut process, mut next) = (Kind::Ok, None, 1000);
    for form in forms.elements().unwrap() {
        match form {
            Value::Keyword(word) if word == "then" => entries.append(&mut open),
            Value::Keyword(_) => kind = Kind::Fail,
            Value::Int(number) => process = Some(1000 + number.cast_unsigned()),
            value => {
                next += 1;
                let process = Process::Client(process.take().unwrap_or(next));
                let mut entry = Operation {
                    index: 0,
                    time: 0,
                    kind: Kind::Invoke,
                    process,
                    f: Function::Txn,
                    value: asked(value),
                    is_final: false,
                    detail: None,
                };
                entries.push(entry.clone());
                entry.kind = std::mem::replace(&mut kind, Kind::Ok);
                entry.value = value.clone();
                open.push(entry);
            }
        }
    }
    entries.append(&mut open);
    entries
}

/// The transaction without the values of its reads.
fn asked(value: &Value) -> Value {
    let part = |part: &Value| match part.elements() {
        Some([f, key, _]) if *f == Value::keyword("r") => {
            Value::Vector(vec![f.clone(), key.clone(), Value::Nil])
        }
        _ => part.clone(),
    };
    Value::Vector(value.elements().unwrap().iter().map(part).collect())
}

/// A correct history, with more entries in the middle.
fn with(entries: Vec<Operation>, is_list: bool, position: usize, seed: u64) -> History {
    let simulator = Simulator {
        isolation: Isolation::StrictSerializable,
        is_list,
        transactions: 60,
        processes: 4,
        keys: 3,
        writes_per_key: 10,
        seed,
    };
    let mut operations = simulator.history();
    let position = position % operations.len();
    operations.splice(position..position, entries);
    let renumbered = (0_u64..).zip(operations).map(|(index, operation)| Operation {
        index,
        time: index.cast_signed(),
        ..operation
    });
    renumbered.collect()
}

fn check(case: &Case, model: ConsistencyModel, position: usize, seed: u64) {
    for (is_list, text) in [(true, case.lists), (false, case.registers)] {
        if text.is_empty() {
            continue;
        }
        let history = with(entries(text), is_list, position, seed);
        let (valid, types) = anomaly_types(&history, is_list, model);
        assert_eq!(types, case.found, "{text}");
        assert_eq!(valid, Value::Bool(false), "{text}");
    }
}

/// A correct history with each of the anomalies in turn, whether it is of lists, and the inserted
/// case.
pub(crate) fn wrong_histories(
    position: usize,
    seed: u64,
) -> impl Iterator<Item = (History, bool, &'static str)> {
    CASES
        .iter()
        .chain([&OF_A_PROCESS])
        .flat_map(|case| [(case.lists, true), (case.registers, false)])
        .filter(|(text, _)| !text.is_empty())
        .map(move |(text, is_list)| (with(entries(text), is_list, position, seed), is_list, text))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn an_anomaly_among_right_transactions_is_named(position: usize, seed: u64) {
        for case in CASES {
            check(case, ConsistencyModel::StrongSerializable, position, seed);
        }
        check(&OF_A_PROCESS, ConsistencyModel::StrongSessionSerializable, position, seed);
    }
}
