#!/usr/bin/env bash
# A coal sample: from the seal to the issued report, determined under a blind code and reviewed by somebody else.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

say "Coal: the analyst knows only the blind code; pairs too far apart want a third value and a fourth"
make coal_sampler /v1/lab-samples "$(jq -n --arg s "F-$run" '{kind: "coal", sampling_place: "一号煤场东侧", batch: "B-7", seal_no: $s,
    mass_g: "1000.00", items: ["Aad"]}')"
sample=/v1/lab-samples/$id
act coal_analyst "$sample/receive" "$(jq -n --arg s "F-$run" '{seal_no: $s, mass_g: "998.50"}')"
expect '.sampling_place == null and .batch == null'
echo "received as $(field .blind_code)"
call 200 coal_analyst GET '/v1/instruments?kind=balance&usable=true&limit=1'
balance=$(field '.items[0].id')
for value in 9.88 9.65 9.63 9.69; do
    make coal_analyst "$sample/determinations" "$(jq -n --arg v "$value" --arg by "$balance" '{item: "Aad", value: $v, instrument_ids: [$by]}')"
    call 200 coal_reviewer GET "$sample/results?item=Aad&sort=-created_at&limit=1"
    echo "  $value: $(field '.items[0] | "\(.state) \(.rule // "") \(.mean // "")"')"
done
act coal_analyst "$sample/review" '{}' 403
act coal_reviewer "$sample/review"
make coal_reviewer /v1/lab-reports "$(jq -n --arg s "${sample##*/}" '{kind: "coal", samples: [$s], receiver: "生产技术部"}')"
act coal_reviewer "/v1/lab-reports/$id/issue"
echo "report $(field .number): $(field .status)"

