//! The driver of virtual time: jumps from one event to the next without waiting.

use super::recorder::Recorder;
use super::session::Session;
use crate::core::Core;
use crate::event::{Observer, Phase};
use crate::host::Host;
use crate::{EngineError, Time};
use std::time::Duration;

/// Interval, in virtual time, at which progress is reported and files are written.
const TICK: Duration = Duration::from_secs(5);
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
    core: Core,
    hosts: &mut [H],
    recorder: Option<Recorder>,
    observer: &mut dyn Observer,
    is_interrupted: &dyn Fn() -> bool,
) -> Result<Core, EngineError> {
    let wakes = vec![None; hosts.len()];
    let session = Session { core, hosts, recorder, observer };
    let mut driver = Driver { session, now: Time::default(), wakes };
    let result = driver.run(is_interrupted);
    let Driver { mut session, now, .. } = driver;
    session.kill();
    session.report(now);
    let (core, written) = session.finish();
    result.and(written)?;
    Ok(core)
}

struct Driver<'a, H> {
    session: Session<'a, H>,
    now: Time,
    /// By node: when its host next has something to do.
    wakes: Vec<Option<Time>>,
}

impl<H: Host> Driver<'_, H> {
    fn run(&mut self, is_interrupted: &dyn Fn() -> bool) -> Result<(), EngineError> {
        let mut next_tick = self.now;
        let mut standstill = 0;
        self.session.start(self.now)?;
        self.update_wakes();
        loop {
            let now = self.now;
            self.session.core.advance(now);
            if self.session.do_commands(now)? {
                self.update_wakes();
            }
            self.deliver();
            let has_collected = self.collect()?;
            self.session.record()?;
            if self.session.core.phase() == Phase::Done {
                return Ok(());
            }
            // If much happens in little virtual time, the next tick may take long to come; and so may a
            // round, if a node computes.
            if is_interrupted() {
                self.session.core.interrupt(now);
                return Ok(());
            }
            if now >= next_tick {
                next_tick = now + TICK;
                self.session.report(now);
                self.session.flush()?;
            }
            let next = self.next(has_collected);
            standstill = if next.is_some_and(|next| next > now) { 0 } else { standstill + 1 };
            let Some(next) = next.filter(|_| standstill < LONGEST_STANDSTILL) else {
                return Err(EngineError::Standstill { at: now.since(Time::default()) });
            };
            self.now = now.max(next);
        }
    }

    /// When the core or a host next has something to do. The core may have to react to collected
    /// output immediately.
    fn next(&mut self, has_collected: bool) -> Option<Time> {
        let at_once = has_collected.then_some(self.now);
        let deadline = self.session.core.next_deadline();
        self.wakes.iter().flatten().copied().chain(deadline).chain(at_once).min()
    }

    fn update_wakes(&mut self) {
        for (wake, host) in self.wakes.iter_mut().zip(self.session.hosts.iter()) {
            *wake = host.next_wake();
        }
    }

    /// Delivers the core's outgoing lines to the nodes.
    fn deliver(&mut self) {
        for (node, host) in self.session.hosts.iter_mut().enumerate() {
            let outgoing = self.session.core.outgoing(node);
            if !outgoing.lines.is_empty() {
                host.deliver(self.now, &outgoing.lines);
                outgoing.lines.clear();
                outgoing.due.clear();
                self.wakes[node] = host.next_wake();
            }
        }
    }

    /// Collects the output of nodes whose wake time has come; returns whether there was one.
    fn collect(&mut self) -> Result<bool, EngineError> {
        let mut any = false;
        for node in 0..self.wakes.len() {
            if self.wakes[node].is_some_and(|wake| wake <= self.now) {
                self.session.collect(self.now, node)?;
                self.wakes[node] = self.session.hosts[node].next_wake();
                any = true;
            }
        }
        Ok(any)
    }
}
