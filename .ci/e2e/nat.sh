#!/usr/bin/env bash
# Real programs through a gateway that translates addresses and keeps a stateful filter, over IPv4 and IPv6. What they see is the same
# as when the kernel has the rules; then load, rules and addresses that change under it.
#
# FILE_MIB      size of the file that curl fetches
# IPERF_SECONDS length of each iperf3 run
# RATE          questions a second
# ASK_SECONDS   for how long they are asked
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh
# shellcheck source=.ci/lib/iperf.sh
. .ci/lib/iperf.sh
# shellcheck source=.ci/lib/nat.sh
. .ci/lib/nat.sh

FILE_MIB=${FILE_MIB:-16}
IPERF_SECONDS=${IPERF_SECONDS:-1}
RATE=${RATE:-10000}
ASK_SECONDS=${ASK_SECONDS:-2}

# echoes NAMESPACE ADDRESS [OPTION...]: "answered" when all are, or "silent".
echoes() {
    if ip netns exec "$1" ping -q -n -i 0.02 -c 3 -w 2 "${@:3}" "$2" >/dev/null 2>&1; then
        echo answered
    else
        echo silent
    fi
}

# hops FAMILY NAMESPACE ADDRESS OPTION...: those that traceroute lists, in one line.
hops() {
    ip netns exec "$2" traceroute "-$1" -n -q 1 -N 1 -w 2,0,0 -m 5 "${@:4}" "$3" 2>&1 | awk 'NR > 1 { print $2 }' | paste -sd ' '
}

# get NAMESPACE ADDRESS PORT [OPTION...]: "whole" when the file comes as it is.
get() {
    local sum
    sum=$(ip netns exec "$1" curl -sS --fail --connect-timeout 3 --max-time 60 -g "${@:4}" "http://$2:$3/file" 2>/dev/null | sha256sum)
    case $sum in
        "$file_sum") echo whole ;;
        "$(sha256sum </dev/null)") echo nothing ;;
        *) echo "${sum%% *}" ;;
    esac
}

# What programs of a family see, a line each.
seen() {
    local f=$1
    printf 'the client, outside: %s\n' "$(who "$client" "${server_at[$f]}" 6001)"
    printf 'web, outside: %s\n' "$(who "$web" "${server_at[$f]}" 6002)"
    printf 'the gateway, from its inner address: %s\n' "$(who "$dut" "${server_at[$f]}" 6003 "${inner_at[$f]}")"
    printf 'the gateway: %s\n' "$(who "$dut" "${server_at[$f]}" 6004)"
    printf 'the gateway, turned elsewhere: %s\n' "$(who "$dut" "${nowhere[$f]}" 6005)"
    printf 'from outside to a port: %s\n' "$(who "$server" "${public[$f]}" 6006)"
    printf 'from inside to that port: %s\n' "$(who "$client" "${public[$f]}" 6007)"
    printf 'and the client then goes there: %s\n' "$(in_client ip route get "${public[$f]}" | grep -o 'via [^ ]*')"
    printf 'traceroute to far, UDP: %s\n' "$(hops "$f" "$client" "${far_at[$f]}")"
    printf 'traceroute to far, ICMP: %s\n' "$(hops "$f" "$client" "${far_at[$f]}" -I)"
    printf 'traceroute to far, TCP: %s\n' "$(hops "$f" "$web" "${far_at[$f]}" -T)"
    printf 'traceroute from far, UDP: %s\n' "$(hops "$f" "$far" "${whole[$f]}")"
    printf 'traceroute from far, ICMP: %s\n' "$(hops "$f" "$far" "${whole[$f]}" -I)"
    local size
    for size in 56 1452 4000; do
        printf 'echoes of %d: to far %s, to the server %s, from far %s, from the gateway %s\n' "$size" \
            "$(echoes "$client" "${far_at[$f]}" -s "$size")" "$(echoes "$web" "${server_at[$f]}" -s "$size")" \
            "$(echoes "$far" "${whole[$f]}" -s "$size")" "$(echoes "$dut" "${server_at[$f]}" -s "$size" -I "${inner_at[$f]}")"
    done
}

# What the filter has not let in, even by the way that outside does not know. All at once, for each is waited for.
unasked() {
    local f=$1
    ip -n "$server" "-$f" route add "${inside[$f]}" via "${outer_at[$f]}"
    {
        printf 'not asked for, echoes inside: %s\n' "$(echoes "$server" "${client_at[$f]}")" &
        printf 'not asked for, echoes to the gateway: %s\n' "$(echoes "$server" "${outer_at[$f]}")" &
        printf 'not asked for, echoes to the public address: %s\n' "$(echoes "$server" "${public[$f]}")" &
        printf 'not asked for, datagrams inside: %s\n' "$(who "$server" "${client_at[$f]}")" &
        printf 'not asked for, a file of the client: %s\n' "$(get "$server" "$(bracketed "$f" "${client_at[$f]}")" 8000)" &
        printf 'not asked for, a file of the gateway: %s\n' "$(get "$server" "$(bracketed "$f" "${outer_at[$f]}")" 8000)" &
        wait
    } | sort
    ip -n "$server" "-$f" route del "${inside[$f]}"
}

