# chap.sh - the initiator proves who it is, the target too if asked, and a wrong
# secret opens nothing.
#
#   run --port P --host-cmd COMMAND scripts/chap.sh [LUN]       (ERASED)
#
# where "COMMAND secure" has the target demand CHAP: of user "guest" one way, of
# user "both" mutually, and of user "scout" for discovery (tests/server).

lun=${1:-1}
secret=secret-of-guest both=secret-of-both target=secret-of-target scout=secret-of-scout

auth() {  # auth USER SECRET [TARGET-NAME TARGET-SECRET]: for the next login
  must set_node node.session.auth.authmethod CHAP
  must set_node node.session.auth.username "$1"
  must set_node node.session.auth.password "$2"
  must set_node node.session.auth.username_in "${3:-}"
  must set_node node.session.auth.password_in "${4:-}"
}
scouting() {  # scouting SECRET: discovery with these credentials
  local db=(iscsiadm -m discoverydb -t sendtargets -p "$PORTAL")
  "${db[@]}" -o new > /dev/null
  "${db[@]}" -o update -n discovery.sendtargets.auth.authmethod -v CHAP &&
  "${db[@]}" -o update -n discovery.sendtargets.auth.username -v scout &&
  "${db[@]}" -o update -n discovery.sendtargets.auth.password -v "$1" &&
  "${db[@]}" --discover
}
works() {  # works ALGORITHMS: log in, write, read back, log out
  must set_node node.session.auth.chap_algs "$1"
  must login > /dev/null
  disk=$(wait_disk "$lun") || fail "no disk"
  must dd if=/dev/urandom of=/tmp/data bs=64k count=8 status=none
  must dd if=/tmp/data of="$disk" bs=64k oflag=direct status=none
  must dd if="$disk" of=/tmp/back bs=64k count=8 iflag=direct status=none
  must cmp /tmp/data /tmp/back
  must logout > /dev/null
  wait_no_disk || fail "the disk stayed"
}

must host secure

step "discovery without and with a wrong secret is refused"
refuse discover
refuse scouting wrong-secret-00
step "discovery with the right one"
must scouting $scout

step "login without CHAP is refused"
refuse login
for algorithm in MD5 SHA1 SHA256 SHA3-256; do
  step "CHAP with $algorithm"
  auth guest $secret
  works $algorithm
done
step "CHAP with the initiator's choice"
works SHA3-256,SHA256,SHA1,MD5
step "a wrong secret is refused"
auth guest wrong-secret-00
refuse login
step "an unknown user is refused"
auth nobody $secret
refuse login

step "mutual CHAP"
auth both $both store $target
works SHA256,MD5
step "mutual CHAP that is due and not asked for is refused"
auth both $both
refuse login
step "a target that does not know its secret is refused by the initiator"
auth both $both store wrong-secret-00
refuse login

step "the right secret still opens"
auth guest $secret
works MD5
step "chap passed"
