#!/usr/bin/env bash
# Measures the release build beside a bare handler and pgbench, on a durable PostgreSQL of its own.
#   scripts/bench.sh --seconds 3 --clients 1,16,64,256 --only read,mixed
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release -p server -p hearthdesk-bench
command -v pgbench >/dev/null || export PATH="$(ls -d /usr/lib/postgresql/*/bin | sort -rV | head -1):$PATH"
HEARTHDESK_PG_DURABLE=1 scripts/with-postgres.sh target/release/hearthdesk-bench "$@"
