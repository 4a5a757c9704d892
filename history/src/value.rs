//! EDN data: arguments, results and errors of operations.

use crate::edn::lexer::Shape;
use crate::edn::print::print_value;
use crate::shared::SharedElements;
use smol_str::SmolStr;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A piece of EDN data.
///
/// Equality, order and hash follow Clojure's `=`: lists equal vectors, maps and sets compare
/// independently of the order of entries, `1` is not `1.0` (nor `1M`), and `0.0` is `-0.0`.
#[derive(Debug, Clone)]
pub enum Value {
    /// `nil`
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// An integer beyond 64 bits, a ratio or a decimal, exactly as written (without `N`).
    BigNumber(SmolStr),
    /// A double.
    Float(f64),
    /// `\a`
    Char(char),
    /// `"text"`
    Str(SmolStr),
    /// `:name`, without the colon.
    Keyword(SmolStr),
    /// `name`
    Symbol(SmolStr),
    /// `(a b)`
    List(Vec<Value>),
    /// `[a b]`
    Vector(Vec<Value>),
    /// `{a b, c d}`, in the order of the file.
    Map(Vec<(Value, Value)>),
    /// `#{a b}`, in the order of the file.
    Set(Vec<Value>),
    /// `#tag form`
    Tagged(Box<(SmolStr, Value)>),
    /// A long list, vector or set of a [`History`](crate::History), which shares memory with others
    /// of that history. Equal to the plain collection.
    Shared(Arc<SharedElements>),
}

/// As EDN.
impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        print_value(self, &mut text);
        // It consists of whole `str`s.
        out.write_str(&String::from_utf8_lossy(&text))
    }
}

/// Two values that cannot be ordered (a number and a string, two maps).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("values of these types cannot be compared")]
pub struct Incomparable;

impl Value {
    /// A keyword; the name is given without the colon.
    #[must_use]
    pub fn keyword(name: &str) -> Self {
        Self::Keyword(SmolStr::new(name))
    }

    /// A string.
    #[must_use]
    pub fn str(text: &str) -> Self {
        Self::Str(SmolStr::new(text))
    }

