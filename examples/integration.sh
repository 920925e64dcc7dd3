#!/usr/bin/env bash
# What another system needs: its own client, creates that may be sent twice, its own keys, changes at a version, pages,
# filters, many rows at once, files, the feed of facts, webhooks, reports with their lists, and refusals it understands.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

say "A machine client of one project; its secret is shown once"
call 200 system_admin GET '/v1/projects?limit=1'
project=$(field '.items[0].id')
call 201 system_admin POST /v1/clients "$(jq -n --arg c "crm-$run" --arg p "$project" \
    '{client_id: $c, name: "客户关系系统", role: "integration_client", project_ids: [$p]}')"
client=/v1/clients/$(field .id)
secret=$(field .client_secret)
call 200 system_admin GET "$client"
expect 'has("client_secret") | not'
# granted [SCOPE]: a token for all the client may do, or for part of it.
granted() {
    curl -s "$url/v1/auth/token" -d grant_type=client_credentials -d "client_id=crm-$run" \
        --data-urlencode "client_secret=$secret" ${1:+--data-urlencode "scope=$1"} | jq -r .access_token
}
tokens[crm]=$(granted)
tokens[reader]=$(granted platform.event:read)
call 403 reader GET /v1/customers
expect '.context.permission == "platform.customer:read"'
call 200 crm GET /v1/me/permissions
echo "crm-$run may $(field '.permissions | length') things"

say "A create may be sent twice under one key; another body under that key is refused"
case=$(jq -n --arg p "$project" '{channel_code: "web", kind: "complaint", category_code: "property_service",
    place_kind: "project_common", project_id: $p, description: "楼道灯坏了一周没人修", requester: {name: "周敏", phone: "13900139077"}}')
call 201 crm POST /v1/tickets "$case" "case-$run"
ticket=$(field .id)
grep -qi "^location: /v1/tickets/$ticket" <<<"$headers" || fail "no location"
call 201 crm POST /v1/tickets "$case" "case-$run"
expect ".id == \"$ticket\""
grep -i '^idempotency-replayed:' <<<"$headers"
call 422 crm POST /v1/tickets "$(jq '.description = "路灯也坏了"' <<<"$case")" "case-$run"
expect '.code == "idempotency_key_reused"'
call 201 crm POST '/v1/tickets?dry_run=true' "$case"
grep -i '^x-dry-run:' <<<"$headers"

say "Under its own key: made at first, changed later, and what it does not say stays"
here=/v1/customers/by-external-id/crm/C-$run
phone=139$(printf '%08d' $((RANDOM * RANDOM % 100000000)))
call 201 crm PUT "$here" "$(jq -n --arg p "$phone" '{kind: "person", name: "周敏", phones: [$p], tags: ["vip"]}')"
customer=/v1/customers/$(field .id)
call 200 crm PUT "$here" '{"kind": "person", "name": "周敏", "category": "owner"}'
expect ".tags == [\"vip\"] and .category == \"owner\" and .external_ids == [{system: \"crm\", id: \"C-$run\"}]"
seen=$(field .version)

say "A change names the version it saw; without one 428, at an old one 412"
call 428 crm PATCH "$customer" '{"tags": ["vip", "业委会"]}'
call 200 crm PATCH "$customer" '{"tags": ["vip", "业委会"]}' '' "$seen"
call 412 crm PATCH "$customer" '{"tags": []}' '' "$seen"
call 200 crm GET "/v1/projects/$project"
send_with 304 crm GET "/v1/projects/$project" -H "If-None-Match: $(sed -n 's/^etag: \([^\r]*\).*/\1/Ip' <<<"$headers")"

say "Page by page to the end: stable while rows are added"
pages=0 rows=0 next="/v1/units?limit=10&sort=room_no&include_total=true"
while [ -n "$next" ]; do
    call 200 crm GET "$next"
    pages=$((pages + 1)) rows=$((rows + $(field '.items | length')))
    total=$(field .total)
    next=$(sed -n 's/^link: <\([^>]*\)>; rel="next".*/\1/Ip' <<<"$headers")
done
[ "$rows" = "$total" ] || fail "$rows of $total"
echo "$rows units on $pages pages"
call 400 crm GET '/v1/units?cursor=made-up'
expect '.code == "invalid_cursor"'

say "Filters, order, related rows; a list is also a file"
since="received_at_gte=$(day '-7 days')T00:00:00%2B08:00"
call 200 cs_director GET "/v1/tickets?kind=repair&status=assigned,in_progress&$since&sort=-received_at,number&expand=unit&limit=3"
jq -r '.items[] | "  \(.number) \(.status) \(.unit.room_no // "–") \(.title)"' <<<"$answer"
call 400 crm GET '/v1/tickets?colour=red'
expect '.code == "unknown_parameter"'
call 200 cs_director GET "/v1/tickets?status=closed&$since&sort=-received_at&format=csv"
echo "$(wc -l <<<"$answer") lines of CSV: $(head -1 <<<"$answer" | cut -d, -f1-5)"
send_with 200 cs_director GET "/v1/units?limit=5" -H 'Accept: text/csv'
grep -i '^content-type:' <<<"$headers"

