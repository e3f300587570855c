# Shell functions for the programs of the proving ground; sourced, never run.
# The sourcing program sets nothing beforehand; it gets:
#   root            the repository
#   rig_target      name of the target that tests/server serves
#   free_port       prints a TCP port that nobody listens on, on the loopback
#   wait_port P PID until something listens on 127.0.0.1:P; fails when PID ends first
#   start_dbsd CONFIG LOG   runs bin/dbsd in the background; its pid is in $dbsd_pid
#   stop_pid PID    SIGTERM, after 20 s SIGKILL; returns when the process is gone
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rig_target=iqn.2026-01.org.dbstore:rig

listens() { ss -Hltn "sport = :$1" | grep -q .; }

free_port() {
  local port
  while :; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    listens "$port" || { printf '%s\n' "$port"; return; }
  done
}

wait_port() {
  local end=$((SECONDS + 120))
  until listens "$1"; do
    kill -0 "$2" 2>/dev/null || { echo "the server ended before it listened on port $1" >&2; return 1; }
    ((SECONDS > end)) && { echo "nothing listens on port $1" >&2; return 1; }
    sleep 0.05
  done
}

# A session of its own, so that no signal of a terminal reaches it before its clients are done.
start_dbsd() {
  setsid "$root/bin/dbsd" --config "$1" >> "$2" 2>&1 < /dev/null &
  dbsd_pid=$!
}

stop_pid() {
  local end=$((SECONDS + 20))
  kill "$1" 2>/dev/null
  while kill -0 "$1" 2>/dev/null; do
    ((SECONDS > end)) && { echo "pid $1 ignored SIGTERM for 20 s: killed" >&2; kill -KILL "$1" 2>/dev/null; }
    sleep 0.05
  done
}
