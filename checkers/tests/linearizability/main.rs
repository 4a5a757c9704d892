//! Linearizability against slow and other checkers, and against stores that are known to be right
//! or wrong.

mod brute_force;
mod conflicts;
mod mangled;
mod oracle;
mod script;
mod store;
