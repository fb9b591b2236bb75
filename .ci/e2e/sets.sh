#!/usr/bin/env bash
# IP sets with packets over real interfaces: ipset and iptables found through PATH, first the installed tools with the kernel, then
# Penstock's with a data plane. What the commands say and what packets do must be the same. Then what is Penstock's own: sets of a file at
# the start and at SIGHUP, a session line by line, a data plane that is not there.
#
# SWAPS number of swaps under traffic
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

SWAPS=${SWAPS:-500}

launcher=$(readlink -f "${penstock[0]}")
mkdir "$scratch/penstock" "$scratch/kernel"
for tool in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore ipset; do
    ln -s "$launcher" "$scratch/penstock/$tool"
    ln -s "$(command -v "${tool/tables/tables-legacy}")" "$scratch/kernel/$tool"
done

# Whose tools are used: penstock or kernel.
whose=kernel
# in_place COMMAND...: in the dut, with these tools first.
in_place() { ip netns exec "$dut" env "PATH=$scratch/$whose:$PATH" "$@"; }

# What differs from one run to the next: where a set's hash begins, what it takes, seconds left. And the line in which Penstock says who
# uses a set.
same_every_time() {
    sed -E -e 's/ initval 0x[0-9a-f]+//; s/^(Size in memory: )[0-9]+$/\1N/; s/ timeout [1-9][0-9]*/ timeout N/' -e '/^penstock: /d' \
        -e '/^#/d' -e 's/^\[[0-9]+:[0-9]+\] //'
}

# run COMMAND...: what it says and exits with.
run() {
    local status=0
    printf '$ %s\n' "${*//$scratch\//}"
    in_place "$@" >"$scratch/said" 2>&1 </dev/null || status=$?
    same_every_time <"$scratch/said"
    [ "$status" -eq 0 ] || printf 'exit=%d\n' "$status"
}

# feed TEXT COMMAND...: the same with an input.
feed() {
    local status=0 text=$1
    shift
    printf '$ %s <<\n%s' "$*" "$text"
    printf '%s' "$text" | in_place "$@" >"$scratch/said" 2>&1 || status=$?
    same_every_time <"$scratch/said"
    [ "$status" -eq 0 ] || printf 'exit=%d\n' "$status"
}

# members SET [FILTER]: its elements, in an order of their own: those of a hash have none.
members() {
    printf '$ members of %s\n' "$1"
    in_place ipset list "$1" 2>&1 | same_every_time | sed '1,/^Members:$/d' | LC_ALL=C sort
}

# echoes FROM [TO]: whether those are answered that the client sends from one of its addresses.
echoes() {
    local from=$1 to=${2:-10.2.0.2} told=silent
    ! in_client ping -q -n -i 0.02 -c 3 -W 1 -I "$from" "$to" >/dev/null 2>&1 || told=answered
    printf 'echoes from %s to %s: %s\n' "$from" "$to" "$told"
}

block_list() {
    run ipset create blocked hash:net counters comment
    run ipset add blocked 10.1.0.16/28 comment 'a neighbourhood'
    run ipset add blocked 10.1.0.20 nomatch
    run ipset create blocked6 hash:net family inet6 hashsize 64
    run ipset add blocked6 fd01::10/124
    run iptables -N guard
    run iptables -A FORWARD -m set --match-set blocked src -j guard
    run iptables -A guard -j DROP
    run ip6tables -A FORWARD -m set --match-set blocked6 src -j DROP
    echoes 10.1.0.2
    echoes 10.1.0.17
    echoes 10.1.0.20
    echoes fd01::2 fd02::2
    echoes fd01::11 fd02::2
    run ipset test blocked 10.1.0.17
    run ipset test blocked 10.1.0.20
    run ipset del blocked 10.1.0.16/28
    echoes 10.1.0.17
    run ipset add blocked 10.1.0.16/28
    run ipset add blocked 10.1.0.16/28
    run ipset -exist add blocked 10.1.0.16/28 comment again
    echoes 10.1.0.17
    run iptables -S
    run ip6tables -S
    run iptables -L guard -n -v -x
    members blocked
    # Nothing but what was not excepted, and the other way round.
    run iptables -I FORWARD -m set --match-set blocked src --return-nomatch -j DROP
    echoes 10.1.0.17
    echoes 10.1.0.20
    run iptables -D FORWARD -m set --match-set blocked src --return-nomatch -j DROP
    run iptables -I FORWARD -m set ! --match-set blocked src -p icmp -j DROP
    echoes 10.1.0.2
    run iptables -D FORWARD -m set ! --match-set blocked src -p icmp -j DROP
}

