#!/usr/bin/env bash
# What becomes of traffic when a data plane is killed with -9, by on-death: counted by what the wire beyond the router saw of a paced
# stream. kernel: a gap, then the kernel forwards. drop: nothing passes, not even what the router itself sends, until the next start,
# which takes over without a gap; and with kernel, the next start ends that.
#
# RATE          datagrams a second
# SECONDS_DEAD  how long nobody serves, with drop
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

RATE=${RATE:-2000}
SECONDS_DEAD=${SECONDS_DEAD:-2}

config() {
    printf 'ports: { d0: , d1: }\non-death: %s\n' "$1" >"$scratch/$1.yaml"
    printf '%s' "$scratch/$1.yaml"
}
clock() { python3 -c 'import time; print(time.monotonic_ns())'; }
# What has come out beyond the router, in packets.
seen() { in_server cat /proc/net/dev | awk '$1 == "s0:" { print $3 }'; }
passes() { ip netns exec "$1" ping -q -c 2 -i 0.1 -W 0.5 "$2" >/dev/null 2>&1; }
pins() { { ls /sys/fs/bpf/penstock /run/penstock/bpf/penstock 2>/dev/null || true; } | grep -c -e "-$inode-" || true; }

stream_up() {
    python3 .ci/lib/stream.py "$client" "$server" 10.2.0.2 7000 "$RATE" 100000 >"$scratch/stream" &
    stream=$!
    started+=("$stream")
    wait_until 10 grep -q started "$scratch/stream" || fail 'the stream did not start'
}

# Ends the stream and sets sent, received, and the datagrams lost before, between and after the times given.
stream_down() {
    kill -TERM "$stream"
    wait "$stream"
    forget "$stream"
    read -r sent received before between after < <(python3 - "$scratch/stream" "$1" "$2" <<'END'
import json, sys
report = json.loads(open(sys.argv[1]).read().splitlines()[1])
begin, end = int(sys.argv[2]), int(sys.argv[3])
before = sum(n for first, last, n in report["outages"] if last < begin)
after = sum(n for first, last, n in report["outages"] if first > end)
between = sum(n for _, _, n in report["outages"]) - before - after
print(report["sent"], report["received"], before, between, after)
END
    )
}

kill_hard() {
    kill -KILL "$dp_pid"
    wait "$dp_pid" 2>/dev/null || true
    forget "$dp_pid"
}

kernel_carries_on() {
    say 'on-death: kernel'
    start_run --config "$(config kernel)"
    passes "$client" 10.2.0.2 || fail 'it does not forward'
    stream_up
    sleep 1
    local at resumed
    at=$(clock)
    kill_hard
    wait_until 5 passes "$client" 10.2.0.2 || fail 'the kernel does not forward after kill -9'
    resumed=$(clock)
    sleep 1
    stream_down "$at" "$resumed"
    [ "$before" -eq 0 ] || fail "lost before the kill: $before"
    [ "$after" -eq 0 ] || fail "lost after the kernel had taken over: $after"
    [ "$(pins)" -eq 0 ] || fail 'something is pinned'
    ok "sent=$sent received=$received lost_in_the_gap=$between ($((between * 1000 / RATE)) ms)"
}

nothing_passes() {
    say 'on-death: drop'
    start_run --config "$(config drop)"
    passes "$client" 10.2.0.2 || fail 'it does not forward'
    # Each port: what comes in, and what the router sends.
    [ "$(pins)" -eq 4 ] || fail "pins=$(pins) expected=4"
    stream_up
    sleep 1
    local killed ready first last
    killed=$(clock)
    kill_hard
    # What was on its way.
    sleep 0.2
    first=$(seen)
    ! passes "$dut" 10.2.0.2 || fail 'what the router sends itself passes'
    ! passes "$client" 10.1.0.1 || fail 'the router answers'
    sleep "$SECONDS_DEAD"
    last=$(seen)
    has_xdp || fail 'the programs are gone'
    ip netns exec "$dut" "${penstock[@]}" stat >/dev/null 2>"$scratch/stat" && fail 'stat finds a data plane'
    grep -q 'is dropped by pinned programs that no process serves' "$scratch/stat" || fail "stat: $(cat "$scratch/stat")"
    ip netns exec "$dut" "${penstock[@]}" doctor >"$scratch/doctor" || true
    grep -q 'WARN *on-death' "$scratch/doctor" || fail "doctor: $(cat "$scratch/doctor")"
    # ARP is the kernel's and goes on.
    [ $((last - first)) -le 5 ] || fail "the wire saw $((last - first)) packets while nobody served"
    start_run --config "$(config drop)"
    ready=$(clock)
    sleep 1
    stream_down "$killed" "$ready"
    [ "$before" -eq 0 ] || fail "lost before the kill: $before"
    [ "$after" -eq 0 ] || fail "lost after the restart was ready: $after"
    ok "sent=$sent received=$received lost_between_kill_and_ready=$between ($(((ready - killed) / 1000000)) ms)," \
        "seen_on_the_wire_while_dead=$((last - first))"
    passes "$dut" 10.2.0.2 || fail 'the router does not reach the server'
}

# Follows nothing_passes: one with on-death: drop runs.
restart_is_without_a_gap() {
    say 'on-death: drop, killed and started again at once, then SIGTERM'
    stream_up
    sleep 1
    local killed ready
    killed=$(clock)
    kill_hard
    start_run --config "$(config drop)"
    ready=$(clock)
    sleep 1
    stream_down "$killed" "$ready"
    [ $((before + after)) -eq 0 ] || fail "lost before the kill: $before, after ready: $after"
    ok "sent=$sent received=$received lost_between_kill_and_ready=$between ($(((ready - killed) / 1000000)) ms)"
    stop_run
    [ "$(pins)" -eq 0 ] || fail "pins=$(pins) after SIGTERM"
    passes "$client" 10.2.0.2 || fail 'the kernel does not forward after SIGTERM'
    ok 'SIGTERM: nothing is pinned, the kernel forwards'
}

kernel_takes_over() {
    say 'on-death: drop, killed, started with on-death: kernel, killed'
    start_run --config "$(config drop)"
    kill_hard
    ! passes "$client" 10.2.0.2 || fail 'something passes'
    start_run --config "$(config kernel)"
    passes "$client" 10.2.0.2 || fail 'it does not forward'
    [ "$(pins)" -eq 0 ] || fail "pins=$(pins) after a start with on-death: kernel"
    kill_hard
    wait_until 5 has_no_xdp || fail "left attached: $(attached)"
    wait_until 5 passes "$client" 10.2.0.2 || fail 'the kernel does not forward'
    ok 'unpinned by the start, and the kernel carries on'
}

net_up
inode=$(in_dut stat -L -c %i /proc/self/ns/net)
passes "$client" 10.2.0.2 || fail 'the kernel does not forward to begin with'
kernel_carries_on
nothing_passes
restart_is_without_a_gap
kernel_takes_over
