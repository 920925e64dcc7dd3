#!/usr/bin/env bash
# Repair and its stock: a contractor refuses under warranty, an outlet repairs with its parts and claims its fee, the
# contractor is to pay, and the closed case is filed as a bundle that is checked without the service.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
token hr_officer

reply='{"method": "phone", "spoke_to": "业主本人", "identity_check": {"method": "核对房号", "passed": true}, "introduced": true,
    "content": "已修好,请放心使用", "response": "accepted"}'
satisfied='{"outcome": "satisfied", "introduced": true, "answered_by": {"relation": "self"}, "convenient": true, "score": 5,
    "identity_check": {"method": "核对电话", "passed": true}}'
# place KIND [ID]: where parts are.
place() { jq -n --arg k "$1" --arg r "${2:-}" '{kind: $k} + if $r == "" then {} else {ref: $r} end'; }
# stock PLACE: how many of our part are there.
stock() {
    call 200 parts_clerk GET "/v1/part-stock?part_id=$part&location=$1"
    field '.items[0].quantity // "0"'
}
# move KIND FROM TO QUANTITY: by the clerk.
move() {
    make parts_clerk /v1/part-movements "$(jq -n --arg p "$part" --arg k "$1" --argjson from "$2" --argjson to "$3" --arg q "$4" \
        '{part_id: $p, kind: $k, from_location: $from, to_location: $to, quantity: $q}')"
}

say "A house accepted last year: its waterproofing is the contractor's for five years"
call 200 sales_manager GET '/v1/projects?limit=1'
make sales_manager /v1/buildings "$(jq -n --arg p "$(field '.items[0].id')" --arg c "E$(date +%s)" --arg on "$(day '-1 year')" \
    '{project_id: $p, code: $c, name: "示例楼", accepted_on: $on, design_life_years: 50}')"
building=$id
make sales_manager /v1/units "$(jq -n --arg b "$building" --arg on "$(day '-10 months')" \
    '{building_id: $b, room_no: "1-1-101", use: "residence", delivered_on: $on}')"
home=$id
make cost_manager /v1/suppliers "$(jq -n --arg n "宏远建筑$run" '{kinds: ["contractor"], name: $n}')"
contractor=$id
make engineering_officer /v1/warranty-coverages "$(jq -n --arg b "$building" --arg s "$contractor" \
    '{building_id: $b, part_code: "waterproofing", supplier_id: $s}')"
make regional_service_rep /v1/suppliers "$(jq -n --arg n "便民维修$run" '{kinds: ["outlet"], name: $n}')"
firm=$id
make regional_service_rep /v1/service-outlets "$(jq -n --arg s "$firm" --arg u "$(unit DESK)" --arg own "$(unit OUTLETS)" \
    '{supplier_id: $s, region_org_unit_id: $u, org_unit_id: $own, categories: ["waterproofing"]}')"
outlet=$id

say "Parts: bought, asked for by the outlet, approved, issued, received"
make parts_clerk /v1/parts "$(jq -n --arg c "FS-$run" '{code: $c, name: "防水卷材", unit: "卷", min_stock: "5"}')"
part=$id
make parts_clerk /v1/part-prices "$(jq -n --arg p "$part" --arg on "$(day '-30 days')" '{part_id: $p, price: "185.00", valid_from: $on}')"
move purchase "$(place supplier)" "$(place warehouse)" 40
make service_outlet /v1/part-requests "$(jq -n --arg p "$part" --argjson at "$(place outlet "$outlet")" \
    '{location: $at, lines: [{part_id: $p, requested: "12"}]}')"
request=/v1/part-requests/$id
act service_outlet "$request/submit"
act service_outlet "$request/approve" '{}' 403
act parts_clerk "$request/approve"
act warehouse_keeper "$request/issue"
act service_outlet "$request/receive"
echo "in the warehouse $(stock warehouse), at the outlet $(stock "outlet:$outlet")"

say "A leak: the contractor refuses, the outlet repairs it"
make cs_agent /v1/customers "$(jq -n --arg p "139$(printf '%08d' $((RANDOM * RANDOM % 100000000)))" '{kind: "person", name: "周敏", phones: [$p]}')"
customer=$id
call 200 cs_agent GET "/v1/warranty-checks?unit_id=$home&part_code=waterproofing"
expect '.contractor.covered'
make cs_agent /v1/tickets "$(jq -n --arg u "$home" --arg c "$customer" '{channel_code: "walk_in", kind: "repair",
    category_code: "house_quality.water_leak", place_kind: "unit", unit_id: $u, customer_id: $c, description: "卫生间地面渗漏至楼下"}')"
ticket=/v1/tickets/$id
call 200 cs_agent GET /v1/me
act team_leader "$ticket/assign" "$(jq -n --arg u "$(unit TEAM-HP)" --arg me "$(field .staff_id)" \
    '{org_unit_id: $u, staff_id: $me, force_reason: "首问人员跟进到底"}')"