from_packets() {
    run ipset create seen hash:ip timeout 100 counters
    run ipset create talks hash:ip,port,ip
    run ipset create ports bitmap:port range 0-1000
    run iptables -A FORWARD -s 10.1.0.0/24 -j SET --add-set seen src
    run iptables -A FORWARD -s 10.1.0.0/24 -p icmp -j SET --add-set talks src,dst,dst
    run iptables -A FORWARD -p udp -j SET --add-set ports dst
    echoes 10.1.0.2
    echoes 10.1.0.41
    members seen
    members talks
    in_client python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("10.2.0.2", 53))'
    # Nobody tells that it has come.
    wait_until 5 in_place ipset -q test ports 53 || printf 'no datagram has come\n'
    members ports
    run ipset test seen 10.1.0.41
    run ipset test talks '10.1.0.2,icmp:echo-request,10.2.0.2'
    # Whoever has sent more than five may send no more.
    run iptables -I FORWARD -m set --match-set seen src --packets-gt 5 -j DROP
    echoes 10.1.0.2
    echoes 10.1.0.2
    echoes 10.1.0.2
    echoes 10.1.0.42
    run iptables -D FORWARD -m set --match-set seen src --packets-gt 5 -j DROP
    run iptables -I FORWARD -s 10.1.0.41 -j SET --del-set seen src
    run iptables -I FORWARD 2 -s 10.1.0.41 -j ACCEPT
    echoes 10.1.0.41
    run ipset test seen 10.1.0.41
    run iptables -D FORWARD 2
    run iptables -D FORWARD 1
    # A mark that an element gives.
    run ipset create marks hash:ip skbinfo
    run ipset add marks 10.1.0.2 skbmark 0x7/0xff
    run iptables -t mangle -A FORWARD -j SET --map-set marks src --map-mark
    run iptables -A FORWARD -m mark --mark 0x7/0xff -j DROP
    echoes 10.1.0.2
    echoes 10.1.0.42
    run ipset del marks 10.1.0.2
    echoes 10.1.0.2
    run iptables -t mangle -S
}

timeouts() {
    run ipset create short hash:ip timeout 2
    run iptables -A FORWARD -m set --match-set short src -j DROP
    run ipset add short 10.1.0.2
    run ipset add short 10.1.0.42 timeout 0
    echoes 10.1.0.2
    members short
    sleep 3
    echoes 10.1.0.2
    echoes 10.1.0.42
    members short
    run ipset test short 10.1.0.2
    # A packet that comes again begins the time anew, if the rule says so.
    run ipset flush short
    run iptables -A FORWARD -s 10.1.0.43 -j SET --add-set short src --exist --timeout 30
    echoes 10.1.0.43
    members short
    run iptables -D FORWARD -m set --match-set short src -j DROP
}

# Two sets that are swapped while packets come that are in both, and a third address that is in one of them.
swapping() {
    run ipset create live hash:ip
    run ipset create spare hash:ip
    run iptables -I FORWARD 1 -m set --match-set live src -j ACCEPT
    run iptables -I FORWARD 2 -s 10.1.0.44/31 -j DROP
    run ipset add live 10.1.0.44
    run ipset add spare 10.1.0.44
    run ipset add spare 10.1.0.45
    echoes 10.1.0.45
    run ipset swap live spare
    echoes 10.1.0.45
    local i
    for ((i = 0; i < SWAPS; i++)); do echo 'swap live spare'; done >"$scratch/swaps"
    in_client ping -q -n -i 0.002 -c 1000 -I 10.1.0.44 10.2.0.2 >"$scratch/pinged" 2>&1 &
    local pinging=$!
    started+=("$pinging")
    while kill -0 "$pinging" 2>/dev/null; do
        in_place ipset restore <"$scratch/swaps" 2>&1 || printf 'swaps: exit=%d\n' "$?"
    done
    wait "$pinging" || true
    forget "$pinging"
    printf 'while sets were swapped: %s\n' "$(grep -o '.*received' "$scratch/pinged")"
    run ipset add spare 10.1.0.46
    members spare
    run ipset create other hash:net
    run ipset swap live other
    run ipset swap live none
    run iptables -S FORWARD 1
    run iptables -D FORWARD -s 10.1.0.44/31 -j DROP
    run iptables -D FORWARD -m set --match-set live src -j ACCEPT
}

