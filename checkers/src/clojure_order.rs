//! The iteration order of the reference's Clojure maps and sets.
//!
//! In the reference, the choice and order of cases in a result depend on Clojure's hash maps: up to
//! eight entries keep the order of insertion, more are listed by hash. Numbers beyond 64 bits,
//! ratios and decimals as keys are not covered: they keep their positions.

use crate::java_hash::{GOLDEN_RATIO, combine, fold, text_hash};
use glomers_history::{Shape, Value};

/// Maximum number of entries of a map that keeps the order of insertion.
const ARRAY_MAP: usize = 8;
/// Bits of the hash that choose the branch at each level of a hash map's tree ...
const BRANCH_BITS: u32 = 5;
/// ... and the levels that use up its 32 bits.
const LEVELS: u32 = 7;

/// Orders items, given in insertion order, like the entries of a map whose keys have these ranks.
pub(crate) fn order_as_map<T>(items: &mut [T], rank: impl FnMut(&T) -> u64) {
    if items.len() > ARRAY_MAP {
        items.sort_by_key(rank);
    }
}

/// Rank of a value in the iteration order of a hash map or hash set.
pub(crate) fn hash_rank(value: &Value) -> u64 {
    // nil comes first, whatever its hash.
    let Some(hash) = hash(value) else { return 0 };
    // The tree branches on the lowest bits first.
    let branches = (0..LEVELS).map(|level| u64::from(hash >> (level * BRANCH_BITS)) & 31);
    1 + branches.fold(0, |rank, branch| rank << BRANCH_BITS | branch)
}

/// Clojure's `hash`; `None` for nil.
fn hash(value: &Value) -> Option<u32> {
    Some(match value {
        Value::Nil => return None,
        Value::Bool(true) => 1231,
        Value::Bool(false) => 1237,
        Value::Int(number) => long_hash(*number),
        Value::Float(number) if *number == 0.0 => 0,
        Value::Float(number) => fold(number.to_bits()),
        Value::Char(character) => u32::from(*character),
        Value::Str(text) => int(text_hash(text)),
        Value::Symbol(name) => symbol(name),
        Value::Keyword(name) => symbol(name).wrapping_add(GOLDEN_RATIO),
        Value::Map(entries) => {
            let entry = |(key, value): &(Value, Value)| {
                let hash = 31_u32.wrapping_add(element_hash(key)).wrapping_mul(31);
                collection(hash.wrapping_add(element_hash(value)), 2)
            };
            collection(entries.iter().map(entry).fold(0, u32::wrapping_add), entries.len())
        }
        Value::List(_) | Value::Vector(_) | Value::Set(_) | Value::Shared(_) => {
            let elements = value.elements().unwrap_or_default();
            let hashes = elements.iter().map(element_hash);
            let hash = if value.shape() == Some(Shape::Set) {
                hashes.fold(0, u32::wrapping_add)
            } else {
                hashes.fold(1, |hash: u32, element| hash.wrapping_mul(31).wrapping_add(element))
            };
            collection(hash, elements.len())
        }
        Value::BigNumber(_) | Value::Tagged(_) => 0,
    })
}

fn element_hash(value: &Value) -> u32 {
    hash(value).unwrap_or(0)
}

/// Hash of a collection, given the combined hash of its elements.
fn collection(hash: u32, count: usize) -> u32 {
    finish(mix_hash(0, hash), u32::try_from(count).unwrap_or(u32::MAX))
}

// Murmur3 of 32 bits, seed 0.

fn mix_input(input: u32) -> u32 {
    input.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593)
}

fn mix_hash(hash: u32, input: u32) -> u32 {
    (hash ^ mix_input(input)).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64)
}

/// Finalizes a hash over `bytes` bytes.
fn finish(hash: u32, bytes: u32) -> u32 {
    let mut hash = hash ^ bytes;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

fn int(number: u32) -> u32 {
    if number == 0 { 0 } else { finish(mix_hash(0, number), 4) }
}

/// Hash of an integer.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bits are meant")]
pub(crate) fn long_hash(number: i64) -> u32 {
    let bits = number as u64;
    if bits == 0 { 0 } else { finish(mix_hash(mix_hash(0, bits as u32), (bits >> 32) as u32), 8) }
}

/// Hash of a symbol without a namespace.
#[expect(clippy::cast_possible_truncation, reason = "names are short")]
fn symbol(name: &str) -> u32 {
    let units: Vec<u16> = name.encode_utf16().collect();
    let (pairs, rest) = units.as_chunks::<2>();
    let pair = |[low, high]: &[u16; 2]| u32::from(*low) | u32::from(*high) << 16;
    let mut hash = pairs.iter().map(pair).fold(0, mix_hash);
    if let [last] = rest {
        hash ^= mix_input(u32::from(*last));
    }
    let hash = finish(hash, 2 * units.len() as u32);
    // Combined with the hash of the namespace, which is 0.
    combine(hash, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(mut values: Vec<Value>) -> Vec<Value> {
        order_as_map(&mut values, hash_rank);
        values
    }

    #[test]
    fn maps_of_more_than_eight_entries_are_listed_by_hash() {
        // As Clojure prints (zipmap (range 40) ...) and the like.
        let numbers = listed((0..40).map(Value::Int).collect());
        let expected = [
            0, 7, 20, 27, 1, 24, 39, 4, 15, 21, 31, 32, 33, 13, 22, 36, 29, 6, 28, 25, 34, 17, 3,
            12, 2, 23, 35, 19, 11, 9, 5, 14, 26, 16, 38, 30, 10, 18, 37, 8,
        ];
        assert_eq!(numbers, expected.map(Value::Int));
        let few: Vec<_> = (0..8).rev().map(Value::Int).collect();
        assert_eq!(listed(few.clone()), few);
    }

    #[test]
    fn collections_have_hashes_too() {
        let cases = [
            ("[]", -2_017_569_654),
            ("[1 2 3]", 736_442_005),
            ("#{}", -15_128_758),
            ("{}", -15_128_758),
        ];
        for (text, expected) in cases {
            assert_eq!(
                hash(&crate::sample::edn(text)),
                Some(i32::cast_unsigned(expected)),
                "{text}"
            );
        }
    }

    #[test]
    fn keywords_are_listed_by_hash() {
        // A results map of the reference with these keys.
        let names = [
            "valid?",
            "unseen",
            "poll-skip",
            "info-txn-causes",
            "worst-realtime-lag",
            "lost-write",
            "error-types",
            "int-poll-skip",
            "bad-error-types",
        ];
        let mut shuffled: Vec<_> = names.iter().rev().map(|name| Value::keyword(name)).collect();
        order_as_map(&mut shuffled, hash_rank);
        assert_eq!(shuffled, names.map(Value::keyword));
    }
}
