#!/usr/bin/env bash
# A heating company's season: homes and their areas, bills and money, a stop, a cold home and what it gets back, an
# outage told level by level, a visit, a basement found by inspection, and the figures.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
token hr_officer

# instrument KIND NAME: a verified one, in $id.
instrument() {
    make heating_service_manager /v1/instruments "$(jq -n --arg n "$1-$run" --arg k "$1" --arg name "$2" --arg u "$(unit HEAT)" \
        '{number: $n, kind: $k, name: $name, accuracy: "0.3", org_unit_id: $u}')"
    act heating_service_manager "/v1/instruments/$id/calibrate" "$(jq -n --arg on "$(day '-90 days')" \
        --arg until "$(day '+270 days')" '{kind: "verification", performed_on: $on, performed_by: "市计量所", result: "pass", valid_until: $until}')"
}

say "A season of a district, its prices approved by another person, opened"
make heating_service_manager /v1/heating-seasons "$(jq -n --arg r "北陵-$run" --arg n "S$(date +%s)" --arg from "$(day '-60 days')" \
    --arg to "$(day '+90 days')" '{number: $n, region: $r, starts_on: $from, ends_on: $to, fee_due_on: $from}')"
season=$id
for use in residential commercial public auxiliary; do
    make finance_officer /v1/heat-prices "$(jq -n --arg s "$season" --arg u "$use" '{season: $s, use: $u, price_per_m2: "28.00"}')"
    act finance_officer "/v1/heat-prices/$id/approve" '{}' 403
    act company_leader "/v1/heat-prices/$id/approve"
done
act heating_service_manager "/v1/heating-seasons/$season/open"
echo "season $(field .number) from $(field .starts_on) to $(field .ends_on), at least $(field .standard_c) °C"

say "A boiler house and five homes at the far end of its network"
head_unit=$(unit STATION-1)
make heating_service_manager /v1/heating-stations "$(jq -n --arg c "ZX-$run" --arg u "$head_unit" --arg b "$(unit HEAT-EAST)" \
    --arg r "北陵-$run" '{code: $c, org_unit_id: $u, name: "北陵锅炉房", type: "boiler_house", branch_id: $b, area: $r}')"
station=$id
make heating_hotline_agent /v1/customers "$(jq -n --arg n 周敏 '{kind: "person", name: $n}')"
customer=$id
homes=()
for room in 3-1-101 3-1-102 3-1-201 3-1-202 3-1-301; do
    make heating_fee_collector /v1/households "$(jq -n --arg s "$station" --arg c "$customer" --arg r "$room" '{station_id: $s,
        room_no: $r, building: "和平花园3号楼", address: "北陵大街1号3号楼", use: "residential", far_end: true,
        customer_id: $c, connected_on: "2018-11-01"}')"
    homes+=("$id")
    make heating_fee_collector "/v1/households/$id/area-items" '{"kind": "certificate", "area_m2": "98.56", "from": "2018-11-01"}'
done

say "A stop: applied for before the season, accepted, approved, sealed on the spot"
make heating_hotline_agent /v1/stop-applications "$(jq -n --arg h "${homes[4]}" --arg s "$season" --arg on "$(at '-70 days')" \
    '{household_id: $h, season: $s, kind: "stop", reason: "房屋空置,全家外出", applied_at: $on}')"
stop=/v1/stop-applications/$id
act heating_fee_collector "$stop/accept"
act heating_branch_manager "$stop/approve"
paper heating_station_head photo 铅封照片
act heating_station_head "$stop/seal" "$(jq -n --arg n "QF-$run" --arg p "$id" '{seal_no: $n, photos: [$p]}')"
echo "$(field .status), from $(field .effective_from)"

