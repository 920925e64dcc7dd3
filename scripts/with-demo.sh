#!/usr/bin/env bash
# Runs a command beside a demo of its own, on a free port, and stops the demo again.
#   scripts/with-demo.sh CMD…    the command finds HEARTHDESK_URL and HEARTHDESK_DEMO_PASSWORD
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null || echo 18080)
export HEARTHDESK_DEMO_PASSWORD="heron lamp 42 quilt" HEARTHDESK_URL=http://127.0.0.1:$port
export HEARTHDESK_DATA=$folder HEARTHDESK_LISTEN=127.0.0.1:$port
./target/debug/hearthdesk demo >"$folder/out" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
for attempt in $(seq 1 600); do
    curl -sf "$HEARTHDESK_URL/readyz" >/dev/null && break
    kill -0 "$server" 2>/dev/null || { cat "$folder/out" >&2; exit 1; }
    [ "$attempt" -lt 600 ] || { echo "the demo does not become ready" >&2; exit 1; }
    sleep 0.1
done
"$@"
