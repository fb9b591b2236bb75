#!/usr/bin/env bash
# Real programs over IPv4 and IPv6 through a data plane: iperf3, ping, curl; then routes and neighbours that change under a stream.
#
# FILE_MIB      size of the file that curl fetches
# IPERF_SECONDS length of each iperf3 run
# RATE          datagrams a second in each family while routes change
# ROUNDS        rounds of changes; a round makes some 30
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh
# shellcheck source=.ci/lib/iperf.sh
. .ci/lib/iperf.sh

FILE_MIB=${FILE_MIB:-256}
IPERF_SECONDS=${IPERF_SECONDS:-1}
RATE=${RATE:-2000}
ROUNDS=${ROUNDS:-4}

# The Internet header and that of ICMP echo leave this much of a 1500-byte MTU.
SIZES4=(0 1 18 56 57 100 256 511 512 1000 1400 1450 1471 1472)
SIZES6=(0 1 18 56 57 100 256 511 512 1000 1400 1450 1451 1452)

offloads() {
    say 'offloads of both ends are as the kernel sets them'
    local end
    for end in "$client c0" "$server s0"; do
        # shellcheck disable=SC2086
        set -- $end
        ip netns exec "$1" ethtool -k "$2" >"$scratch/offloads"
        grep -q '^tx-checksumming: on' "$scratch/offloads" || fail "$2 computes its checksums: nothing partial would be sent"
        ok "$2: $(grep -E '^(tx-checksumming|generic-segmentation-offload|tcp-segmentation-offload): ' "$scratch/offloads" |
            tr '\n' ' ')"
    done
}

# echoes NAMESPACE ADDRESS SIZE COUNT: so many echoes of a size, none lost, none to be fragmented.
echoes() {
    ip netns exec "$1" ping -q -n -M 'do' -i 0.01 -c "$4" -W 2 -s "$3" "$2" >"$scratch/ping" ||
        fail "ping $2, size=$3: $(cat "$scratch/ping")"
}

ping_sizes() {
    say 'ping up to the MTU, not to be fragmented'
    local size
    for size in "${SIZES4[@]}"; do
        echoes "$client" 10.2.0.2 "$size" 5
        echoes "$server" 10.1.0.2 "$size" 2
    done
    ok "IPv4, both ways: sizes ${SIZES4[*]}"
    for size in "${SIZES6[@]}"; do
        echoes "$client" fd02::2 "$size" 5
        echoes "$server" fd01::2 "$size" 2
    done
    ok "IPv6, both ways: sizes ${SIZES6[*]}"
}

throughput() {
    say 'iperf3, both ways'
    serve_iperf "$server"
    local family
    for family in '4 10.2.0.2' '6 fd02::2'; do
        # shellcheck disable=SC2086
        set -- $family
        iperf_tcp "$client" "$1" "$2" 'to the server'
        iperf_tcp "$client" "$1" "$2" 'to the client' -R
        iperf_tcp "$client" "$1" "$2" 'eight at once' -P 8
        iperf_udp "$client" "$server" "$1" "$2" 'to the server, large' -b 40M -l 1400
        iperf_udp "$client" "$server" "$1" "$2" 'to the client, large' -b 40M -l 1400 -R
        iperf_udp "$client" "$server" "$1" "$2" 'to the server, small' -b 3M -l 64
        iperf_udp "$client" "$server" "$1" "$2" 'to the client, small' -b 3M -l 64 -R
    done
}

file_transfer() {
    say "a file of $FILE_MIB MiB over HTTP"
    mkdir "$scratch/www"
    # Random, so that no block of it can stand in for another.
    head -c "$((FILE_MIB << 20))" /dev/urandom >"$scratch/www/file"
    local wanted got begin
    wanted=$(sha256sum <"$scratch/www/file")
    (cd "$scratch/www" && exec ip netns exec "$server" python3 -m http.server --bind :: 8000 >/dev/null 2>&1) &
    started+=("$!")
    wait_until 10 listens_in "$server" 8000 || fail 'the HTTP server does not listen'
    for address in 10.2.0.2 '[fd02::2]'; do
        begin=$(date +%s%N)
        got=$(in_client curl -sS --fail --max-time 240 -g "http://$address:8000/file" | sha256sum)
        [ "$got" = "$wanted" ] || fail "from $address: sha256 differs: ${got%% *} expected ${wanted%% *}"
        ok "from $address: intact, mbit/s=$((FILE_MIB * 8388608 * 1000 / ($(date +%s%N) - begin)))"
    done
    rm -r "$scratch/www"
}

