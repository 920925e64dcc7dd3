#!/usr/bin/env bash
# Papers: a notice in two versions that is handed round until it is read, the policy register, a letter that two sign
# before it is sealed, and an original that changes hands only by two signatures.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

today=$(TZ=Asia/Shanghai date +%F)
# person ROLE: who that is, in $staff.
person() {
    call 200 "$1" GET /v1/me
    staff=$(field .staff_id)
}

say "A notice is filed; the same file again is a paper of its own, and its content is kept once"
printf '关于冬季值班安排的通知(%s)\n值班时间为八时至二十时。\n' "$run" >"$scratch/notice.txt"
notice() {
    upload 201 administration /v1/documents "$1" -F kind=notice -F name=关于冬季值班安排的通知 -F keywords=值班 \
        -F "file=@$scratch/notice.txt;type=text/plain"
}
notice "notice-$run"
paper=$(field .id)
sum=$(field .sha256)
notice "notice-$run"
expect ".id == \"$paper\""
notice "twin-$run"
expect ".id != \"$paper\" and .sha256 == \"$sum\""
[ "$(sha256sum <"$scratch/notice.txt")" = "$sum  -" ] || fail "another sum than sha256sum's"
call 200 administration GET "/v1/documents?sha256=$sum&sort=created_at"
expect '.items | length == 2'
echo "${sum:0:12}… is the content of $(field '.items | length') papers"
printf '\x89PNG\r\n\x1a\n' >"$scratch/picture.pdf"
upload 415 administration /v1/documents "false-$run" -F kind=notice -F "file=@$scratch/picture.pdf;type=application/pdf"
expect '.code == "type_mismatch"'

say "A newer version becomes the content, the older one stays; a part is asked for by its bytes"
printf '关于冬季值班安排的通知(%s)\n值班时间改为七时至二十一时。\n' "$run" >"$scratch/newer.txt"
upload 201 administration "/v1/documents/$paper/versions" "newer-$run" -F note=更正时间 -F "file=@$scratch/newer.txt;type=text/plain"
expect '[.versions[].number] == [2, 1] and .versions[0].note == "更正时间"'
call 200 administration GET "/v1/documents/$paper/content"
[ "$answer" = "$(cat "$scratch/newer.txt")" ] || fail "not the newer file"
call 200 administration GET "/v1/documents/$paper/content?version=1"
[ "$answer" = "$(cat "$scratch/notice.txt")" ] || fail "not the older file"
send_with 206 administration GET "/v1/documents/$paper/content" -H 'Range: bytes=0-11'
[ "$answer" = 关于冬季 ] || fail "$answer"
grep -i '^content-range:' <<<"$headers"

say "It is handed round to two readers, who see it from now on; who has not read it is a list"
person heating_inspector
inspector=$staff
person cs_agent
call 404 heating_inspector GET "/v1/documents/$paper"
call 200 administration POST "/v1/documents/$paper/circulate" "$(jq -n '{readers: $ARGS.positional}' --args "$inspector" "$staff")"
call 200 heating_inspector GET '/v1/documents?unread_by=me&sort=-created_at'
expect ".items | map(.id) | index(\"$paper\") != null"
call 200 heating_inspector POST "/v1/documents/$paper/mark-read" '{}'
echo "read by $(field '[.readers[] | select(.read_at)] | length') of $(field '.readers | length')"
call 200 administration GET "/v1/documents?unread_by=$staff&kind=notice&sort=-created_at"
expect ".items | map(.id) | index(\"$paper\") != null"

say "Attached to the project it is about, it is found there"
call 200 administration GET '/v1/projects?limit=1'
project=$(field '.items[0].id')
call 200 administration POST "/v1/documents/$paper/links" \
    "$(jq -n --arg id "$project" '{resource: "project", id: $id, role: "值班安排"}')"
call 200 cs_agent GET "/v1/documents?resource=project&resource_id=$project&sort=-created_at"
expect ".items | map(.id) | index(\"$paper\") != null"
call 409 cs_agent2 POST "/v1/documents/$paper/mark-read" '{}'
expect '.code == "not_a_reader"'

