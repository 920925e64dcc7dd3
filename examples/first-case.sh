#!/usr/bin/env bash
# Two cases, from the first call to the closed file, against a running demo:
# a leak reported on the hotline, and a major complaint that two leaders approve before the answer.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

reply='{"method":"phone","spoke_to":"业主本人","identity_check":{"method":"核对房号","passed":true},"introduced":true,
        "content":"已修复并试压,请放心使用","response":"accepted"}'
satisfied='{"outcome":"satisfied","answered_by":{"relation":"self"},"identity_check":{"method":"核对电话","passed":true},
            "introduced":true,"convenient":true,"score":5}'

# to_me REASON: an assignment to whom took the call, also when his shift is over.
to_me() { jq -n --arg me "$me" --arg why "$1" '{staff_id: $me, force_reason: $why}'; }

say "A resident calls the hotline: water sprays from a radiator"
call 200 cs_agent GET '/v1/units?limit=1'
unit=$(field '.items[0].id')
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
call 201 cs_agent POST /v1/calls "$(jq -n --arg now "$now" '{direction: "in", channel_code: "hotline",
    external_number: "13900139000", ring_started_at: $now, answered_at: $now, result: "answered", ring_count: 1}')"
call_id=$(field .id)
report=$(jq -n --arg unit "$unit" --arg call "$call_id" '{channel_code: "hotline", kind: "repair",
    category_code: "heating.leak", place_kind: "unit", unit_id: $unit, call_ids: [$call],
    description: "暖气片接头跑水,地板已经泡了,请马上来人",
    requester: {name: "周敏", phone: "13900139000"}}')
call 201 cs_agent POST /v1/tickets "$report" "leak-$run"
leak=$(field .id)
number=$(field .number)
echo "registered as $number, due $(field .due_at)"

say "The same call again answers the same, once"
call 201 cs_agent POST /v1/tickets "$report" "leak-$run"
[ "$(field .id)" = "$leak" ] || fail "a second ticket"
grep -qi '^idempotency-replayed: true' <<<"$headers" || fail "not told that it is a replay"

say "The deadline explains itself"
call 200 cs_agent GET "/v1/tickets/$leak/deadlines"
jq '.clocks[] | select(.clock == "handle") | {policy: .policy.code, target: .targets[0].target_seconds, due_at, arithmetic}' <<<"$answer"
[ "$(field '.clocks[] | select(.clock == "handle") | .targets[0].target_seconds')" = 14400 ] || fail "not four hours"

say "Assigned, started, resolved, answered"
call 200 cs_agent GET '/v1/me'
me=$(field .staff_id)
call 200 team_leader POST "/v1/tickets/$leak/assign" "$(to_me '首问人员跟进到底')"
call 200 cs_agent POST "/v1/tickets/$leak/start" '{}'
echo "what cs_agent may do next: $(field '[.allowed_actions[] | select(.allowed) | .action] | join(", ")')"
call 200 cs_agent POST "/v1/tickets/$leak/resolve" '{"solution":"更换接头并试压","root_cause_code":"wear"}'
call 200 cs_agent POST "/v1/tickets/$leak/reply" "$reply"

say "Who answered may not call back; somebody else does, and the case closes"
call 200 cs_agent GET "/v1/callbacks?ticket_id=$leak"
callback=$(field '.items[0].id')
call 409 cs_agent POST "/v1/callbacks/$callback/complete" "$satisfied"
[ "$(field .code)" = separation_of_duties ] || fail "$(field .code)"
call 200 cs_agent2 POST "/v1/callbacks/$callback/complete" "$satisfied"
call 200 cs_agent GET "/v1/tickets/$leak"
[ "$(field .status)" = closed ] || fail "$number is $(field .status)"

say "A major complaint: the answer needs two signatures"
complaint=$(jq -n --arg unit "$unit" '{channel_code: "walk_in", kind: "complaint", category_code: "house_quality.waterproofing",
    place_kind: "unit", unit_id: $unit, severity: "major", description: "外墙渗漏多次维修无效,装修毁损,要求赔偿",
    requester: {name: "周敏", phone: "13900139000"}}')
call 201 cs_agent POST /v1/tickets "$complaint" "complaint-$run"
case=$(field .id)
call 200 team_leader POST "/v1/tickets/$case/assign" "$(to_me '首问人员跟进到底')"
call 200 cs_agent POST "/v1/tickets/$case/start" '{}'
call 409 cs_agent POST "/v1/tickets/$case/resolve" '{"solution":"安排防水返修","root_cause_code":"wear"}'
[ "$(field .code)" = approval_required ] || fail "$(field .code)"
call 200 cs_agent POST "/v1/tickets/$case/submit-opinion" \
    '{"text":"经勘查属防水施工缺陷,建议返修并补偿装修损失","proposed_reply":"公司安排返修并补偿","compensation_amount":"3000.00"}'
call 403 cs_agent POST "/v1/tickets/$case/approve" '{}' "self-$run"
call 409 company_leader POST "/v1/tickets/$case/approve" '{}' "early-$run"
[ "$(field .code)" = not_your_turn ] || fail "$(field .code)"
call 200 cs_manager POST "/v1/tickets/$case/approve" '{"comment":"同意"}' "first-$run"
call 200 company_leader POST "/v1/tickets/$case/approve" '{"comment":"同意,尽快落实"}' "second-$run"
[ "$(field .status)" = in_progress ] || fail "back to $(field .status)"
call 200 cs_agent POST "/v1/tickets/$case/resolve" '{"solution":"完成外墙防水返修并淋水试验","root_cause_code":"wear"}'
call 200 cs_agent POST "/v1/tickets/$case/reply" "$reply"
call 200 cs_agent GET "/v1/callbacks?ticket_id=$case"
call 200 cs_agent2 POST "/v1/callbacks/$(field '.items[0].id')/complete" "$satisfied"
call 200 cs_agent GET "/v1/tickets/$case"
[ "$(field .status)" = closed ] || fail "the complaint is $(field .status)"

say "The history of the complaint"
call 200 cs_agent GET "/v1/tickets/$case/history"
jq -r '.items[] | [.position, .at, .type, .actor_role, (.reason // "")] | @tsv' <<<"$answer"

say "Both cases are closed."