# curl, in every way that there is.
fetched() {
    local f=$1 at
    at=$(bracketed "$f" "${server_at[$f]}")
    printf 'the client from the server: %s\n' "$(get "$client" "$at" 8000)"
    printf 'web from the server: %s\n' "$(get "$web" "$at" 8000)"
    printf 'the gateway from the server: %s\n' "$(get "$dut" "$at" 8000)"
    printf 'the gateway, from its inner address: %s\n' "$(get "$dut" "$at" 8000 --interface "${inner_at[$f]}")"
    printf 'the client through the redirection: %s\n' "$(get "$client" "$at" 3128)"
    at=$(bracketed "$f" "${public[$f]}")
    printf 'the server from the client: %s\n' "$(get "$server" "$at" 8080)"
    printf 'far from web: %s\n' "$(get "$far" "$at" 8088)"
    printf 'the client from web, by the outer address: %s\n' "$(get "$client" "$at" 8088)"
}

# all: everything that is to be the same.
all() {
    local family pids=()
    for family in 4 6; do
        { seen "$family" && fetched "$family" && unasked "$family"; } >"$scratch/all-$family" &
        pids+=("$!")
        started+=("$!")
    done
    for family in 4 6; do
        wait "${pids[family / 2 - 2]}" || fail "IPv$family: $(tail -n 1 "$scratch/all-$family")"
        forget "${pids[family / 2 - 2]}"
        sed "s/^/IPv$family: /" "$scratch/all-$family"
    done
}

serve_files() {
    local name
    mkdir "$scratch/www"
    # Random, so that no block of it can stand in for another.
    head -c "$((FILE_MIB << 20))" /dev/urandom >"$scratch/www/file"
    file_sum=$(sha256sum <"$scratch/www/file")
    for name in "$client" "$web" "$dut" "$server"; do
        (cd "$scratch/www" && exec ip netns exec "$name" python3 -m http.server --bind :: 8000 >/dev/null 2>&1) &
        started+=("$!")
        wait_until 10 listens_in "$name" 8000 || fail "the HTTP server does not listen in $name"
    done
}

throughput() {
    say 'iperf3, out and in, both ways'
    local family
    serve_iperf "$server"
    serve_iperf "$client"
    for family in 4 6; do
        iperf_tcp "$client" "$family" "${server_at[$family]}" 'out'
        iperf_tcp "$client" "$family" "${server_at[$family]}" 'out, reverse' -R
        iperf_tcp "$server" "$family" "${public[$family]}" 'in' -p 5202
        iperf_tcp "$server" "$family" "${public[$family]}" 'in, reverse' -p 5202 -R
        iperf_udp "$client" "$server" "$family" "${server_at[$family]}" 'out' -b 40M -l 1400
        iperf_udp "$client" "$server" "$family" "${server_at[$family]}" 'out, reverse' -b 40M -l 1400 -R
        iperf_udp "$server" "$client" "$family" "${public[$family]}" 'in' -p 5202 -b 3M -l 64
        iperf_udp "$server" "$client" "$family" "${public[$family]}" 'in, reverse' -p 5202 -b 3M -l 64 -R
    done
}

resolvers() {
    say "$RATE questions a second for $ASK_SECONDS s"
    queries 'IPv4, from one port' "$client" "${server_at[4]}" "$RATE" "$ASK_SECONDS" fixed
    queries 'IPv4, from changing ports' "$client" "${server_at[4]}" "$RATE" "$ASK_SECONDS" changing
    queries 'IPv6, from changing ports' "$web" "${server_at[6]}" "$RATE" "$ASK_SECONDS" changing
    by_penstock conntrack -S >"$scratch/conntrack"
    # Of all workers.
    ! grep -qE ' (insert_failed|drop|early_drop)=[1-9]' "$scratch/conntrack" || fail "conntrack -S: $(cat "$scratch/conntrack")"
    ok "conntrack -S: insert_failed=0 drop=0 early_drop=0; connections: $(by_penstock conntrack -C)"
}

