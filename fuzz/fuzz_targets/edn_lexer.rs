//! EDN from files: tokens, values, histories and results.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| glomers_properties::edn(bytes));
