#!/usr/bin/env bash
# Programs that people use, over two routers of which the first is Penstock: traceroute and mtr with every kind of probe, ping of every
# size, ssh, and TCP that has to find out the path's MTU; through it, to it and from it, over IPv4 and IPv6. Everything is done with
# the kernel as the first router too, and what the programs say must be the same, line for line.
#
#   client  c0 ------ d0  dut  d1 --1400-- s0  server  n0 --1300-- n1  far       10.3.0.0/24, fd03::/64 is the last link
#
# FILE_MIB size of the file that scp copies
# LOCAL    what local traffic is set to, and "short" for fewer pings; several by commas
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

FILE_MIB=${FILE_MIB:-4}
IFS=, read -r -a local_options <<<"${LOCAL:-penstock}"
far=pe-$$-f
namespaces+=("$far")

# An address in a network that is routed to so many places; a neighbour that there is not.
UNREACHABLE=7
PROHIBITED=8
NOWHERE=9
ABSENT=200
SSH_PORT=2222
CLOSED_PORT=81
# Seconds: a copy that is not done by then never will be, as when nobody is told that packets are too large.
PATIENCE=30

# address FAMILY NETWORK HOST
address() {
    case $1 in
        4) printf '10.%d.0.%d' "$2" "$3" ;;
        6) printf 'fd%02d::%d' "$2" "$3" ;;
    esac
}

links() {
    local family
    ip netns add "$far"
    ip netns exec "$far" sysctl -qw net.ipv6.conf.default.accept_dad=0
    ip -n "$far" link set lo up
    ip link add n0 netns "$server" type veth peer name n1 netns "$far"
    in_server sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    ip -n "$server" link set n0 mtu 1300 up
    ip -n "$far" link set n1 mtu 1300 up
    ip -n "$server" link set s0 mtu 1400
    ip -n "$dut" link set d1 mtu 1400
    for family in 4 6; do
        ip -n "$server" "-$family" address add "$(address "$family" 3 1)/$((family == 4 ? 24 : 64))" dev n0
        ip -n "$far" "-$family" address add "$(address "$family" 3 2)/$((family == 4 ? 24 : 64))" dev n1
        # What they announce to TCP is more than the path takes: their peers have to find out.
        ip -n "$far" "-$family" route add default via "$(address "$family" 3 1)" advmss "$((family == 4 ? 1460 : 1440))"
        ip -n "$server" "-$family" route replace default via "$(address "$family" 2 1)" advmss "$((family == 4 ? 1460 : 1440))"
        ip -n "$dut" "-$family" route add "$(address "$family" 3 0)/$((family == 4 ? 24 : 64))" via "$(address "$family" 2 2)"
        ip -n "$dut" "-$family" route add unreachable "$(address "$family" "$UNREACHABLE" 1)"
        ip -n "$dut" "-$family" route add prohibit "$(address "$family" "$PROHIBITED" 1)"
    done
}

# limits NAME=VALUE...: of the ICMP errors that each host sends.
limits() {
    local name
    for name in "${namespaces[@]}"; do
        ip netns exec "$name" sysctl -qw "$@"
    done
}

default_limits() { in_dut sysctl net.ipv4.icmp_ratelimit net.ipv6.icmp.ratelimit net.ipv4.icmp_msgs_{burst,per_sec} | tr -d ' '; }

# No errors are held back any more: of so many at once, the limits that there are by default let six through.
unlimited() {
    local family
    for family in 4 6; do
        ! in_client traceroute "-$family" -n -q 10 -m 1 -w 1,0,0 "$(address "$family" 3 2)" | grep -q '\*' || return 1
    done
}

# Everybody forgets what was learnt of paths.
forget_paths() {
    local name
    for name in "${namespaces[@]}"; do
        ip -n "$name" "-$1" route flush cache
        ip -n "$name" "-$1" tcp_metrics flush all >/dev/null 2>&1
    done
}

