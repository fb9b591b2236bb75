#!/usr/bin/env bash
# Virtual services with real clients and real web servers, over IPv4 and IPv6: translation of one address and of both, direct routing,
# tunnels, and servers on the host itself; what each server gets is what the scheduler says; datagrams; clients that stay; thresholds; rules
# that see what comes and what is sent on; very many connections at once; a server that is drained, added and killed under load; what
# ipvsadm saves restores to the same; very many services reconfigured under traffic; two of them that choose the same servers.
#
#   client c0 --- d0 dut d1 --- switch --- r1 ... r4      10.1.0.0/24, fd01::/64 and 10.2.0.0/24, fd02::/64
#     '- c1 --------------------- '                       (the servers' way back past the dut, where they are routed to directly)
#
# CLIENTS       connections at once
# LOAD_SECONDS  of load in each case
# SERVICES      services, of a hundred servers each, that are reconfigured
# FLOWS         random flows for which two data planes choose servers, by each of four schedulers
# SEED          of these; another one each time unless set
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

CLIENTS=${CLIENTS:-2000}
LOAD_SECONDS=${LOAD_SECONDS:-6}
SERVICES=${SERVICES:-200}
FLOWS=${FLOWS:-100000}
SEED=${SEED:-$RANDOM}
# What tunnels of the kind GUE go to.
GUE_PORT=6080

switch=pe-$$-w
namespaces+=("$switch")
vip=10.1.0.100
vip6=fd01::100
servers=()

ipvsadm() { in_dut "${penstock[@]}" ipvsadm "$@"; }

# listens NAMESPACE PORT
listens() { [ -n "$(ip netns exec "$1" ss -Hlntu "sport = :$2")" ]; }

# serve NAMESPACE PORT TEXT: a web server; its number is in pids[NAMESPACE:PORT].
declare -A pids=()
serve() {
    ip netns exec "$1" python3 .ci/lib/webserver.py "$2" "$3" >/dev/null 2>&1 &
    started+=("$!")
    pids[$1:$2]=$!
}

# serve_datagrams NAMESPACE PORT TEXT [ADDRESS...]
serve_datagrams() {
    ip netns exec "$1" python3 .ci/lib/datagrams.py serve "${@:2}" >/dev/null 2>&1 &
    started+=("$!")
    pids[$1:$2]=$!
}

# all_serve: what was started listens.
all_serve() {
    local each
    for each in "${!pids[@]}"; do
        wait_until 10 listens "${each%:*}" "${each#*:}" || fail "nobody listens in ${each%:*} on port ${each#*:}"
    done
}

network_up() {
    local i name
    net_up
    ip netns del "$server"
    ip -n "$dut" link del d1 2>/dev/null || true
    ip netns add "$switch"
    ip -n "$switch" link add br0 type bridge
    ip -n "$switch" link set br0 up
    ip -n "$dut" link add d1 type veth peer name w0 netns "$switch"
    ip -n "$dut" address add 10.2.0.1/24 dev d1
    ip -n "$dut" address add fd02::1/64 dev d1 nodad
    ip -n "$dut" link set d1 up
    ip -n "$client" link add c1 type veth peer name w9 netns "$switch"
    ip -n "$client" address add 10.2.0.99/24 dev c1
    ip -n "$client" address add fd02::99/64 dev c1 nodad
    ip -n "$client" link set c1 up
    for i in 1 2 3 4; do
        name=pe-$$-r$i
        servers[i]=$name
        namespaces+=("$name")
        ip netns add "$name"
        ip netns exec "$name" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.default.accept_dad=0
        ip -n "$name" link set lo up
        ip -n "$name" link add r0 type veth peer name "w$i" netns "$switch"
        ip -n "$name" address add "10.2.0.1$i/24" dev r0
        ip -n "$name" address add "fd02::1$i/64" dev r0 nodad
        ip -n "$name" link set r0 up
        ip -n "$name" route add default via 10.2.0.1
        ip -n "$name" route add default via fd02::1
        # What has the service's own address goes past the dut.
        ip -n "$name" address add "$vip/32" dev lo
        ip -n "$name" address add "$vip6/128" dev lo nodad
        ip -n "$name" rule add from "$vip" lookup 100
        ip -n "$name" route add 10.1.0.0/24 via 10.2.0.99 table 100
        ip -n "$name" -6 rule add from "$vip6" lookup 100
        ip -n "$name" -6 route add fd01::/64 via fd02::99 table 100
    done
    for name in w0 w1 w2 w3 w4 w9; do
        ip -n "$switch" link set "$name" master br0 up
    done
    ip -n "$dut" address add "$vip/32" dev d0
    ip -n "$dut" address add "$vip6/128" dev d0 nodad
    in_client sysctl -qw net.ipv4.ip_local_port_range="1024 65535" net.ipv4.tcp_tw_reuse=1 net.ipv4.conf.all.rp_filter=0 \
        net.ipv4.conf.c0.rp_filter=0 net.ipv4.conf.c1.rp_filter=0
    # Who begins thousands of connections at once overruns its own device, which counts as a try each time.
    in_client sysctl -qw net.ipv4.tcp_syn_retries=30
    # So that the client's answers to the servers, and its requests, take the dut.
    ip -n "$client" route add "$vip/32" via 10.1.0.1 dev c0
    ip -n "$client" -6 route add "$vip6/128" via fd01::1 dev c0
}

