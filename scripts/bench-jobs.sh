#!/usr/bin/env bash
# Measures whole jobs with the release build, on SQLite and on a durable PostgreSQL each: imports and exports, dispatch
# and reports of the desk, a heating season.
#   scripts/bench-jobs.sh [desk season …]
set -uo pipefail
cd "$(dirname "$0")/.."

server=${CARGO_TARGET_DIR:-target}/release/hearthdesk
unset TEST_PG_URL    # one that is set may be anybody's, and without fsync
[ $# -gt 0 ] || set -- transfers desk season
code=0
for job in "$@"; do
    echo "$job on SQLite"
    "bench/$job.py" --server "$server" || code=$?
    echo "$job on PostgreSQL"
    HEARTHDESK_PG_DURABLE=1 scripts/with-postgres.sh bash -c '"$0" --server "$1" --url "$TEST_PG_URL"' \
        "bench/$job.py" "$server" || code=$?
done
exit "$code"
