//! Reads what a run left, ours or another's: the files of its folder, its history and its journal.

mod content;
mod folder;
mod history;
mod input;
mod run;

pub(crate) use folder::{Recorded, RunFolder};
pub(crate) use history::Reading;
pub(crate) use input::Input;
pub(crate) use run::{JOURNAL_FILE, RecordedRun, heading_of};
