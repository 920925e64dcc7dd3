#!/usr/bin/env bash
# Runs every example against one demo of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

exec scripts/with-demo.sh bash -c '
    for example in examples/*.sh; do
        [ "$example" != examples/lib.sh ] || continue
        "$example" >"$HEARTHDESK_DATA/said" 2>&1 || { cat "$HEARTHDESK_DATA/said" >&2; exit 1; }
        echo "$example passed"
    done'
