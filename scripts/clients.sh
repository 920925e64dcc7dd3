#!/usr/bin/env bash
# Generates typed clients from the contract and lets them work against a demo of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

out=$PWD/.tools/clients
mkdir -p "$out/typescript" "$out/python"

cp clients/typescript/* "$out/typescript/"
if ! cmp -s clients/typescript/package.json "$out/typescript/node_modules/.for"; then
    npm --prefix "$out/typescript" install --silent --no-audit --no-fund
    cp clients/typescript/package.json "$out/typescript/node_modules/.for"
fi
"$out/typescript/node_modules/.bin/openapi-typescript" openapi/openapi.json -o "$out/typescript/hearthdesk.d.ts" >/dev/null
"$out/typescript/node_modules/.bin/tsc" --project "$out/typescript"

if [ ! -x "$out/python/env/bin/openapi-python-client" ]; then
    python3 -m venv "$out/python/env"
fi
"$out/python/env/bin/pip" --quiet --disable-pip-version-check install -r clients/python/requirements.txt
"$out/python/env/bin/openapi-python-client" generate --path openapi/openapi.json --meta none --overwrite \
    --output-path "$out/python/hearthdesk_client" >"$out/python/said" 2>&1 || { cat "$out/python/said" >&2; exit 1; }

scripts/with-demo.sh bash -c "
    node '$out/typescript/out/usage.js' &&
    PYTHONPATH='$out/python' '$out/python/env/bin/python' clients/python/usage.py"
