//! EDN, the notation of histories and results: tokens, the printer, the reader of histories.

pub mod lexer;
pub(crate) mod print;
pub(crate) mod read;