    /// A double that prints like the nearest single-precision number, as the reference's fractions
    /// do.
    #[must_use]
    pub fn single(number: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "single precision is the point")]
        let single = number as f32;
        Self::Float(single.to_string().parse().unwrap_or(number))
    }

    /// The value under a keyword, if this is a map that has it.
    #[must_use]
    pub fn get(&self, keyword: &str) -> Option<&Value> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find_map(|(key, value)| match key {
            Self::Keyword(name) if name == keyword => Some(value),
            _ => None,
        })
    }

    /// The elements of a list, vector or set.
    ///
    /// For a shared collection, this creates and keeps a slice of all elements: to read all
    /// collections of a history, use [`each_element`](Self::each_element).
    #[must_use]
    pub fn elements(&self) -> Option<&[Value]> {
        match self {
            Self::List(elements) | Self::Vector(elements) | Self::Set(elements) => Some(elements),
            Self::Shared(shared) => Some(shared.whole()),
            _ => None,
        }
    }

    /// Calls `see` for each element of a list, vector or set, in order; not at all for other
    /// values.
    pub fn each_element(&self, see: impl FnMut(&Value)) {
        match self {
            Self::Shared(shared) => shared.each(see),
            _ => self.elements().unwrap_or_default().iter().for_each(see),
        }
    }

    /// The shape of a list, vector, set or map; `None` for other values.
    #[must_use]
    pub fn shape(&self) -> Option<Shape> {
        match self {
            Self::List(_) => Some(Shape::List),
            Self::Vector(_) => Some(Shape::Vector),
            Self::Map(_) => Some(Shape::Map),
            Self::Set(_) => Some(Shape::Set),
            Self::Shared(shared) => Some(shared.shape()),
            _ => None,
        }
    }

    /// Whether it is a list, a vector or a set.
    #[must_use]
    pub fn is_collection(&self) -> bool {
        self.shape().is_some_and(|shape| shape != Shape::Map)
    }

    /// The elements of a vector.
    fn as_vector(&self) -> Option<&[Value]> {
        match self {
            Self::Vector(elements) => Some(elements),
            Self::Shared(shared) if shared.shape() == Shape::Vector => Some(shared.whole()),
            _ => None,
        }
    }

    /// The integer, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    /// Any number, as a double.
    #[must_use]
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::BigNumber(text) => big_as_float(text),
            _ => None,
        }
    }

    /// Compares as Clojure's `compare` does: nil before everything, numbers by value, vectors by
    /// length first; other types only with the same type.
    pub fn compare(&self, other: &Self) -> Result<Ordering, Incomparable> {
        if let (Some(a), Some(b)) = (self.as_vector(), other.as_vector()) {
            let mut order = a.len().cmp(&b.len());
            for (a, b) in a.iter().zip(b) {
                if order != Ordering::Equal {
                    break;
                }
                order = a.compare(b)?;
            }
            return Ok(order);
        }
        match (self, other) {
            (Self::Nil, Self::Nil) => Ok(Ordering::Equal),
            (Self::Nil, _) => Ok(Ordering::Less),
            (_, Self::Nil) => Ok(Ordering::Greater),
            (Self::Bool(a), Self::Bool(b)) => Ok(a.cmp(b)),
            (Self::Char(a), Self::Char(b)) => Ok(a.cmp(b)),
            (Self::Str(a), Self::Str(b))
            | (Self::Keyword(a), Self::Keyword(b))
            | (Self::Symbol(a), Self::Symbol(b)) => Ok(utf16_order(a, b)),
            _ => compare_numbers(self, other).ok_or(Incomparable),
        }
    }

    /// Rank of the type, for a total order over values of different types.
    fn rank(&self) -> u8 {
        match self {
            Self::Nil => 0,
            Self::Bool(_) => 1,
            Self::Int(_) | Self::BigNumber(_) | Self::Float(_) => 2,
            Self::Char(_) => 3,
            Self::Str(_) => 4,
            Self::Keyword(_) => 5,
            Self::Symbol(_) => 6,
            Self::Map(_) => 8,
            Self::Set(_) => SET_RANK,
            Self::Tagged(_) => 10,
            Self::Shared(shared) if shared.shape() == Shape::Set => SET_RANK,
            Self::List(_) | Self::Vector(_) | Self::Shared(_) => 7,
        }
    }
}

/// The rank of sets.
const SET_RANK: u8 = 9;

fn sequence_order(a: &[Value], b: &[Value]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn set_order(a: &[Value], b: &[Value]) -> Ordering {
    let sorted = |elements: &[Value]| {
        let mut elements: Vec<Value> = elements.to_vec();
        elements.sort();
        elements
    };
    a.len().cmp(&b.len()).then_with(|| sorted(a).cmp(&sorted(b)))
}

/// Java compares strings by UTF-16 code unit; that order differs only outside the basic plane.
fn utf16_order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() || b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// Compares doubles by value: `-0.0` is `0.0`. NaN comes last and is equal to itself, so that the
/// order is total.
fn float_order(a: f64, b: f64) -> Ordering {
    (a + 0.0).total_cmp(&(b + 0.0))
}

/// Clojure's kinds of number. Numbers of different kinds are never `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NumberKind {
    Integer,
    Ratio,
    Decimal,
    Double,
}

impl NumberKind {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::BigNumber(text) if text.ends_with('M') => Some(Self::Decimal),
            Value::BigNumber(text) if text.contains('/') => Some(Self::Ratio),
            Value::Int(_) | Value::BigNumber(_) => Some(Self::Integer),
            Value::Float(_) => Some(Self::Double),
            _ => None,
        }
    }
}

