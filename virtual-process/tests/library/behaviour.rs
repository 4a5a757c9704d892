//! What a program sees: as in reality, but for the time, which is virtual.

use crate::program::{BOTH, Linked, Record, Setup, is_denied, run};
use glomers_virtual_process::{End, Irregularity, Schedule};
use std::time::Duration;

fn run_simply(args: &[&str]) -> Record {
    run(args, &Setup::default())
}

/// The lines that the program prints, linked either way; it must end well, and be repeatable.
#[track_caller]
fn expect(args: &[&str], expected: &[&str]) {
    for linked in BOTH {
        let record = run(args, &Setup { linked, ..Setup::default() });
        assert_eq!(record.lines(), expected, "{args:?} {linked:?}: {record:?}");
        assert_eq!(record.end, Some(End::Status(0)), "{args:?} {linked:?}: {record:?}");
        assert_eq!(record.irregularities, [], "{args:?} {linked:?}");
    }
}

#[test]
fn input_is_read_when_it_arrives() {
    if is_denied() {
        return;
    }
    let second = Duration::from_secs(1);
    let input = vec![(second, "a\n"), (2 * second, "b\nc\n")];
    let record = run(&["echo"], &Setup { input, ..Setup::default() });
    let expected = [(second, "read a\n"), (2 * second, "read b\nread c\nend of input\n")];
    let expected = expected.map(|(at, text)| (at, text.to_owned()));
    assert_eq!(record.printed, expected);
}

#[test]
fn clocks_show_virtual_time() {
    if is_denied() {
        return;
    }
    let date = "1704067200000";
    expect(&["clocks"], &[date, "1.5s 1.5s", "[1704067201, 500000000]"]);
}

#[test]
fn the_cycle_counter_shows_virtual_time() {
    if is_denied() {
        return;
    }
    if !can_forbid_counter() {
        return glomers_recordings::skipped(
            "the processor's counter: it needs Linux 6.12 on arm64",
        );
    }
    expect(&["counter"], &["1000000"]);
}

#[test]
fn files_of_the_kernel_are_shown_by_any_path() {
    if is_denied() {
        return;
    }
    expect(&["relative"], &["1000.00 1000.00", "1000", "0.00 0.00 0.00 1/1 1"]);
    expect(&["huge-file"], &["true"]);
}

#[test]
fn a_signal_shows_the_number_of_its_sender() {
    if is_denied() {
        return;
    }
    expect(&["sender"], &["true true", "exit status: 7"]);
}

#[test]
fn a_program_that_selects_without_waiting_is_not_alone() {
    if is_denied() {
        return;
    }
    let input = vec![(Duration::from_millis(30), "x")];
    let record = run(&["busy-select"], &Setup { input, ..Setup::default() });
    assert_eq!(
        (record.end, record.lines()),
        (Some(End::Status(0)), vec!["asked often: true".into()])
    );
}

#[test]
fn threads_sleep_as_long_as_they_ask() {
    if is_denied() {
        return;
    }
    let expected = "[(4, 0), (3, 0), (4, 1), (2, 0), (4, 2), (1, 0), (3, 1), (0, 0), (2, 1), \
                    (3, 2), (1, 1), (2, 2), (0, 1), (1, 2), (0, 2)]";
    expect(&["threads"], &[expected]);
}

#[test]
fn a_condition_is_signalled_or_times_out() {
    if is_denied() {
        return;
    }
    let expected = [
        "0 true 30ms",
        "0 true 60ms",
        "0 true 90ms",
        "1 false 100ms",
        "1 true 130ms",
        "1 true 160ms",
        "1 true 190ms",
        "2 false 200ms",
        "2 true 230ms",
        "2 true 260ms",
        "2 true 290ms",
        "3 false 300ms",
    ];
    expect(&["condition"], &expected);
}

#[test]
fn a_channel_passes_everything_on() {
    if is_denied() {
        return;
    }
    for linked in BOTH {
        let record = run(&["channel"], &Setup { linked, ..Setup::default() });
        let lines = record.lines();
        let mut values: Vec<u32> = lines[0]
            .trim_matches(['[', ']'])
            .split(", ")
            .map(|value| value.parse().unwrap())
            .collect();
        values.sort_unstable();
        assert_eq!(values, [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32]);
        assert_eq!(lines[1], "true");
    }
}

#[test]
fn poll_waits_for_input_or_for_its_timeout() {
    if is_denied() {
        return;
    }
    let ms = Duration::from_millis;
    for linked in BOTH {
        let input = vec![(ms(600), "x\n"), (ms(700), "y\n")];
        let record = run(&["poll"], &Setup { linked, input, ..Setup::default() });
        let expected =
            ["0 0 250ms", "0 0 500ms", "1 1 600ms", "read x", "1 17 700ms", "read y", "1 16 700ms"];
        assert_eq!(record.lines(), expected);
    }
}

#[test]
fn select_waits_for_input_or_for_its_timeout() {
    if is_denied() {
        return;
    }
    let input = vec![(Duration::from_millis(50), "ab")];
    let record = run(&["select"], &Setup { input, ..Setup::default() });
    assert_eq!(record.lines(), ["0 0 40ms", "1 1 50ms", "1 1 50ms"]);
}

#[test]
fn timers_with_a_descriptor_go_off() {
    if is_denied() {
        return;
    }
    let expected =
        ["0 0 50ms", "1 1 100ms", "1 1 130ms", "1 1 160ms", "3 260ms"].map(str::to_owned);
    for linked in BOTH {
        let lines = run(&["epoll"], &Setup { linked, ..Setup::default() }).lines();
        assert_eq!(lines, expected);
    }
}

