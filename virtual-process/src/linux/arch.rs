//! What depends on the processor's architecture.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
pub(crate) use aarch64::*;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::*;

use nix::libc::c_long;

/// Newer calls, which have the same numbers everywhere, and names in few C libraries (Linux 5.16, 6.7).
const SYS_FUTEX_WAITV: c_long = 449;
const SYS_FUTEX_WAKE: c_long = 454;
const SYS_FUTEX_WAIT: c_long = 455;
const SYS_FUTEX_REQUEUE: c_long = 456;

#[cfg(test)]
mod tests {
    use super::CALLS;
    use std::collections::BTreeMap;

    /// Calls that only x86-64 has.
    const OLD: [&str; 8] =
        ["alarm", "epoll_wait", "getpgrp", "open", "pause", "poll", "select", "time"];
    /// The names in a table of calls, with their handling.
    fn table(source: &'static str) -> BTreeMap<&'static str, &'static str> {
        let entries = source.lines().filter_map(|line| {
            let (name, handling) = line.trim().strip_prefix("(libc::SYS_")?.split_once(", ")?;
            Some((name, handling))
        });
        entries.collect()
    }

    fn tables() -> [BTreeMap<&'static str, &'static str>; 2] {
        [table(include_str!("arch/x86_64.rs")), table(include_str!("arch/aarch64.rs"))]
    }

    #[test]
    fn every_call_is_in_the_documentation() {
        let page = include_str!("../../../docs/virtual-time.md");
        let [x86_64, _] = tables();
        assert!(x86_64.len() > CALLS.len() - 5, "{x86_64:?}");
        for name in x86_64.keys() {
            assert!(page.contains(&format!("`{name}`")), "{name} is not documented");
            let is_marked = page.contains(&format!("`{name}`*"));
            assert_eq!(is_marked, OLD.contains(name), "{name} is marked as missing on arm64");
        }
    }

    #[test]
    fn all_architectures_handle_calls_alike() {
        let [mut x86_64, aarch64] = tables();
        x86_64.retain(|name, _| !OLD.contains(name));
        assert_eq!(x86_64, aarch64);
    }
}