# later NAME COMMAND...: starts a command, whose lines go to the transcript under this name; all_done waits for those that run.
names=()
jobs=()
later() {
    "${@:2}" >"$transcript/$1" 2>&1 &
    names+=("$1")
    jobs+=("$!")
    started+=("$!")
}
all_done() {
    local i
    for i in "${!jobs[@]}"; do
        wait "${jobs[i]}" || fail "${names[i]}: exit=$?: $(tail -n 5 "$transcript/${names[i]}")"
        forget "${jobs[i]}"
    done
    names=()
    jobs=()
}

# trace FAMILY FROM NETWORK HOST OPTION...: the hops that traceroute lists, without their times; of probes of this length, if set.
length=
trace() {
    printf 'traceroute %s: %s to %s%s\n' "${*:5}" "$2" "$(address "$1" "$3" "$4")" "${length:+ length=$length}"
    # shellcheck disable=SC2086
    ip netns exec "${!2}" traceroute "-$1" -n "${@:5}" "$(address "$1" "$3" "$4")" $length 2>&1 |
        tail -n +2 | sed -E 's/ +[0-9.]+ ms//g'
}

traces() {
    local family=$1 options target words
    for options in '' -I "-T -p $SSH_PORT" "-T -p $CLOSED_PORT" -U '-P 253' '-I -q 1 -f 2'; do
        read -r -a words <<<"$options"
        trace "$family" client 3 2 -m 6 -w 2,0,0 "${words[@]}"
    done
    # How far it is back, told from the time to live of the answers.
    trace "$family" client 3 2 -m 6 -w 2,0,0 --back
    # Too large for the second link, and for the third.
    for length in 1450 1350; do
        trace "$family" client 3 2 -m 6 -w 2,0,0 -F
    done
    length=
    for options in '' -I "-T -p $SSH_PORT" "-T -p $CLOSED_PORT" '-P 253'; do
        read -r -a words <<<"$options"
        # To the router, on both its ports, and what lies behind it.
        for target in '1 1' '2 1' '2 2'; do
            # shellcheck disable=SC2086
            trace "$family" client $target -m 4 -w 2,0,0 "${words[@]}"
        done
        # The other way: it is the second router.
        for target in '1 2' '1 1' '2 1'; do
            # shellcheck disable=SC2086
            trace "$family" far $target -m 6 -w 2,0,0 "${words[@]}"
        done
        # From the router itself.
        trace "$family" dut 3 2 -m 4 -w 2,0,0 "${words[@]}"
        trace "$family" dut 1 2 -m 4 -w 2,0,0 "${words[@]}"
    done
}

# As ICMP's limits are by default. What a route says is limited by another one too, so that each host asks for one thing.
limited() {
    trace "$1" client 3 2
    trace "$1" client "$NOWHERE" 1 -m 3 -w 2,0,0 -q 1 -N 1
    trace "$1" far "$UNREACHABLE" 1 -m 3 -w 2,0,0 -q 1 -N 1
    trace "$1" server "$PROHIBITED" 1 -m 3 -w 2,0,0 -q 1 -N 1
}

# What the path's MTU is, hop by hop; it is learnt while probes run, so that nothing else must learn it.
trace_mtu() {
    forget_paths "$1"
    trace "$1" client 3 2 -m 6 -w 2,0,0 --mtu
    trace "$1" client 2 2 -m 6 -w 2,0,0 --mtu
}

# report FAMILY FROM NETWORK HOST OPTION...: hops, with the share that did not answer, as mtr reports them.
report() {
    printf 'mtr %s: %s to %s\n' "${*:5}" "$2" "$(address "$1" "$3" "$4")"
    local attempt lines
    # Several at once, late on a busy machine, lose an answer now and then whoever forwards; not three times in a row.
    for attempt in 1 2 3; do
        lines=$(ip netns exec "${!2}" mtr "-$1" -n -r -w -c 3 -i 0.3 -G 1 "${@:5}" "$(address "$1" "$3" "$4")" |
            sed -nE 's/^ *([0-9]+)\.\|-- +([^ ]+) +([^ ]+) +([0-9]+) .*/\1 \2 loss=\3 of \4/p')
        ! grep -qv 'loss=0.0%' <<<"$lines" || [ "$attempt" -eq 3 ] || continue
        printf '%s\n' "$lines"
        return
    done
}

