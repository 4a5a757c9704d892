//! Transactions of simulated databases, correct and faulty ones, and of nodes with nonsensical
//! answers.

mod anomalies;
mod entangled;
mod mangled;
mod models;
mod prover;
mod second_opinion;
mod simulator;
mod verdict;
