#!/usr/bin/env bash
# fail2ban over real interfaces, with its action iptables-ipset-proto6: it finds ipset and iptables through PATH, first the installed tools
# with the kernel, then Penstock's with a data plane. Who tries too often is banned, and let in again; what fail2ban has made of rules and
# sets must be the same. It runs with a configuration, a socket and a database of its own; a service that is running is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

PORT=8000
# Seconds that fail2ban may take for anything: it looks at its files once a second.
PATIENCE=20
BAN_SECONDS=4

launcher=$(readlink -f "${penstock[0]}")
mkdir "$scratch/penstock" "$scratch/kernel" "$scratch/jails" "$scratch/jails/filter.d"
for tool in iptables ip6tables ipset; do
    ln -s "$launcher" "$scratch/penstock/$tool"
    ln -s "$(command -v "${tool/tables/tables-legacy}")" "$scratch/kernel/$tool"
done

# Whose tools are used: penstock or kernel.
whose=kernel
in_place() { ip netns exec "$dut" env "PATH=$scratch/$whose:$PATH" "$@"; }

configure() {
    ln -s /etc/fail2ban/action.d "$scratch/jails/action.d"
    cat >"$scratch/jails/fail2ban.conf" <<END
[Definition]
loglevel = INFO
logtarget = $scratch/fail2ban.log
syslogsocket = auto
socket = $scratch/fail2ban.sock
pidfile = $scratch/fail2ban.pid
dbfile = $scratch/fail2ban.sqlite3
dbpurgeage = 1d
dbmaxmatches = 10
allowipv6 = yes
END
    cat >"$scratch/jails/jail.conf" <<END
[DEFAULT]
backend = polling
usedns = no
bantime = 600
findtime = 600
maxretry = 3
ignoreself = false

[door]
enabled = true
filter = door
logpath = $scratch/door.log
action = iptables-ipset-proto6[name=door, port="$PORT", protocol="tcp", chain="FORWARD", blocktype="DROP"]
END
    printf '[Definition]\nfailregex = refused <HOST>$\nignoreregex =\n' >"$scratch/jails/filter.d/door.conf"
}

ban() { in_place fail2ban-client -c "$scratch/jails" -s "$scratch/fail2ban.sock" -p "$scratch/fail2ban.pid" "$@" >/dev/null 2>&1; }

begin() {
    : >"$scratch/door.log"
    rm -f "$scratch"/fail2ban.*
    in_place fail2ban-server -c "$scratch/jails" -s "$scratch/fail2ban.sock" -p "$scratch/fail2ban.pid" -f -x start \
        >"$scratch/fail2ban.out" 2>&1 &
    guard=$!
    started+=("$guard")
    wait_until "$PATIENCE" ban status door || fail "fail2ban does not start: $(cat "$scratch"/fail2ban.out "$scratch"/fail2ban.log)"
}

end() {
    ban stop || true
    wait_until "$PATIENCE" is_gone "$guard" || fail 'fail2ban does not end'
    forget "$guard"
    # That it does not know the jail yet is what the wait for it was told.
    ! grep -E 'ERROR|CRITICAL' "$scratch/fail2ban.log" | grep -vF UnknownJailException || fail 'fail2ban is not content'
}

# tries FROM COUNT: so many attempts are refused.
tries() {
    local i
    for ((i = 0; i < $2; i++)); do
        printf '%s refused %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$1" >>"$scratch/door.log"
    done
}

# comes FROM TO: whether a connection comes about.
comes() {
    in_client python3 -c 'import socket, sys
socket.create_connection((sys.argv[2], int(sys.argv[3])), 0.5, (sys.argv[1], 0)).close()' "$1" "$2" "$PORT" 2>/dev/null
}
stays_out() { ! comes "$@"; }

# becomes WORD COMMAND...: says so as soon as it is so.
becomes() {
    if wait_until "$PATIENCE" "${@:2}"; then
        printf '%s: %s\n' "${*:2}" "$1"
    else
        printf '%s: not %s\n' "${*:2}" "$1"
    fi
}

# What fail2ban has made.
made() {
    in_place iptables -S FORWARD
    in_place ip6tables -S FORWARD
    in_place ipset list | sed -E -e 's/ timeout [1-9][0-9]*/ timeout N/; s/^(Size in memory: )[0-9]+$/\1N/; s/ initval 0x[0-9a-f]+//'
}

all() {
    becomes open comes 10.1.0.2 10.2.0.2
    made
    tries 10.1.0.2 3
    becomes shut stays_out 10.1.0.2 10.2.0.2
    becomes open comes 10.1.0.3 10.2.0.2
    made
    ban set door unbanip 10.1.0.2
    becomes open comes 10.1.0.2 10.2.0.2
    made
    # A ban that ends by itself.
    ban set door bantime "$BAN_SECONDS"
    ban set door banip 10.1.0.3
    becomes shut stays_out 10.1.0.3 10.2.0.2
    becomes open comes 10.1.0.3 10.2.0.2
    ban set door bantime 600
    tries fd01::2 5
    becomes shut stays_out fd01::2 fd02::2
    becomes open comes 10.1.0.2 10.2.0.2
    made
    ban set door banip 10.1.0.2 10.1.0.3
    becomes shut stays_out 10.1.0.2 10.2.0.2
    becomes shut stays_out 10.1.0.3 10.2.0.2
    # What is banned stays so when the configuration is read again.
    ban reload door
    becomes shut stays_out 10.1.0.2 10.2.0.2
    becomes shut stays_out fd01::2 fd02::2
    ban unban --all
    becomes open comes fd01::2 fd02::2
    becomes open comes 10.1.0.2 10.2.0.2
    made
}

net_up
ip -n "$client" address add 10.1.0.3/24 dev c0
configure
ip netns exec "$server" python3 -m http.server --bind :: "$PORT" >/dev/null 2>&1 &
started+=("$!")
wait_until "$PATIENCE" comes 10.1.0.2 10.2.0.2 || fail 'the server does not listen'

for whose in kernel penstock; do
    say "by the ${whose/penstock/data plane}"
    [ "$whose" = kernel ] || start_run --port d0 --port d1
    begin
    all >"$scratch/by-$whose"
    end
    made >>"$scratch/by-$whose"
    ok "$(grep -c ': shut$' "$scratch/by-$whose") times shut, $(grep -c ': open$' "$scratch/by-$whose") times open," \
        "$(grep -c 'Ban ' "$scratch/fail2ban.log") bans"
    ! grep ': not ' "$scratch/by-$whose" || fail "$(cat "$scratch/by-$whose")"
done
diff "$scratch/by-kernel" "$scratch/by-penstock" || fail 'not as with the kernel'
ok "the same $(wc -l <"$scratch/by-kernel") lines"
take_stat
[ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted)"
stop_run
