//! Resource limits of the process.

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use std::sync::OnceLock;

/// Maximum number of descriptors on macOS, regardless of the reported limit.
const OPEN_MAX: rlim_t = 10_240;

/// The limit that glomers was started with; child processes are started with it as well.
static INHERITED: OnceLock<(rlim_t, rlim_t)> = OnceLock::new();

/// Raises the limit of open descriptors to the highest that the operating system allows, and
/// returns it.
pub fn raise_descriptor_limit() -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return u64::MAX };
    let _ = INHERITED.set((soft, hard));
    for wanted in [hard, hard.min(OPEN_MAX)] {
        if wanted > soft && setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).is_ok() {
            return wanted;
        }
    }
    soft
}

/// Called between fork and exec: restores the limit that glomers was started with. Some programs
/// use `select`, which cannot handle descriptors above 1023, or close every possible descriptor.
pub(super) fn restore_descriptor_limit() -> nix::Result<()> {
    match INHERITED.get() {
        Some((soft, hard)) => setrlimit(Resource::RLIMIT_NOFILE, *soft, *hard),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_becomes_the_hard_one() {
        let raised = raise_descriptor_limit();
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        assert_eq!(raised, soft);
        assert!(soft == hard || soft >= OPEN_MAX, "{soft} of {hard}");
        // A second call changes nothing.
        assert_eq!(raise_descriptor_limit(), raised);
    }
}
