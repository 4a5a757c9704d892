//! Pages for a browser, from the files of runs: for `report --html` and `serve`.

mod facts;
mod node_logs;
mod overview;
mod run;

pub(crate) use overview::overview_page;
pub(crate) use run::run_page;
