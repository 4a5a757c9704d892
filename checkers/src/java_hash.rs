//! Java's `hashCode` of values, which decides the order of the reference's Bifurcan collections.

use glomers_history::{Shape, Value};

/// The constant that Clojure adds when it combines hashes.
pub(crate) const GOLDEN_RATIO: u32 = 0x9e37_79b9;

/// `hashCode` of a value; 0 for those that no workload puts into its lists (ratios, decimals,
/// tags).
pub(crate) fn hash_code(value: &Value) -> u32 {
    match value {
        Value::Bool(true) => 1231,
        Value::Bool(false) => 1237,
        Value::Int(number) => fold(number.cast_unsigned()),
        Value::Float(number) => fold(number.to_bits()),
        Value::Char(character) => u32::from(*character),
        Value::Str(text) => text_hash(text),
        Value::Symbol(name) => symbol(name),
        Value::Keyword(name) => symbol(name).wrapping_add(GOLDEN_RATIO),
        Value::Vector(_) | Value::List(_) | Value::Set(_) | Value::Shared(_) => {
            let hashes = value.elements().unwrap_or_default().iter().map(hash_code);
            if value.shape() == Some(Shape::Set) {
                hashes.fold(0, u32::wrapping_add)
            } else {
                sequence_hash(hashes)
            }
        }
        Value::Map(entries) => {
            let entry = |(key, value): &(Value, Value)| hash_code(key) ^ hash_code(value);
            entries.iter().map(entry).fold(0, u32::wrapping_add)
        }
        Value::Nil | Value::BigNumber(_) | Value::Tagged(_) => 0,
    }
}

/// `hashCode` of a list or vector with elements of these hashes.
pub(crate) fn sequence_hash(hashes: impl IntoIterator<Item = u32>) -> u32 {
    hashes.into_iter().fold(1, |hash, element| hash.wrapping_mul(31).wrapping_add(element))
}

/// `hashCode` of a string.
pub(crate) fn text_hash(text: &str) -> u32 {
    let units = text.encode_utf16().map(u32::from);
    units.fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(unit))
}

/// Folds 64 bits into 32.
#[expect(clippy::cast_possible_truncation, reason = "halves are meant")]
pub(crate) fn fold(bits: u64) -> u32 {
    (bits ^ (bits >> 32)) as u32
}

/// Clojure's combination of two hashes.
#[expect(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "a shift with the sign")]
pub(crate) fn combine(hash: u32, other: u32) -> u32 {
    let shifted = ((hash as i32) >> 2) as u32;
    hash ^ other.wrapping_add(GOLDEN_RATIO).wrapping_add(hash << 6).wrapping_add(shifted)
}

/// `hashCode` of a symbol; its namespace ends at the first `/`.
fn symbol(name: &str) -> u32 {
    match name.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => {
            combine(text_hash(name), text_hash(namespace))
        }
        _ => combine(text_hash(name), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::edn;

    #[test]
    fn hashes_are_those_of_java() {
        for (text, hash) in [
            ("nil", 0),
            ("true", 1231),
            ("1", 1),
            ("-1", 0),
            ("4294967296", 1),
            ("1.0", 1_072_693_248),
            ("\"abc\"", 96_354),
            ("\\a", 97),
            ("[]", 1),
            ("[1 2]", 994),
            ("(1 2)", 994),
            // Two lists with the same hash.
            ("[0 31]", 992),
            ("[1 0]", 992),
            ("[[1] nil]", 1953),
            ("#{1 2}", 3),
            ("{1 2}", 3),
        ] {
            assert_eq!(hash_code(&edn(text)), hash, "{text}");
        }
    }
}