# references SET: how many use it.
references() { printf '%s: %s\n' "$1" "$(in_place ipset list "$1" -terse | grep References)"; }

uses() {
    references blocked
    references seen
    run iptables -A FORWARD -m set --match-set blocked src -m set --match-set blocked dst
    references blocked
    run iptables -A guard -j SET --add-set seen src --del-set seen dst
    references seen
    run ipset destroy blocked
    run ipset rename blocked free
    run ipset create group list:set
    run ipset add group blocked
    run ipset add group seen
    references blocked
    run iptables -A FORWARD -m set --match-set group src
    run ipset destroy
    run ipset list -name
    # What is refused uses nothing.
    feed $'*filter\n-A FORWARD -m set --match-set blocked src\n-A FORWARD -m set --match-set none src\nCOMMIT\n' iptables-restore -n
    feed $'*filter\n-A FORWARD -m set --match-set blocked src\n-A FORWARD -j nowhere\nCOMMIT\n' iptables-restore -n
    feed $'*filter\n-A FORWARD -m set --match-set blocked src\nCOMMIT\n' iptables-restore -n --test
    run iptables -A FORWARD -m set --match-set none src
    run ip6tables -A FORWARD -m set --match-set blocked src
    run iptables -A FORWARD -j SET --map-set blocked src --map-mark
    references blocked
    run iptables-save -t filter
    in_place iptables-save >"$scratch/saved-rules"
    in_place ipset save >"$scratch/saved-sets"
    run iptables -F
    run iptables -X
    references blocked
    run iptables -t mangle -F
    run ip6tables -F
    references blocked6
    run ipset destroy blocked6
    # All again, from what was saved.
    run ipset destroy
    run ipset flush group
    run ipset destroy
    run ipset list -name
    run ipset restore -file "$scratch/saved-sets"
    run ipset list -name
    run iptables-restore "$scratch/saved-rules"
    references blocked
    echoes 10.1.0.17
    run iptables -F
    run iptables -X
    run iptables -t mangle -F
    run ipset del group blocked
    run ipset destroy group
    references blocked
    run ipset rename blocked free
    run ipset list free -terse
    run ipset destroy
    run ipset list
}

# What operators type by mistake.
mistakes() {
    run ipset create one hash:ip
    run ipset create one hash:ip
    run ipset -exist create one hash:ip
    run ipset create one hash:net
    run ipset add one
    run ipset add one 10.0.0.300
    run ipset add none 10.0.0.1
    run ipset del one 10.0.0.1
    run ipset test one 10.0.0.1
    run ipset add one 10.0.0.1 timeout 5
    run ipset -q add one 10.0.0.1
    run ipset -q add one 10.0.0.1
    run ipset create two hash:nothing
    run ipset bogus
    feed $'add one 10.0.0.2\nadd one 10.0.0.2\n' ipset restore
    feed $'create two hash:ip\nadd two 10.0.0.2\nadd two nonsense.invalid.\n' ipset restore
    run ipset list -name
    run ipset destroy
}

all() {
    block_list
    from_packets
    timeouts
    swapping
    uses
    mistakes
}

said() { grep -qE -e "$1" "$scratch/run.err"; }

# is STATUS TEXT COMMAND...: it exits so, and says just this.
is() {
    local wanted=$1 text=$2 status=0
    shift 2
    in_place "$@" >"$scratch/said" 2>&1 </dev/null || status=$?
    [ "$status $(cat "$scratch/said")" = "$wanted $text" ] ||
        fail "$*: exit=$status expected=$wanted: said '$(cat "$scratch/said")' expected '$text'"
    ok "$*: exit=$status"
}

passes() {
    local told
    told=$(echoes "${@:3}")
    [ "${told##*: }" = "$2" ] || fail "$1: $told"
    ok "$1: $told"
}

# A session: each answer comes before the next line is typed.
session() {
    mkfifo "$scratch/typed"
    in_place ipset - <"$scratch/typed" >"$scratch/session" 2>&1 &
    local pid=$!
    started+=("$pid")
    exec 7>"$scratch/typed"
    echo 'create typed hash:ip' >&7
    echo 'add typed 10.0.0.1' >&7
    echo 'add typed 10.0.0.1' >&7
    wait_until 20 grep -q 'already added' "$scratch/session" || fail "ipset -: $(cat "$scratch/session")"
    in_place ipset test typed 10.0.0.1 2>/dev/null || fail 'ipset -: what was typed is not done'
    echo 'list typed' >&7
    wait_until 20 grep -q '^10.0.0.1' "$scratch/session" || fail "ipset -: $(cat "$scratch/session")"
    echo quit >&7
    exec 7>&-
    wait "$pid" || fail "ipset -: exit=$?"
    forget "$pid"
    in_place ipset destroy typed
    ok 'a session, line by line'
}

