//! Lines that a node prints, in a run of the engine's core.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| glomers_properties::node_line(bytes));