say "Many rows at once: one result a row, or all of them or none"
rows=$(jq -n --arg p "$phone" '{rows: [{kind: "company", name: "示例物业公司"}, {kind: "person", name: "周某", phones: [$p]}]}')
call 207 crm POST /v1/customers/bulk "$(jq '.dry_run = true' <<<"$rows")" "tried-$run"
expect '.dry_run and [.results[].ok] == [true, false]'
jq -r '.results[] | "  row \(.row): \(.code // "ok")"' <<<"$answer"
call 409 crm POST /v1/customers/bulk "$(jq '.atomic = true' <<<"$rows")" "atomic-$run"
expect '.code == "possible_duplicate" and .context.row == 1'

say "The feed: every fact in one order; the next page begins where the last one ended"
call 200 crm GET '/v1/events?after=0&types=ticket.registered&limit=200'
while [ "$(field '.items | length')" = 200 ]; do
    call 200 crm GET "/v1/events?after=$(field .next_after)&types=ticket.registered&limit=200"
done
last=$(field .next_after)
call 201 crm POST /v1/tickets "$case" "told-$run"
told=$(field .id)
for attempt in $(seq 10); do
    call 200 crm GET "/v1/events?after=$last&types=ticket.registered&wait=5"
    [ -z "$(field ".items[] | select(.resource_id == \"$told\")")" ] || break
    last=$(field .next_after)
done
expect ".items | any(.resource_id == \"$told\")"
jq -r '.items[] | "  \(.position) \(.type) by \(.actor_role)"' <<<"$answer"

say "A webhook: registered, tried, never to an address inside, switched off again"
call 422 crm POST /v1/webhooks '{"url": "https://10.0.0.8/hook"}'
expect '.errors[0].code == "address_refused"'
call 201 crm POST /v1/webhooks "$(jq -n --arg u "https://crm-$run.invalid/hooks" \
    '{url: $u, types: ["ticket.registered", "ticket.closed"]}')"
hook=/v1/webhooks/$(field .id)
echo "signed with $(field '.secret[:8]')…, shown once"
call 200 crm POST "$hook/test" '{}' "test-$run"
call 200 crm GET "$hook/deliveries"
expect '.items[0].type == "webhook.test"'
call 200 crm GET "$hook"
call 200 crm PATCH "$hook" '{"active": false}' '' "$(field .version)"

say "A report as JSON, CSV and SVG; each figure leads to the list behind it"
call 200 cs_director GET /v1/reports
echo "$(field '.items | length') reports"
report=/v1/reports/tickets/monthly-statistics?month=$(day | cut -c1-7)
call 200 cs_director GET "$report"
drill=$(field '[.rows[][] | select(.drill and (.value | type == "number") and .value > 0)][0].drill')
count=$(field '[.rows[][] | select(.drill and (.value | type == "number") and .value > 0)][0].value')
call 200 cs_director GET "$drill&include_total=true&limit=1"
expect ".total == $count"
echo "$count is the length of $drill"
call 200 cs_director GET "$report&format=csv"
head -2 <<<"$answer"
call 200 cs_director GET "$report&format=svg"
[[ $answer == *"<svg"* ]] || fail "no picture"

say "What is set: values by date, and a change that is only tried"
call 200 system_admin GET '/v1/parameters?prefix=tickets.intake.'
jq -r '.items[] | "  \(.key) = \(.value) \(.unit // "")"' <<<"$answer"
key=$(field '.items[0].key')
call 200 system_admin PUT "/v1/parameters/$key?dry_run=true" \
    "$(jq --arg on "$(day '+30 days')" '{value: .items[0].value, valid_from: $on, reason: "试算"}' <<<"$answer")" "tried-$run"

say "Who may, and why not; what codes mean; what a refusal means"
explained() { call 200 system_admin POST /v1/access/explain "$(jq -n --arg r "$1" --arg p "$2" --arg t "$ticket" \
    '{role: $r, permission: $p, resource: {resource: "ticket", id: $t}}')" "explain-$run-$1-$2"; }
explained cs_agent tickets.ticket:start
expect '.allowed == false and .rule == "state"'
explained finance_officer tickets.ticket:start
expect '.rule == "permission"'
call 200 crm GET /v1/meta/enums
jq -r '.enums.ticket_status[:3][] | "  \(.code): \(.zh), \(.en)"' <<<"$answer"
send_with 422 crm POST /v1/tickets -H 'Content-Type: application/json' -H 'Accept-Language: en' -d '{"kind": "tea"}'
jq -r '"  \(.title): " + ([.errors[] | "\(.pointer) \(.code)"] | join(", "))' <<<"$answer"
curl -sf "$url$(field .type)" | sed -n 's/.*<p lang="en">\(.*\)<\/p>.*/  \1/p'

say "Disabled, the client is out at once"
call 200 system_admin POST "$client/disable" '{"reason": "示例结束"}'
call 401 crm GET /v1/me
