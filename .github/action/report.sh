#!/usr/bin/env bash
# Writes the reports of the runs in STORE, and compares the last one with BASELINE, if that is given.
set -euo pipefail

if [ -z "$(find "$STORE" -name results.edn -print)" ]; then
    echo "no run was made: the step before says why" >&2
    echo "written=false" >> "$GITHUB_OUTPUT"
    exit 0
fi
glomers report --store "$STORE" --markdown -o "$REPORT/report.md"
glomers report --store "$STORE" --format junit -o "$REPORT/junit.xml"
glomers report --store "$STORE" --html -o "$REPORT/report.html"
{
    echo "### glomers"
    echo
    cat "$REPORT/report.md"
    echo
} >> "$GITHUB_STEP_SUMMARY"
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
