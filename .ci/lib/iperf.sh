# shellcheck shell=bash disable=SC2154,SC2034
# iperf3 between namespaces of .ci/lib/net.sh; to be sourced after it. Each run lasts IPERF_SECONDS, and its report is in
# $scratch/iperf.json.

# serve_iperf NAMESPACE: a server that listens on port 5201.
serve_iperf() {
    ip netns exec "$1" iperf3 -s >/dev/null 2>&1 &
    started+=("$!")
    wait_until 10 listens_in "$1" 5201 || fail "iperf3 -s does not listen in $1"
}

# listens_in NAMESPACE PORT
listens_in() { [ -n "$(ip netns exec "$1" ss -Hlnt "sport = :$2")" ]; }

# iperf CALLER FAMILY ADDRESS WHAT OPTION...: one run.
iperf() {
    local caller=$1 family=$2 address=$3 what=$4
    shift 4
    ip netns exec "$caller" iperf3 "-$family" -c "$address" -t "$IPERF_SECONDS" -J "$@" >"$scratch/iperf.json" ||
        fail "iperf3 $what IPv$family: $(cat "$scratch/iperf.json")"
    if grep -q '"error"' "$scratch/iperf.json"; then
        fail "iperf3 $what IPv$family: $(grep '"error"' "$scratch/iperf.json")"
    fi
}

# iperf_tcp CALLER FAMILY ADDRESS WHAT OPTION...
iperf_tcp() {
    iperf "$1" "$2" "$3" "TCP $4" "${@:5}"
    local report
    report=$(look "$scratch/iperf.json" "'mbit/s=%.0f retransmits=%s bytes=%d' % (
        d['end']['sum_received']['bits_per_second'] / 1e6, d['end']['sum_sent'].get('retransmits'), d['end']['sum_received']['bytes'])")
    [ "$(look "$scratch/iperf.json" "d['end']['sum_received']['bytes'] > 1 << 20")" = True ] || fail "TCP IPv$2 $4: $report"
    ok "TCP IPv$2 $4: $report"
}

# iperf_udp CALLER CALLED FAMILY ADDRESS WHAT OPTION...: a run below saturation. What the receiving socket had no room for, because
# iperf3 was late, is no loss of the data plane. Nor is it when its worker does not get the processor, which other work on this machine
# may cause once, and not three times in a row.
iperf_udp() {
    local receiver=$2 before late lost report attempt
    case " $* " in *' -R '*) receiver=$1 ;; esac
    for attempt in 1 2 3; do
        before=$(late_datagrams "$receiver")
        iperf "$1" "$3" "$4" "UDP $5" -u "${@:6}"
        late=$(($(late_datagrams "$receiver") - before))
        lost=$(look "$scratch/iperf.json" "d['end']['sum']['lost_packets']")
        report=$(look "$scratch/iperf.json" \
            "'mbit/s=%.1f packets=%d' % (d['end']['sum']['bits_per_second'] / 1e6, d['end']['sum']['packets'])")
        report="UDP IPv$3 $5: $report lost=$lost of_these_at_the_socket=$late"
        if [ "$lost" -le "$late" ]; then
            ok "$report"
            return
        fi
        take_stat
        printf '   attempt %d: %s; %s\n' "$attempt" "$report" "$(losses)"
    done
    fail "$report"
}
