#!/usr/bin/env bash
# Property-based requests from the contract against a demo of its own, with every check and every phase: no 5xx, no
# answer the contract does not name, nothing accepted that it forbids.
#   scripts/fuzz.sh [ROLE] [EXAMPLES]    default: cs_supervisor, 10 per operation
set -euo pipefail
cd "$(dirname "$0")/.."

role=${1:-cs_supervisor}
examples=${2:-10}
version=4.32.0
if [ ! -x .tools/schemathesis/bin/schemathesis ]; then
    python3 -m venv .tools/schemathesis
    .tools/schemathesis/bin/pip --quiet install "schemathesis==$version"
fi

# run PHASES PATHS…: with a token of its own, for one lasts fifteen minutes.
run() {
    local phases=$1 token
    shift
    token=$(curl -sf "$HEARTHDESK_URL/v1/auth/login" -H 'Content-Type: application/json' \
        -d "{\"login\":\"$role\",\"password\":\"$HEARTHDESK_DEMO_PASSWORD\"}" | jq -r .access_token)
    .tools/schemathesis/bin/schemathesis --config-file scripts/schemathesis.toml run "$HEARTHDESK_URL/openapi.json" \
        -H "Authorization: Bearer $token" --max-examples "$examples" --max-time 800 --workers 1 --phases "$phases" \
        --continue-on-failure "$@"
}

if [ "${HEARTHDESK_URL:-}" = "" ]; then
    export HEARTHDESK_RATE_LIMIT=off HEARTHDESK_LOG=error
    exec scripts/with-demo.sh "$0" "$role" "$examples"
fi

# What signs in and out runs last: it would end the session the rest is called with.
sign_in='^/v1/auth|^/v1/me/password'
failed=0
run examples,coverage --exclude-path-regex "$sign_in" || failed=1
run fuzzing --exclude-path-regex "$sign_in" || failed=1
run stateful --exclude-path-regex "$sign_in" || failed=1
run examples,coverage,fuzzing --include-path-regex "$sign_in" || failed=1
exit "$failed"
