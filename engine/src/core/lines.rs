//! Lines of nodes: each becomes a message, or is reported.

use super::Core;
use super::clients::Departure;
use super::observed::deafness::DeafCause;
use crate::message::{Address, BadLine, Line, NodeIndex, OddLine, lenient};
use crate::time::Time;
use glomers_history::json;

/// The result of looking up the name of a receiver.
enum Destination {
    Known(Address),
    /// A client that has left the network.
    GoneClient(Departure),
    Unknown,
}

impl Core {
    /// Handles a line that a node printed (given without its newline).
    pub fn line(&mut self, now: Time, node: NodeIndex, line: &[u8]) {
        if self.stage.is_done() || self.cluster.is_dead(node) {
            return;
        }
        let is_deaf = self.observed.printed(node, line);
        if is_deaf && self.plan.strict {
            return;
        }
        match Line::parse(line) {
            Some(message) => {
                self.route(now, node, line, (&message.src, &message.dest, message.body()));
            }
            None => self.odd_or_bad_lines(now, node, line),
        }
    }

    /// Handles a line that does not follow the protocol exactly. The reference also ends lines at
    /// carriage returns.
    #[cold]
    fn odd_or_bad_lines(&mut self, now: Time, node: NodeIndex, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.contains(&b'\r') {
            return self.odd_or_bad_line(now, node, line);
        }
        let pieces = line.split(|byte| *byte == b'\r').filter(|piece| !piece.is_empty());
        if pieces.clone().any(|piece| Line::parse(piece).is_some()) {
            self.observed.odd_line(now, node, OddLine::CarriageReturn, line);
        }
        for piece in pieces {
            if self.plan.strict && self.observed.is_deaf(node) {
                return;
            }
            self.odd_or_bad_line(now, node, piece);
        }
    }

    /// Handles a line without carriage returns.
    fn odd_or_bad_line(&mut self, now: Time, node: NodeIndex, line: &[u8]) {
        match lenient::read(line) {
            Ok(message) => {
                for (kind, shown) in message.oddities {
                    self.observed.odd_line(now, node, kind, shown);
                }
                self.route(now, node, line, (&message.src, &message.dest, &message.body));
            }
            Err(kind) => self.bad_line(now, node, kind, line),
        }
    }

    /// Sends a message that a node printed, if its sender and receiver exist, and does everything
    /// that follows from it.
    fn route(
        &mut self,
        now: Time,
        node: NodeIndex,
        line: &[u8],
        (src, dest, body): (&str, &str, &str),
    ) {
        let Destination::Known(src) = self.find(src) else {
            return self.bad_line(now, node, BadLine::UnknownSource, line);
        };
        match self.find(dest) {
            Destination::Known(Address::Client(_) | Address::Service(_))
                if json::is_too_deep(body) =>
            {
                self.bad_line(now, node, BadLine::Unreadable, line);
            }
            Destination::Known(dest) => {
                if src != Address::Node(node) {
                    let kind = if dest == Address::Node(node) {
                        OddLine::SwappedAddresses
                    } else {
                        OddLine::ForeignSource
                    };
                    self.observed.odd_line(now, node, kind, line);
                }
                self.send(now, src, dest, body);
                self.settle(now);
            }
            Destination::GoneClient(departure) => {
                let cause = DeafCause::of_departure(dest.to_owned(), departure, body);
                self.observed.deafen(self.times.moment(now), node, cause, line);
            }
            Destination::Unknown => self.bad_line(now, node, BadLine::UnknownDestination, line),
        }
    }

    fn find(&self, name: &str) -> Destination {
        if let Some(address) = self.messages.directory().find(name) {
            return Destination::Known(address);
        }
        match self.clients.find(name) {
            Some((client, None)) => Destination::Known(Address::Client(client)),
            Some((_, Some(departure))) => Destination::GoneClient(departure),
            None => Destination::Unknown,
        }
    }
}