# bodies ADDRESS PORT COUNT: which servers answer so many requests one after the other, a line each.
bodies() {
    local i
    for ((i = 0; i < $3; i++)); do
        in_client curl -sS --max-time 5 -g "http://$1:$2/" || echo error
    done
}

# datagrams ADDRESS PORT COUNT: which servers answer so many datagrams from one socket, a line each.
datagrams() { in_client python3 .ci/lib/datagrams.py ask "$@"; }

# counted: how often each line comes, as "r1=2 r2=2".
counted() { LC_ALL=C sort | uniq -c | awk '{ n = $1; $1 = ""; printf "%s%s=%s", (NR > 1 ? " " : ""), substr($0, 2), n }'; }

# shares ADDRESS PORT COUNT: how many requests each server has answered.
shares() { bodies "$@" | counted; }

# of_service LINE: the servers of a service as "ipvsadm -Ln" lists them, by the beginning of its own line.
of_service() { ipvsadm -Ln | awk -v line="$1" 'index($0, line) == 1 { on = 1; next } /^[A-Z]/ { on = 0 } on'; }

# expect WHAT EXPECTED ACTUAL
expect() {
    [ "$2" = "$3" ] || fail "$1: expected=$2 actual=$3"
    ok "$1: $3"
}

# load PORT CLIENTS [held]: into $scratch/load.json.
load() {
    in_client python3 .ci/lib/loadclient.py "$vip" "$1" "$2" "$LOAD_SECONDS" "${@:3}" >"$scratch/load.json" || fail "the load broke off"
}
loaded() { look "$scratch/load.json" "$1"; }

network_up
for i in 1 2 3 4; do
    for port in 80 8080; do
        serve "${servers[i]}" "$port" "r$i"
    done
    serve "${servers[i]}" 85 "r$i for {client}"
    serve_datagrams "${servers[i]}" 53 "r$i"
    # Whom datagrams are sent to that are for the service's own address.
    serve_datagrams "${servers[i]}" 54 "r$i" "$vip" "$vip6"
done
for port in 8090 8091; do
    serve "${servers[1]}" "$port" "r1"
done
for port in 83 8083; do
    serve "$dut" "$port" here
done
all_serve
cat >"$scratch/penstock.yaml" <<Y
ports: { d0: { device: d0 }, d1: { device: d1 } }
health:
  - service: tcp $vip:80
    check: tcp
    interval: 1s
    timeout: 1s
    rise: 1
    fall: 3
    on-removal: rehash
Y
start_run --config "$scratch/penstock.yaml"

