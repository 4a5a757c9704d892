//! Files for viewers of other projects: Perfetto, `ShiViz`, and whatever reads OpenTelemetry's traces.
//!
//! All leave out the set-up of nodes, and shorten long bodies. The same run gives the same bytes.

mod cause;
mod message_events;
mod otlp;
mod perfetto;
mod shiviz;

pub use otlp::otlp;
pub use perfetto::perfetto;
pub use shiviz::{SHIVIZ_HOSTS, SHIVIZ_REGEX, shiviz};

/// Maximum number of characters of a body, an argument or a result.
const SHOWN: usize = 400;
