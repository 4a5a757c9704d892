//! Shows a run: pictures in SVG, a page in HTML, and files for viewers of other projects. All are
//! made from a [`Timeline`](glomers_timeline::Timeline), and written by the caller.

mod export;
pub mod html;
mod svg;
#[cfg(test)]
mod test_run;
mod value_text;

pub use export::{SHIVIZ_HOSTS, SHIVIZ_REGEX, otlp, perfetto, shiviz};
pub use svg::{DEFAULT_MESSAGES, MessageChoice, MessageCounts, Picture, Scope, pictures};
