//! Delta debugging of a list.

/// Removes items from a list as far as possible: `attempt` is given the remaining items, and
/// returns whether they suffice, or `None` if no more attempts are to be made. Chunks become
/// smaller and smaller: half of the list, a quarter, and so on.
pub(super) fn reduce<T: Clone>(
    items: Vec<T>,
    smallest_chunk: usize,
    attempt: &mut dyn FnMut(&[T]) -> Option<bool>,
) -> Vec<T> {
    let mut items = items;
    if items.is_empty() {
        return items;
    }
    match attempt(&[]) {
        None => return items,
        Some(true) => return Vec::new(),
        Some(false) => {}
    }
    let mut chunk = items.len().div_ceil(2);
    while chunk >= smallest_chunk && items.len() > 1 {
        let mut start = 0;
        while start < items.len() {
            let end = (start + chunk).min(items.len());
            let rest = [&items[..start], &items[end..]].concat();
            // The empty list was tried before.
            let will_do = if rest.is_empty() { Some(false) } else { attempt(&rest) };
            match will_do {
                None => return items,
                Some(true) => items = rest,
                Some(false) => start = end,
            }
        }
        chunk = if chunk == 1 { 0 } else { chunk.div_ceil(2) };
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Every remaining item is needed.
        #[test]
        fn what_is_left_is_what_is_needed(
            length in 0_u32..200,
            needed in prop::collection::btree_set(0_u32..200, 0..5),
        ) {
            let needed: Vec<u32> = needed.into_iter().filter(|item| *item < length).collect();
            let mut tries = 0;
            let left = reduce((0..length).collect(), 1, &mut |rest| {
                tries += 1;
                Some(needed.iter().all(|item| rest.contains(item)))
            });
            prop_assert_eq!(&left, &needed);
            let stopped = reduce((0..length).collect(), 1, &mut |_| None);
            prop_assert_eq!(stopped.len(), length as usize);
            prop_assert!(tries <= 40 + 20 * needed.len(), "{} tries", tries);
        }
    }
}