files() {
    printf 'create bl hash:net\nadd bl 10.1.0.0/24\ncreate group list:set\nadd group bl\n' >"$scratch/sets"
    printf '*filter\n-A FORWARD -m set --match-set group src -j DROP\nCOMMIT\n' >"$scratch/r4"
    start_run --port d0 --port d1 --sets "$scratch/sets" --rules "$scratch/r4"
    passes '--sets' silent 10.1.0.2
    in_place ipset create others hash:ip
    printf 'create bl hash:net\nadd bl 10.1.0.16/28\nadd bl 10.9.0.300\n' >"$scratch/sets"
    kill -HUP "$dp_pid"
    wait_until 10 said "reload refused, the old rules and services stay in force: $scratch/sets:3: the sets are refused: " ||
        fail 'SIGHUP with a bad file: nothing was said'
    passes 'SIGHUP with a file that is refused' silent 10.1.0.2
    is 0 $'bl\ngroup\nothers' sh -c 'ipset list -name | sort'
    printf 'create bl hash:net\nadd bl 10.1.0.16/28\ncreate new hash:ip\nadd new 10.1.0.42\n' >"$scratch/sets"
    printf '*filter\n-A FORWARD -m set --match-set group src -j DROP\n-A FORWARD -m set --match-set new src -j DROP\nCOMMIT\n' >"$scratch/r4"
    kill -HUP "$dp_pid"
    wait_until 10 said 'rules are in force as of now: ' || fail 'SIGHUP: nothing was said'
    passes 'SIGHUP' answered 10.1.0.2
    passes 'SIGHUP' silent 10.1.0.17
    passes 'SIGHUP' silent 10.1.0.42
    is 0 $'bl\ngroup\nnew\nothers' sh -c 'ipset list -name | sort'
    is 0 'References: 1' sh -c 'ipset list group -terse | grep References'
    stop_run
    printf 'create bl hash:net\nadd bl\n' >"$scratch/sets"
    local status=0
    in_dut "${penstock[@]}" run --port d0 --port d1 --sets "$scratch/sets" >"$scratch/said" 2>&1 || status=$?
    [ "$status" -eq 4 ] || fail "a bad file at the start: exit=$status"
    grep -qF "$scratch/sets:2: the sets are refused: " "$scratch/said" || fail "a bad file at the start: $(cat "$scratch/said")"
    ok "a bad file at the start: $(grep -F "$scratch/sets:2" "$scratch/said")"
}

net_up
for address in 10.1.0.17/24 10.1.0.20/24 10.1.0.41/24 10.1.0.42/24 10.1.0.43/24 10.1.0.44/24 10.1.0.45/24 fd01::11/64; do
    case $address in
        fd*) ip -n "$client" address add "$address" dev c0 nodad ;;
        *) ip -n "$client" address add "$address" dev c0 ;;
    esac
done

say 'by the kernel'
all >"$scratch/by-kernel"
in_place iptables -F
ok "$(grep -c '^[$] ' "$scratch/by-kernel") commands, $(grep -c '^echoes' "$scratch/by-kernel") times packets"
grep -q 'while sets were swapped: 1000 packets transmitted, 1000 received' "$scratch/by-kernel" ||
    fail "the kernel does not do it: $(cat "$scratch/by-kernel")"

say 'by the data plane'
whose=penstock
is 3 "ipset: no data plane is running in this network namespace; start one with 'penstock run'" ipset list
is 0 'ipset v7.17, protocol version: 7' ipset version
start_run --port d0 --port d1
all >"$scratch/by-penstock"
diff "$scratch/by-kernel" "$scratch/by-penstock" || fail 'not as with the kernel'
ok "the same $(wc -l <"$scratch/by-kernel") lines"
session
take_stat
[ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted)"
[ "$(look "$scratch/stat.json" "set(d['dropped']) - {'rule_drop'}")" = 'set()' ] || fail "dropped=$(counter dropped)"
ok "stat: packets=$(counter packets) dropped=$(counter dropped) unaccounted=0"
stop_run

say 'files of sets'
files
