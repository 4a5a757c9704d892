//! Systems that do not allow everything: as in a container, where descriptors of other processes cannot
//! be copied and addresses in memory cannot be fixed.

use crate::program::{Linked, Record, Setup, is_denied, run};
use glomers_virtual_process::{End, Irregularity, Program, VirtualProcess};
use nix::libc::{self, sock_filter, sock_fprog};
use std::time::Duration;

/// Forbids this thread, and what it starts, some system calls.
#[expect(unsafe_code, reason = "a system call without a safe form")]
fn forbid(calls: &[i64]) {
    const LOAD_NUMBER: sock_filter = sock_filter { code: 0x20, jt: 0, jf: 0, k: 0 };
    let is = |number: &i64| {
        let k = u32::try_from(*number).unwrap();
        sock_filter { code: 0x15, jt: 0, jf: 1, k }
    };
    let give = |k| sock_filter { code: 0x06, jt: 0, jf: 0, k };
    let refuse = give(libc::SECCOMP_RET_ERRNO | libc::EPERM.unsigned_abs());
    let mut filter = vec![LOAD_NUMBER];
    filter.extend(calls.iter().flat_map(|number| [is(number), refuse]));
    filter.push(give(libc::SECCOMP_RET_ALLOW));
    let len = u16::try_from(filter.len()).unwrap();
    let program = sock_fprog { len, filter: filter.as_ptr().cast_mut() };
    nix::sys::prctl::set_no_new_privs().unwrap();
    // SAFETY: the program lives across the call, which copies it.
    let result =
        unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
    assert_eq!(result, 0);
}

/// Runs a program in a thread that is denied what a container denies.
fn run_denied(args: &'static [&'static str], setup: Setup) -> Record {
    let thread = std::thread::spawn(move || {
        forbid(&[libc::SYS_pidfd_getfd, libc::SYS_personality]);
        run(args, &setup)
    });
    thread.join().unwrap()
}

#[test]
fn programs_run_as_elsewhere_and_the_rest_is_reported() {
    if is_denied() {
        return;
    }
    let ms = Duration::from_millis;
    for linked in [Linked::Dynamically, Linked::Statically] {
        let input = vec![(ms(600), "x\n"), (ms(700), "y\n")];
        let cases: [(&'static [&'static str], _); 6] = [
            (&["echo"], input.clone()),
            (&["poll"], input),
            (&["select"], vec![(ms(50), "ab")]),
            (&["epoll"], vec![]),
            (&["children"], vec![]),
            (&["condition"], vec![]),
        ];
        for (args, input) in cases {
            let setup = Setup { linked, input, ..Setup::default() };
            let denied = run_denied(args, setup.clone());
            let expected =
                Record { irregularities: vec![Irregularity::RandomAddresses], ..run(args, &setup) };
            assert_eq!(denied, expected, "{args:?}");
            assert_eq!(denied.end, Some(End::Status(0)));
        }
    }
}

#[test]
fn what_the_system_does_not_allow_is_said() {
    if is_denied() {
        return;
    }
    for (call, expected) in [
        (libc::SYS_ptrace, "trace a process (ptrace)"),
        (libc::SYS_seccomp, "filter system calls (seccomp)"),
        (libc::SYS_process_vm_readv, "change a traced process"),
        (libc::SYS_memfd_create, "share memory (memfd)"),
    ] {
        let start = move || {
            forbid(&[call]);
            let program = Program::new("/bin/true", "/");
            VirtualProcess::start(&program).map(drop).unwrap_err().to_string()
        };
        let error = std::thread::spawn(start).join().unwrap();
        let expected = format!("the system does not allow to {expected}: ");
        assert!(error.starts_with(&expected), "{error}");
    }
}
