//! Pages for a browser: each is one file that needs nothing else. Their scripts are fixed texts, which
//! the policy in the page names by their hashes; nothing else in a page can run, or load anything.

mod columns;
mod cycles;
mod document;
mod escape;
mod mark;
mod overview;
mod run_page;
mod sample;
mod sections;
mod trend;

pub use document::{Connections, Document, STYLE};
pub use escape::escaped;
pub use mark::Mark;
pub use overview::{OverviewPage, RunRow, Trend, TrendPoint};
pub use run_page::{NodeLog, RunPage, Tile};
pub use sample::MOST_MESSAGES;
