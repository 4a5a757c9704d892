# Recipes for maintainers. `just` lists them; none is needed to build or test glomers.

_default:
    @just --list --unsorted

# What CI runs: formatting, lints, tests
ci:
    .ci/run

# Every test; needs only Rust
test:
    cargo test --workspace

# Benchmarks: reading, nodes, the engine, the checkers; then real processes
bench:
    cargo bench -p glomers-history -p glomers-solutions -p glomers-engine -p glomers-checkers
    engine/benches/throughput.sh

# Hunt every wrong node, and write docs/museum.md
museum:
    mkdir -p target
    cargo run --release -- museum --format markdown > target/museum.md
    mv target/museum.md docs/museum.md

# Write docs/settings.md
settings:
    mkdir -p target
    cargo run -- list --settings --format markdown > target/settings.md
    mv target/settings.md docs/settings.md

# Every test, with the recordings of the reference in DIR
golden dir=env("GLOMERS_GOLDEN"):
    test -d '{{ dir }}'
    GLOMERS_GOLDEN='{{ absolute_path(dir) }}' cargo test --workspace

# The API documentation, without warnings
docs:
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps

# What a newcomer does first: a clean clone of the last commit, and one run
first-minute:
    #!/usr/bin/env bash
    set -euo pipefail
    unset CARGO_TARGET_DIR
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    git clone --quiet . "$folder/glomers"
    cd "$folder/glomers"
    time cargo run --release -- run broadcast-e