checksums() {
    local completed
    completed=$(counter partial_checksums_completed)
    [ "$completed" -gt 0 ] || fail "no partial checksum was completed: the offloads were not on"
    ok "partial_checksums_completed=$completed"
}

changed=0
# change ARGUMENT...: one change with ip in the dut.
change() {
    ip -n "$dut" "$@" || fail "ip $*"
    changed=$((changed + 1))
    sleep 0.04
}

# Frames that have come to a device of the server. The namespace's own /sys is what "ip netns exec" mounts.
arrived() { in_server cat "/sys/class/net/$1/statistics/rx_packets"; }

# comes_by DEVICE: the stream whose routes change arrives by s1, or by s0 as the other family's does all the time; within a
# few looks, because on a busy machine the change itself waits its turn.
comes_by() {
    local here there look
    for look in 1 2 3 4 5 6 7 8; do
        sleep 0.1
        here=$(arrived s1)
        there=$(arrived s0)
        sleep 0.2
        here=$(($(arrived s1) - here))
        there=$(($(arrived s0) - there))
        # Of 0.2 s: a stream is RATE / 5 packets; what neighbour discovery says is a handful.
        case $1 in
            s1) [ "$here" -gt $((RATE / 10)) ] && return ;;
            s0) [ "$here" -lt $((RATE / 20 + 10)) ] && return ;;
        esac
        printf '   not by %s yet, look %s\n' "$1" "$look"
    done
    fail "the stream does not come by $1: s0=$there s1=$here packets in 0.2 s after $changed changes"
}

# The server is reached over two links. Behind the second one its addresses are on a bridge, which takes frames to its own MAC
# address and to that of the link: a neighbour can move between them without a gap of its own.
second_link() {
    ip -n "$dut" link add d2 type veth peer name s1 netns "$server"
    ip -n "$server" link add b1 type bridge
    ip -n "$server" link set b1 address 02:00:00:00:0b:01
    ip -n "$server" link set s1 address 02:00:00:00:0b:02
    ip -n "$server" link set s1 master b1
    ip -n "$server" address add 10.3.0.2/24 dev b1
    ip -n "$server" address add fd03::2/64 dev b1 nodad
    ip -n "$dut" address add 10.3.0.1/24 dev d2
    ip -n "$dut" address add fd03::1/64 dev d2 nodad
    ip -n "$server" link set b1 up
    ip -n "$server" link set s1 up
    ip -n "$dut" link set d2 up
}

# The address that the streams go to, behind either link, and next hops that nobody has asked for yet.
next_hops() {
    ip -n "$server" address add 10.9.0.9/32 dev lo
    ip -n "$server" address add fd09::9/128 dev lo nodad
    local round
    for round in $(seq 1 "$ROUNDS"); do
        ip -n "$server" address add "10.2.0.$((100 + round))/24" dev s0
        ip -n "$server" address add "fd02::$((100 + round))/64" dev s0 nodad
        ip -n "$server" address add "10.3.0.$((100 + round))/24" dev b1
        ip -n "$server" address add "fd03::$((100 + round))/64" dev b1 nodad
    done
}

# round_of_changes ROUND FAMILY LINK1 LINK2 HOST NETWORK: one round for one family, whose stream goes to HOST, which is in NETWORK;
# LINK1 and LINK2 are how the server's addresses on its links begin.
round_of_changes() {
    local round=$1 family=$2 link1=$3 link2=$4 host=$5 network=$6
    local fresh1=$link1$((100 + round)) fresh2=$link2$((100 + round))
    # Through a next hop that is not resolved yet, on the same link, then on the other.
    change "$family" route replace "$network" via "$fresh1" dev d1
    change "$family" route replace "$network" via "$fresh2" dev d2
    comes_by s1
    # Back to one that is known.
    change "$family" route replace "$network" via "${link1}2" dev d1
    comes_by s0
    # A more specific route comes and goes.
    change "$family" route add "$host" via "${link2}2" dev d2
    comes_by s1
    change "$family" route del "$host" via "${link2}2" dev d2
    # The route goes, and the default route, through the other port, takes over.
    change "$family" route replace default via "$fresh2" dev d2
    change "$family" route del "$network"
    comes_by s1
    # The neighbour that the stream uses is forgotten, set, moved to another MAC address, and left to discovery again.
    change "$family" neighbour del "$fresh2" dev d2
    change "$family" neighbour replace "$fresh2" lladdr 02:00:00:00:0b:01 dev d2 nud permanent
    change "$family" neighbour replace "$fresh2" lladdr 02:00:00:00:0b:02 dev d2 nud permanent
    change "$family" neighbour replace "$fresh2" lladdr 02:00:00:00:0b:01 dev d2 nud reachable
    change "$family" route add "$network" via "${link1}2" dev d1
    comes_by s0
    change "$family" route replace "$network" nexthop via "${link1}2" dev d1 nexthop via "${link2}2" dev d2
    change "$family" route replace "$network" via "${link1}2" dev d1
    change "$family" route del default
}

