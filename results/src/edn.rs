//! Reads `results.edn` with edn-rs, behind a lexical pass.
//!
//! edn-rs alone reads real, passing runs wrongly and without a word: a tag swallows the form behind
//! it when no space is between them, `##NaN` takes its neighbour, maps lose the order and the type
//! of their keys, odd maps and trailing text are accepted. So the pass checks a text strictly and
//! writes it anew in the part of EDN that edn-rs reads rightly; nothing of edn-rs is seen outside.

mod pass;
mod tree;

#[cfg(test)]
mod differential;

pub use tree::EdnError;
pub(crate) use tree::read;
