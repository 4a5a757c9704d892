//! All findings, and what they mean for each engine.

use super::finding::Finding;
use glomers_results::Engine;
use serde_json::{Map, Value, json};

/// The engines that a machine may be able to run.
pub(crate) const ENGINES: [Engine; 2] = [Engine::Embedded, Engine::Maelstrom];

/// The findings.
pub(crate) struct Report {
    /// In display order.
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    /// Names of the findings that keep an engine from running.
    pub(crate) fn lacks(&self, engine: Engine) -> Vec<&str> {
        let stopping = self.findings.iter().filter(|finding| finding.stops(engine));
        stopping.map(|finding| finding.name.as_str()).collect()
    }

    /// Whether each of these engines can run.
    pub(crate) fn can_run(&self, engines: &[Engine]) -> bool {
        engines.iter().all(|engine| self.lacks(*engine).is_empty())
    }

    /// As JSON; `chosen` are the engines that the user asked about.
    pub(crate) fn json(&self, chosen: &[Engine]) -> Value {
        let mut engines = Map::new();
        for engine in ENGINES {
            let lacks = self.lacks(engine);
            let verdict = json!({ "can_run": lacks.is_empty(), "lacks": lacks });
            engines.insert(engine.name().to_owned(), verdict);
        }
        json!({
            "chosen": chosen.iter().map(|engine| engine.name()).collect::<Vec<_>>(),
            "can_run": self.can_run(chosen),
            "engines": engines,
            "findings": self.findings.iter().map(Finding::json).collect::<Vec<_>>(),
        })
    }
}
