# What the examples share: signing in, calling, uploading, expecting. Sourced, not run.
#   HEARTHDESK_URL            default http://127.0.0.1:8080
#   HEARTHDESK_DEMO_PASSWORD  default: what the demo wrote into .demo/demo-password
url=${HEARTHDESK_URL:-http://127.0.0.1:8080}
password=${HEARTHDESK_DEMO_PASSWORD:-$(cat "$(dirname "${BASH_SOURCE[0]}")/../.demo/demo-password")}
run=$(date +%s)-$$
declare -A tokens
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say() { printf '\n— %s\n' "$*"; }
fail() { echo "$(basename "$0"): $*" >&2; exit 1; }
field() { jq -r "$1" <<<"$answer"; }
# expect FILTER: the answer makes the filter true.
expect() { jq -e "$1" <<<"$answer" >/dev/null || fail "not so: $1 in $answer"; }

# token ROLE: signs in once a role.
token() {
    if [ -z "${tokens[$1]:-}" ]; then
        tokens[$1]=$(curl -sf "$url/v1/auth/login" -H 'Content-Type: application/json' \
            -d "$(jq -n --arg l "$1" --arg p "$password" '{login: $l, password: $p}')" | jq -r .access_token) ||
            fail "$1 cannot sign in"
    fi
}

# send_with STATUS ROLE METHOD PATH ARGUMENTS…: leaves the answer in $answer and its headers in $headers.
send_with() {
    local expected=$1 role=$2 method=$3 path=$4 status
    shift 4
    token "$role"
    status=$(curl -s -D "$scratch/headers" -o "$scratch/body" -w '%{http_code}' -X "$method" "$url$path" \
        -H "Authorization: Bearer ${tokens[$role]}" "$@")
    answer=$(cat "$scratch/body")
    headers=$(cat "$scratch/headers")
    [ "$status" = "$expected" ] || fail "$role $method $path: $status instead of $expected: $answer"
}

# call STATUS ROLE METHOD PATH [BODY [KEY [IF-MATCH]]]
call() {
    local arguments=()
    local media=application/json
    [ "$3" != PATCH ] || media=application/merge-patch+json
    [ -z "${5:-}" ] || arguments+=(-H "Content-Type: $media" -d "$5")
    [ -z "${6:-}" ] || arguments+=(-H "Idempotency-Key: $6")
    [ -z "${7:-}" ] || arguments+=(-H "If-Match: \"v$7\"")
    send_with "$1" "$2" "$3" "$4" "${arguments[@]}"
}

# upload STATUS ROLE PATH KEY ARGUMENTS…: multipart, as curl's -F says.
upload() {
    local expected=$1 role=$2 path=$3 key=$4
    shift 4
    send_with "$expected" "$role" POST "$path" -H "Idempotency-Key: $key" "$@"
}

# day WHEN, at WHEN: a day in Shanghai, an instant; as GNU date's -d says, now when it says nothing.
day() { TZ=Asia/Shanghai date -d "${1:-today}" +%F; }
at() { date -u -d "${1:-now}" +%Y-%m-%dT%H:%M:%SZ; }

# make ROLE PATH BODY: something new, in $id. act ROLE PATH [BODY [STATUS]]: an act. Each under a key of its own.
keys=0
make() {
    call 201 "$1" POST "$2" "$3" "$run-$((keys += 1))"
    id=$(field .id)
}
act() { call "${4:-200}" "$1" POST "$2" "${3:-"{}"}" "$run-$((keys += 1))"; }

# paper ROLE KIND NAME: a small file, in $id.
paper() {
    printf '%s %s\n' "$3" "$run" >"$scratch/paper.txt"
    upload 201 "$1" /v1/documents "$run-$((keys += 1))" -F "kind=$2" -F "name=$3" -F "file=@$scratch/paper.txt;type=text/plain"
    id=$(field .id)
}

# unit CODE: the id of an organisation unit. Where it is asked for in $(…), sign hr_officer in before: a subshell forgets.
unit() {
    call 200 hr_officer GET "/v1/org-units?code=$1"
    field '.items[0].id'
}
