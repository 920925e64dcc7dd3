#!/usr/bin/env bash
# Tests the files in a bucket against a simulated S3 store on loopback, and stops the store again.
set -euo pipefail
cd "$(dirname "$0")/.."

version=5.1.22
env=.tools/moto
if [ ! -x "$env/bin/moto_server" ]; then
    python3 -m venv "$env"
    "$env/bin/pip" --quiet --disable-pip-version-check install "moto[server]==$version"
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$env/bin/moto_server" -H 127.0.0.1 -p "$port" >/dev/null 2>&1 &
store=$!
trap 'kill "$store" 2>/dev/null || true; wait "$store" 2>/dev/null || true' EXIT
export TEST_S3_ENDPOINT=http://127.0.0.1:$port
for attempt in $(seq 1 300); do
    curl -sf "$TEST_S3_ENDPOINT/moto-api/data.json" >/dev/null && break
    [ "$attempt" -lt 300 ] || { echo "the store does not become ready" >&2; exit 1; }
    sleep 0.1
done
curl -sf -X PUT "$TEST_S3_ENDPOINT/papers" >/dev/null
cargo nextest run -p documents --run-ignored all -E 'test(file::)'
