#!/usr/bin/env bash
# iptables and its like against a running data plane, called by their own names: what they print, exit with and do to packets; many at
# once; files of rules at the start and at SIGHUP; a data plane that is not there; how long one takes; a few commands beside the
# installed legacy tools.
#
# LOOPS number of commands in a row that are timed
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

LOOPS=${LOOPS:-20}
# Milliseconds that one command may take on average: a second would be an accident, such as a JVM without its cache.
COMMAND_LIMIT=1000

# The tools are links to the launcher.
launcher=$(readlink -f "${penstock[0]}")
mkdir "$scratch/bin"
for tool in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -s "$launcher" "$scratch/bin/$tool"
done

# dut TOOL ARGUMENT...: a tool in the dut.
dut() { ip netns exec "$dut" "$scratch/bin/$1" "${@:2}"; }

# expect STATUS 'TEXT' TOOL ARGUMENT...: it exits so, and says just this.
expect() {
    local wanted=$1 text=$2 status=0
    shift 2
    dut "$@" >"$scratch/said" 2>&1 </dev/null || status=$?
    [ "$status" -eq "$wanted" ] || fail "$*: exit=$status expected=$wanted: $(cat "$scratch/said")"
    [ "$(cat "$scratch/said")" = "$text" ] || fail "$*: said '$(cat "$scratch/said")' expected '$text'"
    ok "$*: exit=$status"
}

# echoes ADDRESS COUNT: how many of so many echoes through the router are answered.
echoes() { { in_client ping -q -n -i 0.02 -c "$2" -W 1 "$1" || true; } | sed -nE 's/.* ([0-9]+) received.*/\1/p'; }

passes() {
    local answered
    answered=$(echoes "$2" 5)
    [ "$answered" -eq "$3" ] || fail "$1: answered=$answered expected=$3"
    ok "$1: $answered of 5 answered"
}

without() {
    local reason="no data plane is running in this network namespace; start one with 'penstock run'"
    expect 3 "iptables v1.8.9 (legacy): can't initialize iptables table \`filter': $reason" iptables -L
    expect 3 "ip6tables v1.8.9 (legacy): can't initialize ip6tables table \`raw': $reason" ip6tables -t raw -S
    expect 0 'iptables v1.8.9 (legacy)' iptables --version
    expect 0 'ip6tables-restore v1.8.9 (legacy)' ip6tables-restore -V
}

