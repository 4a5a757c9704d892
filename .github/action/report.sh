#!/usr/bin/env bash
# Writes the reports of the runs in STORE, and compares the last one with BASELINE, if that is given.
set -euo pipefail

# The folders of runs, relative to the store. Links to the latest runs are not followed.
runs=$(cd "$STORE" && find . -name results.edn -exec dirname {} \; | sed 's|^\./||' | LC_ALL=C sort)
if [ -z "$runs" ]; then
    echo "no run was made: the step before says why" >&2
    echo "written=false" >> "$GITHUB_OUTPUT"
    exit 0
fi
printf '### glomers\n\n' >> "$GITHUB_STEP_SUMMARY"
glomers report --store "$STORE" --markdown -o "$REPORT/report.md" --github
glomers report --store "$STORE" --format junit -o "$REPORT/junit.xml"
# A page about the only run, or one about all, and one about each.
case $runs in
    *$'\n'*)
        glomers report --store "$STORE" --html --last 1000 -o "$REPORT/report.html"
        while IFS= read -r run; do
            glomers report "$STORE/$run" --html -o "$REPORT/${run//\//-}.html"
        done <<< "$runs"
        ;;
    *) glomers report "$STORE/$runs" --html -o "$REPORT/report.html" ;;
esac
echo "written=true" >> "$GITHUB_OUTPUT"

if [ -n "$BASELINE" ]; then
    status=0
    glomers compare "$BASELINE" --store "$STORE" --github --fail-on worse || status=$?
    case $status in
        0) ;;
        1) echo "worse=true" >> "$GITHUB_OUTPUT" ;;
        *) exit "$status" ;;
    esac
fi
