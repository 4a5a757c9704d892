//! The load of the machine.

use nix::libc;

/// The load average of the last minute: the mean number of runnable threads. `None` where the
/// operating system does not report it.
#[must_use]
#[expect(unsafe_code, reason = "a system call that has no safe form")]
pub fn load_average() -> Option<f64> {
    let mut averages = [0.0_f64; 1];
    // SAFETY: the pointer is to as many values as are requested, and they live across the call.
    let count = unsafe { libc::getloadavg(averages.as_mut_ptr(), 1) };
    (count == 1).then_some(averages[0])
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_load_is_a_number_of_threads() {
        assert!(super::load_average().is_some_and(|load| load >= 0.0));
    }
}