act cs_agent "$ticket/start"
make cs_agent /v1/repair-orders "$(jq -n --arg t "${ticket##*/}" '{ticket_id: $t, part_code: "waterproofing", description: "卫生间防水重做"}')"
order=/v1/repair-orders/$id
act cs_specialist "$order/dispatch" "$(jq -n --arg s "$contractor" '{supplier_id: $s, bearer: "contractor"}')"
act engineering_officer "$order/refuse" '{"reason": "称属业主使用不当,拒绝维修"}'
act cs_specialist "$order/dispatch" "$(jq -n --arg s "$firm" '{supplier_id: $s, bearer: "company"}')"
for step in accept arrive begin; do act service_outlet "$order/$step"; done
paper service_outlet photo 现场照片
act service_outlet "$order/finish" "$(jq -n --arg f "$id" --arg p "$part" '{result: "防水层重做,闭水试验合格", photos: [$f], lines: [
    {kind: "part", part_id: $p, quantity: "3", unit_price: "185.00"}, {kind: "labour", text: "防水施工", quantity: "1", unit_price: "800.00"}]}')"
act cs_agent "$ticket/resolve" '{"solution": "重做防水", "root_cause_code": "wear"}' 409
expect '.code == "repair_open"'
act cs_agent "$order/evaluate" '{"result": "passed", "text": "闭水二十四小时无渗漏", "scores": {"quality": 5, "timeliness": 4, "attitude": 5}}'
paper cs_specialist repair_order 维修单
signed=$id
act cs_specialist "$order/close" "$(jq -n --arg d "$signed" '{bearer: "company", cause: "construction_defect", document_id: $d}')"
echo "$(field .number) closed; at the outlet $(stock "outlet:$outlet") are left"

say "Counted: one roll is missing, and the ledger still balances"
move consume "$(place outlet "$outlet")" "$(place consumed)" 1
make warehouse_keeper /v1/stock-counts "$(jq -n --arg p "$part" --argjson at "$(place warehouse)" \
    '{location: $at, lines: [{part_id: $p, counted: "27"}]}')"
expect '.lines[0].difference == "-1.000" and .value == "185.00"'
act parts_clerk "/v1/stock-counts/$id/approve"
call 200 parts_clerk GET /v1/part-ledger-check
expect '.balanced'

say "The outlet claims its fee: checked by phone once, reviewed, audited, settled; a small one needs no manager"
make service_outlet /v1/repair-fee-claims "$(jq -n --arg o "$outlet" --arg m "$(day | cut -c1-7)" --arg r "${order##*/}" \
    '{outlet_id: $o, month: $m, lines: [{repair_order_id: $r, tariff_code: "SX-01", claimed: "120.00"}]}')"
claim=/v1/repair-fee-claims/$id
act service_outlet "$claim/submit"
checked=$(jq -n --arg r "${order##*/}" '{repair_order_id: $r, result: "confirmed"}')
act regional_service_rep "$claim/checks" "$checked"
act regional_service_rep "$claim/first-review"
act fee_settlement_clerk "$claim/checks" "$checked" 409
expect '.code == "already_checked"'
act fee_settlement_clerk "$claim/audit"
act cs_manager "$claim/approve" '{}' 409
expect '.code == "approval_not_needed"'
act fee_settlement_clerk "$claim/settle" '{"cash_amount": "100.00", "goods_amount": "20.00"}'
echo "$(field .number): $(field .status)"

say "Recourse: the contractor is told what it cost, and answers"
make cs_specialist /v1/defect-claims "$(jq -n --arg r "${order##*/}" '{repair_order_id: $r}')"
recourse=/v1/defect-claims/$id
echo "$(field .number): $(field .amount) of $(field '[.lines[].amount] | join(" + ")')"
act cs_specialist "$recourse/notify" "$(jq -n --arg d "$signed" '{notice_document_id: $d}')"
act cs_specialist "$recourse/record-reply" '{"result": "accepted", "text": "同意从质保金中扣除"}'
act cs_manager "$recourse/confirm"
expect '.status == "confirmed"'

say "The case: answered, called back by somebody else, closed, filed, and the bundle checked without the service"
act cs_agent "$ticket/resolve" '{"solution": "重做防水并闭水试验", "root_cause_code": "wear"}'
act cs_agent "$ticket/reply" "$reply"
call 200 cs_agent2 GET "/v1/callbacks?ticket_id=${ticket##*/}"
act cs_agent2 "/v1/callbacks/$(field '.items[0].id')/complete" "$satisfied"
make cs_clerk "$ticket/archive" '{}'
archive=/v1/case-archives/$id
sum=$(field .manifest_sha256)
call 200 cs_supervisor GET "$archive/bundle"
unzip -q "$scratch/body" -d "$scratch/bundle"
(cd "$scratch/bundle" && sha256sum --quiet -c <(echo "$sum  manifest.json"; jq -r '.files[] | "\(.sha256)  \(.path)"' manifest.json))
jq -r '.files[] | "  \(.path) \(.bytes)"' "$scratch/bundle/manifest.json"
act cs_supervisor "$archive/verify"
expect '.intact'
