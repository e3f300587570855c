# digests.sh - header and data digests in every combination, with data that are
# verified; an orderly restart of the target in the midst of it loses nothing.
#
#   run --port P --host-cmd COMMAND scripts/digests.sh [LUN]       (ERASED)

lun=${1:-1}

verified() {  # verified [OPTIONS...]: write and verify
  fio --name=digest --filename="$disk" --direct=1 --ioengine=libaio --iodepth=8 --rw=randwrite \
    --bsrange=512-256k --size=24m --verify=crc32c --verify_fatal=1 --verify_state_save=0 "$@" \
    > /tmp/fio 2>&1 || { cat /tmp/fio; return 1; }
}
in_use() {  # in_use header|data: 1 if the session has it
  cat /sys/class/iscsi_connection/connection*/"$1"_digest
}

must discover > /dev/null
for header in None CRC32C; do
  for data in None CRC32C; do
    step "HeaderDigest=$header, DataDigest=$data"
    must set_node 'node.conn[0].iscsi.HeaderDigest' $header
    must set_node 'node.conn[0].iscsi.DataDigest' $data
    must login > /dev/null
    disk=$(wait_disk "$lun") || fail "no disk"
    for which in header data; do
      [[ $(in_use $which) == $([[ ${!which} == CRC32C ]] && echo 1 || echo 0) ]] ||
        fail "$which digest in use: $(in_use $which), wanted ${!which}"
    done
    verified || fail "the data differ"
    [[ $header$data == CRC32CCRC32C ]] || { must logout > /dev/null; wait_no_disk || fail "the disk stayed"; }
  done
done

step "an orderly restart of the target under I/O"
verified --time_based --runtime=12 --rate_iops=200 & fio=$!
sleep 3
must host stop
must host restart
wait $fio || fail "I/O did not outlive the restart"
wait_state LOGGED_IN || fail "not logged in again"
dmesg | grep -i 'digest error\|crc' && fail "the kernel complains"
must logout > /dev/null
step "digests passed"
