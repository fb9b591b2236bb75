# shellcheck shell=bash disable=SC2154,SC2034
# A gateway that translates addresses and keeps a stateful filter; to be sourced after .ci/lib/net.sh. To its three namespaces come two:
#
#   client  c0 --+-- d0  dut  d1 ------ s0  server  n0 ------ n1  far        10.9.0.0/24, fd09::/64
#   web     w0 --+   inside   outside                (.1, ::1) (.2, ::2)
#
# The client is translated to an address of its own, everything else inside to the gateway's. From outside, ports of that address lead
# to the client and to web, and all of another address leads to the client. Outside knows no way to the inside's addresses.

web=pe-$$-w
far=pe-$$-f
namespaces+=("$web" "$far")

# By family.
declare -A client_at=([4]=10.1.0.2 [6]=fd01::2)
declare -A web_at=([4]=10.1.0.3 [6]=fd01::3)
declare -A inner_at=([4]=10.1.0.1 [6]=fd01::1)
declare -A inside=([4]=10.1.0.0/24 [6]=fd01::/64)
declare -A server_at=([4]=10.2.0.2 [6]=fd02::2)
declare -A outer_at=([4]=10.2.0.1 [6]=fd02::1)
declare -A far_at=([4]=10.9.0.2 [6]=fd09::2)
# The address that the client has outside, whose ports lead inside; and the one of which all leads to the client.
declare -A public=([4]=10.2.0.10 [6]=fd02::10)
declare -A whole=([4]=10.2.0.11 [6]=fd02::11)
# An address that nobody has, which the gateway's own questions are turned away from.
declare -A nowhere=([4]=203.0.113.53 [6]=2001:db8::53)
declare -A tables_of=([4]=iptables [6]=ip6tables)

# bracketed FAMILY ADDRESS: as it stands in front of a port.
bracketed() { if [ "$1" -eq 6 ]; then printf '[%s]' "$2"; else printf '%s' "$2"; fi; }

# nat_up: the five namespaces and the gateway's addresses, without rules.
nat_up() {
    local family name
    net_up
    for name in "$web" "$far"; do
        ip netns add "$name"
        ip -n "$name" link set lo up
    done
    ip -n "$client" link add link c0 name w0 netns "$web" type macvlan mode bridge
    ip -n "$server" link add n0 type veth peer name n1 netns "$far"
    ip -n "$web" link set w0 up
    ip -n "$server" link set n0 up
    ip -n "$far" link set n1 up
    in_server sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    # An address that goes leaves its network to the next one.
    in_dut sysctl -qw net.ipv4.conf.all.promote_secondaries=1
    ip -n "$server" address add 10.9.0.1/24 dev n0
    ip -n "$server" address add fd09::1/64 dev n0 nodad
    ip -n "$far" address add "${far_at[4]}/24" dev n1
    ip -n "$far" address add "${far_at[6]}/64" dev n1 nodad
    ip -n "$web" address add "${web_at[4]}/24" dev w0
    ip -n "$web" address add "${web_at[6]}/64" dev w0 nodad
    for family in 4 6; do
        ip -n "$web" "-$family" route add default via "${inner_at[$family]}"
        ip -n "$far" "-$family" route add default via "${far_at[$family]%2}1"
        ip -n "$server" "-$family" route del default
        ip -n "$dut" "-$family" route add default via "${server_at[$family]}"
    done
    # Not for what the gateway itself sends.
    for name in "${public[@]}" "${whole[@]}"; do
        case $name in
            *:*) ip -n "$dut" address add "$name/128" dev d1 nodad preferred_lft 0 ;;
            *) ip -n "$dut" address add "$name/32" dev d1 ;;
        esac
    done
    # Each probe is to be answered.
    for name in "${namespaces[@]}"; do
        ip netns exec "$name" sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
    done
}

