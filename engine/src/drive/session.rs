//! A run under a driver: what is the same in real and in virtual time.

use super::recorder::Recorder;
use crate::core::Command;
use crate::event::{Event, Observer};
use crate::host::{Host, Printed};
use crate::message::{BadLine, NodeIndex};
use crate::{Core, EngineError, Time};

/// The core, a host for each of its nodes, the files, and the observer.
pub(super) struct Session<'a, H> {
    pub(super) core: Core,
    pub(super) hosts: &'a mut [H],
    /// Without it, the journal stays in the core.
    pub(super) recorder: Option<Recorder>,
    pub(super) observer: &'a mut dyn Observer,
}

impl<H: Host> Session<'_, H> {
    /// Starts every node.
    pub(super) fn start(&mut self, now: Time) -> Result<(), EngineError> {
        self.hosts.iter_mut().try_for_each(|host| host.start(now))
    }

    /// Kills every node.
    pub(super) fn kill(&mut self) {
        self.hosts.iter_mut().for_each(Host::kill);
    }

    /// Applies the core's commands to the hosts; returns whether there were any.
    pub(super) fn do_commands(&mut self, now: Time) -> Result<bool, EngineError> {
        let commands = self.core.take_commands();
        let any = !commands.is_empty();
        for command in commands {
            match command {
                Command::Kill(node) => self.hosts[node].kill(),
                Command::Start(node) => self.hosts[node].start(now)?,
                Command::Pause(node) => self.hosts[node].pause(now),
                Command::Resume(node) => self.hosts[node].resume(now),
                Command::SetClockRate(node, rate) => self.hosts[node].set_clock_rate(now, rate),
            }
        }
        Ok(any)
    }

    /// Passes the output of a node to the core.
    pub(super) fn collect(&mut self, now: Time, node: NodeIndex) -> Result<(), EngineError> {
        let Self { core, hosts, recorder, .. } = self;
        let mut recorded = Ok(());
        hosts[node].collect(now, &mut |printed| {
            take(core, now, node, printed);
            // The entries of a single moment may be more than fits into memory.
            if let Some(recorder) = recorder
                && recorded.is_ok()
            {
                recorded = recorder.take(core);
            }
        });
        recorded
    }

    /// Passes new entries of history and journal to the recorder.
    pub(super) fn record(&mut self) -> Result<(), EngineError> {
        self.recorder.as_mut().map_or(Ok(()), |recorder| recorder.take(&mut self.core))
    }

    /// Writes all entries so far.
    pub(super) fn flush(&mut self) -> Result<(), EngineError> {
        self.recorder.as_mut().map_or(Ok(()), |recorder| recorder.flush(&mut self.core))
    }

    /// Reports the events to the observer.
    pub(super) fn report(&mut self, now: Time) {
        let Self { core, hosts, observer, .. } = self;
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

    /// Ends the run; returns the core, and whether everything could be written.
    pub(super) fn finish(self) -> (Core, Result<(), EngineError>) {
        let Self { mut core, recorder, .. } = self;
        let written = recorder.map_or(Ok(()), |recorder| recorder.finish(&mut core));
        (core, written)
    }
}

/// Passes a piece of a node's output to the core.
pub(super) fn take(core: &mut Core, now: Time, node: NodeIndex, printed: Printed<'_>) {
    match printed {
        Printed::Line(line) => core.line(now, node, line),
        Printed::TooLong(start) => core.bad_line(now, node, BadLine::TooLong, start),
        Printed::Unfinished(text) => core.unfinished(now, node, text),
        Printed::Closed => core.stdout_closed(now, node),
        Printed::Exited(exit) => core.exited(now, node, exit),
    }
}
