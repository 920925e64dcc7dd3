#!/usr/bin/env bash
# The property register: a project, a building, its units; room numbers in one form; owners.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

say "From the project to the room"
call 201 sales_manager POST /v1/projects "$(jq -n --arg c "EX-$run" '{code: $c, name: "示例园"}')"
project=$(field .id)
call 201 sales_manager POST /v1/buildings "$(jq -n --arg p "$project" '{project_id: $p, code: "3", name: "3号楼", floors: 18}')"
building=$(field .id)
call 201 sales_manager POST /v1/units "$(jq -n --arg b "$building" \
    '{building_id: $b, room_no: "3幢2单元1201室", use: "residence", registered_area_m2: "89.37"}')"
expect '.room_no == "3-2-1201"'
unit=$(field .id)
call 409 sales_manager POST /v1/units "$(jq -n --arg b "$building" '{building_id: $b, room_no: "3-2-1201", use: "residence"}')"
expect '.code == "unit_exists"'
call 422 sales_manager POST /v1/units "$(jq -n --arg b "$building" \
    '{building_id: $b, room_no: "3-2-1202", use: "residence", registered_area_m2: "89.375"}')"
expect '.errors[0].code == "too_many_decimals"'

say "Whose it is"
call 201 cs_agent POST /v1/customers '{"kind": "company", "name": "示例置业"}'
owner=$(field .id)
call 201 cs_clerk POST "/v1/units/$unit/owners" "$(jq -n --arg c "$owner" '{customer_id: $c, from: "2026-01-15"}')"
call 200 sales_manager GET "/v1/units/$unit"
expect ".owners[0].customer_id == \"$owner\""
call 200 sales_manager GET "/v1/units?building_id=$building&include_total=true"
expect '.total == 1 and .next_cursor == null'
call 400 sales_manager GET '/v1/units?colour=red'
expect '.code == "unknown_parameter"'
