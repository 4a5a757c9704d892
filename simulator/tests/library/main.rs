//! Tests of nodes, as users of the library write them, and the meaning of seeds and faults in them.

mod asserting;
mod dice;
mod error_codes;
mod faults;
mod panics;
mod probe;
mod seeds;
mod unrepeatable;