say "translation, IPv4 and IPv6: the scheduler's shares"
ipvsadm -R <<E
-A -t $vip:80 -s wrr
-a -t $vip:80 -r 10.2.0.11:80 -m -w 1
-a -t $vip:80 -r 10.2.0.12:80 -m -w 2
-a -t $vip:80 -r 10.2.0.13:80 -m -w 3
-a -t $vip:80 -r 10.2.0.14:80 -m -w 4
-A -t [$vip6]:80 -s wrr
-a -t [$vip6]:80 -r [fd02::11]:80 -m -w 1
-a -t [$vip6]:80 -r [fd02::12]:80 -m -w 2
-a -t [$vip6]:80 -r [fd02::13]:80 -m -w 3
-a -t [$vip6]:80 -r [fd02::14]:80 -m -w 4
E
for address in "$vip" "[$vip6]"; do
    expect "NAT, wrr 1:2:3:4, $address" "r1=2 r2=4 r3=6 r4=8" "$(shares "$address" 80 20)"
done
expect "services listed" 2 "$(ipvsadm -Ln | grep -c '^TCP')"
ipvsadm -Ln --stats | sed 's/^/   | /'

say "direct routing, and rules that see it"
for i in 1 2 3 4; do
    printf '%s\n' "-a -t $vip:8080 -r 10.2.0.1$i:8080 -g" "-a -t [$vip6]:8080 -r [fd02::1$i]:8080 -g"
done >"$scratch/servers"
printf '%s\n' "-A -t $vip:8080 -s rr" "-A -t [$vip6]:8080 -s rr" | cat - "$scratch/servers" | ipvsadm -R
for address in "$vip" "$vip6"; do
    restore=iptables-restore
    if [ "$address" = "$vip6" ]; then restore=ip6tables-restore; fi
    in_dut "${penstock[@]}" "$restore" <<E
*mangle
-A POSTROUTING -o d1 -d $address -p tcp --dport 8080
COMMIT
*filter
-A INPUT -d $address -p tcp --dport 8080
-A FORWARD -p tcp --dport 8080
-A OUTPUT -o d1 -d $address -p tcp --dport 8080
COMMIT
E
done
expect "direct routing, rr, $vip" "r1=3 r2=3 r3=3 r4=3" "$(shares "$vip" 8080 12)"
expect "direct routing, rr, $vip6" "r1=3 r2=3 r3=3 r4=3" "$(shares "[$vip6]" 8080 12)"
for tool in iptables ip6tables; do
    in_dut "${penstock[@]}" "$tool-save" -c | sed -nE 's/^\[([0-9]+):[0-9]+\] -A ([A-Z]+) .*--dport 8080.*/\2 \1/p' >"$scratch/seen"
    came=$(awk '$1 == "INPUT" { print $2 }' "$scratch/seen")
    # A handshake's two packets, the request, and the connection's end.
    [ "$came" -ge $((12 * 5)) ] || fail "$tool: packets that came by INPUT=$came"
    expect "$tool: packets by INPUT, OUTPUT, POSTROUTING, and FORWARD" "FORWARD 0,INPUT $came,OUTPUT $came,POSTROUTING $came" \
        "$(LC_ALL=C sort "$scratch/seen" | paste -sd ,)"
    printf '*mangle\nCOMMIT\n*filter\nCOMMIT\n' | in_dut "${penstock[@]}" "$tool-restore"
done

say "tunnels: a web server behind a decapsulator, within both families"
ipvsadm -R <<E
-A -t $vip:8090 -s rr
-A -t $vip:8091 -s rr
-A -t [$vip6]:8090 -s rr
-A -t [$vip6]:8091 -s rr
-a -t $vip:8090 -r 10.2.0.11:8090 -i
-a -t $vip:8091 -r [fd02::11]:8091 -i
-a -t [$vip6]:8090 -r [fd02::11]:8090 -i
-a -t [$vip6]:8091 -r 10.2.0.11:8091 -i
E
# The JDK and the classes of what was started, whatever started it.
java=$(readlink "/proc/$dp_pid/exe")
classes=$(tr '\0' '\n' <"/proc/$dp_pid/cmdline" | grep -x -A 1 -e '-cp' | tail -n 1)
mkfifo "$scratch/hold"
ip netns exec "${servers[1]}" "$java" --enable-native-access=ALL-UNNAMED --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED \
    -cp "dataplane/target/test-classes:native/target/test-classes:$classes" io.penstock.dataplane.ipvs.Decapsulator t0 "$GUE_PORT" \
    <"$scratch/hold" >"$scratch/taken" 2>&1 &
