//! Reads `results.edn` with edn-rs, behind a lexical pass.
//!
//! edn-rs alone silently misreads valid results: a tag swallows the form after it if there is no
//! space between them, `##NaN` swallows its neighbour, maps lose the order and the types of their
//! keys, and odd maps and trailing text are accepted. So the pass checks a text strictly, and
//! rewrites it in the subset of EDN that edn-rs reads correctly. No type of edn-rs is visible
//! outside of this module.

mod pass;
mod tree;

#[cfg(test)]
mod differential;

pub use tree::EdnError;
pub(crate) use tree::read;