say "The policy register: who issued it, its number and its day are asked for"
printf '关于新建住宅质量保修管理的实施意见\n' >"$scratch/policy.txt"
policy() { upload "$1" permits_clerk /v1/documents "$2" -F kind=policy "${@:3}" -F "file=@$scratch/policy.txt;type=text/plain"; }
policy 422 "bare-$run"
expect '[.errors[].pointer] == ["/number", "/issued_by", "/issued_on"]'
policy 201 "policy-$run" -F name=保修管理实施意见 -F "number=建房〔$run〕18号" -F issued_by=省住房和城乡建设厅 -F "issued_on=$today"
call 200 permits_clerk GET "/v1/documents?kind=policy&issued_on_gte=$today&sort=-created_at&limit=5"
jq -r '.items[] | "  \(.number) \(.issued_by) \(.name)"' <<<"$answer"

say "An outgoing letter: it waits in the inbox of whoever signs next, with the address to sign at"
printf '关于申请竣工验收备案的函\n' >"$scratch/letter.txt"
upload 201 permits_specialist /v1/documents "letter-$run" -F kind=letter -F name=关于申请竣工验收备案的函 -F "number=河川函〔$run〕" \
    -F "file=@$scratch/letter.txt;type=text/plain"
letter=$(field .id)
call 200 permits_specialist POST "/v1/documents/$letter/submit-approval" \
    '{"direction": "outgoing", "comment": "请核稿后用印"}' "submit-$run"
expect '.approval_status == "pending"'
call 409 general_manager POST "/v1/documents/$letter/approve" '{}' "early-$run"
expect '.code == "not_your_turn"'
for signer in administration general_manager; do
    call 200 "$signer" GET '/v1/approvals?waiting_for=me&subject_kind=document&sort=-created_at&limit=200'
    mine=$(field ".items[] | select(.resource_id == \"$letter\") | .decide_url")
    echo "$signer signs at $mine"
    call 200 "$signer" POST "$mine" '{"comment": "同意"}' "$signer-$run"
done
expect '.approval_status == "approved"'
call 200 general_manager GET "/v1/approvals?resource_id=$letter"
jq -r '.items[0].decisions[] | "  \(.step): \(.actor_role) \(.decision)"' <<<"$answer"

say "Sealed: a register that is numbered without a gap and never changed"
person permits_specialist
applicant=$staff
person general_manager
seal=$(jq -n --arg d "$letter" --arg by "$applicant" --arg ok "$staff" --arg on "$today" '{document_id: $d, seal_kind: "company",
    purpose: "报送市住建局备案", copies: 3, applicant_id: $by, approver_id: $ok, stamped_on: $on}')
call 201 administration POST /v1/seal-entries "$seal" "seal-$run"
entry=$(field .id)
echo "sealed as $(field .number)"
call 405 administration PATCH "/v1/seal-entries/$entry" '{"copies": 9}' '' 1
call 409 administration POST /v1/seal-entries "$(jq '.approver_id = .applicant_id' <<<"$seal")"
expect '.code == "separation_of_duties"'

say "The signed original changes hands: who gives holds it until who takes has signed for all of it"
call 201 permits_specialist POST /v1/custody-items "$(jq -n --arg d "$letter" '{title: "竣工验收备案函正本", kind: "letter",
    document_id: $d, originals: 2, copies: 1, place: "档案室三号柜"}')" "original-$run"
original=/v1/custody-items/$(field .id)
number=$(field .number)
person cs_clerk
call 200 permits_specialist POST "$original/hand-over" "$(jq -n --arg to "$staff" '{to_staff_id: $to, originals: 2, copies: 1}')"
expect ".state == \"in_transfer\" and .holder_staff_id == \"$applicant\""
call 422 cs_clerk POST "$original/receive" '{"originals": 1, "copies": 1}'
expect '.code == "copies_missing"'
call 200 cs_clerk POST "$original/receive" '{"originals": 2, "copies": 1, "place": "客服档案柜"}'
expect ".state == \"held\" and .holder_staff_id == \"$staff\""
jq -r --arg n "$number" '.movements[] | "  \($n) \(.act): \(.from_name // "–") → \(.to_name // "–")"' <<<"$answer"
call 409 permits_specialist POST "$original/report-lost" '{"reason": "找不到"}'
expect '.code == "not_holder"'
