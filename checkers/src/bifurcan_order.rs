//! The iteration order of the reference's Bifurcan sets and maps.
//!
//! They are trees with 32 branches per node. Items are hashed with Java's `hashCode`
//! ([`hash_code`]); the hash is mixed, and selects a branch 5 bits at a time, from the low end.
//! Each node lists the items that are alone in their branch first, then those of the other
//! branches, both by branch number. Items of equal hash keep their insertion order.
//!
//! [`hash_code`]: crate::java_hash::hash_code

/// Orders items, given with their hash codes in insertion order, as a set lists them.
pub(crate) fn order_as_set<T: Copy>(items: impl IntoIterator<Item = (u32, T)>) -> Vec<T> {
    let items = items.into_iter().map(|(hash_code, item)| (mixed(hash_code), item));
    let mut listed = Vec::new();
    walk(items.collect(), 0, &mut listed);
    listed
}

/// Bifurcan's mixing of a hash code.
fn mixed(hash_code: u32) -> u32 {
    // The code is sign-extended to 64 bits, and the two halves are folded.
    let mut hash = if hash_code.cast_signed() < 0 { !hash_code } else { hash_code };
    hash ^= (hash >> 20) ^ (hash >> 12);
    hash ^ (hash >> 7) ^ (hash >> 4)
}

/// Bits of the hash that each level of the tree branches on.
const BRANCH_BITS: u32 = 5;

/// Lists the items below a node of the tree, whose hashes agree in the lowest `shift` bits.
fn walk<T: Copy>(mut items: Vec<(u32, T)>, shift: u32, listed: &mut Vec<T>) {
    let branch = |hash: u32| (hash >> shift) & ((1 << BRANCH_BITS) - 1);
    items.sort_by_key(|&(hash, _)| branch(hash));
    let branches = || items.chunk_by(|a, b| branch(a.0) == branch(b.0));
    let alone = branches().filter(|branch| branch.len() == 1);
    listed.extend(alone.flatten().map(|&(_, item)| item));
    for several in branches().filter(|branch| branch.len() > 1) {
        if several.iter().all(|(hash, _)| *hash == several[0].0) {
            listed.extend(several.iter().map(|&(_, item)| item));
        } else {
            walk(several.to_vec(), shift + BRANCH_BITS, listed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::excerpt;
    use crate::java_hash::hash_code;
    use crate::sample::edn;
    use glomers_history::Value;

    fn listed(set: &[Value]) -> Vec<String> {
        let listed = order_as_set(set.iter().map(|item| (hash_code(item), item)));
        listed.into_iter().map(excerpt::edn).collect()
    }

    #[test]
    fn items_are_in_the_order_of_the_tree() {
        // Orders observed in results of the reference.
        for expected in [
            &["[1 777]", "[1 2]"][..],
            // The hash code is beyond 31 bits.
            &["[1 2 3 4 5 6 7]", "[1 2 3 4 5 6 1]"],
        ] {
            let mut set: Vec<Value> = expected.iter().map(|text| edn(text)).collect();
            assert_eq!(listed(&set), expected);
            set.reverse();
            assert_eq!(listed(&set), expected);
        }
    }

    #[test]
    fn items_of_one_hash_are_in_the_order_in_which_they_were_put_in() {
        let set = |texts: [&str; 3]| listed(&texts.map(edn));
        // These two have the hash code 992.
        assert_eq!(set(["[1 0]", "[0 31]", "[5]"]), ["[5]", "[1 0]", "[0 31]"]);
        assert_eq!(set(["[0 31]", "[1 0]", "[5]"]), ["[5]", "[0 31]", "[1 0]"]);
    }
}
