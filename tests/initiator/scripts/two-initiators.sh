# two-initiators.sh - one guest as two initiators (an iface record with a name of
# its own): persistent reservations of the one must keep the other from writing.
#
#   run --port P scripts/two-initiators.sh [LUN]     (its first blocks are ERASED)

lun=${1:-1}
step "two initiators"
must discover > /dev/null
must login > /dev/null
a=$(wait_disk "$lun") || fail "no disk for the first"
must second_initiator "$INITIATOR-second"     # only now: discovery uses all records there are
must iscsiadm -m discovery -t st -p "$PORTAL" -I second -o new > /dev/null
must iscsiadm -m node -I second --login > /dev/null
for ((i = 0; i < 100; i++)); do b=$(disks | awk -v l="$lun" -v a="$a" '$1 == l && $2 != a { print $2 }'); [[ -b $b ]] && break; sleep 0.1; done
[[ -b $b ]] || fail "no disk for the second"
iscsiadm -m session -P 1 | grep -E 'Initiatorname|Portal'

step "the first registers and takes a write-exclusive reservation"
# What an earlier, failed run has left goes first.
sg_persist --out --register-ignore --param-sark=0xa1 "$a" > /dev/null && sg_persist --out --clear --param-rk=0xa1 "$a" > /dev/null
must sg_persist --out --register --param-sark=0xa1 "$a" > /dev/null
must sg_persist --out --reserve --param-rk=0xa1 --prout-type=1 "$a" > /dev/null
must sg_persist --in --read-reservation "$b"
write() { dd if=/dev/zero of="$1" bs=4096 count=1 oflag=direct status=none; }
must write "$a"
refuse write "$b" 2> /tmp/err
sed 's/^/    /' /tmp/err

step "the second registers and preempts"
must sg_persist --out --register --param-sark=0xb2 "$b" > /dev/null
must sg_persist --out --preempt --param-rk=0xb2 --param-sark=0xa1 --prout-type=1 "$b" > /dev/null
must write "$b"
refuse write "$a" 2> /tmp/err
must sg_persist --out --clear --param-rk=0xb2 "$b" > /dev/null
must logout > /dev/null
step "reservations hold"
