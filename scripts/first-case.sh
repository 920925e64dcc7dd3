#!/usr/bin/env bash
# Runs examples/first-case.sh against a demo of its own, on a free port, and stops it again.
set -euo pipefail
cd "$(dirname "$0")/.."

exec scripts/with-demo.sh examples/first-case.sh
