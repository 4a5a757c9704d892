//! Time and memory to read and judge generated histories of list-append transactions.
//!
//! `cargo bench -p glomers-checkers --bench transactions [-- 10000 100000 ...]`. Each history is
//! written to a file first, then read from it as `glomers check` reads it, in a separate process,
//! so that its memory can be measured alone.

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/transactions/simulator.rs"]
mod simulator;

use glomers_checkers::{Datatype, Referee, TransactionHistory};
use glomers_config::ConsistencyModel;
use glomers_history::{HistoryReader, print_operation};
use simulator::{Isolation, Simulator};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const BYTES_PER_MB: f64 = 1e6;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [judge, path] = &words[..]
        && judge == "judge"
    {
        measure(Path::new(path));
        return;
    }
    let sizes: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let name = format!("glomers-bench-transactions-{}.edn", std::process::id());
    let path = std::env::temp_dir().join(name);
    for &size in if sizes.is_empty() { &SIZES[..] } else { &sizes } {
        write(&path, size);
        print!("{size} transactions, ");
        std::io::stdout().flush().expect("a terminal");
        let this = std::env::current_exe().expect("a program");
        let status = Command::new(this).arg("judge").arg(&path).status().expect("a child");
        assert!(status.success());
    }
    std::fs::remove_file(&path).expect("a file");
}

/// A valid history, similar to those of the reference's generator.
fn write(path: &Path, transactions: usize) {
    let simulator = Simulator {
        isolation: Isolation::StrictSerializable,
        is_list: true,
        transactions,
        processes: 10,
        keys: 10,
        writes_per_key: 64,
        seed: 1,
    };
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let mut line = Vec::new();
    simulator.run(|operation| {
        line.clear();
        print_operation(&operation, &mut line);
        line.push(b'\n');
        file.write_all(&line).expect("room");
    });
    file.flush().expect("room");
}

fn measure(path: &Path) {
    let file = File::open(path).expect("a file");
    let size = file.metadata().expect("a size").len();
    let start = Instant::now();
    let mut history = TransactionHistory::new(Datatype::ListAppend);
    for operation in HistoryReader::new(BufReader::with_capacity(1 << 20, file)) {
        history.push(&operation.expect("an entry"));
    }
    let read = start.elapsed();
    let result = history.judge(&[ConsistencyModel::StrongSerializable], Referee::Maelstrom);
    let all = start.elapsed();
    let judged = all.saturating_sub(read);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown");
    println!(
        "{:.1} MB: read in {:.2} s, judged in {:.2} s, {:.2} s together, peak memory {}: {:?}",
        size as f64 / BYTES_PER_MB,
        read.as_secs_f64(),
        judged.as_secs_f64(),
        all.as_secs_f64(),
        peak.trim(),
        result.validity()
    );
}
