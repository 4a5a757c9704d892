//! Installs Maelstrom from a release archive: downloads it, verifies it, unpacks it into a
//! temporary folder, and replaces an older installation. Prints nothing, and never prompts.

mod curl;
mod digest;
mod download;
mod error;
mod installer;
mod name_limit;
mod progress;
mod record;
mod source;
mod staging;
mod stop;
mod unpack;

pub use digest::Digest;
pub use error::InstallError;
pub use installer::{InstallRequest, Installed, Installer};
pub use progress::{Progress, Step};
pub use record::Record;
pub use source::{RELEASES, Source, Version};
pub use stop::Stop;
pub use unpack::unpack;
