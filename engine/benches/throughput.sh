#!/usr/bin/env bash
# How much goes through real processes and pipes: the most echo operations per second through one
# node, and how late messages between 25 nodes are. Builds first; prints medians of RUNS runs.
set -euo pipefail
cd "$(dirname "$0")/../.."
RUNS=${RUNS:-5}

cargo build --release --quiet --package glomers --package glomers-solutions
glomers=${CARGO_TARGET_DIR:-target}/release/glomers
node=${CARGO_TARGET_DIR:-target}/release/glomers-node
store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT

median() { sort -n | awk '{ values[NR] = $1 } END { print values[int((NR + 1) / 2)] }'; }

for concurrency in 1n 10n 100n; do
    for _ in $(seq "$RUNS"); do
        "$glomers" run echo --bin "$node" --store "$store" --quiet --format json \
            --rate 100000000 --time-limit 5 --concurrency "$concurrency" |
            awk -F'[:,]' '/"op-count"/ { print $2 / 5 }'
        rm -rf "$store/echo"
    done | median | sed "s/^/echo at $concurrency, operations per second: /"
done

for latency in 0 100; do
    "$glomers" run broadcast-d --bin "$node" --store "$store" --quiet --latency "$latency" \
        --recovery 1 > /dev/null || true
    sed -n "s/.*engine: /broadcast-d at latency $latency: /p" "$store/latest/glomers.log"
done
