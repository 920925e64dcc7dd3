#!/usr/bin/env bash
# Runs a command with a private, throw-away PostgreSQL of its own: socket only, no durability, gone afterwards.
# If TEST_PG_URL is set already, the command just runs. With HEARTHDESK_PG_DURABLE=1 it keeps its promises, on disk.
set -euo pipefail

if [ $# -eq 0 ]; then
    echo "usage: scripts/with-postgres.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi
if [ -n "${TEST_PG_URL:-}" ]; then
    exec "$@"
fi

bin=${PG_BINDIR:-}
if [ -z "$bin" ]; then
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
            bin=$folder
            break
        fi
    done
fi
if [ -z "$bin" ] && command -v initdb >/dev/null && command -v postgres >/dev/null; then
    bin=$(dirname "$(command -v initdb)")
fi
if [ -z "$bin" ]; then
    echo "no PostgreSQL server found: run make setup" >&2
    exit 3
fi

base=${TMPDIR:-/tmp}
durable=${HEARTHDESK_PG_DURABLE:-}
settings=(-c shared_buffers=128MB -c fsync=off -c synchronous_commit=off -c full_page_writes=off)
[ -z "$durable" ] || settings=(-c shared_buffers=512MB -c fsync=on -c synchronous_commit=on -c full_page_writes=on)
if [ -z "$durable" ] && [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 2000000 ]; then
    base=/dev/shm
fi
folder=$(mktemp -d "$base/hdpg.XXXXXX")
as_owner=()
if [ "$(id -u)" = 0 ]; then
    owner=postgres
    id -u "$owner" >/dev/null 2>&1 || owner=nobody
    chown "$owner" "$folder"
    as_owner=(setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups)
fi

server=
command=
finish() {
    trap - EXIT INT TERM
    [ -z "$command" ] || kill "$command" 2>/dev/null || true
    if [ -n "$server" ]; then
        kill -QUIT "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap finish EXIT
trap 'finish; exit 130' INT TERM

"${as_owner[@]}" "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    --no-instructions >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 3; }
"${as_owner[@]}" "$bin/postgres" -D "$folder/data" -c listen_addresses= -c unix_socket_directories="$folder" \
    -c max_connections=300 "${settings[@]}" \
    -c log_min_messages=fatal >>"$folder/log" 2>&1 &
server=$!
for attempt in $(seq 1 500); do
    "$bin/psql" -h "$folder" -U postgres -Atqc 'SELECT 1' >/dev/null 2>&1 && break
    if [ "$attempt" = 500 ] || ! kill -0 "$server" 2>/dev/null; then
        cat "$folder/log" >&2
        exit 3
    fi
    sleep 0.02
done

export TEST_PG_URL="postgres://postgres@localhost/postgres?host=$folder"
"$@" &
command=$!
code=0
wait "$command" || code=$?
command=
exit "$code"
