//! The Rust code of the READMEs: each block is a file here, which runs as a test.

mod many_seeds;
mod one_seed;

/// The blocks of Rust in a README.
fn blocks(readme: &str) -> Vec<&str> {
    let parts = readme.split("```rust\n").skip(1);
    parts.map(|part| part.split_once("```").expect("a block ends").0).collect()
}

#[test]
fn the_blocks_of_the_readmes_are_the_files_of_this_folder() {
    let (many, one) = (include_str!("many_seeds.rs"), include_str!("one_seed.rs"));
    assert_eq!(blocks(include_str!("../../README.md")), [many, one]);
    assert_eq!(blocks(include_str!("../../../engine/README.md")), [many]);
}
