# snapshot-lun.sh - a snapshot is a disk of its own: it shows the files as they
# were, and cannot be written, while the volume goes on.
#
#   run --port P --host-cmd COMMAND scripts/snapshot-lun.sh [LUN [SNAPSHOT-LUN]]   (LUN is ERASED)
#
# where "COMMAND snapshot N" stops the target, takes a snapshot of the volume,
# maps it as LUN N, and starts the target again.

lun=${1:-1} snapshot_lun=${2:-2}
mkdir -p /run/snapshot

step "ext4 with known files on LUN $lun"
must discover > /dev/null
must login > /dev/null
disk=$(wait_disk "$lun") || fail "no disk"
must mkfs.ext4 -q -F -E lazy_itable_init=1 "$disk"
must mount "$disk" /mnt
for i in 1 2 3 4; do must dd if=/dev/urandom of=/mnt/file$i bs=1M count=3 status=none; done
(cd /mnt && sha256sum file*) > /tmp/old
must umount /mnt
must logout > /dev/null
wait_no_disk || fail "the disk stayed"

step "the host takes a snapshot and maps it as LUN $snapshot_lun"
must host snapshot "$snapshot_lun"

must login > /dev/null
disk=$(wait_disk "$lun") || fail "no disk"
snapshot=$(wait_disk "$snapshot_lun") || fail "no snapshot"
echo "LUN $lun is $disk, LUN $snapshot_lun is $snapshot"

step "the volume goes on: a file changed, one deleted, one more"
must mount "$disk" /mnt
must dd if=/dev/urandom of=/mnt/file2 bs=1M count=3 conv=notrunc status=none
must rm /mnt/file3
must dd if=/dev/urandom of=/mnt/file5 bs=1M count=3 status=none
must sync
(cd /mnt && sha256sum file*) > /tmp/new

step "the snapshot is write protected"
read_only() { cat "/sys/block/${1#/dev/}/ro"; }
[[ $(read_only "$snapshot") == 1 ]] || fail "the kernel would write to the snapshot"
[[ $(read_only "$disk") == 0 ]] || fail "the volume is write protected too"
refuse dd if=/dev/zero of="$snapshot" bs=4096 count=1 oflag=direct status=none

step "old files there, new ones here"
must mount -o ro,noload "$snapshot" /run/snapshot
for round in "first look" "nothing cached"; do
  (cd /run/snapshot && sha256sum -c /tmp/old) || fail "$round: the snapshot has changed"
  [[ ! -e /run/snapshot/file5 ]] || fail "$round: the snapshot has a later file"
  (cd /mnt && sha256sum -c /tmp/new) || fail "$round: the volume is wrong"
  echo 3 > /proc/sys/vm/drop_caches
done
must umount /run/snapshot
must umount /mnt
must e2fsck -n -f "$disk" > /tmp/fsck 2>&1
must logout > /dev/null
step "snapshot LUN passed"
