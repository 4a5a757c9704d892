//! Long collections that share common parts.
//!
//! A read of a set returns nearly the same elements as the read before it, so a history of n reads
//! would hold n² elements. Here a collection is cut into pieces, and equal pieces are stored once.
//! The end of a piece depends only on its own elements (content-defined chunking), so that an
//! additional element in the middle changes one piece, and not all the following ones.

use crate::Value;
use crate::edn::lexer::Shape;
use rustc_hash::FxHashSet;
use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// Collections with fewer elements are not shared.
const FEWEST_ELEMENTS: usize = 64;
/// A piece ends at an element with this many leading zero bits in its hash: every 64th on average.
const END_BITS: u32 = 6;
/// Maximum number of elements in a piece.
const LONGEST_PIECE: usize = 512;

/// A list, vector or set that shares memory. It is equal to the plain collection with the same
/// elements, including order and hash.
pub struct SharedElements {
    shape: Shape,
    /// The pieces; empty for a collection that is shared as a whole.
    pieces: Box<[Arc<Piece>]>,
    len: usize,
    /// All elements in one slice, once that was requested.
    whole: OnceLock<Box<[Value]>>,
}

/// Consecutive elements. Equal pieces print alike, so that each can replace the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Piece {
    /// Integers from 0 to 2^32 - 1, as in most workloads.
    Small(Vec<u32>),
    /// Integers and strings.
    Any(Vec<Value>),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Small(numbers) => numbers.len(),
            Self::Any(values) => values.len(),
        }
    }

    fn push(&mut self, value: &Value) {
        match (&mut *self, small(value)) {
            (Self::Small(numbers), Some(number)) => numbers.push(number),
            (Self::Any(values), _) => values.push(value.clone()),
            (Self::Small(numbers), None) => {
                let mut values: Vec<Value> =
                    numbers.iter().map(|number| Value::Int(i64::from(*number))).collect();
                values.push(value.clone());
                *self = Self::Any(values);
            }
        }
    }

    fn each(&self, see: &mut impl FnMut(&Value)) {
        match self {
            Self::Small(numbers) => {
                for number in numbers {
                    see(&Value::Int(i64::from(*number)));
                }
            }
            Self::Any(values) => values.iter().for_each(see),
        }
    }
}

fn small(value: &Value) -> Option<u32> {
    if let Value::Int(number) = value { u32::try_from(*number).ok() } else { None }
}

/// Whether a piece ends with this element, which depends on the element alone. `None` for a type
/// that is not shared, since equal values of it may print differently.
fn ends_piece(value: &Value) -> Option<bool> {
    /// An odd number with irregular bits, so that the hashes of neighbours differ in their high
    /// bits.
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let number = match value {
        Value::Int(number) => number.cast_unsigned(),
        Value::Str(text) => text
            .bytes()
            .fold(0, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(MIX).rotate_left(29)),
        _ => return None,
    };
    Some(number.wrapping_mul(MIX) >> (u64::BITS - END_BITS) == 0)
}

/// The pieces of a history's collections, each stored once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pieces {
    known: FxHashSet<Arc<Piece>>,
    /// Lists of messages that are polled by several clients.
    messages: FxHashSet<Whole>,
}

/// A vector that is shared as a whole; looked up by its elements.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Whole(Arc<SharedElements>);

impl Borrow<[Value]> for Whole {
    fn borrow(&self) -> &[Value] {
        self.0.whole()
    }
}

impl Pieces {
    /// Returns the value, cut into pieces if it is a long collection of integers and strings.
    pub(crate) fn share(&mut self, value: Value) -> Value {
        let (shape, elements) = match &value {
            Value::List(elements) => (Shape::List, elements),
            Value::Vector(elements) => (Shape::Vector, elements),
            Value::Set(elements) => (Shape::Set, elements),
            _ => return value,
        };
        if elements.len() < FEWEST_ELEMENTS {
            return value;
        }
        let Some(pieces) = self.cut(elements) else { return value };
        let (len, whole) = (elements.len(), OnceLock::new());
        Value::Shared(Arc::new(SharedElements { shape, pieces, len, whole }))
    }

    /// Returns the value of a poll, in which lists of messages that equal earlier ones are shared
    /// with them.
    pub(crate) fn share_messages(&mut self, mut value: Value) -> Value {
        let Value::Vector(parts) = &mut value else { return value };
        for part in parts {
            let Value::Vector(fields) = part else { continue };
            let Some(Value::Map(by_key)) = fields.get_mut(1) else { continue };
            // Values that were read from JSON have spare capacity.
            by_key.shrink_to_fit();
            for (_, messages) in by_key {
                if let Value::Vector(list) = messages
                    && list.iter().all(is_message)
                {
                    *messages = Value::Shared(self.whole(list));
                }
            }
        }
        value
    }

