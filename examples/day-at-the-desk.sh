#!/usr/bin/env bash
# A day at the desk: the shift begins, calls come in, a case goes to a repair team and on to the callback, the
# director asks what takes so long, a call is listened to, a customer asks for something at the counter, and in the
# evening the log is handed over and the day's figures are read.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

today=$(TZ=Asia/Shanghai date +%F)
now() { date -u -d "${1:-now}" +%Y-%m-%dT%H:%M:%SZ; }
# once ROLE PATH BODY LIST: makes what a shift has only once; when it is there already, finds it in a list.
once() {
    token "$1"
    if curl -sf -o "$scratch/made" -X POST "$url$2" -H "Authorization: Bearer ${tokens[$1]}" \
        -H 'Content-Type: application/json' -d "$3"; then
        answer=$(cat "$scratch/made")
    else
        call 200 "$1" GET "$4"
        answer=$(jq '.items[0]' <<<"$answer")
    fi
    expect '.id != null'
}

say "Who answers today: the desk's roster, its gap, and who is on duty now"
call 200 team_leader GET '/v1/org-units?code=DESK'
desk=$(field '.items[0].id')
call 200 team_leader GET "/v1/shifts?org_unit_id=$desk&date=$today&published=true"
shifts=$answer
jq -r '.items[] | "  \(.definition_code): \(.start_at[11:16]) to \(.end_at[11:16])"' <<<"$answer"
roster=$(field '.items[0].roster_id')
call 200 team_leader GET "/v1/rosters/$roster/coverage?date=$today"
echo "covered: $(field .coverage_percent)% of the day; gap: $(field '[.gaps[] | "\(.from)-\(.to)"] | join(", ")')"
call 200 team_leader GET "/v1/on-duty?org_unit_id=$desk"
echo "on duty now: $(field '[.items[] | select(.on_duty) | .name] | join(", ")')"

say "The muster, and the shift's log"
rows=$(jq '[.items[] | select(.definition_code == "a") | {staff_id: .responsible_staff_id, result: "present"}]' <<<"$shifts")
once team_leader /v1/musters "$(jq -n --arg u "$desk" --arg d "$today" --argjson rows "$rows" '{org_unit_id: $u, date: $d,
    definition_code: "a", rows: $rows, talk_points: "首问负责,三声内接听"}')" "/v1/musters?org_unit_id=$desk&date=$today"
echo "$(field '.rows | length') mustered, punctual: $(field .punctual)"
once team_leader /v1/duty-logs "$(jq -n --arg u "$desk" --arg d "$today" '{org_unit_id: $u, date: $d, definition_code: "a",
    entries: [{kind: "event", text: "接班,设备正常"}]}')" "/v1/duty-logs?org_unit_id=$desk&date=$today"
log=$(field .id)
echo "the log is $(field .status)"

say "Two calls: one is answered at once, one becomes a case"
call 200 cs_agent GET /v1/me
me=$(field .staff_id)
call 200 cs_agent GET '/v1/units?limit=1&sort=-room_no'
unit=$(field '.items[0].id')
heard() {
    call 201 cs_agent POST /v1/calls "$(jq -n --arg rang "$(now '-190 seconds')" --arg taken "$(now '-180 seconds')" \
        --arg ended "$(now '-5 seconds')" --arg number "$1" '{direction: "in", channel_code: "hotline", external_number: $number,
        ring_started_at: $rang, answered_at: $taken, ended_at: $ended, result: "answered"}')"
    call_id=$(field .id)
}
heard 13900139021
call 201 cs_agent POST /v1/tickets "$(jq -n --arg call "$call_id" '{channel_code: "hotline", kind: "consultation",
    category_code: "heating.fee", place_kind: "none", description: "咨询采暖费缴费截止日期", call_ids: [$call],
    requester: {name: "何静", phone: "13900139021"}}')" "ask-$run"
call 200 cs_agent POST "/v1/tickets/$(field .id)/answer-at-intake" '{"solution": "已告知截止日期和缴费渠道",
    "reply": {"method": "phone", "spoke_to": "业主本人", "identity_check": {"method": "核对电话", "passed": true},
    "introduced": true, "content": "已告知截止日期和缴费渠道", "response": "accepted"}}'
echo "$(field .number) answered at intake: $(field .status)"
heard 13900139022
first_call=$call_id
call 201 cs_agent POST /v1/tickets "$(jq -n --arg unit "$unit" --arg call "$call_id" '{channel_code: "hotline", kind: "repair",
    category_code: "house_quality.plumbing", place_kind: "unit", unit_id: $unit, call_ids: [$call],
    description: "厨房角阀渗水,橱柜底板已泡涨", requester: {name: "何静", phone: "13900139022"}}')" "case-$run"
case=$(field .id)
echo "$(field .number) registered, due $(field .due_at)"

say "Dispatched to the project's team, with a repair order"
call 200 team_leader GET '/v1/org-units?code=TEAM-HP'
team=$(field '.items[0].id')
call 200 team_leader POST "/v1/tickets/$case/assign" "$(jq -n --arg u "$team" --arg me "$me" \
    '{org_unit_id: $u, staff_id: $me, force_reason: "业主急,由首问人员跟进"}')"
call 200 cs_agent POST "/v1/tickets/$case/start" '{}'
call 200 cs_agent GET "/v1/warranty-checks?unit_id=$unit&part_code=plumbing"
echo "under warranty: customer $(field .customer.covered), contractor $(field .contractor.covered); proposed to pay: $(field .proposed_bearer)"
call 201 cs_agent POST /v1/repair-orders "$(jq -n --arg t "$case" \
    '{ticket_id: $t, part_code: "plumbing", description: "更换厨房角阀"}')"
