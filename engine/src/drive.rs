//! The drivers, which connect the core to a clock and to hosts.

pub(crate) mod lateness;
pub(crate) mod real;
pub(crate) mod recorder;
pub(crate) mod simulated;
mod writer;

use crate::core::Command;
use crate::host::{Host, Printed};
use crate::message::{BadLine, NodeIndex};
use crate::{Core, EngineError, Time};

/// Applies the core's commands to the hosts; returns whether there were any.
fn do_commands<H: Host>(core: &mut Core, hosts: &mut [H], now: Time) -> Result<bool, EngineError> {
    let commands = core.take_commands();
    let any = !commands.is_empty();
    for command in commands {
        match command {
            Command::Kill(node) => hosts[node].kill(),
            Command::Start(node) => hosts[node].start(now)?,
            Command::Pause(node) => hosts[node].pause(now),
            Command::Resume(node) => hosts[node].resume(now),
            Command::SetClockRate(node, rate) => hosts[node].set_clock_rate(now, rate),
        }
    }
    Ok(any)
}

/// Passes the output of a node to the core.
fn take(core: &mut Core, now: Time, node: NodeIndex, printed: Printed<'_>) {
    match printed {
        Printed::Line(line) => core.line(now, node, line),
        Printed::TooLong(start) => core.bad_line(now, node, BadLine::TooLong, start),
        Printed::Unfinished(text) => core.unfinished(now, node, text),
        Printed::Closed => core.stdout_closed(now, node),
        Printed::Exited(exit) => core.exited(now, node, exit),
    }
}
