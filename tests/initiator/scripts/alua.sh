# alua.sh - one way to the disk is better than the other: multipathd takes it, and the other one when
# that is set to be better (sg_stpg); through a way in standby nobody reads.
#
#   run --nics 2 --port P --host-cmd COMMAND scripts/alua.sh [LUN]       (ERASED)
#
# where "COMMAND ways" restarts the target with 127.0.0.3 in portal group 2, which is non-optimized and
# which initiators may set otherwise (tests/server).

lun=${1:-1}
must host ways
step "a session by each way"
must discover "$PORTAL" > /dev/null
must discover "$PORTAL2" > /dev/null
login > /dev/null
near=$(wait_disk "$lun" '' 127.0.0.1) || fail "no disk by the first way"
far=$(wait_disk "$lun" '' 127.0.0.3) || fail "no disk by the second way"
sg_rtpg --decode "$far"
sg_inq "$near" | grep -qi 'TPGS=3' || { sg_inq "$near"; fail "TPGS"; }

step "multipathd prefers the first"
must start_multipathd 'path_grouping_policy group_by_prio' # the last one counts
priority() { multipathd show paths raw format '%d %p' 2>/dev/null | awk -v d="${1#/dev/}" '$1 == d { print $2 }'; }
expect() {  # expect NEAR FAR: their priorities, before long
  local end=$((SECONDS + 40))
  until [[ $(priority "$near") == "$1" && $(priority "$far") == "$2" ]]; do
    ((SECONDS > end)) && { multipath -ll; sg_rtpg --decode "$near"; fail "priorities $(priority "$near") and $(priority "$far") instead of $1 and $2"; }
    sleep 0.5
  done
}
expect 50 10
for ((i = 0; i < 100; i++)); do map=$(dmsetup ls --target multipath 2>/dev/null | awk 'NR == 1 && !/No devices/ { print $1 }'); [[ $map ]] && break; sleep 0.2; done
[[ $map ]] || { multipath -v3 -d 2>&1 | tail -n 40; fail "no multipath map"; }
multipath -ll
disk=/dev/mapper/$map
read_of() { awk '{ print $1 }' "/sys/block/${1#/dev/}/stat"; }
reads_by() {  # reads_by USED UNUSED: of 64 reads of the map
  local used unused
  used=$(read_of "$1") unused=$(read_of "$2")
  must dd if="$disk" of=/dev/null bs=64k count=64 iflag=direct status=none
  (($(read_of "$1") - used >= 64)) || fail "$1 was not read"
  (($(read_of "$2") - unused < 64)) || fail "$2 was read instead"
}
reads_by "$near" "$far"

step "the second is set to be better"
must sg_stpg --tp=1,2 --state=1,0 "$far"
expect 10 50
sg_rtpg --decode "$near" | tee /tmp/rtpg
[[ $(grep -c 'changed by SET TARGET PORT GROUPS' /tmp/rtpg) == 2 ]] || fail "status codes"

step "the first is in standby"
must sg_stpg --tp=1 --state=2 "$far"
expect 1 50
refuse sg_turs "$near"
must sg_readcap --long "$near" > /dev/null
refuse dd if="$near" of=/dev/null bs=4k count=1 iflag=direct status=none
must dd if=/dev/urandom of="$disk" bs=64k count=64 oflag=direct status=none
reads_by "$far" "$near"

must drop_map "$map"
kill "$(pidof multipathd)"
must logout > /dev/null
step "alua passed"
