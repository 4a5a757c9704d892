//! Transactions of simulated databases, right and wrong ones, and of nodes that answer nonsense.

mod anomalies;
mod entangled;
mod mangled;
mod models;
mod prover;
mod second_opinion;
mod simulator;
mod verdict;
