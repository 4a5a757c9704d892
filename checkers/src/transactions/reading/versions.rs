//! The versions of each key: every value that was written to it, or read from it, has a number.

use super::atom::{Atom, Atoms};
use crate::interner::Interner;
use crate::number::number;
use glomers_history::Value;

/// Keys and values that are integers below this are not hashed.
const FREE: usize = 64;

/// Numbers keys and versions. Versions of all keys are counted together.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    pub(crate) atoms: Atoms,
    key_numbers: Interner<Atom, FREE>,
    keys: Vec<Atom>,
    /// By key: the versions of its values, which are mostly counted from 1.
    numbers: Vec<Interner<Atom, FREE>>,
    /// By version.
    values: Vec<Atom>,
}

impl Versions {
    /// The number of a key, from 0 in the order of their appearance.
    #[inline]
    pub(crate) fn key(&mut self, key: &Value) -> u32 {
        let atom = self.atoms.atom(key);
        let next = number(self.keys.len());
        let key = self.key_numbers.insert(&atom, next);
        if key == next {
            self.keys.push(atom);
            self.numbers.push(Interner::default());
        }
        key
    }

    /// The number of a value of that key.
    #[inline]
    pub(crate) fn version(&mut self, key: u32, value: Atom) -> u32 {
        let next = number(self.values.len());
        let version = self.numbers[key as usize].insert(&value, next);
        if version == next {
            self.values.push(value);
        }
        version
    }

    /// The number of a value of that key, if it has appeared.
    #[inline]
    pub(crate) fn get(&self, key: u32, value: Atom) -> Option<u32> {
        self.numbers[key as usize].get(&value)
    }

    /// Number of keys.
    pub(crate) fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// Number of versions of all keys.
    pub(crate) fn count(&self) -> usize {
        self.values.len()
    }

    /// The value of a version, as an atom.
    #[inline]
    pub(crate) fn atom_of(&self, version: u32) -> Atom {
        self.values[version as usize]
    }

    /// The key of that number.
    pub(crate) fn key_value(&self, key: u32) -> Value {
        self.atoms.value(self.keys[key as usize])
    }

    /// The value of a version.
    pub(crate) fn value(&self, version: u32) -> Value {
        self.atoms.value(self.atom_of(version))
    }

    /// All keys, in the order of their numbers.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Value> {
        self.keys.iter().map(|&key| self.atoms.value(key))
    }
}
