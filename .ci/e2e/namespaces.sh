#!/usr/bin/env bash
# One process that serves two network namespaces, with the same devices and addresses in both: traffic in both at once, stat in each,
# kill -9 and SIGTERM end both, and one namespace that cannot be served refuses the whole start.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

one=("$client" "$dut" "$server")
two=("$client"2 "$dut"2 "$server"2)
namespaces+=("${two[@]}")

# use NAME...: what is done next is done with these three namespaces.
use() {
    client=$1
    dut=$2
    server=$3
}

reaches() { ip netns exec "$1" ping -q -c 2 -i 0.1 -W 1 "$2" >/dev/null 2>&1; }

both_forward() {
    local names
    for names in "${one[*]}" "${two[*]}"; do
        # shellcheck disable=SC2086
        use $names
        reaches "$client" 10.2.0.2 || fail "$dut does not forward IPv4 $1"
        reaches "$client" fd02::2 || fail "$dut does not forward IPv6 $1"
        reaches "$dut" 10.2.0.2 || fail "$dut itself does not reach the server $1"
    done
    use "${one[@]}"
}

# forwarded NAMESPACE
forwarded() {
    ip netns exec "$1" "${penstock[@]}" stat --json >"$scratch/stat.json" || fail "stat in $1: no data plane"
    look "$scratch/stat.json" 'd["forwarded"] if d["unaccounted"] == 0 else "unaccounted=%d" % d["unaccounted"]'
}

no_xdp_in_both() {
    local name
    for name in "${one[1]}" "${two[1]}"; do
        ! ip -n "$name" -d link | grep -qE 'prog/xdp|xdpgeneric' || return 1
    done
}

start_both() {
    start_run --netns "${one[1]}" --netns "${two[1]}" --port "${one[1]}/d0" --port "${one[1]}/d1" \
        --port "${two[1]}/d0" --port "${two[1]}/d1" --cpus 0
}

use "${two[@]}"
net_up
use "${one[@]}"
net_up
both_forward 'through the kernel'

say 'one process, one worker, two namespaces'
start_both
both_forward 'through the data plane'
for name in "${one[1]}" "${two[1]}"; do
    count=$(forwarded "$name")
    [ "$count" -ge 10 ] || fail "$name: forwarded=$count"
    ok "$name: forwarded=$count, $(look "$scratch/stat.json" '" ".join(sorted(d["ports"]))')"
done

say 'kill -9'
kill -KILL "$dp_pid"
wait "$dp_pid" 2>/dev/null || true
forget "$dp_pid"
wait_until 5 no_xdp_in_both || fail 'a program is left attached'
wait_until 5 reaches "${one[0]}" 10.2.0.2 || fail 'the kernel does not forward'
both_forward 'after kill -9'
ok 'both are the kernel'"'"'s'

say 'SIGTERM'
start_both
stop_run
no_xdp_in_both || fail 'a program is left attached'
both_forward 'after SIGTERM'
ok 'both are the kernel'"'"'s'

say 'one of them cannot be served'
ip -n "${two[1]}" link set d1 down
status=0
"${penstock[@]}" run --netns "${one[1]}" --netns "${two[1]}" --port "${one[1]}/d0" --port "${one[1]}/d1" --port "${two[1]}/d0" \
    --port "${two[1]}/d1" >/dev/null 2>"$scratch/run.err" || status=$?
[ "$status" -eq 1 ] || fail "exit=$status expected=1"
grep -q "network namespace ${two[1]}: port ${two[1]}:d1 is down" "$scratch/run.err" || fail 'it does not say which and why'
no_xdp_in_both || fail 'the other is served'
ok "$(cat "$scratch/run.err")"
