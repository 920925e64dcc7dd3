#!/usr/bin/env bash
# Suppliers from a file: tried, refused as a whole, taken over in part, changed, and handed out again as a file.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

# send STATUS KEY FILE [FIELD…]: sends a file of suppliers.
send() {
    local expected=$1 key=$2 file=$3
    shift 3
    upload "$expected" cost_manager /v1/imports "$key" -F kind=suppliers -F "file=@$file" "$@"
}

say "A file of five suppliers, one with a wrong credit code"
cat >"$scratch/suppliers.csv" <<ROWS
供应商类别,名称,统一社会信用代码,联系人,联系电话
contractor,和平建筑公司,91350100M000100Y43,王工,13800138000
bank,河川银行-$run,,,
contractor,错码公司,91350100M000100Y44,,
outlet,东区维修网点-$run,,,
material,甘肃材料公司,91621000MA7XXXXX1H,,
ROWS
send 207 "try-$run" "$scratch/suppliers.csv" -F dry_run=true
expect '.refused == 1 and .errors[0] == {row: 3, line: 4, column: "uscc", code: "uscc_invalid"} and .id == null'
echo "tried: $(field '"\(.ok + .unchanged) would be taken over, row \(.errors[0].row) is refused: \(.errors[0].code)"')"

send 207 "all-$run" "$scratch/suppliers.csv"
expect '.status == "refused"'
echo "all or nothing: $(field .status)"

send 207 "part-$run" "$scratch/suppliers.csv" -F partial=true
expect '.status == "applied" and .refused == 1'
id=$(field .id)
send 207 "again-$run" "$scratch/suppliers.csv" -F partial=true
expect '.ok == 0 and .unchanged == 4'
echo "in part, and the same file again: $(field '"\(.unchanged) unchanged"')"

call 200 cost_manager GET "/v1/imports/$id/rows"
expect '[.items[].status] == ["ok", "ok", "refused", "ok", "ok"] or ([.items[].status] | index("unchanged") != null)'

say "A file that is no file of suppliers"
printf 'colour\nred\n' >"$scratch/colours.csv"
send 422 "wrong-$run" "$scratch/colours.csv"
expect '.code == "unknown_column"'

say "The same rows as a file"
call 200 cost_manager GET '/v1/suppliers?format=csv&sort=name'
grep -q 'uscc' <<<"$answer"
echo "$(wc -l <<<"$answer") lines"
call 200 cost_manager GET /v1/import-kinds
expect '[.items[].kind] | index("units") != null'
echo "kinds: $(field '[.items[].kind] | join(", ")')"
