#!/usr/bin/env bash
# Writes the table as a comment on the pull request, or into the comment of an earlier run.
set -euo pipefail

# Bytes of a comment, of which the service takes at most 65536 characters.
most=65000

mark="<!-- glomers: $NAME -->"
body=$(mktemp "$RUNNER_TEMP/glomers-comment.XXXXXX")
{
    echo "$mark"
    if [ "$(wc -c < "$TABLE")" -le "$most" ]; then
        cat "$TABLE"
    else
        echo "The table of the runs is too long for a comment: the summary of the workflow has it."
    fi
} > "$body"

comment() {
    local id
    id=$(MARK=$mark gh api --paginate "repos/$GH_REPO/issues/$PULL_REQUEST/comments" \
        --jq '.[] | select(.body | startswith(env.MARK)) | .id') || return
    id=${id%%$'\n'*}
    if [ -n "$id" ]; then
        gh api --method PATCH "repos/$GH_REPO/issues/comments/$id" -F "body=@$body" --silent
    else
        gh api --method POST "repos/$GH_REPO/issues/$PULL_REQUEST/comments" -F "body=@$body" --silent
    fi
}

# The token of a pull request from a fork may only read; the table is in the summary, too.
comment || echo "::warning title=glomers::the table could not be written as a comment: may the token write to pull requests?"
