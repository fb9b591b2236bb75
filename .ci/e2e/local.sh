#!/usr/bin/env bash
# The router's own traffic: ping, TCP and UDP to and from it, devices, groups, marks and owners, rp_filter, path MTU, hooks; through
# the data plane, and left to the kernel; and what kill -9 leaves.
#
# FILE_MIB      size of the file that curl fetches from the router
# IPERF_SECONDS length of each iperf3 run
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

FILE_MIB=${FILE_MIB:-32}
IPERF_SECONDS=${IPERF_SECONDS:-2}
# The Internet header and that of ICMP echo leave 1472 bytes of an MTU of 1500; larger ones come in fragments.
SIZES=(0 1 56 1471 1472 1473 8000)

datagram() { ip netns exec "$1" python3 .ci/lib/datagram.py "${@:2}"; }

# Extra links of the router: k0 is no port, and leads to the network 10.8.0.0/24; behind the server lies 10.9.0.0/24, whose MTU is 1300.
more_links() {
    pair k0 "$client" k1 8
    ip -n "$client" route add default via 10.8.0.1 table 8
    ip -n "$client" rule add from 10.8.0.2 table 8
    ip -n "$server" link add n0 type veth peer name n1
    ip -n "$server" link set n1 up
    ip -n "$server" link set n0 mtu 1300 up
    ip -n "$server" address add 10.9.0.1/24 dev n0
    in_server sysctl -qw net.ipv4.ip_forward=1
    ip -n "$dut" route add 10.9.0.0/24 via 10.2.0.2
    # Every address of a prefix is the router's own.
    ip -n "$dut" route add local 10.77.0.0/24 dev lo
    in_dut sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.d0.rp_filter=1 net.ipv4.conf.d1.rp_filter=1
}

# echoes NAMESPACE ADDRESS [OPTION...]: some echoes, none lost.
echoes() {
    ip netns exec "$1" ping -q -n -i 0.02 -c 5 -W 2 "${@:3}" "$2" >"$scratch/ping" 2>&1 ||
        fail "ping $* : $(cat "$scratch/ping")"
}

pings() {
    local size
    for size in "${SIZES[@]}"; do
        echoes "$client" 10.1.0.1 -s "$size"
        echoes "$client" fd01::1 -s "$size"
        # The router's address on another port.
        echoes "$client" 10.2.0.1 -s "$size"
        echoes "$dut" 10.1.0.2 -s "$size"
        echoes "$dut" fd02::2 -s "$size"
    done
    ok "to the router, to its other port, from the router: sizes ${SIZES[*]}"
    local link_local
    link_local=$(ip -n "$dut" -6 -o address show dev d0 scope link | awk '{ split($4, a, "/"); print a[1] }')
    echoes "$client" "$link_local%c0"
    echoes "$dut" 10.2.0.2 -I d1
    ok 'IPv6 link-local, a bound device'
}

http() {
    mkdir -p "$scratch/www"
    head -c "$((FILE_MIB << 20))" /dev/urandom >"$scratch/www/file"
    local wanted address got begin
    wanted=$(sha256sum <"$scratch/www/file")
    (cd "$scratch/www" && exec ip netns exec "$dut" python3 -m http.server --bind :: 8000 >/dev/null 2>&1) &
    started+=("$!")
    wait_until 10 listens 8000 || fail 'the HTTP server does not listen'
    for address in 10.1.0.1 '[fd01::1]'; do
        begin=$(date +%s%N)
        got=$(in_client curl -sS --fail --max-time 60 -g "http://$address:8000/file" | sha256sum)
        [ "$got" = "$wanted" ] || fail "from $address: sha256 differs"
        ok "a file of $FILE_MIB MiB from $address: mbit/s=$((FILE_MIB * 8388608 * 1000 / ($(date +%s%N) - begin)))"
    done
    end_processes "${started[-1]}"
    forget "${started[-1]}"
}

listens() { [ -n "$(in_dut ss -Hlnt "sport = :$1")" ]; }

# TCP to and from the router.
throughput() {
    ip netns exec "$dut" iperf3 -s >/dev/null 2>&1 &
    local server_pid=$! address
    started+=("$server_pid")
    wait_until 10 listens 5201 || fail 'iperf3 -s does not listen'
    for address in 10.1.0.1 fd01::1; do
        tcp 'to the router' "$address"
        tcp 'from the router' "$address" -R
    done
    end_processes "$server_pid"
    forget "$server_pid"
}

