#!/bin/bash
# Called by "bin/package --try": the package in a root with nothing but Debian's base. Installed, started as the
# service starts it (the same user, no capabilities, a file system that is read-only but for its own folders),
# used by an initiator, stopped, started again, removed and purged. Each step says what holds; the first that
# does not ends it with status 1. Needs root, debootstrap, iscsi-test-cu's relatives iscsi-inq and iscsi-dd.
set -euo pipefail
repository=$1
deb=$repository/tools/target/dbs.deb
cache=$repository/.cache/package
suite=bookworm
port=13260

fail() {
  echo "package: $*" >&2
  exit 1
}
holds() { echo "  ok: $*"; }

[[ $(id -u) == 0 ]] || fail "installing needs root"

# The base system is fetched once.
if [[ ! -s $cache/base.tar ]]; then
  mkdir -p "$cache"
  base=$(mktemp -d)
  debootstrap --variant=minbase --include=adduser,zlib1g "$suite" "$base" > "$cache/debootstrap.log" 2>&1 \
    || fail "the base system could not be fetched, see $cache/debootstrap.log"
  tar -C "$base" -cf "$cache/base.tar.new" .
  mv "$cache/base.tar.new" "$cache/base.tar"
  rm -rf "$base"
fi

root=$(mktemp -d)
service=
listener=
clean_up() {
  [[ -z $service ]] || kill -KILL "$service" 2> /dev/null || true
  [[ -z $listener ]] || kill "$listener" 2> /dev/null || true
  umount -R "$root/proc" 2> /dev/null || true
  umount "$root/dev" 2> /dev/null || true
  rm -rf --one-file-system "$root"
}
trap clean_up EXIT
tar -C "$root" -xf "$cache/base.tar"
chmod 755 "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp "$deb" "$root/dbs.deb"
in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

echo "install"
in_root dpkg -i /dbs.deb > "$root/install.log" 2>&1 || { cat "$root/install.log" >&2; fail "dpkg -i failed"; }
in_root dpkg --verify dbs || fail "what is installed is not what was packed"
holds "dpkg -i, without anything but the base system ($(stat -c %s "$deb" | numfmt --to=iec) package)"
[[ $(in_root dbsctl --version) == dbsctl\ * ]] || fail "dbsctl does not run"
in_root dbsd --check --config /etc/dbs/dbs.yaml > /dev/null || fail "the configuration in the package is refused"
holds "dbsctl and dbsd run on the runtime of the package; its configuration is good"
[[ $(stat -c '%U %a' "$root/etc/dbs/dbs.yaml") == 'root 640' ]] || fail "/etc/dbs/dbs.yaml: $(stat -c '%U %a' "$root/etc/dbs/dbs.yaml")"
user=$(in_root id -u dbs):$(in_root id -g dbs)
[[ $(stat -c '%u:%g %a' "$root/var/lib/dbs") == "$user 750" ]] || fail "/var/lib/dbs is not the server's"
holds "user dbs, /var/lib/dbs is its own, the configuration is root's"
ls "$root"/var/cache/dbs/dbsd-*.aot > /dev/null || fail "no loaded classes were kept for a faster start"

unit=$root/lib/systemd/system/dbsd.service
if command -v systemd-analyze > /dev/null; then
  # Not on this machine's systemd: the unit is only read.
  exposure=$(systemd-analyze security --offline=true --no-pager "$unit" | sed -n 's/.*exposure level for dbsd.service: \([0-9.]*\).*/\1/p')
  [[ -n $exposure ]] || fail "systemd-analyze does not read the unit"
  awk -v e="$exposure" 'BEGIN { exit !(e <= 2.0) }' || fail "systemd-analyze security: exposure $exposure, wanted 2.0 or less"
  holds "systemd-analyze security: exposure $exposure of 10"
  # Of its other complaints the reason is that the commands of the package are not on this machine.
  [[ ! $(systemd-analyze verify --recursive-errors=no "$unit" 2>&1 | grep -E 'dbsd.service:[0-9]+:') ]] \
    || fail "systemd-analyze verify: $(systemd-analyze verify "$unit" 2>&1)"
  holds "systemd-analyze verify knows every key of the unit"
fi

