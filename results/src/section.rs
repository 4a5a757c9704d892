//! Takes the known keys out of one map of the results, and notes the others.

use glomers_history::{Validity, Value, print_value};
use std::fmt;

/// A key that this version does not know, or whose value is not what it expects.
#[derive(Debug, Clone, PartialEq)]
pub struct UnknownKey {
    /// The keys that lead to it, as in `:stats :by-f :read :median`.
    pub path: String,
    /// What is there.
    pub value: Value,
}

/// Most characters of a value that are shown.
const SHOWN: usize = 60;

impl fmt::Display for UnknownKey {
    /// The path and the value, cut to a line.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = printed(&self.value);
        let shown: String = value.chars().take(SHOWN).collect();
        let dots = if shown.len() < value.len() { "..." } else { "" };
        write!(out, "{} {shown}{dots}", self.path)
    }
}

pub(crate) fn printed(value: &Value) -> String {
    let mut out = Vec::new();
    print_value(value, &mut out);
    // Everything comes from `str`s, whole.
    String::from_utf8_lossy(&out).into_owned()
}

/// One map of the results, while its keys are taken.
pub(crate) struct Section<'a> {
    path: String,
    /// Entries in the order of the file, and whether they were taken.
    entries: Vec<(&'a Value, &'a Value, bool)>,
}

impl<'a> Section<'a> {
    /// The map at `path`; none when it is no map.
    pub(crate) fn new(path: &str, map: &'a Value) -> Option<Self> {
        let Value::Map(entries) = map else { return None };
        let entries = entries.iter().map(|(key, value)| (key, value, false)).collect();
        Some(Self { path: path.to_owned(), entries })
    }

    /// Takes the value under a keyword, if there is one that `read` accepts.
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

    /// The elements of a list, vector or set; of nil, none.
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

    /// The maps under all keys: each key's text, and its map.
    pub(crate) fn sections(&mut self) -> Vec<(String, Section<'a>)> {
        let mut sections = Vec::new();
        for (key, value, is_taken) in &mut self.entries {
            let path = format!("{} {}", self.path, printed(key));
            if let Some(section) = Section::new(path.trim_start(), value) {
                let name =
                    if let Value::Keyword(name) = key { name.to_string() } else { printed(key) };
                sections.push((name, section));
                *is_taken = true;
            }
        }
        sections
    }

    /// Notes what was not taken.
    pub(crate) fn end(self, unknown: &mut Vec<UnknownKey>) {
        for (key, value, is_taken) in self.entries {
            if !is_taken {
                let path = format!("{} {}", self.path, printed(key)).trim_start().to_owned();
                unknown.push(UnknownKey { path, value: value.clone() });
            }
        }
    }
}
