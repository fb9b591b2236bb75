# shellcheck shell=bash
# What the end-to-end checks over real interfaces share; to be sourced. Three network namespaces in a row, the middle one a router
# with a data plane:
#
#   client  c0 ------ d0  dut  d1 ------ s0  server     10.1.0.0/24, fd01::/64 and 10.2.0.0/24, fd02::/64
#  (.2, ::2)    (.1, ::1)  (.1, ::1)    (.2, ::2)
#
# The names hold this shell's number, so that checks do not meet. Leaving the script, however it is left, ends what it started and
# removes what it made. PENSTOCK is the command to check, ./penstock unless set.

read -r -a penstock <<<"${PENSTOCK:-./penstock}"
client=pe-$$-c
dut=pe-$$-d
server=pe-$$-s
# What is removed in the end.
namespaces=("$client" "$dut" "$server")
scratch=$(mktemp -d)
started=()
dp_pid=
# Such as (numrxqueues 2 numtxqueues 2).
link_options=()
# What the data plane is started by, such as (env NAME=VALUE).
launch=()

# Seconds that a data plane may take until it is ready, and to end after a signal.
READY_LIMIT=30
END_LIMIT=15

say() { printf '\n-- %s\n' "$*"; }
ok() { printf '   ok: %s\n' "$*"; }

fail() {
    printf '   FAIL: %s\n' "$*"
    if [ -s "$scratch/run.err" ]; then
        printf '   the data plane printed:\n'
        tail -n 20 "$scratch/run.err" | sed 's/^/   | /'
    fi
    exit 1
}

in_client() { ip netns exec "$client" "$@"; }
in_dut() { ip netns exec "$dut" "$@"; }
in_server() { ip netns exec "$server" "$@"; }

# Ends processes that this script started, by number.
end_processes() {
    local pid
    for pid in "$@"; do
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}

clean_up() {
    local status=$? name
    trap - EXIT INT TERM HUP
    # Whatever cannot be undone must not keep the rest from being undone.
    set +e
    end_processes "${started[@]}"
    for name in "${namespaces[@]}"; do
        if [ -e "/run/netns/$name" ]; then
            # Children of what was started; nobody else is in there.
            # shellcheck disable=SC2046
            end_processes $(ip netns pids "$name")
            ip netns del "$name"
        fi
    done
    rm -rf "$scratch"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# pair DUT-DEVICE NAMESPACE DEVICE NETWORK: a veth between the dut and another namespace, with addresses in 10.NETWORK.0.0/24 and
# fd0NETWORK::/64. Both ends are made with link_options.
pair() {
    local port=$1 namespace=$2 device=$3 network=$4
    ip link add "$port" netns "$dut" "${link_options[@]}" \
        type veth peer name "$device" netns "$namespace" "${link_options[@]}"
    ip -n "$namespace" address add "10.$network.0.2/24" dev "$device"
    ip -n "$namespace" address add "fd0$network::2/64" dev "$device" nodad
    ip -n "$dut" address add "10.$network.0.1/24" dev "$port"
    ip -n "$dut" address add "fd0$network::1/64" dev "$port" nodad
    ip -n "$namespace" link set "$device" up
    ip -n "$dut" link set "$port" up
}

# net_up: the three namespaces, which forward through the kernel until a data plane runs.
net_up() {
    local name
    for name in "$client" "$dut" "$server"; do
        ip netns add "$name"
        ip netns exec "$name" sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv4.conf.all.rp_filter=0 \
            net.ipv4.conf.default.rp_filter=0
        ip -n "$name" link set lo up
    done
    in_dut sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    pair d0 "$client" c0 1
    pair d1 "$server" s0 2
    ip -n "$client" route add default via 10.1.0.1
    ip -n "$client" route add default via fd01::1
    ip -n "$server" route add default via 10.2.0.1
    ip -n "$server" route add default via fd02::1
}

# wait_until SECONDS COMMAND...: true as soon as the command succeeds, false when it has not by then.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.02
    done
}

