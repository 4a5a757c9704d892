//! The lists that reads showed, each kept once.
//!
//! In a correct history every list of a key is a prefix of the longest, so that its length
//! identifies it. A list that is not (a *stray*) is kept separately.

use super::atom::{Atom, Atoms};
use crate::number::number;
use glomers_history::Value;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// A list of some key. Equal lists of a key have equal references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ListRef(u32);

/// Marks a stray.
const STRAY: u32 = 1 << 31;

impl ListRef {
    /// `nil` instead of a list.
    pub(crate) const NIL: Self = Self(u32::MAX);

    /// The reference as a number, and back.
    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    /// See [`Self::bits`].
    pub(crate) fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The length, if it is a prefix of the key's spine.
    #[inline]
    pub(crate) fn prefix(self) -> Option<usize> {
        (self.0 & STRAY == 0).then_some(self.0 as usize)
    }
}

/// The lists of one key.
#[derive(Debug, Default)]
struct KeyLists {
    /// The first list, extended by later ones that continue it.
    spine: Vec<Atom>,
    /// Lists that contradict the spine.
    strays: Option<Box<IndexSet<Box<[Atom]>, FxBuildHasher>>>,
}

/// The lists of all keys.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    keys: Vec<KeyLists>,
}

impl Lists {
    /// Records a list, in time linear in its length. Also returns the elements that no list had at
    /// that position before.
    pub(crate) fn add<'a>(
        &mut self,
        key: u32,
        elements: &'a [Value],
        atoms: &mut Atoms,
    ) -> (ListRef, &'a [Value]) {
        if self.keys.len() <= key as usize {
            self.keys.resize_with(key as usize + 1, KeyLists::default);
        }
        let lists = &mut self.keys[key as usize];
        let (known, new) = elements.split_at(elements.len().min(lists.spine.len()));
        if !known.iter().zip(&lists.spine).all(|(element, &atom)| atoms.atom(element) == atom) {
            let stray: Box<[Atom]> = elements.iter().map(|element| atoms.atom(element)).collect();
            let (position, is_new) = lists.strays.get_or_insert_default().insert_full(stray);
            return (ListRef(STRAY | number(position)), if is_new { elements } else { &[] });
        }
        lists.spine.extend(new.iter().map(|element| atoms.atom(element)));
        (ListRef(number(elements.len())), new)
    }

    /// The elements of a list; empty for `nil`.
    #[inline]
    pub(crate) fn elements(&self, key: u32, list: ListRef) -> &[Atom] {
        let Some(lists) = self.keys.get(key as usize) else { return &[] };
        if let Some(length) = list.prefix() {
            return &lists.spine[..length];
        }
        let position = (list.0 & !STRAY) as usize;
        let stray = lists.strays.as_ref().and_then(|strays| strays.get_index(position));
        stray.map_or(&[], |elements| elements)
    }

    /// The list that nearly all others are prefixes of.
    #[inline]
    pub(crate) fn spine(&self, key: u32) -> &[Atom] {
        self.keys.get(key as usize).map_or(&[], |lists| &lists.spine)
    }

    /// Whether some lists of a key contradict its spine.
    pub(crate) fn has_strays(&self, key: u32) -> bool {
        self.keys.get(key as usize).is_some_and(|lists| lists.strays.is_some())
    }
}