# What stands in the unit, by hand. What is not tried: system call filter, device policy, name space restriction.
sed -i "s/127.0.0.1:3260/127.0.0.1:$port/; /127.0.0.3:3260/d" "$root/etc/dbs/dbs.yaml"
start() {
  rm -f "$root/run/notify" "$root/told"
  mkdir -p "$root/run/dbs"
  chown "$user" "$root/run/dbs"
  chmod 750 "$root/run/dbs"
  python3 - "$root/run/notify" "$root/told" << 'PYTHON' &
import os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
while True:
    with open(sys.argv[2], "a") as told:
        told.write(listener.recv(4096).decode() + "\n")
PYTHON
  listener=$!
  until [[ -S $root/run/notify ]]; do sleep 0.05; done
  unshare --mount --ipc --uts bash -c '
    root=$1
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mount --bind /proc "$root/proc"
    mount --rbind /dev "$root/dev"
    for own in var/lib/dbs run/dbs etc/dbs/conf.d; do mount --bind "$root/$own" "$root/$own"; done
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -o remount,bind,ro "$root"
    umask 077
    exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin NOTIFY_SOCKET=/run/notify RUNTIME_DIRECTORY=/run/dbs \
      setpriv --reuid dbs --regid dbs --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
      /usr/sbin/dbsd --config /etc/dbs/dbs.yaml
  ' start "$root" > "$root/dbsd.log" 2>&1 < /dev/null &
  service=$!
  local end=$((SECONDS + 60))
  until grep -qs READY=1 "$root/told"; do
    kill -0 "$service" 2> /dev/null || { cat "$root/dbsd.log" >&2; fail "dbsd ended"; }
    ((SECONDS < end)) || { cat "$root/dbsd.log" >&2; fail "dbsd did not say READY=1"; }
    sleep 0.1
  done
}
root_administers() {
  in_root dbsctl status | grep -q "all is well" || fail "root does not find the service: $(in_root dbsctl status 2>&1)"
  in_root dbsctl target create iqn.2026-01.org.dbstore:more --initiator any > /dev/null || fail "root cannot change its configuration"
  in_root dbsctl target set iqn.2026-01.org.dbstore:more alias=more --config /etc/dbs/dbs.yaml > /dev/null
  [[ $(stat -c "%u:%g" "$root/etc/dbs/conf.d/dbsctl.yaml") == "$user" ]] || fail "dbsctl.yaml belongs to $(stat -c "%U" "$root/etc/dbs/conf.d/dbsctl.yaml")"
  [[ $(stat -c "%u:%g %a" "$root/etc/dbs/secrets") == "$user 700" ]] || fail "/etc/dbs/secrets is not the server's"
}
stop() {
  kill -TERM "$service"
  wait "$service" || fail "dbsd ended with status $?: $(tail -n 5 "$root/dbsd.log")"
  service=
  grep -q STOPPING=1 "$root/told" || fail "dbsd did not say STOPPING=1"
  kill "$listener"
  listener=
}
contents() { in_root sh -c 'dbsctl -d /var/lib/dbs/demo.dbs volume export demo - | sha256sum'; }

echo "serve"
unit_url=iscsi://127.0.0.1:$port/iqn.2026-01.org.dbstore:demo/1
begin=$(date +%s%N)
start
holds "the service says READY=1 after $(((($(date +%s%N) - begin)) / 1000000)) ms: user dbs, no capability, read-only but for its own folders"
iscsi-inq "$unit_url" | grep -q Vendor || fail "no answer to INQUIRY"
iscsi-test-cu --dataloss --test=SCSI.Write16.* "$unit_url" > "$root/client.log" 2>&1 || { tail -n 40 "$root/client.log" >&2; fail "writing failed"; }
holds "an initiator reads and writes"
root_administers
holds "root administers it by dbsctl, and what it writes belongs to the server"
kill -HUP "$service"
end=$((SECONDS + 10))
until [[ $(grep -c READY=1 "$root/told") == 2 ]]; do
  ((SECONDS < end)) || fail "no READY=1 after SIGHUP: $(tail -n 5 "$root/dbsd.log")"
  sleep 0.1
done
grep -q RELOADING=1 "$root/told" || fail "dbsd did not say RELOADING=1"
holds "SIGHUP reads the configuration again, and the service manager is told"
stop
before=$(contents)
zeros=$(head -c 1G /dev/zero | sha256sum)
[[ $before != "$zeros" ]] || fail "nothing was written"
start
iscsi-inq "$unit_url" > /dev/null || fail "no answer after the restart"
stop
[[ $(contents) == "$before" ]] || fail "a restart changed the volume"
holds "SIGTERM ends it with status 0 and STOPPING=1, a restart finds everything"

echo "upgrade, remove, purge"
in_root dpkg -i /dbs.deb > "$root/install.log" 2>&1 || { cat "$root/install.log" >&2; fail "installing over it failed"; }
grep -q "127.0.0.1:$port" "$root/etc/dbs/dbs.yaml" || fail "an upgrade replaced the operator's configuration"
[[ $(contents) == "$before" ]] || fail "an upgrade changed the volume"
holds "an upgrade keeps configuration and data"
in_root dpkg -r dbs > "$root/install.log" 2>&1 || { cat "$root/install.log" >&2; fail "dpkg -r failed"; }
[[ ! -e $root/usr/lib/dbs && ! -e $root/usr/sbin/dbsd && ! -e $root/var/cache/dbs ]] || fail "dpkg -r left the program"
[[ -s $root/var/lib/dbs/demo.dbs && -s $root/etc/dbs/dbs.yaml ]] || fail "dpkg -r took data or configuration"
holds "removal takes the program and leaves data and configuration"
in_root dpkg -P dbs > "$root/install.log" 2>&1 || { cat "$root/install.log" >&2; fail "dpkg -P failed"; }
[[ -s $root/var/lib/dbs/demo.dbs ]] || fail "dpkg -P took the data"
[[ ! -e $root/etc/dbs ]] || fail "dpkg -P left the configuration"
holds "purging takes the configuration and leaves the data"
in_root dpkg -i /dbs.deb > /dev/null 2>&1 || fail "installing again failed"
[[ $(contents) == "$before" ]] || fail "installed again, it does not find the data"
holds "installed again, it finds the data"
echo "package: all holds"
