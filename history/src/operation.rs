//! One entry of a history: the invocation of an operation, or its completion.

use crate::{Function, Value};
use smol_str::SmolStr;

/// What an entry says about its operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It began.
    Invoke,
    /// It succeeded.
    Ok,
    /// It certainly did not happen.
    Fail,
    /// It may or may not have happened, or may still happen. Also every entry of the nemesis.
    Info,
}

impl Kind {
    /// The keyword of `:type`, without the colon.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invoke => "invoke",
            Self::Ok => "ok",
            Self::Fail => "fail",
            Self::Info => "info",
        }
    }

    /// The kind of that name, without the colon.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Invoke, Self::Ok, Self::Fail, Self::Info].into_iter().find(|k| k.name() == name)
    }
}

/// The process of an entry: a logical client, which runs one operation at a time, or the nemesis.
///
/// A worker whose operation ended as [`Kind::Info`] continues as a new process, since the operation
/// of the old one may still take effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Process {
    /// A client process; process `p` is worker `p mod concurrency`.
    Client(u64),
    /// The nemesis.
    Nemesis,
}

/// One entry of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Position in the history, from 0.
    pub index: u64,
    /// Nanoseconds since the test began.
    pub time: i64,
    /// Invocation, or kind of completion.
    pub kind: Kind,
    /// The process.
    pub process: Process,
    /// The function.
    pub f: Function,
    /// The argument of an invocation, the result of a completion.
    pub value: Value,
    /// Whether it is a final operation, after the recovery wait (`:final? true`).
    pub is_final: bool,
    /// Fields that few entries have.
    pub detail: Option<Box<Detail>>,
}

/// Fields that only failed or unusual entries have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Detail {
    /// `:error`: a keyword, `[name text]`, or a string.
    pub error: Option<Value>,
    /// `:exception`: a map with `:via`, `:cause`, `:data`.
    pub exception: Option<Value>,
    /// Other keys, in the order of the file.
    pub other: Vec<(SmolStr, Value)>,
}

impl Operation {
    /// The `:error`, if there is one.
    #[must_use]
    pub fn error(&self) -> Option<&Value> {
        self.detail.as_ref()?.error.as_ref()
    }

    /// The `:exception`, if there is one.
    #[must_use]
    pub fn exception(&self) -> Option<&Value> {
        self.detail.as_ref()?.exception.as_ref()
    }

    /// Whether the process is a client, and not the nemesis.
    #[must_use]
    pub fn is_client(&self) -> bool {
        matches!(self.process, Process::Client(_))
    }

    /// The entry as a value tagged `jepsen.history.Op`, as in results.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut entries = vec![
            (Value::keyword("index"), Value::from(self.index)),
            (Value::keyword("time"), Value::Int(self.time)),
            (Value::keyword("type"), Value::keyword(self.kind.name())),
            (
                Value::keyword("process"),
                match self.process {
                    Process::Client(number) => Value::from(number),
                    Process::Nemesis => Value::keyword("nemesis"),
                },
            ),
            (Value::keyword("f"), Value::keyword(self.f.name())),
            (Value::keyword("value"), self.value.clone()),
        ];
        if self.is_final {
            entries.push((Value::keyword("final?"), Value::Bool(true)));
        }
        if let Some(detail) = &self.detail {
            for (key, value) in [("exception", &detail.exception), ("error", &detail.error)] {
                if let Some(value) = value {
                    entries.push((Value::keyword(key), value.clone()));
                }
            }
            for (key, value) in &detail.other {
                entries.push((Value::keyword(key), value.clone()));
            }
        }
        Value::Tagged(Box::new((SmolStr::new_static("jepsen.history.Op"), Value::Map(entries))))
    }
}
