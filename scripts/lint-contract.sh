#!/usr/bin/env bash
# Lints the contract with a client's eyes. Needs Node.js; without it only the drift check ran.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v npx >/dev/null; then
    echo "no Node.js: the contract was not linted" >&2
    exit 0
fi
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
npx --yes @redocly/cli@2.77.0 lint openapi/openapi.json --config redocly.yaml
