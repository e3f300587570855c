# disk-life.sh - what happens to a disk over the years: LVM and XFS on it, space given back, the volume
# made larger under the mounted file system, and a reservation that outlasts the server.
#
#   run --port P --host-cmd COMMAND scripts/disk-life.sh [LUN]       (LUN is ERASED)
#
# where "COMMAND grow SIZE" makes the volume larger, "COMMAND crash" kills the target, and "COMMAND
# restart" starts it again.

lun=${1:-1}
lvm() { command lvm "$@" --config 'devices{use_devicesfile=0} activation{udev_sync=0 udev_rules=0}' 2> /tmp/lvm.err; }
lvm_must() { lvm "$@" > /tmp/lvm.out || { cat /tmp/lvm.out /tmp/lvm.err; fail "lvm $*"; }; }
sectors() { cat "/sys/block/${disk#/dev/}/size"; }

must discover > /dev/null
must login > /dev/null
disk=$(wait_disk "$lun") || fail "no disk"
modprobe dm_mod

step "LVM and XFS on $disk"
lvm_must pvcreate -y -ff "$disk"
lvm_must vgcreate trial "$disk"
lvm_must lvcreate -y -W n -l 100%FREE -n data trial
must mkfs.xfs -q -f /dev/trial/data
must mount /dev/trial/data /mnt
must dd if=/dev/urandom of=/mnt/kept bs=1M count=16 status=none
must dd if=/dev/urandom of=/mnt/gone bs=1M count=64 status=none
must sync
must sha256sum /mnt/kept > /tmp/sum

step "fstrim gives back what was deleted"
used() { sg_logs --page=0x0c "$disk" | sed -n 's/.*Used LBA mapping[^:]*: *//p'; }
before=$(used)
must rm /mnt/gone
must sync
must fstrim -v /mnt
after=$(used)
echo "threshold sets in use: $before, then $after"
[[ $before && $after ]] && ((after <= before - 48)) || { sg_logs --page=0x0c "$disk"; fail "no space came back"; }

step "the volume grows while it is mounted"
old=$(sectors)
must host grow 1500MiB
wait_state LOGGED_IN 60 || fail "no session: $(session_state)"
must rescan > /dev/null
for ((i = 0; i < 100 && $(sectors) == old; i++)); do sleep 0.1; done
new=$(sectors)
echo "sectors: $old, then $new"
((new == 1500 * 2048)) || fail "the disk has not grown"
lvm_must pvresize "$disk"
lvm_must lvextend -l +100%FREE trial/data
must xfs_growfs /mnt > /dev/null
(($(stat -f -c '%b * %S' /mnt) > 1300 * 1048576)) || fail "the file system has not grown"
must dd if=/dev/zero of=/mnt/more bs=1M count=64 status=none
must sha256sum -c /tmp/sum
must umount /mnt
lvm_must vgchange -an trial
must sync

step "a reservation (APTPL) outlasts kill -9 of the server"
must sg_persist --out --register --param-sark=0xa1 --param-aptpl "$disk" > /dev/null
must sg_persist --out --reserve --param-rk=0xa1 --prout-type=1 "$disk" > /dev/null
must host crash
wait_state FAILED 30 || fail "the session did not notice: $(session_state)"
must host restart
wait_state LOGGED_IN 60 || fail "no recovery: $(session_state)"
sg_turs "$disk" > /dev/null 2>&1     # hears that the session is a new one
must sg_persist --in --read-keys "$disk" > /tmp/keys
grep -q 0xa1 /tmp/keys || { cat /tmp/keys; fail "the registration is gone"; }
must sg_persist --in --read-reservation "$disk" > /tmp/reservation
grep -qi "write exclusive" /tmp/reservation || { cat /tmp/reservation; fail "the reservation is gone"; }
must sg_persist --out --clear --param-rk=0xa1 "$disk" > /dev/null
must logout > /dev/null
step "disk life passed"