tcp() {
    in_client iperf3 -c "$2" -t "$IPERF_SECONDS" -J "${@:3}" >"$scratch/iperf.json" ||
        fail "iperf3 $1: $(cat "$scratch/iperf.json")"
    ok "TCP $1, $2: $(look "$scratch/iperf.json" "'mbit/s=%.0f retransmits=%s' % (
        d['end']['sum_received']['bits_per_second'] / 1e6, d['end']['sum_sent'].get('retransmits'))")"
}

# arrives WHAT EXPECTED NAMESPACE PORT 'LISTEN OPTIONS' COMMAND...: the datagram that comes to the port when the command runs; none for ''.
arrives() {
    local what=$1 expected=$2 namespace=$3 port=$4 words=$5 pid heard
    shift 5
    : >"$scratch/heard"
    # shellcheck disable=SC2086
    ip netns exec "$namespace" python3 .ci/lib/datagram.py listen "$port" 30 $words >"$scratch/heard" &
    pid=$!
    started+=("$pid")
    wait_until 10 grep -q listening "$scratch/heard" || fail 'datagram.py does not listen'
    "$@"
    if [ -n "$expected" ]; then
        wait_until 10 is_gone "$pid" || true
    else
        sleep 0.5
    fi
    end_processes "$pid"
    forget "$pid"
    heard=$(sed -n 2p "$scratch/heard")
    [ "$heard" = "$expected" ] || fail "$what: '$heard' expected '$expected'"
    ok "$what: ${expected:-nothing, as it should}"
}

sockets() {
    arrives 'a group joined on a port' 'hello from=10.1.0.2 mark=0' "$dut" 7001 'join=239.1.2.3 device=d0' \
        datagram "$client" send 239.1.2.3 7001 hello device=c0
    arrives 'to a group' 'hello from=10.1.0.1 mark=0' "$client" 7002 'join=239.1.2.3 device=c0' \
        datagram "$dut" send 239.1.2.3 7002 hello device=d0
    arrives 'broadcast from the router, as DHCP' 'discover from=10.1.0.1 mark=0' "$client" 7003 'device=c0' \
        datagram "$dut" send 255.255.255.255 7003 discover device=d0 broadcast
    arrives 'broadcast to the router' 'offer from=10.1.0.2 mark=0' "$dut" 7004 'device=d0' \
        datagram "$client" send 255.255.255.255 7004 offer device=c0 broadcast
    arrives 'a socket bound to the device it comes by' 'hello from=10.1.0.2 mark=0' "$dut" 7005 'device=d0' \
        datagram "$client" send 10.1.0.1 7005 hello
    arrives 'a socket bound to another device' '' "$dut" 7006 'device=d1' datagram "$client" send 10.1.0.1 7006 hello
    # The route says d1; the socket says d0, where the neighbour answers for the address.
    ip -n "$client" address add 10.2.0.77/32 dev c0
    arrives 'a route that the socket overrules' 'hello from=10.1.0.1 mark=0' "$client" 7106 'device=c0' \
        datagram "$dut" send 10.2.0.77 7106 hello device=d0
    ip -n "$client" address del 10.2.0.77/32 dev c0
}

spoofed() {
    # An address that the router's route says lies behind d1: rp_filter=1 lets nothing in by d0.
    ip -n "$client" address add 10.2.0.66/32 dev lo
    ! in_client ping -q -c 2 -i 0.2 -W 1 -I 10.2.0.66 10.1.0.1 >/dev/null || fail 'rp_filter=1 let a spoofed echo in'
    ip -n "$client" address del 10.2.0.66/32 dev lo
    ok 'rp_filter=1: a spoofed echo is not answered'
}

path_mtu() {
    local answer
    ip -n "$dut" route flush cache
    answer=$(in_dut ping -c 2 -i 0.2 -W 1 -M 'do' -s 1400 10.9.0.2 2>&1 || true)
    grep -q 'mtu = \?1300' <<<"$answer" || fail "the router does not learn the path's MTU: $answer"
    in_dut ip route get 10.9.0.2 | grep -q 'mtu 1300' || fail "the route does not have it: $(in_dut ip route get 10.9.0.2)"
    ok "a path's MTU of 1300 is learnt"
}

# What only the kernel can serve, and leaves to nobody with local: kernel.
beyond_ports() {
    echoes "$client" 10.77.0.99
    ok 'an address of a local prefix'
    echoes "$server" 10.8.0.2
    echoes "$server" 10.8.0.2 -s 1472
    ok 'a device that is no port: packets for it are handed to the kernel'
}

