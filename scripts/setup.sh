#!/usr/bin/env bash
# Installs what a fresh Debian machine with only Rust lacks. Run again, it does nothing.
#   scripts/setup.sh run    what serving and the curl tour need
#   scripts/setup.sh test   also PostgreSQL's server and nextest
#   scripts/setup.sh deny   also cargo-deny
#   scripts/setup.sh fuzz   what serving needs, and Python
#   scripts/setup.sh clients  also Node.js
set -euo pipefail
cd "$(dirname "$0")/.."

nextest=0.9.143
deny=0.20.2

apt_install() {
    local missing=()
    for package in "$@"; do
        dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || { echo "please install as root: ${missing[*]}" >&2; exit 3; }
        root=(sudo)
    fi
    "${root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

has_postgres() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null
}

need=()
command -v cc >/dev/null || need+=(build-essential)
command -v cmake >/dev/null || need+=(cmake)
command -v curl >/dev/null || need+=(curl)
command -v jq >/dev/null || need+=(jq)
command -v unzip >/dev/null || need+=(unzip)
[ ${#need[@]} -eq 0 ] || apt_install "${need[@]}"

case "${1:-test}" in
    run) ;;
    fuzz)
        python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3 python3-venv
        ;;
    clients)
        python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3 python3-venv
        command -v npm >/dev/null || apt_install nodejs npm
        ;;
    test | deny)
        if ! has_postgres; then
            # Only the programs are wanted, not a cluster that starts with the machine.
            apt_install postgresql-common
            root=()
            [ "$(id -u)" = 0 ] || root=(sudo)
            "${root[@]}" mkdir -p /etc/postgresql-common
            echo 'create_main_cluster = false' | "${root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
            apt_install postgresql
        fi
        cargo nextest --version >/dev/null 2>&1 || cargo install --locked --quiet "cargo-nextest@$nextest"
        ;;&
    deny)
        [ -x .tools/bin/cargo-deny ] || cargo install --locked --quiet --root .tools "cargo-deny@$deny"
        ;;
esac
