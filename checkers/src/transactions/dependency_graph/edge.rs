//! Why a transaction comes before another.

use crate::enum_set::{EnumSet, Member};

/// Why a transaction comes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Edge {
    /// Write-write: it wrote a version before the other's.
    Ww,
    /// Write-read: it wrote the version that the other read.
    Wr,
    /// Read-write (an anti-dependency): it read a version that the other replaced.
    Rw,
    /// The same process ran it earlier.
    Process,
    /// It ended before the other began.
    Realtime,
}

impl Edge {
    /// Every reason, data first.
    pub(crate) const ALL: [Self; 5] = [Self::Ww, Self::Wr, Self::Rw, Self::Process, Self::Realtime];

    /// The reference's keyword, without the colon.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ww => "ww",
            Self::Wr => "wr",
            Self::Rw => "rw",
            Self::Process => "process",
            Self::Realtime => "realtime",
        }
    }
}

impl Member for Edge {
    const MEMBERS: &'static [Self] = &Self::ALL;

    fn number(self) -> u8 {
        self as u8
    }
}

/// A set of reasons.
pub(crate) type EdgeSet = EnumSet<Edge, 1>;

impl EdgeSet {
    /// `ww` and `wr`.
    pub(crate) const DEPENDENCIES: Self = Self::of(Edge::Ww).with(Edge::Wr);
    /// `ww`, `wr` and `rw`.
    pub(crate) const DATA: Self = Self::DEPENDENCIES.with(Edge::Rw);
    /// All reasons.
    pub(crate) const ALL: Self = Self::DATA.with(Edge::Process).with(Edge::Realtime);

    /// The set of this reason alone.
    pub(crate) const fn of(edge: Edge) -> Self {
        Self::EMPTY.with(edge)
    }

    /// These reasons, and this one.
    pub(crate) const fn with(self, edge: Edge) -> Self {
        self.with_number(edge as u8)
    }
}