decapsulator=$!
started+=("$decapsulator")
exec 7>"$scratch/hold"
decapsulates() { [ "$(ip netns exec "${servers[1]}" ss -Hlnu "sport = :$GUE_PORT" | wc -l)" -eq 2 ]; }
wait_until 20 decapsulates || fail "no decapsulator: $(cat "$scratch/taken")"
# A request of more than one segment: what is too long for the tunnel has to be told to the client.
long=$(printf '%4000s' '' | tr ' ' x)
for kind in "--tun-type ipip" "--tun-type gre" "--tun-type gre --tun-csum" "--tun-type gue --tun-port $GUE_PORT --tun-nocsum" \
    "--tun-type gue --tun-port $GUE_PORT --tun-csum" "--tun-type gue --tun-port $GUE_PORT --tun-remcsum"; do
    ipvsadm -R <<E
-e -t $vip:8090 -r 10.2.0.11:8090 -i $kind
-e -t $vip:8091 -r [fd02::11]:8091 -i $kind
-e -t [$vip6]:8090 -r [fd02::11]:8090 -i $kind
-e -t [$vip6]:8091 -r 10.2.0.11:8091 -i $kind
E
    for port in 8090 8091; do
        for address in "$vip" "[$vip6]"; do
            in_client curl -sS --max-time 5 -g -H "X: $long" "http://$address:$port/" || echo error
        done
    done >"$scratch/bodies"
    expect "$kind, IPv4 in IPv4, 6 in 6, 4 in 6, 6 in 4" "r1=4" "$(counted <"$scratch/bodies")"
done
exec 7>&-
wait "$decapsulator" || fail "the decapsulator: $(cat "$scratch/taken")"
forget "$decapsulator"
grep -qE '^taken=[1-9][0-9]{2,} wrong=\[]$' "$scratch/taken" || fail "the decapsulator: $(cat "$scratch/taken")"
ok "the decapsulator: $(cat "$scratch/taken")"
in_client ip route flush cache
in_client ip -6 route flush cache

say "full NAT: servers without a route back"
ip -n "$dut" address add 10.2.0.200/24 dev d1
ip -n "$dut" address add fd02::200/64 dev d1 nodad
in_dut "${penstock[@]}" sysctl penstock.fullnat_sources=10.2.0.200,fd02::200 >/dev/null
ipvsadm -R <<E
-A -t $vip:85 -s rr
-a -t $vip:85 -r 10.2.0.13:85 --fullnat
-a -t $vip:85 -r 10.2.0.14:85 --fullnat
-A -t [$vip6]:85 -s rr
-a -t [$vip6]:85 -r [fd02::13]:85 --fullnat
-a -t [$vip6]:85 -r [fd02::14]:85 --fullnat
E
for i in 3 4; do
    ip -n "${servers[i]}" route del default
    ip -n "${servers[i]}" -6 route del default
done
expect "full NAT, rr, $vip" "r3 for 10.2.0.200=3 r4 for 10.2.0.200=3" "$(shares "$vip" 85 6)"
expect "full NAT, rr, $vip6" "r3 for fd02::200=3 r4 for fd02::200=3" "$(shares "[$vip6]" 85 6)"
for i in 3 4; do
    ip -n "${servers[i]}" route add default via 10.2.0.1
    ip -n "${servers[i]}" route add default via fd02::1
done