# The server's first link gets another MAC address while both streams go by the second one.
another_mac() {
    change -4 route replace 10.9.0.0/24 via 10.3.0.2 dev d2
    change -6 route replace fd09::/64 via fd03::2 dev d2
    ip -n "$server" link set s0 address "02:00:00:00:0a:$(printf '%02x' "$1")"
    changed=$((changed + 1))
    change -4 neighbour replace 10.2.0.2 lladdr "02:00:00:00:0a:$(printf '%02x' "$1")" dev d1 nud reachable
    change -6 neighbour replace fd02::2 lladdr "02:00:00:00:0a:$(printf '%02x' "$1")" dev d1 nud reachable
    comes_by s1
    change -4 route replace 10.9.0.0/24 via 10.2.0.2 dev d1
    change -6 route replace fd09::/64 via fd02::2 dev d1
    comes_by s0
}

routes_under_traffic() {
    say "routes and neighbours change under $RATE packets a second of each family"
    next_hops
    ip -n "$dut" -4 route add 10.9.0.0/24 via 10.2.0.2 dev d1
    ip -n "$dut" -6 route add fd09::/64 via fd02::2 dev d1
    # The data plane hears of them a moment later; until then it drops what goes there, and here nothing may be dropped.
    sleep 1
    in_client ping -q -c 2 -i 0.2 10.9.0.9 >/dev/null || fail 'the stream has no way to begin with: IPv4'
    in_client ping -q -c 2 -i 0.2 fd09::9 >/dev/null || fail 'the stream has no way to begin with: IPv6'
    local round pids=() stream
    for stream in '4 10.9.0.9' '6 fd09::9'; do
        # shellcheck disable=SC2086
        set -- $stream
        : >"$scratch/stream$1"
        python3 .ci/lib/stream.py "$client" "$server" "$2" 7000 "$RATE" 600 >"$scratch/stream$1" &
        pids+=("$!")
        started+=("$!")
    done
    wait_until 10 grep -q started "$scratch/stream4" || fail 'the IPv4 stream did not start'
    wait_until 10 grep -q started "$scratch/stream6" || fail 'the IPv6 stream did not start'
    for round in $(seq 1 "$ROUNDS"); do
        round_of_changes "$round" -4 10.2.0. 10.3.0. 10.9.0.9/32 10.9.0.0/24
        round_of_changes "$round" -6 fd02:: fd03:: fd09::9/128 fd09::/64
        another_mac "$round"
    done
    local pid lost=0
    for pid in "${pids[@]}"; do
        kill -TERM "$pid"
        wait "$pid" || fail "a stream failed"
        forget "$pid"
    done
    for stream in 4 6; do
        sed -n 2p "$scratch/stream$stream" >"$scratch/stream.json"
        printf '   IPv%s: %s\n' "$stream" "$(cat "$scratch/stream.json")"
        lost=$((lost + $(look "$scratch/stream.json" "d['sent'] - d['received'] - d['late']")))
    done
    [ "$lost" -eq 0 ] || fail "lost=$lost of the streams' packets: $(take_stat && losses)"
    ok "changes=$changed lost=0"
}

net_up
second_link
start_run --port d0 --port d1 --port d2
offloads
ping_sizes
throughput
file_transfer
all_accounted
checksums
routes_under_traffic
all_accounted
stop_run
say 'SIGTERM: exit=0, nothing attached'