# reports FAMILY OPTION...: one after another, because mtr takes the answers to another's probes of the same kind for its own.
reports() {
    report "$1" client 3 2 "${@:2}"
    report "$1" client 2 1 "${@:2}"
    report "$1" far 1 2 "${@:2}"
    report "$1" dut 3 2 "${@:2}"
}

# sweep FAMILY FROM NETWORK HOST MODE FIRST STEP LAST [fresh]: one echo of each size, before each of which the sender forgets the
# path, if fresh; sizes that are answered alike make one line.
sweep() {
    local target
    target=$(address "$1" "$3" "$4")
    # shellcheck disable=SC2016
    ip netns exec "${!2}" bash -c '
        for ((size = $4; size <= $6; size += $5)); do
            [ "$7" != fresh ] || ip "-$1" route flush cache
            answer=$(ping "-$1" -n -c 1 -W 2 -M "$3" -s "$size" "$2" 2>&1) || true
            answer=${answer%%$'\''\n\n--- '\''*}
            answer=${answer#PING*$'\''\n'\''}
            [[ $answer != PING* ]] || answer=
            printf "%d %s\n" "$size" "${answer//$'\''\n'\''/; }"
        done' sweep "$1" "$target" "${@:5:4}" "${9:-}" |
        awk -v what="ping -M $5: $2 to $target, sizes" '
            function line() { if (last != "") printf "%s %d to %d: %s\n", what, first, until, last }
            {
                size = $1
                text = substr($0, length($1) + 2)
                sub(/ time=.*/, "", text)
                sub("^" size + 8 " bytes", "answered", text)
                if (text == "") text = "nothing"
                if (text != last) { line(); first = size; last = text }
                until = size
            }
            END { line() }'
}

sweeps() {
    local family=$1 header=28
    [ "$family" -eq 4 ] || header=48
    # Every size, and each one that is too large is told by the router that cannot send it on.
    forget_paths "$family"
    sweep "$family" client 3 2 'do' 0 1 1199
    sweep "$family" client 3 2 'do' 1200 1 "$((1500 - header))" fresh
    # The first that is too large teaches the sender.
    forget_paths "$family"
    sweep "$family" client 3 2 'do' "$((1298 - header))" 1 "$((1302 - header))"
    # Fragments, also of fragments: every size about the edges, then a step that is prime to the eight bytes fragments are cut by.
    forget_paths "$family"
    sweep "$family" client 3 2 dont 1200 1 1480
    sweep "$family" client 3 2 dont 1481 61 9000
    sweep "$family" client 3 2 dont 65000 101 65507
    # To the router, from it, and from behind it.
    forget_paths "$family"
    sweep "$family" client 1 1 'do' 0 31 "$((1500 - header))"
    sweep "$family" client 2 1 'do' 1300 7 "$((1500 - header))"
    sweep "$family" dut 3 2 'do' 0 31 1400 fresh
    sweep "$family" dut 1 2 'do' 0 31 "$((1500 - header))"
    sweep "$family" far 1 2 'do' 0 31 "$((1300 - header))"
    sweep "$family" client 1 1 dont 0 61 9000
    sweep "$family" client 2 1 dont 1300 7 1500
    sweep "$family" dut 3 2 dont 1200 7 3000
    sweep "$family" dut 1 2 dont 1380 7 3000
    sweep "$family" far 1 2 dont 1200 7 1600
}

keys() {
    mkdir -p "$scratch/ssh" /run/sshd
    ssh-keygen -q -t ed25519 -N '' -C host -f "$scratch/ssh/host"
    ssh-keygen -q -t ed25519 -N '' -C user -f "$scratch/ssh/user"
    printf 'router %s\n' "$(cat "$scratch/ssh/host.pub")" >"$scratch/ssh/known"
    cat >"$scratch/ssh/server.conf" <<END
Port $SSH_PORT
HostKey $scratch/ssh/host
AuthorizedKeysFile $scratch/ssh/user.pub
# The files are this script's own, below /tmp.
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PidFile none
Subsystem sftp internal-sftp
END
    cat >"$scratch/ssh/client.conf" <<END
Host *
Port $SSH_PORT
User root
IdentityFile $scratch/ssh/user
IdentitiesOnly yes
UserKnownHostsFile $scratch/ssh/known
GlobalKnownHostsFile none
HostKeyAlias router
StrictHostKeyChecking yes
BatchMode yes
ConnectTimeout 10
END
    head -c "$((FILE_MIB << 20))" /dev/urandom >"$scratch/ssh/file"
    wanted=$(sha256sum <"$scratch/ssh/file")
}

# start_sshd NAME
start_sshd() {
    ip netns exec "${!1}" "$(command -v sshd || echo /usr/sbin/sshd)" -D -e -f "$scratch/ssh/server.conf" 2>"$scratch/ssh/log-$1" &
    started+=("$!")
    wait_until 10 listens "${!1}" || fail "sshd does not listen: $(cat "$scratch/ssh/log-$1")"
}

listens() { [ "$(ip netns exec "$1" ss -Hlnt "sport = :$SSH_PORT" | wc -l)" -ge 2 ]; }

# copies FAMILY FROM TO NETWORK HOST: a file goes over, and comes back by a command there; then what is known of the path's MTU.
copies() {
    local from=${!2} files=$scratch/ssh/$1 target mtu status=0
    target=$(address "$1" "$4" "$5")
    rm -rf "$files"
    mkdir "$files"
    {
        timeout "$PATIENCE" ip netns exec "$from" scp -q -F "$scratch/ssh/client.conf" "$scratch/ssh/file" "[$target]:$files/there" &&
            timeout "$PATIENCE" ip netns exec "$from" ssh -n -F "$scratch/ssh/client.conf" "$target" \
                "ip netns identify >'$files/where'; cat '$files/there'" >"$files/back"
    } 2>"$files/err" || status=$?
    [ "$status" -eq 0 ] || fail "ssh from $2 to $target: exit=$status: $(cat "$files/err") $(tail -n 1 "$scratch/ssh/log-$3")"
    [ "$(cat "$files/where")" = "${!3}" ] || fail "ssh from $2 to $target: the command ran in $(cat "$files/where"), not in ${!3}"
    [ "$(sha256sum <"$files/there")" = "$wanted" ] || fail "scp from $2 to $target: sha256 differs"
    [ "$(sha256sum <"$files/back")" = "$wanted" ] || fail "ssh from $target to $2: sha256 differs"
    mtu=$(ip -n "$from" "-$1" route get "$target" | sed -nE 's/.* mtu ([0-9]+).*/\1/p')
    printf 'ssh: %s to %s and back, intact, mtu=%s\n' "$2" "$target" "${mtu:-of the link}"
}

secure_shell() {
    forget_paths "$1"
    # Too large for the dut's second port; then for the server's too, which says so through the dut.
    copies "$1" client server 2 2
    copies "$1" client far 3 2
    copies "$1" far client 1 2
    copies "$1" client dut 1 1
    copies "$1" client dut 2 1
    copies "$1" dut far 3 2
}

# A neighbour that does not answer takes three seconds to be given up.
absent() {
    trace 4 client 2 "$ABSENT" -m 3 -w 5,0,0 -q 1 -N 1
    trace 6 client 2 "$ABSENT" -m 3 -w 5,0,0 -q 1 -N 1
}

# conversation NAME [short]: what all programs say, in the directory of this name; without ping, if short.
conversation() {
    local family
    transcript=$scratch/$1
    mkdir -p "$transcript"
    for family in 4 6; do
        forget_paths "$family"
    done
    limits "${defaults[@]}"
    later limited4 limited 4
    later limited6 limited 6
    all_done
    limits net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_msgs_burst=10000 net.ipv4.icmp_msgs_per_sec=20000
    wait_until 10 unlimited || fail 'ICMP errors are still limited'
    later absent absent
    later trace4 traces 4
    later trace6 traces 6
    all_done
    later mtu4 trace_mtu 4
    later mtu6 trace_mtu 6
    all_done
    for family in 4 6; do
        later "mtr$family" reports "$family"
        later "mtr$family-u" reports "$family" -u
        later "mtr$family-T" reports "$family" -T -P "$SSH_PORT"
    done
    all_done
    later ssh4 secure_shell 4
    later ssh6 secure_shell 6
    all_done
    [ "$#" -eq 1 ] || return 0
    later ping4 sweeps 4
    later ping6 sweeps 6
    all_done
}

# has FILE LINE...: the kernel's transcript holds this text, lines one after another: what all is compared with says what it should.
has() {
    [[ $(cat "$scratch/kernel/$1") == *"$(printf '%s\n' "${@:2}")"* ]] ||
        fail "with the kernel, nothing said '${*:2}': $(tail -n 40 "$scratch/kernel/$1")"
}

oracle() {
    local name
    for name in trace4 limited4; do
        has "$name" ' 1  10.1.0.1' ' 2  10.2.0.2' ' 3  10.3.0.2'
    done
    has trace4 'traceroute -m 6 -w 2,0,0 -I: far to 10.1.0.2' ' 1  10.3.0.1' ' 2  10.2.0.1' ' 3  10.1.0.2'
    for name in trace6 limited6; do
        has "$name" ' 1  fd01::1' ' 2  fd02::2' ' 3  fd03::2'
    done
    has trace6 'traceroute -m 6 -w 2,0,0 -I: far to fd01::2' ' 1  fd03::1' ' 2  fd02::1' ' 3  fd01::2'
    has limited4 'client to 10.9.0.1' ' 1  10.1.0.1 !N'
    has limited4 'far to 10.7.0.1' ' 1  10.3.0.1' ' 2  10.2.0.1 !H'
    has limited4 'server to 10.8.0.1' ' 1  10.2.0.1 !X'
    has limited6 'server to fd08::1' ' 1  fd02::1 !X'
    has absent ' 2  10.1.0.1 !H'
    has absent ' 2  fd01::1 !H'
    has mtu4 'F=1300'
    has mtu6 'F=1300'
    has mtr4 '1 10.1.0.1 loss=0.0% of 3' '2 10.2.0.2 loss=0.0% of 3' '3 10.3.0.2 loss=0.0% of 3'
    has mtr6-T '1 fd01::1 loss=0.0% of 3' '2 fd02::2 loss=0.0% of 3' '3 fd03::2 loss=0.0% of 3'
    has ping4 'sizes 0 to 1199: answered'
    has ping4 'sizes 1273 to 1372: From 10.2.0.2 icmp_seq=1 Frag needed and DF set (mtu = 1300)'
    has ping4 'sizes 1373 to 1472: From 10.1.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)'
    has ssh4 'ssh: client to 10.2.0.2 and back, intact, mtu=1400' 'ssh: client to 10.3.0.2 and back, intact, mtu=1300'
    has ssh6 'ssh: client to fd02::2 and back, intact, mtu=1400' 'ssh: client to fd03::2 and back, intact, mtu=1300'
}

lines() { cat "$scratch/$1/"* | wc -l; }

net_up
links
mapfile -t defaults < <(default_limits)
keys
for name in client dut server far; do
    start_sshd "$name"
done

say 'the kernel is the first router'
begin=$SECONDS
conversation kernel
oracle
ok "the programs said $(lines kernel) lines in $((SECONDS - begin)) s"

for options in "${local_options[@]}"; do
    read -r -a words <<<"$options"
    say "Penstock is, local: ${words[0]}"
    begin=$SECONDS
    printf 'ports: { d0: , d1: }\nlocal: %s\n' "${words[0]}" >"$scratch/config.yaml"
    limits "${defaults[@]}"
    start_run --config "$scratch/config.yaml"
    conversation "local-$options" "${words[@]:1}"
    [ "${#words[@]}" -eq 1 ] || rm "$scratch"/kernel/ping?
    diff -ru "$scratch/kernel" "$transcript" || fail 'the programs say something else than with the kernel'
    take_stat
    [ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted)"
    [ "$(counter forwarded)" -gt 1000 ] || fail "the programs did not go through the data plane: forwarded=$(counter forwarded)"
    ok "the same $(lines "local-$options") lines in $((SECONDS - begin)) s; packets=$(counter packets) unaccounted=0"
    stop_run
done
