//! Verdicts over recorded histories equal those that the reference gave.
//!
//! Reads the golden folder beside the repository (or where `GLOMERS_GOLDEN` points), and says so
//! when it is absent.

mod case;
mod difference;
mod differential;
mod labelled;
#[path = "../transactions/prover.rs"]
mod prover;
mod public;
mod recorded;
mod transactions;
