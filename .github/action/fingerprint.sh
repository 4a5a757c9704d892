#!/usr/bin/env bash
# A hash of all files that glomers is built from: the key under which the built program is kept.
set -euo pipefail

cd "$GITHUB_ACTION_PATH"
hash=$(find . \( -name .git -o -name target -o -name store \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 shasum -a 256 | shasum -a 256 | cut -d ' ' -f 1)
echo "hash=$hash" >> "$GITHUB_OUTPUT"
