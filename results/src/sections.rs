//! The parts of `results.edn` that every workload has.

use crate::map_reader::{Section, UnknownKey};
use glomers_history::{Traffic, TrafficCount, Validity, Value};

/// Counts of operations by outcome.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counts {
    /// Whether some operations succeeded.
    pub valid: Option<Validity>,
    /// Completed operations.
    pub count: Option<u64>,
    /// Operations that succeeded.
    pub ok_count: Option<u64>,
    /// Operations that certainly did not happen.
    pub fail_count: Option<u64>,
    /// Operations with an unknown outcome.
    pub info_count: Option<u64>,
}

/// `:stats`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stats {
    /// Counts over all functions.
    pub all: Counts,
    /// Counts by function, in the order of the file.
    pub by_f: Vec<(String, Counts)>,
}

/// `:availability`
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Availability {
    /// Whether enough operations succeeded.
    pub valid: Option<Validity>,
    /// Fraction of operations that succeeded.
    pub ok_fraction: Option<f64>,
}

/// Message counts of one kind of traffic.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct NetCounts {
    /// Messages handed to the network.
    pub send_count: Option<u64>,
    /// Messages that their receivers took.
    pub recv_count: Option<u64>,
    /// Distinct messages.
    pub msg_count: Option<u64>,
    /// Distinct messages per client operation.
    pub msgs_per_op: Option<f64>,
}

/// `:net`
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Net {
    /// Always true.
    pub valid: Option<Validity>,
    /// All messages.
    pub all: Option<NetCounts>,
    /// Messages from and to clients.
    pub clients: Option<NetCounts>,
    /// Messages between nodes and services.
    pub servers: Option<NetCounts>,
}

impl Net {
    /// The message counts as [`Traffic`]; `None` if a count is missing.
    #[must_use]
    pub fn traffic(&self) -> Option<Traffic> {
        let count = |counts: NetCounts| {
            Some(TrafficCount {
                sent: counts.send_count?,
                received: counts.recv_count?,
                messages: counts.msg_count?,
            })
        };
        Some(Traffic { clients: count(self.clients?)?, servers: count(self.servers?)? })
    }
}

/// Exceptions of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ExceptionGroup {
    /// Number of exceptions.
    pub count: Option<u64>,
    /// Class of the exceptions.
    pub class: Option<Value>,
    /// An operation that ended with such an exception.
    pub example: Option<Value>,
}

/// `:exceptions`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exceptions {
    /// Always true.
    pub valid: Option<Validity>,
    /// By class.
    pub groups: Vec<ExceptionGroup>,
}

impl Counts {
    fn take(section: &mut Section) -> Self {
        Self {
            valid: section.valid(),
            count: section.count("count"),
            ok_count: section.count("ok-count"),
            fail_count: section.count("fail-count"),
            info_count: section.count("info-count"),
        }
    }
}

impl Stats {
    pub(crate) fn take(mut section: Section, unknown: &mut Vec<UnknownKey>) -> Self {
        let all = Counts::take(&mut section);
        let mut by_f = Vec::new();
        if let Some(mut functions) = section.section("by-f") {
            for (f, mut section) in functions.sections() {
                by_f.push((f, Counts::take(&mut section)));
                section.end(unknown);
            }
            functions.end(unknown);
        }
        section.end(unknown);
        Self { all, by_f }
    }
}

impl Availability {
    pub(crate) fn take(mut section: Section, unknown: &mut Vec<UnknownKey>) -> Self {
        let taken = Self { valid: section.valid(), ok_fraction: section.number("ok-fraction") };
        section.end(unknown);
        taken
    }
}

impl Net {
    pub(crate) fn take(mut section: Section, unknown: &mut Vec<UnknownKey>) -> Self {
        let mut counts = |key| {
            let mut section = section.section(key)?;
            let counts = NetCounts {
                send_count: section.count("send-count"),
                recv_count: section.count("recv-count"),
                msg_count: section.count("msg-count"),
                msgs_per_op: section.number("msgs-per-op"),
            };
            section.end(unknown);
            Some(counts)
        };
        let (all, clients, servers) = (counts("all"), counts("clients"), counts("servers"));
        let valid = section.valid();
        section.end(unknown);
        Self { valid, all, clients, servers }
    }
}

impl Exceptions {
    pub(crate) fn take(mut section: Section, unknown: &mut Vec<UnknownKey>) -> Self {
        let mut groups = Vec::new();
        for (position, group) in
            section.elements("exceptions").unwrap_or_default().iter().enumerate()
        {
            let path = format!(":exceptions :exceptions {position}");
            let Some(mut section) = Section::new(&path, group) else {
                unknown.push(UnknownKey { path, value: group.clone() });
                continue;
            };
            groups.push(ExceptionGroup {
                count: section.count("count"),
                class: section.value("class"),
                example: section.value("example"),
            });
            section.end(unknown);
        }
        let valid = section.valid();
        section.end(unknown);
        Self { valid, groups }
    }
}