rules() {
    expect 0 '' iptables -A FORWARD -j DROP
    passes 'iptables -A FORWARD -j DROP' 10.2.0.2 0
    passes 'and not IPv6' fd02::2 5
    dut iptables -L FORWARD -v -n -x >"$scratch/listed"
    awk '$3 == "DROP" && $1 == 5 && $2 == 420 { found = 1 } END { exit !found }' "$scratch/listed" ||
        fail "expected 5 packets, 420 bytes: $(cat "$scratch/listed")"
    ok 'iptables -L -v -n -x: 5 packets, 420 bytes'
    expect 1 'iptables: Bad rule (does a matching rule exist in that chain?).' iptables -D FORWARD -j ACCEPT
    expect 0 '' iptables -D FORWARD -j DROP
    passes 'iptables -D FORWARD -j DROP' 10.2.0.2 5
    expect 2 "iptables v1.8.9 (legacy): unknown option \"--bogus\"
Try \`iptables -h' or 'iptables --help' for more information." iptables -A FORWARD --bogus
    expect 0 '-P FORWARD ACCEPT' iptables -S FORWARD
    # The same through the launcher's own name.
    in_dut "${penstock[@]}" ip6tables -A FORWARD -p ipv6-icmp -j DROP
    passes 'penstock ip6tables' fd02::2 0
    expect 0 '' ip6tables -F
}

files() {
    printf '*filter\n:FORWARD DROP [0:0]\n:web - [0:0]\n-A FORWARD -j web\n-A web -p icmp -j ACCEPT\nCOMMIT\n' >"$scratch/r4"
    dut iptables-restore <"$scratch/r4"
    dut iptables-save >"$scratch/saved"
    expect 0 '' iptables-restore "$scratch/saved"
    dut iptables-save | diff -I '^#' - "$scratch/saved" || fail 'what was saved and restored is saved as something else'
    passes 'iptables-restore' 10.2.0.2 5
    (cd "$scratch" && dut iptables-save -f there)
    diff -I '^#' "$scratch/saved" "$scratch/there" || fail 'iptables-save -f'
    expect 1 "Can't open nowhere: No such file or directory" iptables-restore nowhere
    # The tools do not read what a script's loop reads.
    printf '10.5.0.1\n10.5.0.2\n' | while read -r address; do dut iptables -A web -s "$address" -j DROP; done
    [ "$(dut iptables -S web | grep -c -F -- '-s 10.5.0.')" -eq 2 ] || fail "a loop over addresses: $(dut iptables -S web)"
    ok 'files and standard input'
}

many() {
    local i pids=()
    dut iptables -F
    dut iptables -P FORWARD ACCEPT
    for i in 1 2 3 4 5 6 7 8; do
        dut iptables -w -A FORWARD -s "10.6.0.$i" -j DROP &
        pids+=("$!")
    done
    for i in "${pids[@]}"; do
        wait "$i" || fail "one of several at once: exit=$?"
    done
    [ "$(dut iptables -S FORWARD | grep -c -F -- '-s 10.6.0.')" -eq 8 ] || fail "several at once: $(dut iptables -S FORWARD)"
    ok 'eight at once with -w: eight rules'
    dut iptables -S >"$scratch/before"
    # A restore that waits for its input holds the lock.
    mkfifo "$scratch/input"
    dut iptables-restore <"$scratch/input" >"$scratch/restored" 2>&1 &
    local restore=$!
    exec 7>"$scratch/input"
    printf '*filter\n-A FORWARD -j DROP\n' >&7
    wait_until 20 is_busy || fail 'iptables-restore does not hold the lock'
    expect 4 "Can't lock /run/xtables.lock: Resource temporarily unavailable
Another app is currently holding the xtables lock. Stopped waiting after 1s." iptables -w 1 -L
    exec 7>&-
    wait "$restore" && fail 'half a table was taken'
    expect 0 "$(cat "$scratch/before")" iptables -S
}

# The same commands by the installed tools in another namespace: what is printed, where, and the exit codes. '.ci/suites iptables' has more.
beside() {
    local real=pe-$$-r
    namespaces+=("$real")
    ip netns add "$real"
    dut iptables -F
    dut iptables -X
    dut ip6tables -F
    python3 .ci/lib/beside.py "$dut" "$real" "$scratch/bin" lines <<'END' || fail 'commands beside the installed tools'
iptables -N web
iptables -A FORWARD -p tcp -m multiport --dports 80,443 -m comment --comment "to the web" -j web
iptables -A web ! -s 10.0.0.0/8 -m limit --limit 5/min -j LOG --log-prefix "web: "
iptables -I web 2 -m mac --mac-source 02:00:00:00:00:01 -j DROP
iptables -A web -m statistic --mode nth --every 3 --packet 1 -g web
iptables -A web -j REJECT --reject-with tcp-reset
iptables -t mangle -A POSTROUTING -o d1 -p tcp --syn -j TCPMSS --clamp-mss-to-pmtu
iptables -S
iptables -L -v -n --line-numbers
iptables -t mangle -S
iptables -C web -j REJECT
iptables -D web 9
iptables -D web 3
iptables -X web
iptables -E web www
iptables -L www -n
iptables -P FORWARD REJECT
iptables -A FORWARD -p udp --sport 70000
iptables -A FORWARD -m nothing
iptables -A FORWARD -j NOTHING
iptables -A INPUT -o d1 -j DROP
iptables -t nothing -L
iptables -m recent --help
ip6tables -A FORWARD -p ipv6-icmp --icmpv6-type echo-request -m hl --hl-lt 5 -j DROP
ip6tables -A FORWARD -s fd01::/64 -m rt --rt-type 0 -j REJECT --reject-with icmp6-adm-prohibited
ip6tables -S FORWARD
ip6tables -L FORWARD -n
ip6tables -A FORWARD -s 10.0.0.1 -j DROP
END
    ok 'as the installed tools'
    dut iptables -F
    dut ip6tables -F
}

is_busy() { ! dut iptables -w 1 -S >/dev/null 2>&1; }

times() {
    local begin ms i
    begin=$(date +%s%N)
    for ((i = 0; i < LOOPS; i++)); do
        dut iptables -A FORWARD -s "10.7.0.$i" -j DROP
    done
    ms=$((($(date +%s%N) - begin) / 1000000 / LOOPS))
    [ "$ms" -lt "$COMMAND_LIMIT" ] || fail "one iptables -A takes $ms ms"
    ok "one iptables -A: ms=$ms, of $LOOPS"
}

said() { grep -qE -e "$1" "$scratch/run.err"; }

at_start() {
    printf '*filter\n:FORWARD DROP [0:0]\nCOMMIT\n' >"$scratch/r4"
    printf '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -j ACCEPT\nCOMMIT\n' >"$scratch/r6"
    start_run --port d0 --port d1 --rules "$scratch/r4" --rules6 "$scratch/r6"
    passes '--rules' 10.2.0.2 0
    passes '--rules6' fd02::2 5
    printf '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n*mangle\n-A FORWARD --bogus\nCOMMIT\n' >"$scratch/r4"
    kill -HUP "$dp_pid"
    wait_until 10 said "reload refused, the old rules and services stay in force: $scratch/r4:5:12: the rules are refused: unknown option" ||
        fail 'SIGHUP with a bad file: nothing was said'
    passes 'SIGHUP with a file that is refused' 10.2.0.2 0
    printf '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n' >"$scratch/r4"
    kill -HUP "$dp_pid"
    wait_until 10 said 'rules are in force as of now: ' || fail 'SIGHUP: nothing was said'
    passes 'SIGHUP' 10.2.0.2 5
    stop_run
}

net_up
say 'without a data plane'
without

say 'rules'
start_run --port d0 --port d1
rules
files
many
beside
times
take_stat
[ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted)"
stop_run
without

say 'files of rules'
at_start
