//! Whether something is as it should be.

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// There is nothing to say about it.
    #[default]
    Plain,
    /// It is.
    Good,
    /// It is not.
    Bad,
    /// It is unknown.
    Doubtful,
}

impl Mark {
    /// The class that the style gives a colour.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Doubtful => "doubt",
        }
    }
}