say "a server on the host itself, alone and beside others"
ipvsadm -R <<E
-A -t $vip:83 -s rr
-a -t $vip:83 -r $vip:83 -g
-A -t [$vip6]:83 -s rr
-a -t [$vip6]:83 -r [$vip6]:83 -g
-A -t $vip:84 -s rr
-a -t $vip:84 -r 10.2.0.1:8083 -m
-a -t $vip:84 -r 10.2.0.11:80 -m
-A -t [$vip6]:84 -s rr
-a -t [$vip6]:84 -r [fd02::1]:8083 -m
-a -t [$vip6]:84 -r [fd02::11]:80 -m
E
for address in "$vip" "[$vip6]"; do
    expect "the address itself, $address" "here=2" "$(shares "$address" 83 2)"
    expect "another port of the host, and r1, $address" "here=3 r1=3" "$(shares "$address" 84 6)"
done

# No connection is kept of what is scheduled packet by packet, so that servers answer by themselves.
say "datagrams: a flow's stay together, and with one-packet scheduling each goes its own way"
for each in "$vip 10.2.0.1" "[$vip6] fd02::1"; do
    read -r address net <<<"$each"
    printf '%s\n' "-A -u $address:53 -s wrr" "-A -u $address:54 -s wrr -o"
    for i in 1 2 3 4; do
        at=$net$i
        if [ "$net" = fd02::1 ]; then at=[$at]; fi
        printf '%s\n' "-a -u $address:53 -r $at:53 -m -w $i" "-a -u $address:54 -r $at:54 -g -w $i"
    done
done | ipvsadm -R
for address in "$vip" "$vip6"; do
    expect "servers of a flow, $address" 1 "$(datagrams "$address" 53 8 | grep -v error | sort -u | wc -l)"
    expect "one-packet scheduling, wrr 1:2:3:4, $address" "r1=2 r2=4 r3=6 r4=8" "$(datagrams "$address" 54 20 | counted)"
done

say "a client stays with its server"
ipvsadm -R <<E
-A -t $vip:81 -s rr -p 60
-A -t [$vip6]:81 -s rr -p 60
-A -t [$vip6]:82 -s rr -p 60 -M 64
E
for i in 1 2 3 4; do
    printf '%s\n' "-a -t $vip:81 -r 10.2.0.1$i:80 -m" "-a -t [$vip6]:81 -r [fd02::1$i]:80 -m" "-a -t [$vip6]:82 -r [fd02::1$i]:80 -m"
done | ipvsadm -R
ip -n "$client" address add fd01::3/128 dev c0 nodad
# Preferred for nothing that does not ask for it.
ip -n "$client" address change fd01::3/128 dev c0 nodad preferred_lft 0
# by_client PORT: which servers answer each of two clients over IPv6.
by_client() {
    local source i
    for source in fd01::2 fd01::3; do
        for i in 1 2 3 4; do
            in_client curl -sS --max-time 5 -g --interface "$source" "http://[$vip6]:$1/" || echo error
        done
    done | counted
}
expect "a client over IPv4" 1 "$(bodies "$vip" 81 8 | sort -u | wc -l)"
# The server that came last is the first to be chosen.
expect "two clients over IPv6" "r3=4 r4=4" "$(by_client 81)"
expect "two clients of one network" "r4=8" "$(by_client 82)"
expect "persistence listed" 4 "$(ipvsadm -Ln --persistent-conn | awk '$1 == "->" { sum += $4 } END { print sum }')"

say "thresholds"
printf '%s\n' "-A -t $vip:82 -s rr" "-a -t $vip:82 -r 10.2.0.11:80 -m -x 3 -y 1" | ipvsadm -R
in_client python3 .ci/lib/loadclient.py "$vip" 82 6 2 held >"$scratch/load.json"
expect "connections to a server of at most 3" 3 "$(loaded "d['opened']")"

say "what is saved restores to the same"
ipvsadm -Sn >"$scratch/saved"
ipvsadm -C
ipvsadm -R <"$scratch/saved"
ipvsadm -Sn >"$scratch/restored"
cmp "$scratch/saved" "$scratch/restored" || fail "restored otherwise: $(diff "$scratch/saved" "$scratch/restored")"
ok "$(wc -l <"$scratch/saved") lines"

