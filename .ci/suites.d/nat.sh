#!/usr/bin/env bash
# Translated connections at length: .ci/e2e/nat.sh, 10,000 HTTP connections at a time, and what STUN says of the translator, beside the kernel.
#
# CONNECTIONS HTTP connections at a time
# WRK_SECONDS how long requests are made over them
set -euo pipefail
cd "$(dirname "$0")/../.."

CONNECTIONS=${CONNECTIONS:-10000}
WRK_SECONDS=${WRK_SECONDS:-20}

FILE_MIB=${FILE_MIB:-256} IPERF_SECONDS=${IPERF_SECONDS:-10} ASK_SECONDS=${ASK_SECONDS:-60} bash .ci/e2e/nat.sh

missing=()
for need in wrk:wrk turnserver:coturn turnutils_natdiscovery:coturn; do
    command -v "${need%%:*}" >/dev/null 2>&1 || missing+=("${need##*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
    printf 'installing %s\n' "${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq -y install --no-install-recommends "${missing[@]}" >/dev/null
fi

# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh
# shellcheck source=.ci/lib/nat.sh
. .ci/lib/nat.sh

# By namespace: its web server, on port 8001.
declare -A web_server
serve_web() {
    : >"$scratch/web-$1"
    ip netns exec "$1" sysctl -qw net.core.somaxconn=16384 net.ipv4.tcp_max_syn_backlog=16384
    ip netns exec "$1" python3 .ci/lib/webserver.py 8001 >"$scratch/web-$1" &
    web_server[$1]=$!
    started+=("$!")
    wait_until 10 grep -q listening "$scratch/web-$1" || fail "webserver.py does not listen in $1"
}

# wrk resets what is under way when it ends; a reset that is lost leaves the server a connection that does not count.
restart_web() {
    end_processes "${web_server[$1]}"
    forget "${web_server[$1]}"
    serve_web "$1"
}

# Those of NAMESPACE's server.
established() { ip netns exec "$1" ss -Htn state established "sport = :8001" | wc -l; }
all_established() { [ "$(established "$1")" -ge "$CONNECTIONS" ]; }

# many WHAT CLIENT SERVER ADDRESS PORT: that many connections at a time. wrk tells of each that is refused, is reset or ends.
many() {
    local pid count
    ip netns exec "$2" wrk -t 2 -c "$CONNECTIONS" -d "$WRK_SECONDS" --timeout 30s --latency "http://$4:$5/" >"$scratch/wrk" 2>&1 &
    pid=$!
    started+=("$pid")
    wait_until "$WRK_SECONDS" all_established "$3" || fail "$1: established=$(established "$3") expected=$CONNECTIONS"
    count=$(established "$3")
    wait "$pid" || fail "$1: wrk: $(cat "$scratch/wrk")"
    forget "$pid"
    ! grep -qE 'Socket errors|Non-2xx' "$scratch/wrk" || fail "$1: $(cat "$scratch/wrk")"
    ok "$1: at_a_time=$count reset=0 $(sed -nE 's/^ +(50|99)% +(.*)/p\1=\2/p; s/^Requests\/sec: +/requests_a_second=/p' "$scratch/wrk" |
        tr '\n' ' ')"
    restart_web "$3"
}

connections() {
    local family
    for family in 4 6; do
        many "IPv$family, out" "$client" "$server" "$(bracketed "$family" "${server_at[$family]}")" 8001
        many "IPv$family, in" "$far" "$client" "$(bracketed "$family" "${public[$family]}")" 8081
    done
}

# A STUN server that can answer from another address and another port, which RFC 5780 takes.
serve_stun() {
    ip -n "$server" address add 10.2.0.3/24 dev s0
    ip netns exec "$server" turnserver -n -S -L 10.2.0.2 -L 10.2.0.3 -p 3478 --alt-listening-port 3479 --no-tls --no-dtls --no-cli \
        --pidfile "$scratch/stun.pid" --db "$scratch/stun.db" --log-file stdout >"$scratch/stun" 2>&1 &
    started+=("$!")
    wait_until 10 stun_listens || fail "turnserver does not listen: $(cat "$scratch/stun")"
}

# By both addresses and both ports.
stun_listens() {
    local at
    for at in 10.2.0.2:3478 10.2.0.2:3479 10.2.0.3:3478 10.2.0.3:3479; do
        [ -n "$(in_server ss -Hlnu "src = $at")" ] || return 1
    done
}

# discovered BY: what the masqueraded host is told about the translator, with ports kept and with ports that are drawn each time.
discovered() {
    printf 'ports kept:\n'
    told
    "$1" iptables -t nat -I POSTROUTING 1 -s "${web_at[4]}" -o d1 -j MASQUERADE --random-fully
    printf 'ports drawn:\n'
    told
    "$1" iptables -t nat -D POSTROUTING 1
}

# All but addresses and ports.
told() {
    local options
    for options in -m -f -H; do
        ip netns exec "$web" turnutils_natdiscovery "$options" "${server_at[4]}" >"$scratch/told" 2>&1 || fail "$(cat "$scratch/told")"
        grep -E '^-=|ALG|NAT|Mapping|Filtering|timeout' "$scratch/told" | grep -v ' addr: '
    done
}

nat_up
serve_web "$server"
serve_web "$client"
serve_stun

say 'by the kernel'
install_rules by_kernel
discovered by_kernel >"$scratch/kernel"
sed 's/^/   /' "$scratch/kernel"
connections
remove_kernel_rules

say 'by the data plane'
start_run --port d0 --port d1
install_rules by_penstock
discovered by_penstock >"$scratch/penstock"
diff "$scratch/kernel" "$scratch/penstock" || fail 'STUN says something else'
ok 'STUN says the same'
connections
take_stat
[ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted)"
ok "stat: packets=$(counter packets) forwarded=$(counter forwarded) dropped=$(counter dropped) unaccounted=0"
stop_run
