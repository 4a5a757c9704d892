#!/usr/bin/env bash
# Runs the challenges into a new store. The step succeeds with any verdict, so that reports follow; the
# last step of the action fails with the exit status.
set -euo pipefail

words=(run)
for challenge in $CHALLENGES; do
    words+=("$challenge")
done
store=$(mktemp -d "$RUNNER_TEMP/glomers-store.XXXXXX")
report=$(mktemp -d "$RUNNER_TEMP/glomers-report.XXXXXX")
words+=(--store "$store")
if [ -n "$BIN" ]; then
    words+=(--bin "$BIN")
fi
# Words as in a shell, without running anything.
split=$(printf '%s' "$ARGS" | xargs -n 1 printf '%s\n')
while IFS= read -r word; do
    if [ -n "$word" ]; then
        words+=("$word")
    fi
done <<< "$split"

status=0
glomers "${words[@]}" || status=$?
{
    echo "status=$status"
    echo "store=$store"
    echo "report=$report"
} >> "$GITHUB_OUTPUT"
