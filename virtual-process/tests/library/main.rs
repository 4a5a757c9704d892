//! Programs in virtual time: what they see, and that they see the same each time.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod behaviour;
mod denied;
mod ends;
mod program;
mod repeatable;
