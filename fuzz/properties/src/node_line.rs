//! Lines that a node prints, one after the other, in a run of the engine's core. The first byte of the
//! input chooses the workload; the rest is what the node prints after it has answered `init`.

use glomers_config::{Faults, Parameters, Plan, challenges, workload_challenges};
use glomers_engine::{Core, Time};

/// Most lines of one input.
const MOST_LINES: usize = 64;
/// Most times that something which happens lets something else happen at once.
const MOST_ROUNDS: usize = 64;
/// The answer to the first request of the first client, which is `init`.
const INIT_OK: &[u8] = br#"{"src":"n0","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}"#;

/// Runs a node that prints the bytes.
///
/// # Panics
///
/// If something that must hold does not.
pub fn node_line(bytes: &[u8]) {
    let Some((&choice, printed)) = bytes.split_first() else { return };
    let mut core = Core::new(plan(choice)).expect("a plan that can be run");
    let mut now = Time::default();
    settle(&mut core, now);
    core.line(now, 0, INIT_OK);
    settle(&mut core, now);
    for line in printed.split(|byte| *byte == b'\n').take(MOST_LINES) {
        core.line(now, 0, line);
        settle(&mut core, now);
        now = core.next_deadline().map_or(now, |deadline| deadline.max(now));
        settle(&mut core, now);
    }
    core.interrupt(now);
    let _ = core.scenario();
}

/// One node, no faults, a fixed seed.
fn plan(choice: u8) -> Plan {
    let mut all = challenges();
    all.extend(workload_challenges());
    let given = Parameters {
        node_count: Some(1),
        latency: Some(0),
        nemesis: Some(Faults::default()),
        ..Parameters::default()
    };
    let challenge = &all[usize::from(choice) % all.len()];
    Plan::resolve(challenge, given, 1).expect("a built-in challenge can be planned")
}

/// All that is due by now happens. What the node would read, and the journal, are dropped.
fn settle(core: &mut Core, now: Time) {
    for _ in 0..MOST_ROUNDS {
        core.advance(now);
        core.take_commands();
        core.take_events();
        let outgoing = core.outgoing(0);
        outgoing.lines.clear();
        outgoing.due.clear();
        core.journal().lines().clear();
        if core.next_deadline().is_none_or(|deadline| deadline > now) {
            break;
        }
    }
}
