//! The driver of virtual time: jumps from one event to the next without waiting.

use super::recorder::Recorder;
use super::{do_commands, take};
use crate::core::Core;
use crate::event::{Event, Observer, Phase};
use crate::host::Host;
use crate::{EngineError, Time};
use std::time::Duration;

/// Interval, in virtual time, at which progress is reported, files are written, and the caller is
/// asked whether to continue.
const TICK: Duration = Duration::from_secs(5);
/// Number of rounds after which the caller is asked in any case whether to continue.
const ROUNDS_BETWEEN_LOOKS: u64 = 4096;
/// Number of rounds without progress of the clock after which nodes count as stuck: a node that
/// answers a message immediately takes one round.
const LONGEST_STANDSTILL: u64 = 10_000_000;

/// Runs a core with one host for each node of its plan, until it is done or the caller interrupts
/// it.
///
/// The same core and hosts produce the same bytes. Without a recorder, the journal stays in the
/// core.
///
/// # Errors
/// If a node cannot be started, a file cannot be written, or nodes endlessly exchange messages
/// without letting time pass.
pub fn run_virtual<H: Host>(
    mut core: Core,
    hosts: &mut [H],
    mut recorder: Option<Recorder>,
    observer: &mut dyn Observer,
    is_interrupted: &dyn Fn() -> bool,
) -> Result<Core, EngineError> {
    let mut now = Time::default();
    let result = drive(&mut core, hosts, &mut recorder, observer, is_interrupted, &mut now);
    for host in hosts.iter_mut() {
        host.kill();
    }
    report_events(&mut core, hosts, observer, now);
    let written = recorder.map_or(Ok(()), |recorder| recorder.finish(&mut core));
    result.and(written)?;
    Ok(core)
}

fn drive<H: Host>(
    core: &mut Core,
    hosts: &mut [H],
    recorder: &mut Option<Recorder>,
    observer: &mut dyn Observer,
    is_interrupted: &dyn Fn() -> bool,
    clock: &mut Time,
) -> Result<(), EngineError> {
    let mut now = *clock;
    let mut next_tick = now;
    let mut standstill = 0;
    let mut rounds = 0_u64;
    for host in hosts.iter_mut() {
        host.start(now)?;
    }
    let mut wakes: Vec<Option<Time>> = hosts.iter().map(Host::next_wake).collect();
    loop {
        core.advance(now);
        if do_commands(core, hosts, now)? {
            wakes = hosts.iter().map(Host::next_wake).collect();
        }
        deliver(core, hosts, now, &mut wakes);
        let has_collected = collect(core, hosts, now, &mut wakes, recorder)?;
        if let Some(recorder) = recorder {
            recorder.take(core)?;
        }
        if core.phase() == Phase::Done {
            return Ok(());
        }
        rounds += 1;
        // If much happens in little virtual time, the next tick may take long to come.
        if rounds.is_multiple_of(ROUNDS_BETWEEN_LOOKS) && is_interrupted() {
            core.interrupt(now);
            return Ok(());
        }
        if now >= next_tick {
            next_tick = now + TICK;
            report_events(core, hosts, observer, now);
            if let Some(recorder) = recorder {
                recorder.flush(core)?;
            }
            if is_interrupted() {
                core.interrupt(now);
                return Ok(());
            }
        }
        // The core may have to react to the collected output immediately.
        let at_once = has_collected.then_some(now);
        let next = wakes.iter().flatten().copied().chain(core.next_deadline()).chain(at_once).min();
        standstill = if next.is_some_and(|next| next > now) { 0 } else { standstill + 1 };
        let Some(next) = next.filter(|_| standstill < LONGEST_STANDSTILL) else {
            return Err(EngineError::Standstill { at: now.since(Time::default()) });
        };
        now = now.max(next);
        *clock = now;
    }
}

/// Delivers the core's outgoing lines to the nodes.
fn deliver<H: Host>(core: &mut Core, hosts: &mut [H], now: Time, wakes: &mut [Option<Time>]) {
    for (node, host) in hosts.iter_mut().enumerate() {
        let outgoing = core.outgoing(node);
        if !outgoing.lines.is_empty() {
            host.deliver(now, &outgoing.lines);
            outgoing.lines.clear();
            outgoing.due.clear();
            wakes[node] = host.next_wake();
        }
    }
}

/// Collects the output of nodes whose wake time has come; returns whether there was one.
fn collect<H: Host>(
    core: &mut Core,
    hosts: &mut [H],
    now: Time,
    wakes: &mut [Option<Time>],
    recorder: &mut Option<Recorder>,
) -> Result<bool, EngineError> {
    let mut any = false;
    for (node, host) in hosts.iter_mut().enumerate() {
        if wakes[node].is_some_and(|wake| wake <= now) {
            let mut written = Ok(());
            host.collect(now, &mut |printed| {
                take(core, now, node, printed);
                // The events of a single moment may be more than fits into memory.
                if let Some(recorder) = recorder
                    && written.is_ok()
                {
                    written = recorder.take(core);
                }
            });
            written?;
            wakes[node] = host.next_wake();
            any = true;
        }
    }
    Ok(any)
}

/// Reports the events to the observer.
fn report_events<H: Host>(
    core: &mut Core,
    hosts: &mut [H],
    observer: &mut dyn Observer,
    now: Time,
) {
    if core.plan().log_stderr {
        for (node, host) in hosts.iter_mut().enumerate() {
            let name = &core.plan().nodes[node];
            host.collect_stderr(&mut |line| {
                let line = String::from_utf8_lossy(line).into_owned();
                observer.event(now, &Event::Stderr { node: name.clone(), line });
            });
        }
    }
    for (time, event) in core.take_events() {
        observer.event(time, &event);
    }
    observer.event(now, &Event::Progress(core.progress(now)));
}
