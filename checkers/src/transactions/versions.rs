//! The versions of each key: every value that was written to it, or read from it, has a number.

use super::atom::{Atom, Atoms};
use glomers_history::Value;
use rustc_hash::FxHashMap;

/// No version, transaction, or other number in a table.
pub(crate) const NONE: u32 = u32::MAX;

/// Numbers keys and versions. Versions of all keys are counted together.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    pub(crate) atoms: Atoms,
    key_numbers: FxHashMap<Atom, u32>,
    keys: Vec<Atom>,
    /// By key and small integer: its version. Values are mostly counted per key, from 1.
    dense: Vec<Vec<u32>>,
    /// Versions of other values.
    sparse: FxHashMap<(u32, Atom), u32>,
    /// By version.
    values: Vec<Atom>,
}

impl Versions {
    /// The number of a key, from 0 in the order of their appearance.
    #[inline]
    pub(crate) fn key(&mut self, key: &Value) -> u32 {
        let atom = self.atoms.atom(key);
        let next = number(self.keys.len());
        let key = *self.key_numbers.entry(atom).or_insert(next);
        if key == next {
            self.keys.push(atom);
            self.dense.push(Vec::new());
        }
        key
    }

    /// The number of a value of that key.
    #[inline]
    pub(crate) fn version(&mut self, key: u32, value: Atom) -> u32 {
        /// Integers up to it are always in the dense table.
        const SMALL: usize = 64;
        if let Some(version) = self.get(key, value) {
            return version;
        }
        let version = number(self.values.len());
        self.values.push(value);
        let dense = &mut self.dense[key as usize];
        match value.small() {
            Some(place) if place < SMALL.max(2 * dense.len()) => {
                if dense.len() <= place {
                    dense.resize(place + 1, NONE);
                }
                dense[place] = version;
            }
            _ => {
                self.sparse.insert((key, value), version);
            }
        }
        version
    }

    /// The number of a value of that key, if it has appeared.
    #[inline]
    pub(crate) fn get(&self, key: u32, value: Atom) -> Option<u32> {
        let dense = &self.dense[key as usize];
        match value.small().and_then(|place| dense.get(place)) {
            Some(&version) if version != NONE => Some(version),
            _ if self.sparse.is_empty() => None,
            _ => self.sparse.get(&(key, value)).copied(),
        }
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

/// A position as a 32-bit number.
///
/// # Panics
/// Above 2^32 - 2, where [`NONE`] begins; a history of that length is refused before.
pub(crate) fn number(position: usize) -> u32 {
    u32::try_from(position).ok().filter(|&n| n != NONE).expect("fewer than 2^32 - 1 of a kind")
}
