//! Reads the known keys of one map of the results, and collects the unknown ones.

use glomers_history::{Validity, Value};
use std::fmt;

/// A key that is unknown to this version, or whose value has an unexpected type.
#[derive(Debug, Clone, PartialEq)]
pub struct UnknownKey {
    /// The path of keys to it, as in `:stats :by-f :read :median`.
    pub path: String,
    /// The value.
    pub value: Value,
}

/// Maximum number of characters of a value that are displayed.
const SHOWN: usize = 60;

impl fmt::Display for UnknownKey {
    /// The path and the value, truncated to one line.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.to_string();
        let shown: String = value.chars().take(SHOWN).collect();
        let dots = if shown.len() < value.len() { "..." } else { "" };
        write!(out, "{} {shown}{dots}", self.path)
    }
}

/// One map of the results while its keys are read.
pub(crate) struct Section<'a> {
    path: String,
    /// Entries in the order of the file, and whether they were read.
    entries: Vec<(&'a Value, &'a Value, bool)>,
}

impl<'a> Section<'a> {
    /// The map at `path`; `None` if the value is not a map.
    pub(crate) fn new(path: &str, map: &'a Value) -> Option<Self> {
        let Value::Map(entries) = map else { return None };
        let entries = entries.iter().map(|(key, value)| (key, value, false)).collect();
        Some(Self { path: path.to_owned(), entries })
    }

    /// Reads the value under a keyword; `None` if it is missing or `read` returns `None`.
    pub(crate) fn take<T>(
        &mut self,
        key: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Option<T> {
        let is_key = |value: &Value| matches!(value, Value::Keyword(name) if name == key);
        let (_, value, is_taken) = self.entries.iter_mut().find(|(key, ..)| is_key(key))?;
        let read = read(value);
        *is_taken = read.is_some();
        read
    }

    pub(crate) fn count(&mut self, key: &str) -> Option<u64> {
        self.take(key, |value| value.as_int()?.try_into().ok())
    }

    pub(crate) fn number(&mut self, key: &str) -> Option<f64> {
        self.take(key, Value::as_float)
    }

    pub(crate) fn valid(&mut self) -> Option<Validity> {
        self.take("valid?", Validity::from_value)
    }

    pub(crate) fn value(&mut self, key: &str) -> Option<Value> {
        self.take(key, |value| Some(value.clone()))
    }

    /// The elements of a list, vector or set; empty for nil.
    pub(crate) fn elements(&mut self, key: &str) -> Option<Vec<Value>> {
        self.take(key, |value| match value {
            Value::Nil => Some(Vec::new()),
            other => other.elements().map(<[Value]>::to_vec),
        })
    }

    /// The map under a keyword.
    pub(crate) fn section(&mut self, key: &str) -> Option<Section<'a>> {
        let path = format!("{} :{key}", self.path);
        self.take(key, |value| Section::new(path.trim_start(), value))
    }

    /// The maps under all keys, each with the text of its key.
    pub(crate) fn sections(&mut self) -> Vec<(String, Section<'a>)> {
        let mut sections = Vec::new();
        for (key, value, is_taken) in &mut self.entries {
            let path = format!("{} {}", self.path, key);
            if let Some(section) = Section::new(path.trim_start(), value) {
                let name =
                    if let Value::Keyword(name) = key { name.to_string() } else { key.to_string() };
                sections.push((name, section));
                *is_taken = true;
            }
        }
        sections
    }

    /// Adds the entries that were not read to `unknown`.
    pub(crate) fn end(self, unknown: &mut Vec<UnknownKey>) {
        for (key, value, is_taken) in self.entries {
            if !is_taken {
                let path = format!("{} {}", self.path, key).trim_start().to_owned();
                unknown.push(UnknownKey { path, value: value.clone() });
            }
        }
    }
}
