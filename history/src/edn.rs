//! EDN, the notation of histories and results: tokens, values, a printer, and a reader of
//! histories.

mod escape;
pub(crate) mod form;
pub(crate) mod lexer;
mod number;
pub(crate) mod operation;
pub(crate) mod print;
pub(crate) mod problem;
pub(crate) mod read;
pub(crate) mod stream;
