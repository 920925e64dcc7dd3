#!/usr/bin/env bash
# A burst main with everybody's tickets, the article about what was learned, and a survey a customer answers by token.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

say "A house, a home, who lives there"
call 200 sales_manager GET '/v1/projects?limit=1'
make sales_manager /v1/buildings "$(jq -n --arg p "$(field '.items[0].id')" --arg c "I$(date +%s)" '{project_id: $p, code: $c, name: "示例楼"}')"
building=$id
make sales_manager /v1/units "$(jq -n --arg b "$building" '{building_id: $b, room_no: "1-1-101", use: "residence"}')"
home=$id
make cs_agent /v1/customers "$(jq -n --arg n 何静 '{kind: "person", name: $n}')"
customer=$id

say "A burst main: what else is reported there belongs to the incident and is answered with it"
make team_leader /v1/incidents "$(jq -n --arg b "$building" --arg back "$(at '+4 hours')" '{title: "示例楼供热主管爆裂", category_codes:
    ["heating.leak"], scope: {building_ids: [$b]}, customer_text: "主管爆裂,正在抢修", expected_restore_at: $back}')"
incident=/v1/incidents/$id
for text in 楼道暖气漏水 家中地板进水; do
    make cs_agent /v1/tickets "$(jq -n --arg u "$home" --arg c "$customer" --arg t "$text" '{channel_code: "walk_in", kind: "repair",
        category_code: "heating.leak", place_kind: "unit", unit_id: $u, customer_id: $c, description: $t}')"
    expect ".incident_id == \"${incident##*/}\" and .customer_text == \"主管爆裂,正在抢修\""
done
leak=$id
act team_leader "$incident/restore" "$(jq -n --arg on "$(at)" '{restored_at: $on, solution: "更换管段", root_cause_code: "pipe_ageing"}')"
expect '[.results[].ok] == [true, true]'
echo "$(field .number) is $(field .status); answered with it: $(field '[.results[].number] | join(", ")')"

say "What was learned: written, published by another person, used"
make cs_agent /v1/knowledge-articles "$(jq -n --arg t "主管爆裂时怎样答复($run)" '{kind: "article", title: $t, visibility: "customer",
    category_codes: ["heating.leak"], body: "先致歉,告知抢修进度与预计恢复时间,恢复后逐户回访。"}')"
article=/v1/knowledge-articles/$id
act cs_agent "$article/submit"
act cs_agent "$article/publish" '{}' 403
act cs_supervisor "$article/publish"
act cs_agent "$article/use" "$(jq -n --arg t "$leak" '{ticket_id: $t}')"
echo "$(field .number): $(field .status), used $(field .uses) time"

say "A survey: the customer answers by the token in his inbox, and needs not sign in for it"
first="first $run quilt"
call 201 system_admin POST /v1/accounts "$(jq -n --arg l "owner-$run" --arg c "$customer" --arg p "$first" \
    '{login: $l, customer_id: $c, password: $p}')"
tokens[owner-$run]=$(curl -sf "$url/v1/auth/login" -H 'Content-Type: application/json' \
    -d "$(jq -n --arg l "owner-$run" --arg p "$first" '{login: $l, password: $p}')" | jq -r .access_token)
call 403 "owner-$run" GET /v1/notifications
expect '.code == "password_change_required"'
call 204 "owner-$run" POST /v1/me/password "$(jq -n --arg o "$first" --arg n "$password" '{old_password: $o, new_password: $n}')"
unset "tokens[owner-$run]"
make cs_specialist /v1/surveys "$(jq -n --arg c "$customer" --arg on "$(at '+20 days')" '{name: "维修满意度调查", channel: "app",
    closes_at: $on, audience: {customer_ids: [$c]}, questions: [{code: "service", type: "scale5", required: true, text: "您对维修满意吗"},
    {code: "recommend", type: "nps", required: true, text: "您愿意推荐我们吗"}]}')"
survey=/v1/surveys/$id
act cs_specialist "$survey/open" '{}' 403
act cs_manager "$survey/open"
call 200 cs_manager GET "$survey/invitations"
invitation=/v1/survey-invitations/$(field '.items[0].id')
hour=$(TZ=Asia/Shanghai date +%-H)
if [ "$hour" -ge 8 ] && [ "$hour" -lt 21 ]; then
    for attempt in $(seq 60); do
        call 200 "owner-$run" GET /v1/notifications
        letter=$(field '[.items[] | select(.resource == "survey_invitation") | .body][0] // ""')
        [ -z "$letter" ] || break
        sleep 0.5
    done
    [[ $letter =~ /v1/survey-answers/[A-Za-z0-9_-]+ ]] || fail "no letter about the survey after $attempt looks"
    invited=$url${BASH_REMATCH[0]}
    curl -sf "$invited" | jq -r '.questions[] | "  \(.text)"'
    curl -sf "$invited" -H 'Content-Type: application/json' -d '{"answers": {"service": 5, "recommend": 9}}' |
        jq -r '"\(.survey): \(.status)"'
else
    echo "it is night: the letter waits until the morning, and an agent who has him on the phone answers for him"
    act cs_agent "$invitation/answer-by-proxy" '{"answers": {"service": 5, "recommend": 9}}'
fi
call 200 cs_manager GET "$survey/results"
expect '.answered == 1 and .csat == "100.00"'
