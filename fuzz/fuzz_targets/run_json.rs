//! `run.json`, as `replay` and `report` read it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| glomers_properties::run_json(bytes));
