//! Programs in virtual time: what they see, and that they see the same each time.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod behaviour;
mod denied;
mod ends;
mod program;
mod repeatable;
