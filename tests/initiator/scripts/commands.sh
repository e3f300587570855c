# commands.sh - what sg3_utils ask of a disk: pages, command list, port groups, and the commands that
# clusters and hypervisors live by; then two initiators and their reservations.
#
#   run --port P --host-cmd COMMAND scripts/commands.sh [LUN]          (LUN is ERASED)
#
# where "COMMAND luns N:VOLUME" restarts the target with a second volume as LUN N.

lun=${1:-1}
second_lun=3
first_block() { dd if="$1" bs=512 count=1 iflag=direct status=none; }
letters() { head -c "$2" /dev/zero | tr '\0' "$1"; }

must host luns $second_lun:spare
must discover > /dev/null
must login > /dev/null
disk=$(wait_disk "$lun") || fail "no disk"
spare=$(wait_disk $second_lun) || fail "no second disk"

step "pages and lists"
must sg_vpd -a "$disk" > /tmp/vpd
for page in "Device Identification" "Extended inquiry" "Mode page policy" "SCSI Ports" "Third Party Copy" \
            "Block limits" "Block device characteristics" "Logical block provisioning"; do
  grep -qi "$page" /tmp/vpd || { cat /tmp/vpd; fail "sg_vpd -a does not show: $page"; }
done
must sg_opcodes "$disk" > /tmp/opcodes
for name in "Compare and write" "Extended copy" "Persistent reserve out" "Write same(16)" "Unmap" \
            "Report target port groups" "Populate token" "Sanitize"; do
  grep -qi "${name%%(*}" /tmp/opcodes || { cat /tmp/opcodes; fail "sg_opcodes does not show: $name"; }
done
must sg_opcodes --tmf "$disk" > /tmp/tmf
grep -qi "abort task" /tmp/tmf || { cat /tmp/tmf; fail "no task management functions"; }
must sg_rtpg --decode "$disk" > /tmp/rtpg
grep -qi "active/optimized" /tmp/rtpg || { cat /tmp/rtpg; fail "no active/optimized group"; }
must sg_logs --page=0x0c "$disk" > /tmp/log
grep -qi "available LBA mapping" /tmp/log || { cat /tmp/log; fail "no provisioning log page"; }
must sg_modes --page=0x0a "$disk" > /dev/null

step "WRITE SAME: a pattern, zeroes, and holes"
letters a 512 > /tmp/a
must sg_write_same --in=/tmp/a --lba=0 --num=4096 "$disk"
[[ $(first_block "$disk") == "$(cat /tmp/a)" ]] || fail "WRITE SAME wrote something else"
must sg_get_lba_status --lba=0 "$disk" > /tmp/status
grep -qi "mapped" /tmp/status || { cat /tmp/status; fail "no mapped extent"; }
must sg_write_same --unmap --16 --lba=2048 --num=2048 --in=/dev/zero --xferlen=512 "$disk"
must sg_get_lba_status --lba=2048 "$disk" > /tmp/status
grep -qi "deallocated\|unmapped" /tmp/status || { cat /tmp/status; fail "no hole after WRITE SAME with UNMAP"; }
must sg_unmap --force --lba=0 --num=8 "$disk" > /dev/null
[[ -z $(first_block "$disk" | tr -d '\0') ]] || fail "an unmapped block is not zero"

step "WRITE ATOMIC: as long as announced, and no longer"
sg_vpd --page=bl "$disk" | grep -qi "maximum atomic transfer length: 2048" || { sg_vpd --page=bl "$disk"; fail "VPD B0"; }
letters b 4096 > /tmp/b
must sg_write_x --atomic=0 --16 --in=/tmp/b --lba=1 --num=8 "$disk" > /dev/null
dd if="$disk" bs=512 skip=1 count=8 iflag=direct status=none | cmp - /tmp/b || fail "WRITE ATOMIC wrote something else"
letters b $((2049 * 512)) > /tmp/long
refuse sg_write_x --atomic=0 --16 --in=/tmp/long --lba=0 --num=2049 "$disk" > /dev/null 2>&1

step "COMPARE AND WRITE: once, and not twice"
{ head -c 512 /dev/zero; cat /tmp/a; } > /tmp/swap
must sg_compare_and_write --in=/tmp/swap --lba=0 --num=1 --xferlen=1024 "$disk"
[[ $(first_block "$disk") == "$(cat /tmp/a)" ]] || fail "COMPARE AND WRITE did not write"
refuse sg_compare_and_write --in=/tmp/swap --lba=0 --num=1 --xferlen=1024 "$disk" 2> /tmp/err
grep -qi "miscompare" /tmp/err || { cat /tmp/err; fail "no MISCOMPARE"; }

step "EXTENDED COPY: 8 MiB from LUN $lun to LUN $second_lun, with a hole"
must dd if=/dev/urandom of="$disk" bs=1M count=4 oflag=direct status=none
must blkdiscard --offset 4194304 --length 4194304 "$disk"
must dd if=/dev/urandom of="$spare" bs=1M count=8 oflag=direct status=none
sum() { dd if="$1" bs=1M count=8 iflag=direct status=none | sha256sum; }
generic() { echo "/dev/$(ls "/sys/block/${1#/dev/}/device/scsi_generic")"; }
sg_xcopy if="$(generic "$disk")" of="$(generic "$spare")" bs=512 count=16384 > /tmp/xcopy 2>&1 || { cat /tmp/xcopy; fail "sg_xcopy"; }
[[ $(sum "$disk") == "$(sum "$spare")" ]] || { cat /tmp/xcopy; fail "the copy differs"; }
must sg_get_lba_status --lba=8192 "$spare" > /tmp/status
grep -qi "deallocated\|unmapped" /tmp/status || { cat /tmp/status; fail "the hole was filled"; }

step "two initiators"
must second_initiator "$INITIATOR-second"     # only now: discovery uses all records there are
must iscsiadm -m discovery -t st -p "$PORTAL" -I second -o new > /dev/null
must iscsiadm -m node -I second --login > /dev/null
for ((i = 0; i < 100; i++)); do
  other=$(disks | awk -v l="$lun" -v a="$disk" '$1 == l && $2 != a { print $2 }')
  [[ -b $other ]] && break
  sleep 0.1
done
[[ -b $other ]] || fail "no disk for the second"
write() { dd if=/dev/zero of="$1" bs=4096 count=1 oflag=direct status=none; }

step "the first reserves (write exclusive, registrants only)"
must sg_persist --out --register --param-sark=0xa1 "$disk" > /dev/null
must sg_persist --out --reserve --param-rk=0xa1 --prout-type=5 "$disk" > /dev/null
must sg_persist --in --read-keys "$other" > /tmp/keys
grep -q 0xa1 /tmp/keys || { cat /tmp/keys; fail "no key"; }
must sg_persist --in --read-full-status "$other" > /dev/null
must sg_persist --in --report-capabilities "$other" > /dev/null
must write "$disk"
refuse write "$other" 2> /dev/null

step "the second registers, writes, preempts and aborts"
must sg_persist --out --register --param-sark=0xb2 "$other" > /dev/null
must write "$other"
must sg_persist --out --preempt-abort --param-rk=0xb2 --param-sark=0xa1 --prout-type=5 "$other" > /dev/null
must write "$other"
refuse write "$disk" 2> /dev/null
must sg_persist --out --clear --param-rk=0xb2 "$other" > /dev/null
must write "$disk"
must logout > /dev/null
step "commands passed"
