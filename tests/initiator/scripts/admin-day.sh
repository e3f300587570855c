# admin-day.sh - a day of an administrator: everything that changes in a running server, while fio writes and
# verifies on one of its disks all day long. The server is never restarted.
#
#   run --port P --host-cmd COMMAND scripts/admin-day.sh
#
# where "COMMAND ctl WORDS..." runs dbsctl for the server, "COMMAND secret add|set GROUP USER TEXT" does
# the same for a secret, "COMMAND file NAME" writes conf.d/NAME from the trial's store of such files, "COMMAND import"
# brings a difference to a second device and compares, "COMMAND pid" prints the server's process, and "COMMAND
# narrow" leaves it one portal.

target=iqn.2026-01.org.dbstore:rig
other=iqn.2026-01.org.dbstore:second
second=iqn.2024-01.rig:second
mkdir -p /run/snapshot
ctl() { host ctl "$@"; }
ctl_must() { ctl "$@" || fail "status $? from: dbsctl $*"; }
sizes() { cat "/sys/block/${1#/dev/}/size"; }
seconds_till() { local end=$((SECONDS + $1)); shift; until "$@" > /dev/null 2>&1; do ((SECONDS > end)) && return 1; sleep 0.5; done; }

must host narrow
step "fio on LUN 1, all day"
must discover > /dev/null
must login "$target" > /dev/null
disk=$(wait_disk 1) || fail "no disk"
pid=$(host pid)
fio --name=day --filename="$disk" --direct=1 --ioengine=libaio --iodepth=8 --rw=randrw --bs=4k --size=64m \
  --verify=crc32c --verify_fatal=1 --verify_state_save=0 --verify_backlog=64 --rate_iops=200 \
  --time_based --runtime=3600 > /tmp/fio 2>&1 &
fio=$!
trap 'kill -INT $fio 2> /dev/null' EXIT
busy() { kill -0 "$fio" 2> /dev/null || { tail -n 20 /tmp/fio; fail "fio has ended: $*"; }; }

step "a volume is created and mapped; the guest sees it after a rescan"
ctl_must volume create work 96MiB
ctl_must lun map "$target" work snapshots.luns=10-19 --lun 2
must rescan > /dev/null
work=$(wait_disk 2 "$target") || fail "LUN 2 does not appear"
must mkfs.ext4 -q -F -E lazy_itable_init=1 "$work"
must mount "$work" /mnt
must dd if=/dev/urandom of=/mnt/first bs=1M count=4 status=none
must sync
(cd /mnt && sha256sum first) > /tmp/first
busy "after the map"

step "it grows under the mounted file system"
old=$(sizes "$work")
ctl_must volume resize work 160MiB
must rescan > /dev/null
seconds_till 20 test "$(sizes "$work")" != "$old" || true
(($(sizes "$work") == 160 * 2048)) || fail "the disk has $(sizes "$work") sectors, had $old"
must resize2fs "$work" > /dev/null 2>&1
busy "after the growth"

step "a schedule takes a snapshot, which appears as a LUN and mounts"
ctl_must config set snapshot-schedules.minute '{"every":"1m","keep":"3","volumes":"main/work"}'
must sync
taken() { [[ $(ctl snapshot list work -H --columns name | grep minute-) ]]; }
seconds_till 90 taken || { ctl status; fail "no snapshot came"; }
snapshot=$(ctl snapshot list work -H --columns name | grep -m 1 minute-)
echo "snapshot $snapshot"
must rescan > /dev/null
shown=$(wait_disk 10 "$target") || fail "the snapshot is no disk"
[[ $(cat "/sys/block/${shown#/dev/}/ro") == 1 ]] || fail "the snapshot can be written"
must mount -o ro,noload "$shown" /run/snapshot
(cd /run/snapshot && sha256sum -c /tmp/first) || fail "the snapshot is not what was there"
must umount /run/snapshot
ctl_must config unset snapshot-schedules.minute
busy "after the schedule"

step "rollback with the file system unmounted"
ctl_must snapshot create work@before
must dd if=/dev/urandom of=/mnt/second bs=1M count=2 status=none
must umount /mnt
ctl_must volume rollback work@before --yes
must rescan > /dev/null
must mount "$work" /mnt
[[ ! -e /mnt/second ]] || fail "the rollback did not take"
(cd /mnt && sha256sum -c /tmp/first) || fail "the rollback lost a file"
must umount /mnt
busy "after the rollback"