say "$CLIENTS connections at once"
ipvsadm -E -t "$vip:80" -s wlc
# A connection whose end is lost is over soon, not in a quarter of an hour.
ipvsadm --set 10 10 0
# Some ten thousand requests a second: what is to be seen is many connections, not how much is lost of too many packets at once.
printf 'function delay() return math.random(%d) end\n' $((CLIENTS / 5)) >"$scratch/wrk.lua"
in_client wrk -t 2 -c "$CLIENTS" -d "$LOAD_SECONDS" --timeout 30s -s "$scratch/wrk.lua" "http://$vip:80/" >"$scratch/wrk" 2>&1 &
loading=$!
started+=("$loading")
all_there() { [ "$(of_service "TCP  $vip:80 " | awk '{ sum += $5 } END { print sum }')" -ge "$CLIENTS" ]; }
wait_until "$((LOAD_SECONDS + 20))" all_there || fail "not all connections are there: $(ipvsadm -Ln)"
of_service "TCP  $vip:80 " | sed 's/^/   | /'
wait "$loading" || fail "wrk: $(cat "$scratch/wrk")"
forget "$loading"
! grep -qE 'Socket errors|Non-2xx' "$scratch/wrk" || fail "$(cat "$scratch/wrk")"
ok "$(grep -E 'requests in|Requests/sec' "$scratch/wrk" | tr -s ' ' | paste -sd ' ')"

say "a server is drained and another added under load: nobody notices"
ipvsadm -d -t "$vip:80" -r 10.2.0.14:80
is_idle() { [ "$(of_service "TCP  $vip:80 " | awk '{ sum += $5 } END { print sum }')" -eq 0 ]; }
wait_until 30 is_idle || fail "connections are left: $(of_service "TCP  $vip:80 ")"
load 80 50 &
loading=$!
sleep 1
ipvsadm -e -t "$vip:80" -r 10.2.0.11:80 -m -w 0
before=$EPOCHREALTIME
in_dut "${penstock[@]}" drain "tcp:$vip:80" 10.2.0.12:80 --deadline 20s --remove --wait || fail "drain: exit=$?"
took=$(((${EPOCHREALTIME/./} - ${before/./}) / 1000))
[ "$took" -lt 20000 ] || fail "not drained before the deadline: $took ms"
! of_service "TCP  $vip:80 " | grep -qF 10.2.0.12 || fail "the drained server is still there"
kill -0 "$loading" || fail "drained only when the load was over: $took ms"
ipvsadm -a -t "$vip:80" -r 10.2.0.14:80 -m -w 4
ipvsadm -e -t "$vip:80" -r 10.2.0.11:80 -m -w 1
wait "$loading"
ok "drained and removed after $took ms"
expect "errors while draining and adding" '{}' "$(loaded "d['errors']")"
ok "answers=$(loaded "d['answers']")"
[ "$(loaded "d['answers'].get('r4', 0)")" -gt 0 ] || fail "the added server got nothing"

say "a server is killed under load: its connections alone are lost"
ipvsadm -a -t "$vip:80" -r 10.2.0.12:80 -m -w 2
LOAD_SECONDS=$((LOAD_SECONDS + 6)) load 80 50 held &
loading=$!
sleep 1.5
killed() { of_service "TCP  $vip:80 " | awk -v column="$1" '$2 == "10.2.0.13:80" { print $column }'; }
held=$(killed 5)
end_processes "${pids[${servers[3]}:80]}"
is_out() { [ "$(killed 4)" = 0 ]; }
before=$EPOCHREALTIME
wait_until 10 is_out || fail "the killed server is still in: $(ipvsadm -Ln)"
ok "found dead after some $(((${EPOCHREALTIME/./} - ${before/./}) / 1000)) ms"
wait "$loading"
errors=$(loaded "sum(d['errors'].values())")
[ "$errors" -le "$held" ] || fail "errors=$errors connections of the killed server=$held: $(loaded "d['errors']")"
ok "errors=$errors of the $held connections that it held; answers=$(loaded "d['answers']")"
serve "${servers[3]}" 80 r3
is_in() { ! is_out; }
wait_until 10 is_in || fail "the server that is back is not in: $(ipvsadm -Ln)"
expect "its weight" 3 "$(killed 4)"

