#!/usr/bin/env bash
# Two queues a port and two workers: both forward, in both directions, and both account for every packet.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

IPERF_SECONDS=${IPERF_SECONDS:-2}

# Many connections, so that both queues of every device get some.
many() {
    in_client iperf3 "-$1" -c "$2" -t "$IPERF_SECONDS" -P 16 -J "${@:4}" >"$scratch/iperf.json" ||
        fail "iperf3 $3: $(cat "$scratch/iperf.json")"
    ok "$3: $(look "$scratch/iperf.json" "'mbit/s=%.0f' % (d['end']['sum_received']['bits_per_second'] / 1e6)")"
}

# Each direction by one of many flows of its own: a queue that loses nothing but is never served would show here.
pings() {
    local id
    for id in $(seq 1 40); do
        in_client ping -q -c 2 -i 0.02 -W 2 -e "$id" 10.2.0.2 >/dev/null || fail "ping, flow $id"
        in_client ping -q -c 2 -i 0.02 -W 2 -e "$id" fd02::2 >/dev/null || fail "ping -6, flow $id"
    done
    ok 'ping: 80 flows, none lost'
}

link_options=(numrxqueues 2 numtxqueues 2)
net_up
start_run --port d0 --port d1 --cpus 0,1
say 'two workers, two queues a port'
pings
ip netns exec "$server" iperf3 -s >/dev/null 2>&1 &
started+=("$!")
listens() { [ -n "$(in_server ss -Hlnt 'sport = :5201')" ]; }
wait_until 10 listens || fail 'iperf3 -s does not listen'
many 4 10.2.0.2 'TCP IPv4 to the server'
many 4 10.2.0.2 'TCP IPv4 to the client' -R
many 6 fd02::2 'TCP IPv6 to the server'
many 6 fd02::2 'TCP IPv6 to the client' -R

all_accounted
for port in d0 d1; do
    [ "$(look "$scratch/stat.json" "d['ports']['$port']['queues']")" -eq 2 ] || fail "$port has not two queues"
done
# An even share cannot be expected of 16 flows; a tenth must have come to each.
[ "$(look "$scratch/stat.json" \
    "len(d['workers']) == 2 and min(w['packets'] for w in d['workers']) * 10 >= d['packets']")" = True ] ||
    fail "the workers' packets: $(look "$scratch/stat.json" "[w['packets'] for w in d['workers']]")"
ok "packets of the workers: $(look "$scratch/stat.json" "[w['packets'] for w in d['workers']]")"
stop_run
grep -qE 'frames: ([0-9]+) of \1 accounted for' "$scratch/run.err" || fail 'the frame count does not close'
ok "$(grep -o 'frames: .*' "$scratch/run.err")"
