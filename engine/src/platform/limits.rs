//! Limits that the system sets us.

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use std::sync::OnceLock;

/// Most descriptors that macOS allows, whatever it says.
const OPEN_MAX: rlim_t = 10_240;

/// The limit that we were started with: programs that we start get it back.
static INHERITED: OnceLock<(rlim_t, rlim_t)> = OnceLock::new();

/// Raises our limit of open descriptors to the highest that the system allows us, and returns it.
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

/// Between fork and exec: gives a program the limit that we were started with. Some programs use
/// `select`, which knows no descriptor above 1023, or close every descriptor that there may be.
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
        // Again changes nothing.
        assert_eq!(raise_descriptor_limit(), raised);
    }
}
