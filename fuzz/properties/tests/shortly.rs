//! The fuzz targets for a moment: any bytes, and the seeds of the corpus with a few bytes changed.

use glomers_properties::archive::{Entry, Input, unpacked};
use glomers_properties::{edn, node_line, run_json};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fs;
use std::path::Path;

/// The seeds of a target.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds").join(target);
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// A change of a seed.
#[derive(Debug, Clone)]
enum Change {
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    CutAt(Index),
    Repeat(Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<Index>;
    // Bytes with a meaning in EDN or JSON come more often.
    let byte =
        || prop_oneof![any::<u8>(), select(b"{}[]()\"\\:#;,-+.0123456789enul \n\0".to_vec())];
    prop_oneof![
        4 => (index(), byte()).prop_map(|(at, byte)| Change::Set(at, byte)),
        4 => (index(), byte()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        4 => index().prop_map(Change::Remove),
        1 => index().prop_map(Change::CutAt),
        1 => (index(), index()).prop_map(|(from, to)| Change::Repeat(from, to)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let len = bytes.len();
        match change {
            Change::Set(at, byte) => bytes[at.index(len)] = *byte,
            Change::Insert(at, byte) => bytes.insert(at.index(len), *byte),
            Change::Remove(at) => drop(bytes.remove(at.index(len))),
            Change::CutAt(at) => bytes.truncate(at.index(len)),
            Change::Repeat(from, to) => {
                let (from, to) = (from.index(len), to.index(len));
                let part = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.extend(part);
            }
        }
    }
    bytes
}

/// Any bytes, or a seed of the target with changes.
fn input(target: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let near = (select(seeds(target)), vec(change(), 0..8));
    prop_oneof![
        1 => vec(any::<u8>(), 0..512),
        3 => near.prop_map(|(seed, changes)| changed(seed, &changes)),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    // Files, links, folders, long names and extended headers; and anything else.
    let kind = prop_oneof![4 => select(b"0125LKgx".to_vec()), 1 => any::<u8>()];
    let path = || {
        let part = prop_oneof![Just("..".to_owned()), Just("outside".to_owned()), "[a-z./]{0,8}"];
        vec(part, 0..4).prop_map(|parts| parts.join("/").into_bytes())
    };
    (kind, any::<bool>(), path(), path(), any::<u32>(), of(any::<u16>()), vec(any::<u8>(), 0..64))
        .prop_map(|(kind, in_top, name, target, mode, claimed, content)| Entry {
            kind,
            in_top,
            name,
            target,
            mode,
            claimed,
            content,
        })
}

fn archive() -> impl Strategy<Value = Input> {
    let bytes = || vec(any::<u8>(), 0..2048);
    prop_oneof![
        1 => bytes().prop_map(Input::Packed),
        1 => bytes().prop_map(Input::Plain),
        6 => vec(entry(), 0..6).prop_map(Input::Entries),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn edn_is_read_or_refused(bytes in input("edn_lexer")) {
        edn(&bytes);
    }

    #[test]
    fn a_node_may_print_anything(bytes in input("node_line")) {
        node_line(&bytes);
    }

    #[test]
    fn a_run_json_is_read_or_refused(bytes in input("run_json")) {
        run_json(&bytes);
    }

    #[test]
    fn an_archive_is_unpacked_within_its_folder(input in archive()) {
        unpacked(input);
    }
}
