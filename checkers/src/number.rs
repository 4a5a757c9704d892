//! Numbers of 32 bits for what a history has many of: tables of them take half of the memory.

/// No number.
pub(crate) const NONE: u32 = u32::MAX;

/// An index as a number.
///
/// # Panics
/// Above 2^32 - 2, where [`NONE`] is: a history of that length is refused before.
#[inline]
pub(crate) fn number(index: usize) -> u32 {
    u32::try_from(index)
        .ok()
        .filter(|&number| number != NONE)
        .expect("fewer than 2^32 - 1 of a kind")
}