fn big_as_float(text: &str) -> Option<f64> {
    match text.split_once('/') {
        Some((above, below)) => Some(above.parse::<f64>().ok()? / below.parse::<f64>().ok()?),
        None => text.trim_end_matches('M').parse().ok(),
    }
}

/// Splits the text of an integer into sign and digits; `None` if it is not an integer.
fn integer_digits(text: &str) -> Option<(bool, &str)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.trim_start_matches('0');
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some((negative && !digits.is_empty(), digits))
}

fn compare_integer_texts(a: &str, b: &str) -> Option<Ordering> {
    let (a_negative, a) = integer_digits(a)?;
    let (b_negative, b) = integer_digits(b)?;
    let magnitude = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
    Some(match (a_negative, b_negative) {
        (false, false) => magnitude,
        (true, true) => magnitude.reverse(),
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
    })
}

fn compare_numbers(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::BigNumber(a), Value::BigNumber(b)) => compare_integer_texts(a, b)
            .or_else(|| Some(float_order(big_as_float(a)?, big_as_float(b)?))),
        (Value::BigNumber(a), Value::Int(b)) => compare_integer_texts(a, &b.to_string())
            .or_else(|| Some(float_order(big_as_float(a)?, *b as f64))),
        (Value::Int(_), Value::BigNumber(_)) => compare_numbers(b, a).map(Ordering::reverse),
        _ => Some(float_order(a.as_float()?, b.as_float()?)),
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Str(a), Self::Str(b)) => a == b,
            _ => self.cmp(other) == Ordering::Equal,
        }
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::List(a) | Self::Vector(a), Self::List(b) | Self::Vector(b)) => {
                sequence_order(a, b)
            }
            (Self::Set(a), Self::Set(b)) => set_order(a, b),
            (Self::Shared(_), _) | (_, Self::Shared(_)) if self.rank() == other.rank() => {
                let (a, b) = (self.elements(), other.elements());
                let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
                if self.rank() == SET_RANK { set_order(a, b) } else { sequence_order(a, b) }
            }
            (Self::Map(a), Self::Map(b)) => {
                let sorted = |entries: &[(Value, Value)]| {
                    let mut entries: Vec<(Value, Value)> = entries.to_vec();
                    entries.sort();
                    entries
                };
                a.len().cmp(&b.len()).then_with(|| sorted(a).cmp(&sorted(b)))
            }
            (Self::Tagged(a), Self::Tagged(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()).then_with(|| {
                // Same rank and none of the above: simple values, which are always comparable.
                // Numbers of equal value and different kinds are different, although `compare`
                // calls them equal.
                let order = self.compare(other).unwrap_or(Ordering::Equal);
                order.then_with(|| NumberKind::of(self).cmp(&NumberKind::of(other)))
            }),
        }
    }
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Self::Nil => {}
            Self::Bool(value) => value.hash(state),
            Self::Int(number) => number.hash(state),
            // Equal numbers must have the same hash, however they are written.
            Self::BigNumber(text) => match text.parse::<i64>() {
                Ok(number) => number.hash(state),
                Err(_) => hash_float(big_as_float(text).unwrap_or_default(), state),
            },
            Self::Float(number) => hash_float(*number, state),
            Self::Char(value) => value.hash(state),
            Self::Str(text) | Self::Keyword(text) | Self::Symbol(text) => text.hash(state),
            Self::List(elements) | Self::Vector(elements) => elements.hash(state),
            // Unordered: entries are hashed separately, and the hashes are added.
            Self::Set(elements) => hash_unordered(elements, state),
            Self::Map(entries) => hash_unordered(entries, state),
            Self::Tagged(tagged) => tagged.hash(state),
            Self::Shared(shared) if shared.shape() == Shape::Set => {
                hash_unordered(shared.whole(), state);
            }
            Self::Shared(shared) => shared.whole().hash(state),
        }
    }
}

