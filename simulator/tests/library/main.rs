//! Tests of nodes, as users of the library write them, and what seeds and faults mean in them.

mod asserting;
mod dice;
mod faults;
mod panics;
mod probe;
mod seeds;
mod unrepeatable;