#[test]
fn alarms_interrupt_what_waits() {
    if is_denied() {
        return;
    }
    expect(&["alarm"], &["-1 14 2s", "1", "-1 14 3s"]);
}

#[test]
fn signals_reach_their_process_and_no_other() {
    if is_denied() {
        return;
    }
    expect(&["signals"], &["0 10", "0 10", "-1 0", "0", "3s 10"]);
}

#[test]
fn interrupted_calls_are_made_again() {
    if is_denied() {
        return;
    }
    for linked in BOTH {
        let input = vec![(Duration::from_secs(3), "x")];
        let record = run(&["restart"], &Setup { linked, input, ..Setup::default() });
        assert_eq!(record.lines(), ["1 14 3s", "true 9 31 5s"], "{record:?}");
    }
}

#[test]
fn select_does_not_show_real_time() {
    if is_denied() {
        return;
    }
    let input = vec![(Duration::from_millis(10), "x")];
    let record = run(&["select-rest"], &Setup { input, ..Setup::default() });
    assert_eq!(record.lines(), ["1 0 30000"]);
}

#[test]
fn a_process_cannot_leave_the_control() {
    if is_denied() {
        return;
    }
    expect(&["groups"], &["1000 1000", "0", "7"]);
}

#[test]
fn a_blocked_signal_waits_until_it_is_let_in() {
    if is_denied() {
        return;
    }
    expect(&["suspend"], &["0", "-1 14 2s", "-1 14 3s"]);
}

#[test]
fn children_run_in_the_same_time() {
    if is_denied() {
        return;
    }
    let expected = [
        "exit status: 7 17",
        "1000 1002 2s",
        "child 1004 of 1000",
        "1004 0 1004 3 2.05s",
        "-1",
        "true 9",
    ];
    expect(&["children"], &expected);
}

#[test]
fn numbers_of_processes_are_the_same_each_time() {
    if is_denied() {
        return;
    }
    expect(&["identity"], &["1000 1", "1", "1001", "1000", "1000.00 1000.00"]);
}

#[test]
fn the_working_directory_is_the_given_one() {
    if is_denied() {
        return;
    }
    let record = run_simply(&["files"]);
    assert_eq!(record.lines(), ["kept", "[\"note\"]"]);
    assert_eq!(record.stderr, "logged\n");
}

#[test]
fn a_program_that_spins_or_yields_gets_somewhere() {
    if is_denied() {
        return;
    }
    expect(&["spin"], &["spun for at least 5 ms: true"]);
    expect(&["yield"], &["true"]);
    expect(&["busy-poll"], &["the other thread was not kept from running"]);
}

#[test]
fn output_of_any_size_is_taken() {
    if is_denied() {
        return;
    }
    let record = run_simply(&["flood"]);
    assert_eq!(record.lines().len(), 200_000);
    assert_eq!(run_simply(&["long-line"]).lines()[0].len(), 3_000_000);
    assert_eq!((record.end, record.irregularities), (Some(End::Status(0)), vec![]));
}

#[test]
fn long_computations_are_interrupted_and_reported() {
    if is_denied() {
        return;
    }
    let record = run_simply(&["compute"]);
    assert_eq!(record.lines().len(), 1);
    assert_eq!(record.irregularities, [Irregularity::Preempted]);
}

#[test]
fn the_network_is_refused() {
    if is_denied() {
        return;
    }
    let record = run_simply(&["network"]);
    assert_eq!(record.lines(), ["Permission denied (os error 13)"]);
    assert_eq!(record.irregularities, [Irregularity::Network]);
}

#[test]
fn a_program_can_execute_another_from_any_thread() {
    if is_denied() {
        return;
    }
    expect(&["exec"], &["1704067200000", "1.5s 1.5s", "[1704067201, 500000000]"]);
}

#[test]
fn many_threads_wait_at_the_same_time() {
    if is_denied() {
        return;
    }
    let record = run_simply(&["many-threads"]);
    assert_eq!(record.printed, [(Duration::from_secs(1), "joined\n".to_owned())]);
}

#[test]
fn the_order_of_threads_can_be_drawn_from_the_seed() {
    if is_denied() {
        return;
    }
    let outcome = |seed, schedule| run(&["race"], &Setup { seed, schedule, ..Setup::default() });
    let fifo = outcome(1, Schedule::Fifo);
    assert_eq!(fifo, outcome(1, Schedule::Fifo));
    let random = |seed| outcome(seed, Schedule::Random);
    assert_eq!(random(7), random(7));
    let several: std::collections::BTreeSet<Vec<String>> =
        (0..10).map(|seed| random(seed).lines()).collect();
    assert!(several.len() > 1, "{several:?}");
}

#[test]
fn static_programs_have_the_same_random_numbers_each_time() {
    if is_denied() {
        return;
    }
    for linked in [Linked::Dynamically, Linked::Statically] {
        let with = |seed| run(&["random"], &Setup { linked, seed, ..Setup::default() }).lines();
        assert_eq!(with(1), with(1));
        let (one, other) = (with(1), with(2));
        assert!(one[0] != other[0] && one[1] != other[1] && one[3] != other[3]);
        // Addresses are no random numbers.
        assert_eq!(one[2], other[2]);
    }
}

/// Whether the kernel can keep programs from reading the counter.
#[expect(unsafe_code, reason = "a system call without a safe form")]
fn can_forbid_counter() -> bool {
    let mut mode = 0;
    // SAFETY: the call writes one integer.
    unsafe { nix::libc::prctl(nix::libc::PR_GET_TSC, &raw mut mode) == 0 }
}
