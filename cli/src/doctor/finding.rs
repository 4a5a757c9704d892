//! One thing that a run needs or benefits from, and its state on this machine.

use glomers_results::Engine;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The state of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// In order.
    Ok,
    /// Not found.
    Missing,
    /// Found, in a version that is too old.
    TooOld,
    /// Found, but not usable as it is.
    Wrong,
    /// Below the recommended amount.
    Low,
    /// Above the recommended amount.
    High,
}

impl State {
    /// The state as text.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::TooOld => "too old",
            Self::Wrong => "wrong",
            Self::Low => "low",
            Self::High => "high",
        }
    }
}

/// How much an engine needs a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Without it no run is possible, or none that could be valid.
    Needed,
    /// Runs are better with it.
    Useful,
}

impl Need {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Needed => "needed",
            Self::Useful => "useful",
        }
    }
}

/// What fixes a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// A command for the shell.
    Command(String),
    /// Something that no command can do.
    Advice(String),
}

/// A thing, and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Stable identifier for JSON output.
    pub(crate) id: &'static str,
    /// Display name.
    pub(crate) name: String,
    pub(crate) state: State,
    /// The version, if it reports one.
    pub(crate) version: Option<String>,
    /// Its path.
    pub(crate) path: Option<PathBuf>,
    /// A remark, or what is wrong with it.
    pub(crate) note: Option<String>,
    /// How much the embedded engine needs it; `None` if that does not use it.
    pub(crate) embedded: Option<Need>,
    /// How much the real Maelstrom needs it; `None` if that does not use it.
    pub(crate) maelstrom: Option<Need>,
    /// Its purpose, and what happens without it.
    pub(crate) purpose: &'static str,
    /// What fixes it; `None` if it is ok.
    pub(crate) remedy: Option<Remedy>,
}

impl Finding {
    /// A finding in state [`State::Ok`] that no engine needs yet.
    pub(crate) fn new(id: &'static str, name: impl Into<String>, purpose: &'static str) -> Self {
        Self {
            id,
            name: name.into(),
            state: State::Ok,
            version: None,
            path: None,
            note: None,
            embedded: None,
            maelstrom: None,
            purpose,
            remedy: None,
        }
    }

    /// Sets the need of both engines.
    pub(crate) fn for_both(mut self, need: Need) -> Self {
        self.embedded = Some(need);
        self.maelstrom = Some(need);
        self
    }

    /// Sets the need of the embedded engine.
    pub(crate) fn for_embedded(mut self, need: Need) -> Self {
        self.embedded = Some(need);
        self
    }

    /// Sets the need of the real Maelstrom.
    pub(crate) fn for_maelstrom(mut self, need: Need) -> Self {
        self.maelstrom = Some(need);
        self
    }

    /// Adds a remark.
    pub(crate) fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Sets a state other than ok, with its reason and remedy.
    pub(crate) fn is(mut self, state: State, note: impl Into<String>, remedy: Remedy) -> Self {
        self.state = state;
        self.remedy = Some(remedy);
        self.noting(note)
    }

    /// How much an engine needs it.
    pub(crate) fn need(&self, engine: Engine) -> Option<Need> {
        match engine {
            Engine::Embedded => self.embedded,
            Engine::Maelstrom => self.maelstrom,
            Engine::Unknown => None,
        }
    }

    /// Whether this finding alone keeps an engine from running.
    pub(crate) fn stops(&self, engine: Engine) -> bool {
        self.state != State::Ok && self.need(engine) == Some(Need::Needed)
    }

    /// Version, path and note, in one line.
    pub(crate) fn found(&self) -> String {
        let path = self.path.as_deref().map(crate::terminal::shown_path);
        let parts = [self.version.clone(), path, self.note.clone()];
        glomers_history::visible(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
            .into_owned()
    }

    /// As JSON, whose keys are listed in the help of `doctor`.
    pub(crate) fn json(&self) -> Value {
        let (command, advice) = match &self.remedy {
            None => (None, None),
            Some(Remedy::Command(command)) => (Some(command), None),
            Some(Remedy::Advice(advice)) => (None, Some(advice)),
        };
        json!({
            "id": self.id,
            "name": self.name,
            "state": self.state.words().replace(' ', "-"),
            "version": self.version,
            "path": self.path.as_ref().map(|path| path.display().to_string()),
            "note": self.note,
            "embedded": self.embedded.map(Need::word),
            "maelstrom": self.maelstrom.map(Need::word),
            "purpose": self.purpose,
            "command": command,
            "advice": advice,
        })
    }
}
