//! Verdicts of checkers.

use crate::Value;

/// Whether a history is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Validity {
    /// `true`
    Valid,
    /// `:unknown`: neither validity nor invalidity was shown.
    Unknown,
    /// `false`
    Invalid,
}

impl Validity {
    /// The worse of the two: invalid is worse than unknown, and unknown is worse than valid.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Invalid, _) | (_, Self::Invalid) => Self::Invalid,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Valid, Self::Valid) => Self::Valid,
        }
    }

    /// The value of `:valid?`.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self {
            Self::Valid => Value::Bool(true),
            Self::Unknown => Value::keyword("unknown"),
            Self::Invalid => Value::Bool(false),
        }
    }

    /// Reads the value of `:valid?`.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(true) => Some(Self::Valid),
            Value::Bool(false) => Some(Self::Invalid),
            Value::Keyword(name) if name == "unknown" => Some(Self::Unknown),
            _ => None,
        }
    }
}

impl From<bool> for Validity {
    fn from(valid: bool) -> Self {
        if valid { Self::Valid } else { Self::Invalid }
    }
}

/// The verdict of one checker: its validity, and the map that it adds to the results.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The validity.
    pub valid: Validity,
    /// The result map, including `:valid?`, with keys in the reference's order.
    pub map: Value,
}

/// The verdicts of all checkers: the content of `results.edn`, in order, without the top-level
/// `:valid?`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Judgement {
    /// Each checker's key (`stats`, `net`, `workload`, ...) and verdict.
    pub verdicts: Vec<(&'static str, Verdict)>,
    /// Keys of verdicts that are shown without affecting the overall validity.
    pub uncounted: Vec<&'static str>,
}

impl Judgement {
    /// The worst of the verdicts that count; valid if there are none.
    #[must_use]
    pub fn valid(&self) -> Validity {
        let counted = self.verdicts.iter().filter(|(key, _)| !self.uncounted.contains(key));
        counted.fold(Validity::Valid, |all, (_, verdict)| all.and(verdict.valid))
    }

    /// Makes the overall validity unknown, for these reasons. Verdicts of the checkers are shown
    /// and do not count.
    pub fn leave_open(&mut self, missing: &[String]) {
        self.uncounted = self.verdicts.iter().map(|(key, _)| *key).collect();
        let valid = Validity::Unknown;
        let missing = missing.iter().map(|text| Value::str(text)).collect();
        let map = Value::Map(vec![
            (Value::keyword("valid?"), valid.to_value()),
            (Value::keyword("missing"), Value::List(missing)),
        ]);
        self.verdicts.insert(0, ("incomplete", Verdict { valid, map }));
    }

    /// The whole results map, which ends with `:valid?`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut entries: Vec<_> = self
            .verdicts
            .iter()
            .map(|(key, verdict)| (Value::keyword(key), verdict.map.clone()))
            .collect();
        entries.push((Value::keyword("valid?"), self.valid().to_value()));
        Value::Map(entries)
    }
}
