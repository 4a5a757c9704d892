//! One thing that a run needs or profits from, and how it is here.

use glomers_results::Engine;
use serde_json::{Value, json};
use std::path::PathBuf;

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// As it should be.
    Ok,
    /// Not there.
    Missing,
    /// There, in a version that will not do.
    TooOld,
    /// There, and of no use as it is.
    Wrong,
    /// Less than is good.
    Low,
    /// More than is good.
    High,
}

impl State {
    /// As people read it.
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

/// What a thing is to an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Without it there is no run, or none that could be valid.
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

/// What mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// A command for the shell.
    Command(String),
    /// Something that no command can do.
    Advice(String),
}

/// A thing, and how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Its kind, for programs: never changes.
    pub(crate) id: &'static str,
    /// What people call it.
    pub(crate) name: String,
    pub(crate) state: State,
    /// The version, of what has one and says it.
    pub(crate) version: Option<String>,
    /// Where it is.
    pub(crate) path: Option<PathBuf>,
    /// What else there is to say of it, or what is wrong with it.
    pub(crate) note: Option<String>,
    /// What it is to the embedded engine; none when that has nothing to do with it.
    pub(crate) embedded: Option<Need>,
    /// What it is to the real Maelstrom.
    pub(crate) maelstrom: Option<Need>,
    /// What it is for, and what happens without it.
    pub(crate) purpose: &'static str,
    /// What mends it, unless it is ok.
    pub(crate) remedy: Option<Remedy>,
}

impl Finding {
    /// Something that is as it should be and is of no concern to any engine yet.
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

    /// The same to both engines.
    pub(crate) fn for_both(mut self, need: Need) -> Self {
        self.embedded = Some(need);
        self.maelstrom = Some(need);
        self
    }

    /// Of concern to the real Maelstrom alone.
    pub(crate) fn for_maelstrom(mut self, need: Need) -> Self {
        self.maelstrom = Some(need);
        self
    }

    /// With a remark.
    pub(crate) fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Not as it should be.
    pub(crate) fn is(mut self, state: State, note: impl Into<String>, remedy: Remedy) -> Self {
        self.state = state;
        self.remedy = Some(remedy);
        self.noting(note)
    }

    /// What it is to an engine.
    pub(crate) fn need(&self, engine: Engine) -> Option<Need> {
        match engine {
            Engine::Embedded => self.embedded,
            Engine::Maelstrom => self.maelstrom,
            Engine::Unknown => None,
        }
    }

    /// Whether this alone keeps an engine from running.
    pub(crate) fn stops(&self, engine: Engine) -> bool {
        self.state != State::Ok && self.need(engine) == Some(Need::Needed)
    }

    /// Version, place and note, in one line.
    pub(crate) fn found(&self) -> String {
        let path = self.path.as_deref().map(crate::terminal::shown_path);
        let parts = [self.version.clone(), path, self.note.clone()];
        glomers_history::visible(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
            .into_owned()
    }

    /// For programs. The keys are listed in the help of `doctor`.
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