say "Bills of the season; one home pays"
act heating_fee_collector /v1/heat-bill-runs "$(jq -n --arg s "$season" --arg st "$station" '{season: $s, station_id: $st}')" 202
expect '.drafted == 4 and .stopped == 1'
echo "drafted: $(field .drafted), stopped: $(field .stopped)"
call 200 heating_fee_collector GET "/v1/heat-bills?season=$season&limit=200"
expect '.items | length == 4 and all(.total == "2759.68")'
for bill in $(field '.items[].id'); do act heating_fee_collector "/v1/heat-bills/$bill/issue"; done
make heating_fee_collector /v1/heat-receipts "$(jq -n --arg h "${homes[0]}" --arg v "SK-$run" \
    '{household_id: $h, method: "wechat", voucher_no: $v, amount: "2759.68"}')"
expect '.unallocated == "0.00"'

say "A cold home: measured by the protocol, the company is at fault, put right, called back"
instrument thermometer 测温仪
thermometer=$id
make heating_hotline_agent /v1/temperature-cases "$(jq -n --arg h "${homes[1]}" --arg on "$(at '-4 days')" \
    '{household_id: $h, requested_at: $on}')"
case=/v1/temperature-cases/$id
measured() {
    act heating_station_head "$case/measure" "$(jq -n --arg t "$2" --arg on "$(at "$1")" --arg by "$thermometer" '{
        user_agreed_hour: true, readings: [{room: "bedroom", point: "centre", height_m: "1.40", closed_minutes: 60, t_c: $t, measured_at: $on,
        instrument_id: $by, user_signature: "signed"}]}')"
    echo "  $2 °C: $(field .verdict)"
}
measured '-95 hours' 15.8
measured '-50 hours' 16.4
act heating_station_head "$case/remedy" '{"kind": "flush", "text": "冲洗入户过滤器,调节支路流量"}'
measured '-2 hours' 18.6
paper heating_service_manager notice 责任认定书
act heating_service_manager "$case/judge" "$(jq -n --arg p "$id" '{liability: "company", proof_document_id: $p}')"
act heating_hotline_agent "$case/call-back" '{"satisfied": true, "note": "室温正常"}'
act heating_hotline_agent "$case/close"

say "What the cold days give back: proposed, approved, credited, each by another person"
make heating_hotline_agent /v1/heat-refunds "$(jq -n --arg h "${homes[1]}" --arg s "$season" '{household_id: $h, season: $s}')"
refund=/v1/heat-refunds/$id
jq -r '.days[] | "  \(.date): \(.rate_percent) % of the day"' <<<"$answer"
act heating_fee_collector "$refund/credit" '{}' 409
act heating_service_manager "$refund/approve"
act heating_fee_collector "$refund/credit"
call 200 heating_fee_collector GET "/v1/households/${homes[1]}/ledger"
echo "credited $(field .credits), still owed $(field .outstanding)"

say "An outage: level by level, told to the homes; a ticket about it is answered with it"
make heating_station_head /v1/outages "$(jq -n --arg s "$station" --arg back "$(at '+3 hours')" --arg on "$(at '-1 minute')" '{
    kind: "stopped", cause: "pipe_leak", station_ids: [$s], started_at: $on, expected_restore_at: $back, customer_text: "二次网泄漏,正在抢修"}')"
outage=/v1/outages/$id
echo "$(field .number) reaches $(field .affected_count) homes"
act heating_branch_manager "$outage/report-company" '{}' 409
act heating_station_head "$outage/report-branch"
act heating_branch_manager "$outage/report-company"
act heating_service_manager "$outage/acknowledge"
act heating_hotline_agent "$outage/notify" '{"text": "二次网管道泄漏,预计三小时恢复", "channels": ["sms", "notice"]}'
make heating_hotline_agent /v1/tickets "$(jq -n --arg c "$customer" --arg u "$head_unit" '{channel_code: "walk_in", kind: "repair",
    category_code: "heating.room_temperature", place_kind: "station_area", station_org_unit_id: $u, customer_id: $c,
    description: "家中暖气突然不热"}')"
