//! Checks that memory does not grow quadratically with a run. Over the limit (`ulimit -d`, in KB),
//! allocations fail, and glomers aborts.

use crate::glomers::Glomers;
use std::fmt::Write as _;

/// A history of one client that alternately adds a value and reads all values. Each node returns
/// them in a different order.
fn broadcasts(count: usize) -> String {
    let mut history = String::new();
    let mut entry = |index: usize, kind: &str, f: &str, value: &dyn std::fmt::Display| {
        let time = index * 1_000_000;
        writeln!(
            history,
            "{{:index {index}, :time {time}, :type :{kind}, :process 0, :f :{f}, :value {value}}}"
        )
        .unwrap();
    };
    let mut shown = String::new();
    for number in 0..count / 2 {
        entry(4 * number, "invoke", "broadcast", &number);
        entry(4 * number + 1, "ok", "broadcast", &number);
        entry(4 * number + 2, "invoke", "read", &"nil");
        write!(shown, "{number} ").unwrap();
        entry(4 * number + 3, "ok", "read", &format_args!("[{shown}]"));
    }
    history
}

#[cfg(target_os = "linux")]
#[test]
fn reads_of_a_history_that_is_checked_share_what_they_have_in_common() {
    // 4.5 million elements: 144 MB if each were stored separately.
    Glomers::new(&["check", "history.edn"])
        .file("history.edn", &broadcasts(6000))
        .after("ulimit -d 50000")
        .end()
        .exits(0)
        .says(&["broadcast: valid"]);
}

#[cfg(target_os = "linux")]
#[test]
fn reads_of_a_simulation_share_what_they_have_in_common() {
    Glomers::new(&["run", "broadcast-b", "--sim", "--time-limit", "400", "--no-journal"])
        .after("ulimit -d 50000")
        .end()
        .exits(0)
        .says(&["broadcast-b: valid"]);
}

#[cfg(target_os = "linux")]
#[test]
fn all_workers_may_read_in_the_same_moment() {
    Glomers::new(&["run", "broadcast-b", "--sim", "--time-limit", "1"])
        .with(&["--concurrency", "1000", "--rate", "2000"])
        .after("ulimit -d 60000")
        .end()
        .exits(0)
        .says(&["broadcast-b: valid"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_number_of_keys_takes_no_memory() {
    Glomers::new(&["run", "txn-a", "--sim", "--time-limit", "0.2"])
        .with(&["--key-count", "1000000000"])
        .after("ulimit -d 50000")
        .end()
        .exits(0)
        .says(&["txn-a: valid"]);
}