# rules FAMILY: the gateway's, for iptables-restore. INPUT lets in what was asked for, and the web server for those inside.
rules() {
    local f=$1
    cat <<END
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d ${public[$f]} -p tcp --dport 8080 -j DNAT --to-destination $(bracketed "$f" "${client_at[$f]}"):8000
-A PREROUTING -d ${public[$f]} -p tcp --dport 8081 -j DNAT --to-destination $(bracketed "$f" "${client_at[$f]}"):8001
-A PREROUTING -d ${public[$f]} -p tcp --dport 5202 -j DNAT --to-destination $(bracketed "$f" "${client_at[$f]}"):5201
-A PREROUTING -d ${public[$f]} -p udp --dport 5202 -j DNAT --to-destination $(bracketed "$f" "${client_at[$f]}"):5201
-A PREROUTING -d ${public[$f]} -p tcp --dport 8088 -j DNAT --to-destination $(bracketed "$f" "${web_at[$f]}"):8000
-A PREROUTING -d ${public[$f]} -p udp --dport 53 -j DNAT --to-destination ${web_at[$f]}
-A PREROUTING -d ${whole[$f]} -j DNAT --to-destination ${client_at[$f]}
-A PREROUTING -i d0 -p tcp --dport 3128 -j REDIRECT --to-ports 8000
-A OUTPUT -d ${nowhere[$f]} -p udp --dport 53 -j DNAT --to-destination ${server_at[$f]}
-A POSTROUTING -s ${inside[$f]} -o d0 -j MASQUERADE
-A POSTROUTING -s ${client_at[$f]} -o d1 -j SNAT --to-source ${public[$f]}
-A POSTROUTING -o d1 -j MASQUERADE
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
-A INPUT -i d0 -p tcp --dport 8000 -j ACCEPT
$(neighbour_rules "$f")
-A FORWARD -m conntrack --ctstate INVALID -j DROP
-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
-A FORWARD -i d0 -o d1 -m conntrack --ctstate NEW -j ACCEPT
-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT
COMMIT
END
}

neighbour_rules() {
    [ "$1" -eq 6 ] || return 0
    printf -- '-A INPUT -p ipv6-icmp --icmpv6-type %s -j ACCEPT\n' neighbour-solicitation neighbour-advertisement
}

by_kernel() { in_dut "${1/tables/tables-legacy}" "${@:2}"; }
by_penstock() { in_dut "${penstock[@]}" "$@"; }

# install_rules by_kernel|by_penstock
install_rules() {
    local family
    for family in 4 6; do
        rules "$family" | "$1" "${tables_of[$family]}-restore" || fail "the rules are refused: IPv$family"
    done
}

# The kernel has no rules any more, and tracks nothing.
remove_kernel_rules() {
    local family
    for family in 4 6; do
        by_kernel "${tables_of[$family]}-restore" <<'END'
*nat
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
END
    done
}

# serve_queries NAMESPACE: a responder on UDP port 53.
serve_queries() {
    : >"$scratch/queries-$1"
    ip netns exec "$1" python3 .ci/lib/queries.py serve 53 >"$scratch/queries-$1" &
    started+=("$!")
    wait_until 10 grep -q listening "$scratch/queries-$1" || fail "queries.py does not listen in $1"
}

# who NAMESPACE ADDRESS [SOURCE-PORT [SOURCE-ADDRESS]]: how the responder at an address sees who asks from a namespace.
who() { ip netns exec "$1" python3 .ci/lib/queries.py who "$2" 53 "${@:3}"; }

# What the ports' rings had no room for, of the last take_stat.
ring_losses() { look "$scratch/stat.json" "sum(p['xdp'][k] for p in d['ports'].values() for k in ('rx_ring_full', 'rx_dropped'))"; }

# queries WHAT NAMESPACE ADDRESS RATE SECONDS fixed|changing: every question is answered. A worker that does not get the processor loses
# what its rings have no room for: that may be one in a hundred, and more once or twice, when other work on this machine is in the way.
queries() {
    local report attempt before lost
    for attempt in 1 2 3; do
        take_stat
        before=$(ring_losses)
        ip netns exec "$2" python3 .ci/lib/queries.py ask "$3" 53 "$4" "$5" "$6" >"$scratch/queries.json" || fail "$1: queries.py failed"
        take_stat
        lost=$(look "$scratch/queries.json" "d['sent'] - d['answered']")
        report="$1: $(cat "$scratch/queries.json") lost=$lost of_these_in_full_rings=$(($(ring_losses) - before))"
        if [ "$lost" -le $(($(ring_losses) - before)) ] && [ "$lost" -le $(($4 * $5 / 100)) ]; then
            ok "$report"
            return
        fi
        printf '   attempt %d: %s; %s\n' "$attempt" "$report" "$(losses)"
    done
    fail "$report"
}
