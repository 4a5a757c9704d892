//! Archives of a release of Maelstrom.

#![no_main]

use glomers_properties::archive::{Input, unpacked};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Input| unpacked(input));
