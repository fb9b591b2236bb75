#!/usr/bin/env bash
# What a rule of OUTPUT refuses, the router's own sockets are told: the same errors as when the kernel has the rules.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

PORT=81
# Nobody's in particular; so is the group.
USER_ID=65534

socket() { in_dut python3 .ci/lib/refusal.py "$@"; }
by_kernel() { in_dut "$1-legacy" -w "${@:2}"; }
by_penstock() { in_dut "${penstock[@]}" "$@"; }

# told TOOL 'RULE' REFUSAL...: what sockets are told with a rule, a line for each refusal; TOOL is by_kernel or by_penstock.
told() {
    local set_rule=$1 family=$2 rule=$3 kind=$4
    shift 4
    # shellcheck disable=SC2086
    "$set_rule" "$family" -A OUTPUT $rule
    socket "$kind" "$@"
    # shellcheck disable=SC2086
    "$set_rule" "$family" -D OUTPUT $rule
}

# all TOOL: every case, a line each.
all() {
    local tool=$1
    local words4=(icmp-net-unreachable icmp-host-unreachable icmp-port-unreachable icmp-proto-unreachable icmp-admin-prohibited)
    local words6=(icmp6-no-route icmp6-adm-prohibited icmp6-addr-unreachable icmp6-port-unreachable icmp6-policy-fail)
    printf 'tcp 4: %s\n' "$(told "$tool" iptables "-p tcp --dport $PORT -j REJECT --reject-with tcp-reset" tcp 10.2.0.2 "$PORT")"
    printf 'tcp 6: %s\n' "$(told "$tool" ip6tables "-p tcp --dport $PORT -j REJECT --reject-with tcp-reset" tcp fd02::2 "$PORT")"
    printf 'tcp by icmp: %s\n' "$(told "$tool" iptables "-p tcp --dport $PORT -j REJECT" tcp 10.2.0.2 "$PORT")"
    printf 'tcp by icmpv6: %s\n' "$(told "$tool" ip6tables "-p tcp --dport $PORT -j REJECT" tcp fd02::2 "$PORT")"
    local word
    for word in "${words4[@]}"; do
        printf '%s: %s\n' "$word" "$(told "$tool" iptables "-p udp --dport $PORT -j REJECT --reject-with $word" udp 10.2.0.2 "$PORT")"
    done
    for word in "${words6[@]}"; do
        printf '%s: %s\n' "$word" "$(told "$tool" ip6tables "-p udp --dport $PORT -j REJECT --reject-with $word" udp fd02::2 "$PORT")"
    done
    printf 'dropped: %s\n' "$(told "$tool" iptables "-p udp --dport $PORT -j DROP" udp 10.2.0.2 "$PORT")"
    printf 'of a user: %s\n' "$(told "$tool" iptables "-p tcp -m owner --uid-owner $USER_ID -j REJECT --reject-with tcp-reset" \
        tcp 10.2.0.2 "$PORT" "user=$USER_ID")"
    printf 'of another: %s\n' "$(told "$tool" iptables "-p tcp -m owner --uid-owner $USER_ID -j REJECT --reject-with tcp-reset" \
        tcp 10.2.0.2 "$PORT")"
    printf 'none: %s %s\n' "$(socket tcp 10.2.0.2 "$PORT")" "$(socket udp fd02::2 "$PORT")"
}

net_up
in_server python3 .ci/lib/refusal.py serve "$PORT" >"$scratch/server" &
started+=("$!")
wait_until 10 grep -q listening "$scratch/server" || fail 'refusal.py does not listen'

say 'by the kernel'
all by_kernel >"$scratch/kernel"
sed 's/^/   /' "$scratch/kernel"
grep -qx 'tcp 4: ECONNREFUSED' "$scratch/kernel" || fail 'the kernel does not refuse'

say 'by the data plane'
start_run --port d0 --port d1
all by_penstock >"$scratch/penstock"
diff "$scratch/kernel" "$scratch/penstock" || fail 'sockets are told otherwise'
ok "the same $(wc -l <"$scratch/kernel") times"
take_stat
[ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted)"
stop_run
