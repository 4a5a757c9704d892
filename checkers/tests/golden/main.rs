//! Verdicts over recorded histories must equal those of the reference.
//!
//! The larger set of recordings has more of them, see `recordings/`.

mod case;
mod difference;
mod differential;
mod labelled;
#[path = "../transactions/prover.rs"]
mod prover;
mod public;
mod recorded;
mod transactions;
