//! Two runs of a program are equal, whatever it does.

use crate::program::{Linked, Setup, is_denied, run};
use glomers_virtual_process::{End, Schedule};
use nix::libc;
use proptest::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn two_runs_are_equal(
        choice in any::<u32>(), seed in any::<u64>(), is_random: bool, is_static: bool,
    ) {
        if is_denied() {
            return Ok(());
        }
        let setup = Setup {
            linked: if is_static { Linked::Statically } else { Linked::Dynamically },
            schedule: if is_random { Schedule::Random } else { Schedule::Fifo },
            seed,
            ..Setup::default()
        };
        let choice = choice.to_string();
        let record = run(&["mixed", &choice], &setup);
        prop_assert!(record.irregularities.is_empty(), "{:?}", record);
        prop_assert_eq!(&record, &run(&["mixed", &choice], &setup));
    }
}

/// As when other children of this process stop all the time.
#[test]
fn signals_of_this_process_change_nothing() {
    const RUNS: usize = 2;
    if is_denied() {
        return;
    }
    let record = || run(&["shown-files"], &Setup::default());
    let expected = record();
    assert_eq!(expected.end, Some(End::Status(0)), "{expected:?}");
    let (thread, is_over) = (nix::unistd::gettid(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                interrupt(thread);
            }
        });
        let records: Vec<_> = (0..RUNS).map(|_| record()).collect();
        is_over.store(true, Ordering::Relaxed);
        assert!(records.iter().all(|record| *record == expected), "{records:?}");
    });
}

#[expect(unsafe_code, reason = "a system call without a safe form")]
fn interrupt(thread: nix::unistd::Pid) {
    let (process, thread) = (std::process::id(), thread.as_raw());
    // SAFETY: no memory is involved, and the crate under test handles the signal.
    let sent = unsafe { libc::syscall(libc::SYS_tgkill, process, thread, libc::SIGCHLD) };
    assert_eq!(sent, 0);
}
