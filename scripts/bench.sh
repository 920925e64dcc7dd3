#!/usr/bin/env bash
# Measures the release build beside a bare handler and pgbench, on a durable PostgreSQL of its own.
#   scripts/bench.sh                                            everything
#   scripts/bench.sh --only read,mixed --clients 64 --db sqlite --rounds 1
#   scripts/bench.sh --million --out bench.txt                  also a page of a million tickets
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --quiet --release -p server -p hearthdesk-bench
if ! command -v pgbench >/dev/null; then
    PATH="$(ls -d /usr/lib/postgresql/*/bin | sort -rV | head -1):$PATH"
    export PATH
fi
unset TEST_PG_URL    # one that is set may be anybody's, and without fsync
HEARTHDESK_PG_DURABLE=1 exec scripts/with-postgres.sh "${CARGO_TARGET_DIR:-target}/release/hearthdesk-bench" \
    --server "${CARGO_TARGET_DIR:-target}/release/hearthdesk" "$@"