    /// The shared vector of these elements.
    fn whole(&mut self, elements: &mut Vec<Value>) -> Arc<SharedElements> {
        if let Some(known) = self.messages.get(&elements[..]) {
            return Arc::clone(&known.0);
        }
        for message in elements.iter_mut() {
            if let Value::Vector(pair) = message {
                pair.shrink_to_fit();
            }
        }
        let new = Arc::new(SharedElements {
            shape: Shape::Vector,
            pieces: Box::default(),
            len: elements.len(),
            whole: OnceLock::from(std::mem::take(elements).into_boxed_slice()),
        });
        self.messages.insert(Whole(Arc::clone(&new)));
        new
    }

    fn cut(&mut self, elements: &[Value]) -> Option<Box<[Arc<Piece>]>> {
        let mut pieces = Vec::with_capacity((elements.len() >> END_BITS) + 1);
        let mut next = Piece::Small(Vec::with_capacity(LONGEST_PIECE));
        for element in elements {
            let is_last = ends_piece(element)?;
            next.push(element);
            if is_last || next.len() == LONGEST_PIECE {
                self.end(&mut next, &mut pieces);
            }
        }
        if next.len() > 0 {
            self.end(&mut next, &mut pieces);
        }
        Some(pieces.into())
    }

    /// Ends a piece, and clears it for the next one.
    fn end(&mut self, piece: &mut Piece, pieces: &mut Vec<Arc<Piece>>) {
        let known = self.known.get(piece).cloned().unwrap_or_else(|| {
            // A clone has no spare capacity.
            let new = Arc::new(piece.clone());
            self.known.insert(Arc::clone(&new));
            new
        });
        pieces.push(known);
        match piece {
            Piece::Small(numbers) => numbers.clear(),
            Piece::Any(_) => *piece = Piece::Small(Vec::with_capacity(LONGEST_PIECE)),
        }
    }
}

/// Whether a value is `[offset message]`, of types whose equal values print alike.
fn is_message(value: &Value) -> bool {
    let Value::Vector(pair) = value else { return false };
    matches!(&pair[..], [Value::Int(_), Value::Int(_) | Value::Str(_)])
}

impl PartialEq for SharedElements {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.whole() == other.whole()
    }
}

impl Eq for SharedElements {}

impl Hash for SharedElements {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.whole().hash(state);
    }
}

impl SharedElements {
    /// Whether it is a list, a vector or a set.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Calls `see` for each element, in order.
    pub fn each(&self, mut see: impl FnMut(&Value)) {
        if self.pieces.is_empty() {
            return self.whole().iter().for_each(see);
        }
        for piece in &self.pieces {
            piece.each(&mut see);
        }
    }

    /// All elements in one slice. The slice is kept, which uses the memory that sharing saved: to
    /// look at many collections, use [`each`](Self::each).
    #[must_use]
    pub fn whole(&self) -> &[Value] {
        self.whole.get_or_init(|| {
            let mut elements = Vec::with_capacity(self.len);
            for piece in &self.pieces {
                piece.each(&mut |element| elements.push(element.clone()));
            }
            elements.into()
        })
    }
}

impl fmt::Debug for SharedElements {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = out.debug_list();
        self.each(|element| {
            list.entry(element);
        });
        list.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::hash::{BuildHasher as _, BuildHasherDefault};

    fn hash(value: &Value) -> u64 {
        BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(value)
    }

    fn numbers(numbers: impl IntoIterator<Item = i64>) -> Value {
        Value::Vector(numbers.into_iter().map(Value::Int).collect())
    }

    fn shared(pieces: &mut Pieces, value: &Value) -> Arc<SharedElements> {
        let Value::Shared(shared) = pieces.share(value.clone()) else { panic!("{value:?}") };
        shared
    }

    #[test]
    fn reads_that_grow_take_little_more_than_the_last_one() {
        let mut pieces = Pieces::default();
        // Sorted, with one element that arrives late in each read, as in sorted reads of a cluster.
        let reads: Vec<_> = (100..2000)
            .map(|last| numbers((0..last).filter(|number| *number != last - 3)))
            .map(|read| shared(&mut pieces, &read))
            .collect();
        let held: usize = pieces.known.iter().map(|piece| piece.len()).sum();
        let shown: usize = reads.iter().map(|read| read.len()).sum();
        assert!(held < shown / 10, "{held} of {shown} elements are held");
        let references: usize = reads.iter().map(|read| read.pieces.len()).sum();
        assert!(references < shown / 30, "{references} references for {shown} elements");
    }