step "a clone, mapped to a second initiator at a target of its own"
ctl_must clone create work@before copy --linked
ctl_must target create "$other" --initiator "$second"
ctl_must lun map "$other" copy --lun 1
must second_initiator "$second"
iscsiadm -m discovery -t sendtargets -p "$PORTAL" -I second > /tmp/found || fail "no discovery by the second initiator"
grep -q "$other" /tmp/found || { cat /tmp/found; fail "the new target is not discovered"; }
must iscsiadm -m node -T "$other" -p "$PORTAL" -I second --login > /dev/null
copy=$(wait_disk 1 "$other") || fail "no clone"
must mount "$copy" /mnt
(cd /mnt && sha256sum -c /tmp/first) || fail "the clone is not what was cloned"
must umount /mnt
refuse iscsiadm -m node -T "$other" -p "$PORTAL" -I default --login > /dev/null 2>&1
busy "after the clone"

step "the ACL changes: who is no longer admitted is cut, and comes back when admitted"
ctl_must acl remove "$other" "$second" --yes
gone() { ! iscsiadm -m session 2> /dev/null | grep -q "$other"; }
iscsiadm -m node -T "$other" -p "$PORTAL" -I second --logout > /dev/null 2>&1
seconds_till 30 gone || fail "the session stayed"
refuse iscsiadm -m node -T "$other" -p "$PORTAL" -I second --login > /dev/null 2>&1
ctl_must acl add "$other" "$second"
must iscsiadm -m node -T "$other" -p "$PORTAL" -I second --login > /dev/null
busy "after the ACL"

step "CHAP is demanded, and its secret changed"
must host secret add hosts guest first-long-secret
ctl_must target set "$other" auth-group=hosts --yes
node() { iscsiadm -m node -T "$other" -p "$PORTAL" -I second "$@"; }
node --logout > /dev/null 2>&1
refuse node --login > /dev/null 2>&1
secret() {
  node -o update -n node.session.auth.authmethod -v CHAP && node -o update -n node.session.auth.username -v guest &&
  node -o update -n node.session.auth.password -v "$1"
}
must secret first-long-secret
must node --login > /dev/null
must host secret set hosts guest other-long-secret
node --logout > /dev/null 2>&1
refuse node --login > /dev/null 2>&1
must secret other-long-secret
must node --login > /dev/null
busy "after CHAP"

step "sessions are listed, and one is killed"
ctl session list
id=$(ctl session list -H --columns id,initiator | awk -v name="$second" '$2 == name { print $1 }')
[[ $id ]] || fail "the second session is not listed"
ctl_must session kill "$id" --yes
other_id() { local now; now=$(ctl session list -H --columns id,initiator | awk -v name="$second" '$2 == name { print $1 }'); [[ $now && $now != "$id" ]]; }
seconds_till 60 other_id || { ctl session list; fail "the killed session has not come back"; }
busy "after the kill"

step "a configuration is planned and applied"
host file more.yaml
ctl config plan
ctl_must config apply --yes
ctl target list
iscsiadm -m discovery -t sendtargets -p "$PORTAL" | grep -q iqn.2026-01.org.dbstore:more || fail "the target of more.yaml is not there"
busy "after the configuration"

step "a portal is added"
refuse discover "$PORTAL2" > /dev/null 2>&1
ctl_must portal add "$PORTAL2"
must discover "$PORTAL2" > /dev/null
must login "$target" "$PORTAL2" > /dev/null
busy "after the portal"

step "a difference is brought to a second device"
ctl_must snapshot create work@after
must host import

step "the server is the one of the morning, and fio has no error"
ctl_must status
[[ $(host pid) == "$pid" ]] || fail "the server was restarted"
busy "at the end"
kill -INT $fio
wait $fio
grep -E 'err= *0' /tmp/fio > /dev/null || { cat /tmp/fio; fail "fio"; }
grep -qiE 'verify.*(bad|fail)|error=' /tmp/fio && { cat /tmp/fio; fail "fio verify"; }
awk '/(read|write)[: ]/ { print; if (++n == 2) exit }' /tmp/fio
iscsiadm -m session
must iscsiadm -m node --logoutall=all > /dev/null
step "the day has passed"