printed_ready_or_gone() { grep -qx ready "$scratch/run.out" || ! kill -0 "$dp_pid" 2>/dev/null; }
is_gone() { ! kill -0 "$1" 2>/dev/null; }

# start_run OPTION...: "penstock run" in the dut; returns when it is ready. Its number is in dp_pid.
start_run() {
    : >"$scratch/run.out"
    ip netns exec "$dut" "${launch[@]}" "${penstock[@]}" run "$@" >"$scratch/run.out" 2>"$scratch/run.err" &
    dp_pid=$!
    started+=("$dp_pid")
    wait_until "$READY_LIMIT" printed_ready_or_gone || fail "run $* was not ready after $READY_LIMIT s"
    grep -qx ready "$scratch/run.out" || {
        wait "$dp_pid"
        fail "run $* ended before it was ready: exit=$?"
    }
}

# forget PID: it has ended and was waited for.
forget() {
    local pid kept=()
    for pid in "${started[@]}"; do
        [ "$pid" = "$1" ] || kept+=("$pid")
    done
    started=("${kept[@]}")
}

# stop_run: SIGTERM; it has to end with exit code 0 and leave nothing attached.
stop_run() {
    local status=0
    kill -TERM "$dp_pid"
    wait_until "$END_LIMIT" is_gone "$dp_pid" || fail "still there $END_LIMIT s after SIGTERM"
    wait "$dp_pid" || status=$?
    forget "$dp_pid"
    [ "$status" -eq 0 ] || fail "SIGTERM: exit=$status expected=0"
    nothing_attached
}

# The lines of "ip -d link" that tell of XDP programs in the dut.
attached() { ip -n "$dut" -d link | grep -E 'prog/xdp|xdpgeneric' || true; }
has_xdp() { [ -n "$(attached)" ]; }
has_no_xdp() { [ -z "$(attached)" ]; }

nothing_attached() { has_no_xdp || fail "an XDP program is left attached: $(attached)"; }

# look FILE 'EXPRESSION': a Python expression over the JSON document in a file, named d.
look() {
    python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$1" "$2"
}

# take_stat: the running data plane's counters, in $scratch/stat.json.
take_stat() { in_dut "${penstock[@]}" stat --json >"$scratch/stat.json" || fail "stat --json: exit=$?"; }

# counter NAME: a counter of the last take_stat.
counter() { look "$scratch/stat.json" "d['$1']"; }

# Where packets were lost, of the last take_stat: by the data plane with a reason, and by the kernel, whose rings ran over because
# the worker did not come to empty them.
losses() {
    look "$scratch/stat.json" "(d['dropped'],
        {p: {k: v['xdp'][k] for k in ('rx_ring_full', 'rx_dropped')} for p, v in d['ports'].items()})"
}

# all_accounted: nothing unaccounted for and nothing dropped.
all_accounted() {
    take_stat
    [ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted)"
    [ "$(counter dropped)" = '{}' ] || fail "dropped=$(counter dropped)"
    ok "stat: packets=$(counter packets) forwarded=$(counter forwarded) unaccounted=0 dropped={}"
}

# Datagrams that the kernel of a namespace threw away because the receiving program was late: not the data plane's.
late_datagrams() {
    ip netns exec "$1" cat /proc/net/snmp /proc/net/snmp6 | awk '
        /^Udp: / { if (!column) { for (i = 2; i <= NF; i++) if ($i == "RcvbufErrors") column = i } else sum += $column }
        /^Udp6RcvbufErrors/ { sum += $2 }
        END { print sum + 0 }'
}

# The first start builds, which takes a while, prints, and may need the network that the namespaces do not have.
"${penstock[@]}" --help >/dev/null 2>"$scratch/build" || {
    cat "$scratch/build"
    fail "${penstock[*]} --help failed"
}