ticket=$id
expect '.incident_id != null and .customer_text == "二次网管道泄漏,预计三小时恢复"'
act heating_station_head "$outage/start-repair"
act heating_station_head "$outage/restore" "$(jq -n --arg on "$(at)" '{restored_at: $on, solution: "更换管段,恢复供热",
    root_cause_code: "pipe_ageing"}')"
expect ".tickets | map(.id) | index(\"$ticket\") != null"
echo "$(field .status); answered with it: $(field '[.tickets[].number] | join(", ")')"
act heating_service_manager "$outage/review" '{"text": "处置及时,告知到户", "measures": "更换同批管件"}'

say "A visit to the far end: every home met and signed, one with a leak"
call 200 visit_officer GET /v1/me
make heating_service_manager /v1/visit-assignments "$(jq -n --arg s "$station" --arg o "$(field .staff_id)" \
    --arg on "$(day '-60 days')" '{station_id: $s, officer_id: $o, from: $on}')"
make visit_officer /v1/visits "$(jq -n --arg s "$station" '{station_id: $s, lines: [$ARGS.positional | to_entries[]
    | {household_id: .value, result: "met", evidence: "signature", t_c: "19.0"}
    + if .key == 0 then {problem: {kind: "leak", text: "立管阀门渗水", cause: "阀门老化"}} else {} end]}' --args "${homes[@]}")"
expect '.credited and .counted == 5'
echo "$(field .number): $(field .met) homes met, credited"
call 200 visit_officer GET "/v1/visit-problems?visit_id=$id"
expect '.items | length == 1 and .[0].ticket_id != null'

say "Inspection: a heated basement is measured, agreed upon, and billed from the day of the agreement on"
instrument range_finder 激光测距仪
finder=$id
make heating_inspector /v1/inspection-cases "$(jq -n --arg h "${homes[2]}" '{household_id: $h, kind: "basement_extension"}')"
found=/v1/inspection-cases/$id
paper heating_inspector photo 地下室照片
act heating_inspector "$found/measurements" "$(jq -n --arg by "$finder" --arg p "$id" '{measurements: [{part: "basement",
    area_m2: "21.40", height_m: "2.35", has_heating_facility: true, instrument_id: $by, user_signature: "signed", photos: [$p]}]}')"
act heating_inspector "$found/register"
make heating_inspector /v1/heat-agreements "$(jq -n --arg h "${homes[2]}" --arg c "${found##*/}" --arg on "$(day '-30 days')" '{
    household_id: $h, case_id: $c, kind: "supplement", charge_from: $on, items: [{kind: "basement", area_m2: "21.40", height_m: "2.35"}]}')"
agreement=$id
act heating_service_manager "/v1/heat-agreements/$agreement/approve"
paper heating_inspector contract 供暖补充协议
act heating_inspector "$found/agree" "$(jq -n --arg a "$agreement" --arg p "$id" '{agreement_id: $a, document_id: $p}')"
act heating_service_manager "$found/bill"
call 200 heating_fee_collector GET "/v1/heat-bills/$(field .supplement_bill_id)"
echo "supplement $(field .total) for $(field '.lines[0].days') of $(field '.lines[0].season_days') days"

say "The season at a glance, and the year"
# figures PATH: those of a report that has one in each row, after its name.
figures() {
    call 200 company_leader GET "$1"
    expect '.rows | length > 5'
    jq -r '"\(.title_zh):", (.rows[] | select(.[2].value) | "  \(.[1].value) \(.[2].value) \(.[3].value)")' <<<"$answer"
}
figures /v1/reports/heating/season-dashboard
figures "/v1/reports/heating/annual-summary?year=$(day | cut -c1-4)"
call 200 company_leader GET "/v1/reports/heating/visit-compliance?month=$(day | cut -c1-7)"
expect '[.rows[] | .[1].value] | index("北陵锅炉房") != null'
