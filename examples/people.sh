#!/usr/bin/env bash
# Organisation, staff, posts and delegations: what hr_officer does when somebody joins and somebody is away.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

say "A unit below the group, and its first member of staff"
call 200 hr_officer GET '/v1/org-units?limit=1&kind=company'
group=$(field '.items[0].id')
call 201 hr_officer POST /v1/org-units "$(jq -n --arg p "$group" --arg c "EX-$run" \
    '{code: $c, name: "示例部", kind: "department", parent_id: $p}')"
unit=$(field .id)
call 422 hr_officer POST /v1/org-units '{"code": "X"}'
expect '[.errors[].pointer] == ["/kind", "/name"]'
call 201 hr_officer POST /v1/staff "$(jq -n --arg u "$unit" --arg n "EX-$run" \
    '{number: $n, name: "示例甲", phone: "13700137000", org_unit_id: $u}')"
expect '.phone == "137****7000"'
staff=$(field .id)
call 200 hr_officer POST "/v1/staff/$staff/posts" '{"role": "cs_agent", "from": "2026-01-01"}'
expect '.posts[0].role == "cs_agent"'

say "Changed at the version that was seen, and refused at another"
call 200 hr_officer GET "/v1/staff/$staff"
version=$(field .version)
call 200 hr_officer PATCH "/v1/staff/$staff" '{"name": "示例乙"}' '' "$version"
call 412 hr_officer PATCH "/v1/staff/$staff" '{"name": "示例丙"}' '' "$version"
call 428 hr_officer PATCH "/v1/staff/$staff" '{"name": "示例丙"}'
call 200 hr_officer GET "/v1/staff/$staff/history"
expect '[.items[].type] == ["staff.created", "staff.post_started", "staff.updated"]'

say "The post ends"
call 200 hr_officer POST "/v1/staff/$staff/end-post" '{"role": "cs_agent", "reason": "调岗"}'
expect '.posts == []'
call 403 cs_agent POST /v1/staff '{}'
expect '.code == "forbidden"'