order=$(field .id)
call 200 cs_specialist POST "/v1/repair-orders/$order/dispatch" "$(jq -n --arg u "$team" '{org_unit_id: $u, bearer: "company"}')"
for act in accept arrive begin; do call 200 repair_team_leader POST "/v1/repair-orders/$order/$act" '{}'; done

say "The director wants to know; the supervisor answers; the director is content"
call 201 cs_director POST "/v1/tickets/$case/supervisions" "$(jq -n --arg u "$team" \
    '{to_org_unit_id: $u, text: "业主家中已泡水,请说明到场时间"}')"
asked=$(field .id)
echo "answer due $(field .answer_due_at)"
call 200 repair_team_leader POST "/v1/supervisions/$asked/answer" '{"answer": "维修工已在现场,正在更换角阀"}'
call 200 cs_director POST "/v1/supervisions/$asked/close" '{}'

say "Repaired, judged, closed with the signed order"
printf 'photo %s' "$run" >"$scratch/photo.txt"
upload 201 repair_team_leader /v1/documents "photo-$run" -F kind=photo -F name=现场照片 -F "file=@$scratch/photo.txt;type=text/plain"
photo=$(field .id)
upload 201 cs_specialist /v1/documents "signed-$run" -F kind=repair_order -F name=维修单 -F "file=@$scratch/photo.txt;type=text/plain"
signed=$(field .id)
call 200 repair_team_leader POST "/v1/repair-orders/$order/finish" "$(jq -n --arg p "$photo" '{result: "已更换角阀并试水",
    photos: [$p], lines: [{kind: "labour", text: "维修人工", quantity: "1", unit_price: "80.00"}]}')"
call 200 cs_agent POST "/v1/repair-orders/$order/evaluate" \
    '{"result": "passed", "text": "业主确认不再渗水", "scores": {"quality": 5, "timeliness": 5, "attitude": 5}}'
call 200 cs_specialist POST "/v1/repair-orders/$order/close" \
    "$(jq -n --arg d "$signed" '{bearer: "company", cause: "wear", document_id: $d}')"
call 200 cs_agent POST "/v1/tickets/$case/resolve" '{"solution": "更换角阀并试水", "root_cause_code": "wear"}'
call 200 cs_agent POST "/v1/tickets/$case/reply" '{"method": "phone", "spoke_to": "业主本人", "introduced": true,
    "identity_check": {"method": "核对电话", "passed": true}, "content": "已修好,请放心使用", "response": "accepted"}'
call 200 cs_agent2 GET "/v1/callbacks?ticket_id=$case"
call 200 cs_agent2 POST "/v1/callbacks/$(field '.items[0].id')/complete" '{"outcome": "satisfied", "introduced": true,
    "answered_by": {"relation": "self"}, "identity_check": {"method": "核对电话", "passed": true}, "convenient": true, "score": 5}'
call 200 cs_agent GET "/v1/tickets/$case"
expect '.status == "closed"'
echo "$(field .number) is closed"

say "The inspector listens to the call and publishes what he found"
call 201 quality_inspector POST /v1/monitored-calls "$(jq -n --arg c "$first_call" '{call_id: $c, notes: "复述诉求完整",
    scores: {service_language: 92, attitude: 90, tone: 88, need_summary: 95, adaptability: 90}}')"
heard=$(field .id)
call 200 quality_inspector POST "/v1/monitored-calls/$heard/publish" '{}'
echo "total $(field .total)"

say "At the counter: an application is checked and approved, the till is counted"
call 200 cs_agent GET '/v1/customers?limit=1'
customer=$(field '.items[0].id')
call 201 receptionist POST /v1/service-requests "$(jq -n --arg c "$customer" \
    '{type: "application", customer_id: $c, description: "申请查阅竣工图"}')"
request=$(field .id)
call 200 cs_agent POST "/v1/service-requests/$request/check" '{}'
call 200 cs_supervisor POST "/v1/service-requests/$request/approve" '{}'
echo "next step: $(field .next_step)"
call 201 cashier POST /v1/counter-records '{"kind": "takings", "declared": {"cash": "820.00"}, "counted_cash": "815.00"}' "till-$run"
echo "missing in the till: $(field .difference)"

say "The evening: the log is written, closed and taken over"
call 200 team_leader GET "/v1/duty-logs/$log"
if [ "$(field .status)" = open ]; then
    call 200 team_leader POST "/v1/duty-logs/$log/entries" '{"kind": "difficult_case", "text": "业主家中泡水,维修班当日修复"}'
    call 200 team_leader POST "/v1/duty-logs/$log/close" '{}'
    call 200 cs_supervisor POST "/v1/duty-logs/$log/accept" '{}'
fi
expect '.status == "accepted" or .status == "closed"'

say "What the day came to"
# report KEYS: the rows of a report, these columns of them, each under its title.
report() {
    jq -r --arg keys "$1" '(.columns | to_entries | map(select(.value.key as $key | $keys | split(" ") | index($key)))) as $shown
        | .rows[] | [.[].value] as $row | "  " + ([$shown[] | "\(.value.title_zh) \($row[.key])"] | join("  "))' <<<"$answer"
}
yesterday=$(TZ=Asia/Shanghai date -d yesterday +%F)
call 200 cs_director GET "/v1/reports/tickets/daily-shift?from=$yesterday&to=$today"
report 'shift calls within_rings received closed carried_over'
call 200 cs_director GET /v1/reports/tickets/desk-now
report "$(field '[.columns[].key] | join(" ")')"
call 200 cs_director GET "/v1/work-items?waiting_for=me&limit=5"
echo "waiting for the director himself: $(field '.items | length')"

say "The day is over."
