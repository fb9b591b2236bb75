#!/usr/bin/env bash
# Ten minutes at full load without a garbage collector, in 256 MiB of heap: it does not die, and the frame count closes.
#
# SECONDS_OF_LOAD  how long
# FLOWS            UDP flows of the load
# FRAME_BYTES      of its frames
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

SECONDS_OF_LOAD=${SECONDS_OF_LOAD:-600}
FLOWS=${FLOWS:-16384}
FRAME_BYTES=${FRAME_BYTES:-60}
HEAP_MIB=256

# A change of a route and of a neighbour every five seconds: what control does for them has to fit in the heap as well.
changes() {
    while sleep 5; do
        ip -n "$dut" route replace 10.77.0.0/16 via 10.2.0.2 dev d1
        ip -n "$dut" neighbour replace 10.2.0.99 lladdr 02:00:00:00:00:99 dev d1 nud permanent
        ip -n "$dut" neighbour del 10.2.0.99 dev d1
        ip -n "$dut" route del 10.77.0.0/16
    done
}

# The last line of Epsilon's log, which has one for each twentieth of the heap.
heap_log() { tail -n 1 "$scratch/heap.log" | sed 's/.*committed, //'; }

# KiB of the heap that are taken, of "used [START, TOP, END)". To ask takes some, too.
heap_used() {
    local bounds
    bounds=$("$jdk/jcmd" "$dp_pid" GC.heap_info | sed -nE 's/.*used \[(0x[0-9a-f]+), (0x[0-9a-f]+), .*/\2-\1/p')
    echo "$(((${bounds:-0}) / 1024))"
}

net_up
launch=(env "PENSTOCK_JAVA_OPTS=-XX:+UnlockExperimentalVMOptions -XX:-UseSerialGC -XX:+UseEpsilonGC -Xmx${HEAP_MIB}m \
-XX:+ExitOnOutOfMemoryError -Xlog:gc:file=$scratch/heap.log")
start_run --port d0 --port d1 --idle spin
launch=()
jdk=$(dirname "$(readlink "/proc/$dp_pid/exe")")
classes=$(tr '\0' '\n' <"/proc/$dp_pid/cmdline" | grep -x -A 1 -e '-cp' | tail -n 1)
grep -qa UseEpsilonGC "/proc/$dp_pid/cmdline" || fail 'it does not run with the Epsilon collector'
in_client ping -q -c 2 -i 0.1 10.2.0.2 >/dev/null || fail 'it does not forward'

say "$SECONDS_OF_LOAD s at full load: flows=$FLOWS frame_bytes=$FRAME_BYTES heap_mib=$HEAP_MIB collector=none"
changes &
changer=$!
started+=("$changer")
heap_before=$(heap_used)
begin=$SECONDS
"$jdk/java" --enable-native-access=ALL-UNNAMED -cp "$classes" .ci/lib/Load.java "$client" c0 "$server" s0 \
    "$(in_dut cat /sys/class/net/d0/address)" 10.1.0.2 10.2.0.2 "$FLOWS" "$FRAME_BYTES" "$SECONDS_OF_LOAD" >"$scratch/load.json" &
load=$!
started+=("$load")
while kill -0 "$load" 2>/dev/null; do
    kill -0 "$dp_pid" 2>/dev/null || fail "it ended after $((SECONDS - begin)) s of load; heap: $(heap_log)"
    sleep 1
done
wait "$load" || fail 'the load could not be made'
forget "$load"
end_processes "$changer"
forget "$changer"

sleep 0.5
take_stat
[ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted)"
[ "$(counter dropped)" = '{}' ] || printf '   dropped: %s\n' "$(counter dropped)"
sent=$(look "$scratch/load.json" "d['sent']")
received=$(look "$scratch/load.json" "d['received']")
forwarded=$(counter forwarded)
ok "mpps_offered=$(python3 -c "print(round($sent / $SECONDS_OF_LOAD / 1e6, 3))")" \
    "mpps_forwarded=$(python3 -c "print(round($received / $SECONDS_OF_LOAD / 1e6, 3))")"
heap_after=$(heap_used)
ok "heap_kib before=$heap_before after=$heap_after, a second: $(((heap_after - heap_before) / SECONDS_OF_LOAD))"
ok "sent=$sent packets=$(counter packets) forwarded=$forwarded received=$received unaccounted=0"
ok "d0 $(look "$scratch/stat.json" "d['ports']['d0']['xdp']")"
[ "$received" -gt 0 ] || fail 'nothing came through'
[ "$received" -le "$forwarded" ] || fail "received=$received is more than was forwarded=$forwarded"
in_client ping -q -c 5 -i 0.1 10.2.0.2 >/dev/null || fail 'it does not forward any more'
stop_run
grep -qE 'frames: ([0-9]+) of \1 accounted for: .* sending=0 ' "$scratch/run.err" || fail 'the frame count does not close'
ok "$(grep -o 'frames: .*' "$scratch/run.err")"