# Two connections, out and in, while rules come and go.
rules_under_connections() {
    say 'connections outlive changes of rules'
    local name pids=() pid
    for name in "$server" "$client"; do
        : >"$scratch/talk-$name"
        ip netns exec "$name" python3 .ci/lib/talk.py serve 8001 >"$scratch/talk-$name" &
        started+=("$!")
        wait_until 10 grep -q listening "$scratch/talk-$name" || fail "talk.py does not listen in $name"
    done
    for name in "out $client ${server_at[4]} 8001" "in $far ${public[6]} 8081"; do
        # shellcheck disable=SC2086
        set -- $name
        : >"$scratch/talk-$1"
        ip netns exec "$2" python3 .ci/lib/talk.py talk "$3" "$4" >"$scratch/talk-$1" 2>&1 &
        pids+=("$!")
        started+=("$!")
        wait_until 10 grep -q started "$scratch/talk-$1" || fail "$1: nothing comes back"
    done
    by_penstock iptables -I FORWARD 1 -d 203.0.113.1 -j DROP
    by_penstock iptables -t nat -I POSTROUTING 1 -d 203.0.113.1 -j ACCEPT
    by_penstock ip6tables -t nat -F
    by_penstock iptables -t nat -F
    # Who comes now, from a port that no question came from, is not translated, and outside knows no way back.
    is_seen nobody "$client" "${server_at[4]}" 3010
    install_rules by_penstock
    is_seen "${public[4]} 3011" "$client" "${server_at[4]}" 3011
    for pid in "${pids[@]}"; do
        kill -TERM "$pid" 2>/dev/null || true
        wait "$pid" || fail "a connection ended: out: $(tail -n 1 "$scratch/talk-out"), in: $(tail -n 1 "$scratch/talk-in")"
        forget "$pid"
    done
    ok "tables changed, emptied and restored under two connections: out $(tail -n 1 "$scratch/talk-out") and in" \
        "$(tail -n 1 "$scratch/talk-in") exchanges"
}

# is_seen EXPECTED NAMESPACE ADDRESS PORT: how the responder at an address sees who asks.
is_seen() {
    local seen
    seen=$(who "${@:2}")
    [ "$seen" = "$1" ] || fail "from $2 to $3: '$seen' expected '$1'"
}

# moved FAMILY OLD NEW: the gateway's outer address changes; what was masqueraded by it ends, and begins again by the new one.
moved() {
    local f=$1 port=$((3020 + $1)) options=()
    [ "$f" -eq 4 ] || options=(nodad)
    is_seen "${2%/*} $port" "$web" "${server_at[$f]}" "$port"
    ip -n "$dut" address add "$3" dev d1 "${options[@]}" preferred_lft 0
    is_seen "${2%/*} $port" "$web" "${server_at[$f]}" "$port"
    ip -n "$dut" address change "$3" dev d1 "${options[@]}" preferred_lft forever
    ip -n "$dut" address del "$2" dev d1
    is_seen "${3%/*} $port" "$web" "${server_at[$f]}" "$port"
    ok "the same socket is seen as ${2%/*}, then as ${3%/*}"
}

address_change() {
    say 'the outer address changes'
    moved 4 10.2.0.1/24 10.2.0.20/24
    moved 4 10.2.0.20/24 10.2.0.1/24
    moved 6 fd02::1/64 fd02::20/64
    moved 6 fd02::20/64 fd02::1/64
}

# What was refused and expired, and redirections to what addresses are translated to, which nobody outside of the gateway is to know.
accounted() {
    take_stat
    [ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted)"
    [ "$(look "$scratch/stat.json" "set(d['dropped']) - {'rule_drop', 'ttl_expired', 'nat_untranslatable'}")" = 'set()' ] ||
        fail "dropped=$(counter dropped)"
    ok "stat: packets=$(counter packets) forwarded=$(counter forwarded) delivered=$(counter delivered) host_sent=$(counter host_sent)" \
        "dropped=$(counter dropped) unaccounted=0"
}

nat_up
serve_files
for name in "$server" "$web" "$client"; do
    serve_queries "$name"
done

say 'by the kernel'
install_rules by_kernel
all >"$scratch/kernel"
sed 's/^/   /' "$scratch/kernel"
! grep -v 'not asked for' "$scratch/kernel" | grep -qE 'nobody|silent|nothing|\*' || fail 'the kernel does not translate'
remove_kernel_rules

say 'by the data plane'
start_run --port d0 --port d1
install_rules by_penstock
all >"$scratch/penstock"
diff "$scratch/kernel" "$scratch/penstock" || fail 'programs see something else'
ok "the same $(wc -l <"$scratch/kernel") times"
accounted
throughput
resolvers
rules_under_connections
address_change
accounted
stop_run
grep -qE 'frames: ([0-9]+) of \1 accounted for' "$scratch/run.err" || fail 'the frame count does not close'
ok "$(grep -o 'frames: .*' "$scratch/run.err")"