say "$SERVICES services of 100 servers each, reconfigured under traffic"
python3 - "$SERVICES" >"$scratch/many" <<'P'
import sys
for s in range(int(sys.argv[1])):
    vip = f"198.18.{s >> 8}.{s & 255}:80"
    print(f"-A -t {vip} -s wlc")
    for r in range(100):
        print(f"-a -t {vip} -r 10.2.{1 + (r >> 7)}.{1 + (r & 127)}:80 -m -w 1")
P
there=$(ipvsadm -Ln | grep -c '^TCP')
load 80 20 &
loading=$!
sleep 1
before=$EPOCHREALTIME
ipvsadm -R <"$scratch/many"
took=$(((${EPOCHREALTIME/./} - ${before/./}) / 1000))
wait "$loading"
expect "errors meanwhile" '{}' "$(loaded "d['errors']")"
expect "services" "$((SERVICES + there))" "$(ipvsadm -Ln | grep -c '^TCP')"
ok "$((SERVICES * 100)) servers in $took ms; answers=$(loaded "d['requests']")"
take_stat
ok "unaccounted=$(counter unaccounted) dropped=$(counter dropped)"
expect "unaccounted" 0 "$(counter unaccounted)"
stop_run

say "two data planes choose the same servers: flows=$FLOWS seed=$SEED"
# Their flows come in another order.
cat >"$scratch/choose.yaml" <<'Y'
ports: { lan: { device: d0 }, wan: { device: d1 } }
rules: { ipv4: choose.v4 }
services: choose.services
network:
  addresses: { lan: [192.0.2.1/24, 198.51.100.1/32], wan: [10.2.255.1/16] }
  routes:
    - { to: default, via: 192.0.2.254, port: lan }
    - { to: 198.18.0.0/15, type: local, port: lan }
Y
printf '*mangle\n-A PREROUTING -d 198.18.0.0/15 -j MARK --set-mark 4\nCOMMIT\n' >"$scratch/choose.v4"
number=0
for each in "-t 198.51.100.1:1 -s maglev" "-t 198.51.100.1:2 -s mh -b mh-port" "-t 198.51.100.1:3 -s sh -b sh-port" "-f 4 -s dh"; do
    number=$((number + 1))
    echo "-A $each"
    for ((i = 1; i <= 20; i++)); do
        echo "-a ${each%% -s *} -r 10.2.$number.$i -m -w $((1 + i % 3))"
    done
done >"$scratch/choose.services"
# choose ORDER: by a data plane of its own.
choose() {
    python3 .ci/lib/flows.py "$FLOWS" "$SEED" "$1" "$scratch/$1.pcap"
    "${penstock[@]}" replay --config "$scratch/choose.yaml" --in lan="$scratch/$1.pcap" --out "$scratch/$1" >"$scratch/$1.log" 2>&1 ||
        fail "replay: $(cat "$scratch/$1.log")"
    # From where, to which service, by which server.
    awk 'NR > 2 { print $4, $5, $6 }' "$scratch/$1/ipvs-connections.txt" | LC_ALL=C sort >"$scratch/$1.chosen"
}
choose forward &
choosing=$!
started+=("$choosing")
choose backward
wait "$choosing" || fail "the first one broke off"
forget "$choosing"
cmp "$scratch/forward.chosen" "$scratch/backward.chosen" || fail "chosen otherwise, seed=$SEED: $(diff "$scratch"/*.chosen | head)"
[ "$(wc -l <"$scratch/forward.chosen")" -ge $((FLOWS * 4 * 99 / 100)) ] || fail "connections=$(wc -l <"$scratch/forward.chosen")"
# By which servers, out of twenty of each scheduler.
expect "servers of maglev, mh, sh and dh" "20 20 20 20" \
    "$(awk '{ split($3, at, /[.:]/); if (!seen[at[3], at[4]]++) n[at[3]]++ } END { print n[1], n[2], n[3], n[4] }' "$scratch/forward.chosen")"
ok "$(wc -l <"$scratch/forward.chosen") connections are the same"