    #[test]
    fn an_element_in_the_middle_changes_one_piece() {
        let mut pieces = Pieces::default();
        shared(&mut pieces, &numbers((0..10_000).filter(|number| *number != 5_000)));
        let before = pieces.known.len();
        shared(&mut pieces, &numbers(0..10_000));
        assert!(pieces.known.len() <= before + 2, "{before} and then {}", pieces.known.len());
    }

    #[test]
    fn what_may_print_differently_is_not_shared() {
        let mut pieces = Pieces::default();
        let float = || Value::Vector(vec![Value::Float(1.0); FEWEST_ELEMENTS]);
        assert!(matches!(pieces.share(float()), Value::Vector(_)));
        assert!(matches!(pieces.share(numbers(0..63)), Value::Vector(_)));
        assert!(matches!(pieces.share(Value::Nil), Value::Nil));
    }

    #[test]
    fn equal_lists_of_messages_are_held_once() {
        let mut pieces = Pieces::default();
        let poll = |text: &str| crate::read_value(text).unwrap();
        let texts = [
            "[[:poll {\"1\" [[0 5] [1 6]], \"2\" []}]]",
            "[[:poll {\"2\" [[0 5] [1 6]], \"3\" [[0 \"a\"]]}]]",
            // Doubles and lists may print in more than one way.
            "[[:poll {\"1\" [[0 5.0] [1 6]], \"2\" [[0 (1)]]}]]",
            "[[:poll nil]]",
        ];
        let polls = texts.map(|text| pieces.share_messages(poll(text)));
        for (value, text) in polls.iter().zip(texts) {
            assert_eq!((value.to_string().as_str(), value), (text, &poll(text)));
            assert_eq!(hash(value), hash(&poll(text)));
        }
        assert_eq!(pieces.messages.len(), 3);
        let list = |poll: &Value, key: usize| {
            let Some(Value::Map(by_key)) = poll.elements().unwrap()[0].elements().unwrap().get(1)
            else {
                panic!("{poll:?}")
            };
            by_key[key].1.elements().unwrap().as_ptr()
        };
        assert_eq!(list(&polls[0], 0), list(&polls[1], 0));
    }

    #[test]
    fn polls_have_no_room_for_more() {
        let roomy = |values: &[Value]| {
            let mut list = Vec::with_capacity(16);
            list.extend_from_slice(values);
            list
        };
        let messages = Value::Vector(vec![Value::Vector(roomy(&[Value::Int(0), Value::Int(5)]))]);
        let mut by_key = Vec::with_capacity(16);
        by_key.push((Value::str("1"), messages));
        let poll = Value::Vector(vec![Value::keyword("poll"), Value::Map(by_key)]);
        let shared = Pieces::default().share_messages(Value::Vector(vec![poll]));
        let fields = shared.elements().unwrap()[0].elements().unwrap();
        let Value::Map(by_key) = &fields[1] else { panic!("{fields:?}") };
        let Value::Vector(message) = &by_key[0].1.elements().unwrap()[0] else { panic!("a pair") };
        assert_eq!((by_key.capacity(), message.capacity()), (1, 2));
    }

    fn element() -> impl Strategy<Value = Value> {
        prop_oneof![
            (0..300_i64).prop_map(Value::Int),
            any::<i64>().prop_map(Value::Int),
            "[a-c]{0,2}".prop_map(|text| Value::str(&text)),
        ]
    }

    proptest! {
        #[test]
        fn it_is_the_same_in_every_respect(
            elements in prop::collection::vec(element(), 64..300),
            other in prop::collection::vec(element(), 0..300),
            shape in 0..3,
        ) {
            let make = |elements: Vec<Value>| match shape {
                0 => Value::List(elements),
                1 => Value::Vector(elements),
                _ => Value::Set(elements),
            };
            let mut pieces = Pieces::default();
            let plain = make(elements.clone());
            let value = pieces.share(plain.clone());
            prop_assert!(matches!(value, Value::Shared(_)));
            prop_assert_eq!(value.to_string(), plain.to_string());
            prop_assert_eq!(&value, &plain);
            prop_assert_eq!(hash(&value), hash(&plain));
            prop_assert_eq!(value.elements(), plain.elements());
            let mut seen = Vec::new();
            value.each_element(|element| seen.push(element.clone()));
            prop_assert_eq!(seen, elements);
            let other = make(other);
            let other_value = pieces.share(other.clone());
            prop_assert_eq!(value.cmp(&other_value), plain.cmp(&other));
            prop_assert_eq!(value.cmp(&other), plain.cmp(&other));
            prop_assert_eq!(other.cmp(&value), other.cmp(&plain));
            prop_assert_eq!(value.compare(&other_value), plain.compare(&other));
        }
    }
}
