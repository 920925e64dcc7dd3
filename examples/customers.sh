#!/usr/bin/env bash
# Customers with protected data: masked, found by phone, a possible duplicate, revealed with a reason, in bulk.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

phone=139$(printf '%08d' $((RANDOM * RANDOM % 100000000)))
masked=${phone:0:3}****${phone:7}

say "A customer, once under one key"
body=$(jq -n --arg p "$phone" '{kind: "person", name: "周敏", phones: [$p], tags: ["vip"]}')
call 201 cs_agent POST /v1/customers "$body" "customer-$run"
expect ".name != \"周敏\" and .phones == [\"$masked\"]"
id=$(field .id)
call 201 cs_agent POST /v1/customers "$body" "customer-$run"
expect ".id == \"$id\""
grep -qi '^idempotency-replayed: true' <<<"$headers"

say "The same phone again"
call 409 cs_agent POST /v1/customers "$(jq -n --arg p "+86 $phone" '{kind: "person", name: "周某", phones: [$p]}')"
expect '.code == "possible_duplicate"'
call 200 cs_agent GET "/v1/customers?phone=$phone"
expect '.items | length == 1'

say "In clear, with a reason, by whom it is given to"
call 422 cs_specialist POST "/v1/customers/$id/reveal" '{"fields": ["phones"]}'
call 200 cs_specialist POST "/v1/customers/$id/reveal" '{"fields": ["phones"], "reason": "回电"}'
expect ".phones == [\"$phone\"]"
call 403 service_rep POST "/v1/customers/$id/reveal" '{"fields": ["phones"], "reason": "回电"}'

say "Several at once: one result a row"
call 207 cs_agent POST /v1/customers/bulk "$(jq -n --arg p "$phone" \
    '{rows: [{kind: "company", name: "示例公司"}, {kind: "person", name: "周某", phones: [$p]}, {kind: "planet"}]}')" "bulk-$run"
expect '[.results[] | .ok] == [true, false, false] and .results[1].code == "possible_duplicate"'