# With the jar HostHooks.
hooks() {
    arrives 'dropped at LOCAL_IN' '' "$dut" 7101 '' datagram "$client" send 10.1.0.1 7101 hello
    arrives 'marked at LOCAL_IN' 'hello from=10.1.0.2 mark=77' "$dut" 7102 '' datagram "$client" send 10.1.0.1 7102 hello
    arrives 'dropped at LOCAL_OUT' '' "$client" 7103 '' datagram "$dut" send 10.1.0.2 7103 hello
    arrives 'dropped for its mark' '' "$client" 7104 '' datagram "$dut" send 10.1.0.2 7104 hello mark=5
    arrives 'not for another mark' 'hello from=10.1.0.1 mark=0' "$client" 7104 '' datagram "$dut" send 10.1.0.2 7104 hello mark=6
    arrives 'dropped for its owner' '' "$client" 7105 '' datagram "$dut" send 10.1.0.2 7105 hello user=65534
    arrives 'not for another owner' 'hello from=10.1.0.1 mark=0' "$client" 7105 '' datagram "$dut" send 10.1.0.2 7105 hello
}

make_jar() {
    local jdk classes
    jdk=$(dirname "$(readlink "/proc/$dp_pid/exe")")
    classes=$(tr '\0' '\n' <"/proc/$dp_pid/cmdline" | grep -x -A 1 -e '-cp' | tail -n 1)
    mkdir -p "$scratch/jar/META-INF/services"
    echo hosthooks.HostHooks >"$scratch/jar/META-INF/services/io.penstock.dataplane.api.HookModule"
    "$jdk/javac" -proc:none -cp "$classes" -d "$scratch/jar" .ci/lib/HostHooks.java
    "$jdk/jar" --create --file "$scratch/hooks.jar" -C "$scratch/jar" .
}

# BPF objects that the data plane has, as "prog 12" lines.
objects() { cat "/proc/$dp_pid/fdinfo/"* 2>/dev/null | sed -nE 's/^(prog|map|link)_id:\t([0-9]+)$/\1 \2/p' | sort -u; }
remaining() {
    local kind id
    while read -r kind id; do
        ! bpftool "$kind" show id "$id" >/dev/null 2>&1 || printf '%s %s\n' "$kind" "$id"
    done <"$scratch/objects"
}
none_remains() { [ -z "$(remaining)" ]; }
has_tap() { ip -n "$dut" link show penstock0 >/dev/null 2>&1; }
has_no_tap() { ! has_tap; }

everything() {
    pings
    http
    sockets
    spoofed
    path_mtu
}

accounted() {
    take_stat
    [ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted)"
    ok "stat: delivered=$(counter delivered) host_sent=$(counter host_sent) dropped=$(counter dropped) unaccounted=0"
}

net_up
more_links
printf 'ports: { d0: , d1: }\nlocal: kernel\n' >"$scratch/kernel.yaml"
printf 'ports: { d0: , d1: }\nlocal: penstock\n' >"$scratch/penstock.yaml"

say 'left to the kernel'
start_run --config "$scratch/kernel.yaml"
make_jar
has_no_tap || fail 'local: kernel has a TAP device'
everything
throughput
accounted
[ "$(counter delivered)" -eq 0 ] || fail 'local: kernel, but something came through the data plane'
stop_run

say 'through the data plane'
start_run --config "$scratch/penstock.yaml"
has_tap || fail 'there is no penstock0'
everything
beyond_ports
accounted
[ "$(counter delivered)" -gt 0 ] || fail 'nothing for the router came through the data plane'
[ "$(counter host_sent)" -gt 0 ] || fail 'nothing of the router came through the data plane'
throughput
accounted
stop_run
has_no_tap || fail 'penstock0 is left'

say 'hooks see it'
start_run --port d0 --port d1 --hook-jar "$scratch/hooks.jar"
hooks
sockets
accounted
[ "$(counter dropped)" = "{'hook_drop': 4}" ] || fail 'expected: hook_drop=4'
stop_run

say 'in generic mode the kernel keeps it'
start_run --port d0 --port d1 --attach generic
grep -q "the host's own traffic is left to the kernel" "$scratch/run.err" || fail 'nothing was said'
has_no_tap || fail 'generic mode has a TAP device'
pings
stop_run
! ip netns exec "$dut" "${penstock[@]}" run --config "$scratch/penstock.yaml" --attach generic >"$scratch/refused" 2>&1 ||
    fail 'local: penstock was not refused in generic mode'
ok "$(tail -n 1 "$scratch/refused")"

say 'kill -9 leaves nothing'
start_run --port d0 --port d1
objects >"$scratch/objects"
kill -KILL "$dp_pid"
wait "$dp_pid" 2>/dev/null || true
forget "$dp_pid"
wait_until 5 has_no_tap || fail 'penstock0 is left'
wait_until 5 none_remains || fail "left in the kernel: $(remaining | tr '\n' ' ')"
pings
ok "gone: $(tr '\n' ' ' <"$scratch/objects")"
