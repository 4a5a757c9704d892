//! Prints the result of a check.

use super::settings::Settings;
use crate::failure::Result;
use crate::format::Format;
use crate::terminal::{self, painted};
use console::Color;
use glomers_history::Validity;
use glomers_results::{Look, Run, run_table, value_json, verdict_word};

/// A history that was judged.
pub(super) struct Checked {
    pub(super) settings: Settings,
    pub(super) run: Run,
    pub(super) reasons: Vec<String>,
    pub(super) warnings: Vec<String>,
    /// What is missing of the run.
    pub(super) missing: Vec<String>,
}

impl Checked {
    pub(super) fn print(&self, format: Format) -> Result<()> {
        let look = match format {
            Format::Json => return terminal::print(&serde_json::to_string_pretty(&self.json()?)?),
            Format::Table => Look::Terminal { colour: terminal::colours_stdout() },
            Format::Markdown => Look::Markdown,
        };
        let colours = look == Look::Terminal { colour: true };
        let colour = match self.run.results.valid {
            Validity::Valid => Color::Green,
            Validity::Invalid => Color::Red,
            Validity::Unknown => Color::Yellow,
        };
        let word = painted(verdict_word(self.run.results.valid), colour, colours);
        let path = terminal::shown_path(&self.run.path);
        let workload = self.settings.criteria.workload;
        let mut lines = vec![format!("{workload}: {word} ({path})")];
        lines.extend(self.settings.lines());
        lines.push(run_table(&self.run, look));
        let why = painted("why:", Color::Red, colours);
        lines.extend(self.reasons.iter().map(|reason| format!("{why} {reason}")));
        let mark = painted("warning:", Color::Yellow, colours);
        lines.extend(self.warnings.iter().map(|warning| format!("{mark} {warning}")));
        terminal::print(&lines.join("\n"))
    }

    /// The JSON object that `run` prints, plus the full results.
    fn json(&self) -> Result<serde_json::Value> {
        let mut object = serde_json::to_value(&self.run)?;
        object["workload"] = self.settings.criteria.workload.name().into();
        object["criteria"] = self.settings.json();
        object["incomplete"] = self.missing.as_slice().into();
        object["warnings"] = self.warnings.as_slice().into();
        object["reasons"] = self.reasons.as_slice().into();
        object["results"] = value_json(self.run.results.value());
        Ok(object)
    }
}

/// Why the verdict of an incomplete run is unknown.
pub(super) fn open_reasons(missing: &[String], of_what_is_there: Validity) -> Vec<String> {
    let mut reasons: Vec<String> =
        missing.iter().map(|text| format!("the run is incomplete: {text}")).collect();
    reasons.push(format!(
        "what is there is {}, which --partial judges by itself",
        verdict_word(of_what_is_there)
    ));
    reasons
}