/// `-0.0` has the hash of `0.0`, which it equals.
fn hash_float<H: Hasher>(number: f64, state: &mut H) {
    (number + 0.0).to_bits().hash(state);
}

fn hash_unordered<T: Hash, H: Hasher>(items: &[T], state: &mut H) {
    let sum = items.iter().fold(0_u64, |sum, item| {
        let mut hasher = rustc_hash::FxHasher::default();
        item.hash(&mut hasher);
        sum.wrapping_add(hasher.finish())
    });
    sum.hash(state);
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        i64::try_from(number)
            .map_or_else(|_| Self::BigNumber(SmolStr::new(number.to_string())), Self::Int)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::from(number as u64)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_and_sets_are_equal_in_any_order() {
        let a = Value::Map(vec![(Value::str("x"), Value::Int(1)), (Value::str("y"), Value::Nil)]);
        let b = Value::Map(vec![(Value::str("y"), Value::Nil), (Value::str("x"), Value::Int(1))]);
        assert_eq!(a, b);
        assert_ne!(Value::Int(1), Value::Float(1.0));
        assert_eq!(Value::List(vec![Value::Int(1)]), Value::Vector(vec![Value::Int(1)]));
    }

    #[test]
    fn numbers_are_equal_within_their_kind_and_zero_has_no_sign() {
        use std::hash::BuildHasher as _;
        let hash = |value: &Value| rustc_hash::FxBuildHasher.hash_one(value);
        let exact = |text: &str| Value::BigNumber(SmolStr::new(text));
        let equal = [
            (Value::Float(0.0), Value::Float(-0.0)),
            (Value::Vector(vec![Value::Float(-0.0)]), Value::List(vec![Value::Float(0.0)])),
            (Value::Set(vec![Value::Float(-0.0)]), Value::Set(vec![Value::Float(0.0)])),
            (exact("5"), Value::Int(5)),
            (exact("1.50M"), exact("1.5M")),
            (exact("0.0M"), exact("-0.0M")),
        ];
        for (a, b) in equal {
            assert_eq!(a, b);
            assert_eq!(hash(&a), hash(&b), "{a:?}");
        }
        let different = [
            (Value::Int(0), Value::Float(-0.0)),
            (Value::Int(2), Value::Float(2.0)),
            (Value::Int(2), exact("2M")),
            (Value::Float(0.5), exact("1/2")),
            (exact("0.5M"), exact("1/2")),
            (exact("18446744073709551616"), Value::Float(18_446_744_073_709_551_616.0)),
        ];
        for (a, b) in different {
            assert_ne!(a, b);
            assert_eq!(a.compare(&b), Ok(Ordering::Equal), "{a:?} has the size of {b:?}");
            assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        }
    }

    #[test]
    fn big_integers_compare_by_size() {
        let big = |text: &str| Value::BigNumber(SmolStr::new(text));
        let larger = big("18446744073709551616");
        assert_eq!(larger.compare(&Value::Int(i64::MAX)), Ok(Ordering::Greater));
        assert_eq!(larger.compare(&big("18446744073709551617")), Ok(Ordering::Less));
        assert_ne!(larger, big("18446744073709551617"));
        assert_eq!(big("-18446744073709551616").compare(&Value::Int(i64::MIN)), Ok(Ordering::Less));
    }

    #[test]
    fn vectors_compare_by_length_first_and_types_do_not_mix() {
        let vector = |numbers: &[i64]| Value::Vector(numbers.iter().map(|&n| n.into()).collect());
        assert_eq!(vector(&[9]).compare(&vector(&[1, 2])), Ok(Ordering::Less));
        assert_eq!(Value::str("a").compare(&Value::Int(1)), Err(Incomparable));
        assert_eq!(Value::Nil.compare(&Value::Int(1)), Ok(Ordering::Less));
    }

    #[test]
    fn fractions_print_in_single_precision() {
        assert_eq!(Value::single(98.0 / 48.0), Value::Float(2.041_666_7));
    }
}
