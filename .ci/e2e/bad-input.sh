#!/usr/bin/env bash
# Bad input: each is answered with one sentence that names the cause and what mends it, the documented exit code, and nothing left
# attached. Then frames whose headers are cut off or lie: dropped with their reason.
#
# SEED    of the random damage; another one each time unless set
# DAMAGED how many frames get it
#
# Not here: a kernel that is too old for something. It cannot be had; the unit tests of the messages give the answers such a kernel
# gives.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

SEED=${SEED:-$RANDOM}
DAMAGED=${DAMAGED:-20000}

# Exit codes of penstock.
FAILED=1
USAGE=2
REFUSED=4
# Exit codes of ipvsadm.
WRONG_WORDS=2
NOT_DONE=255

# refused EXIT SENTENCE COMMAND...: the command must end with the exit code, and say the sentence (an extended regular expression)
# in its first line on standard error and nothing else but how to get help; what runs already stays attached, nothing is added.
refused() {
    local wanted=$1 sentence=$2 status=0 before after lines
    shift 2
    before=$(attached)
    timeout 60 "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
    after=$(attached)
    [ "$status" -eq "$wanted" ] || fail "$*: exit=$status expected=$wanted: $(cat "$scratch/out" "$scratch/err")"
    [[ $(head -n 1 "$scratch/err") =~ $sentence ]] || fail "$*: expected '$sentence', not: $(cat "$scratch/err")"
    lines=$(grep -cvE "^try '.*--help'$" "$scratch/err")
    [ "$lines" -eq 1 ] || fail "$*: one sentence was expected, not $lines lines: $(cat "$scratch/err")"
    [ ! -s "$scratch/out" ] || fail "$*: something on standard output: $(cat "$scratch/out")"
    [ "$before" = "$after" ] || fail "$*: attached before: '$before', after: '$after'"
    printf '   ok: exit=%d %s\n' "$status" "$(head -n 1 "$scratch/err" | cut -c 1-220)"
}

# run_refused EXIT SENTENCE OPTION...: the same for "run" in the dut, started by launch.
run_refused() {
    local wanted=$1 sentence=$2
    shift 2
    refused "$wanted" "$sentence" ip netns exec "$dut" "${launch[@]}" "${penstock[@]}" run "$@"
}

# service_refused EXIT LINE WORD...: "ipvsadm WORD..." must end with the exit code and ipvsadm's own line (an extended regular expression),
# after which Penstock may say one of its own that names the cause; nothing on standard output.
service_refused() {
    local wanted=$1 line=$2 status=0
    shift 2
    in_dut timeout 60 "${penstock[@]}" ipvsadm "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
    [ "$status" -eq "$wanted" ] || fail "ipvsadm $*: exit=$status expected=$wanted: $(cat "$scratch/out" "$scratch/err")"
    [[ $(head -n 1 "$scratch/err") =~ ^$line$ ]] || fail "ipvsadm $*: expected '$line', not: $(cat "$scratch/err")"
    ! tail -n +2 "$scratch/err" | grep -qv '^penstock: ' || fail "ipvsadm $*: more than its line: $(cat "$scratch/err")"
    [ "$(wc -l <"$scratch/err")" -le 2 ] || fail "ipvsadm $*: more than two lines: $(cat "$scratch/err")"
    [ ! -s "$scratch/out" ] || fail "ipvsadm $*: something on standard output: $(cat "$scratch/out")"
    printf '   ok: exit=%d %s\n' "$status" "$(paste -sd '|' "$scratch/err")"
}

# said SENTENCE: the data plane that runs has told this on standard error.
said() { grep -qE -e "$1" "$scratch/run.err" || fail "not said: '$1'"; }

options() {
    say 'options'
    run_refused $USAGE 'no port is named; give --port DEV, or --config FILE with ports'
    run_refused $USAGE "Unknown option: '--prot=d0'" --prot=d0
    run_refused $USAGE "Missing required parameter for option '--port'" --port
    run_refused $USAGE '--attach fast is unknown; supported are auto, native, generic' --port d0 --attach fast
    run_refused $USAGE '--copy no is unknown; supported are auto, zero, copy' --port d0 --copy no
    run_refused $USAGE '--idle never is unknown; supported are spin, adaptive' --port d0 --idle never
    run_refused $USAGE "'x' is not a list of CPUs; write numbers" --port d0 --cpus x
    run_refused $REFUSED "'d0' does not say which network namespace it is in; write NETNS/DEVICE" --port d0 --netns a --netns b
    run_refused $FAILED "list the namespaces with 'ip netns', make this one with 'ip netns add nope'" --port d0 --netns nope
    run_refused $REFUSED 'cannot be a Linux interface; use 1 to 15 visible ASCII characters' --port a-name-that-is-too-long
    run_refused $FAILED 'CPU 1023 cannot run a worker: this process may use .*; choose among these' --port d0 --cpus 1023
}

devices() {
    say 'devices'
    run_refused $FAILED 'device nope does not exist in this network namespace: port=nope; devices are lo, d0, d1' --port nope
    run_refused $FAILED "cannot be the loopback device: device=lo; choose a network device, 'ip -br link' lists them" --port lo
    ip -n "$dut" link add down0 type veth peer name down1
    run_refused $FAILED "port down0 is down: device=down0; run 'ip link set down0 up'" --port d0 --port down0
    ip -n "$dut" link del down0
    ip -n "$dut" tuntap add tun0 mode tun
    ip -n "$dut" link set tun0 up
    run_refused $FAILED "port tun0 is no Ethernet device: device=tun0 type=[0-9]+; choose one with 'link/ether'" \
        --port d0 --port tun0
    ip -n "$dut" link del tun0
    run_refused $FAILED 'd0 has no AF_XDP in zero-copy mode: errno=EOPNOTSUPP driver=veth; set mode auto or copy' \
        --port d0 --copy zero
    # A sender that may send more than a page: native XDP on veth has no place for it.
    ip -n "$client" link set c0 mtu 9000
    run_refused $FAILED "the MTU is too large for native XDP; lower the device's MTU .* or use generic mode" \
        --port d0 --attach native
    start_run --port d0 --port d1
    said 'port d0 runs in generic mode, slower than native, which was refused: .*the MTU is too large for native XDP'
    said "is in generic mode, which loses what .* unsegmented .*run 'ethtool -K DEV tso off gso off'"
    take_stat
    [ "$(look "$scratch/stat.json" "d['ports']['d0']['attach']")" = generic ] || fail "d0 is not in generic mode"
    [ "$(look "$scratch/stat.json" "'native XDP was refused' in d['ports']['d0']['why']")" = True ] || fail "stat does not say why"
    stop_run
    ip -n "$client" link set c0 mtu 1500
    ok 'without --attach it runs in generic mode, and says why'
}

configurations() {
    say 'configurations'
    local file=$scratch/penstock.yaml
    run_refused $REFUSED 'none.yaml: there is no such file; check the path given to --config' --config "$scratch/none.yaml"
    echo 'ports: { lan: { device: d0' >"$file"
    run_refused $REFUSED 'penstock.yaml:2:1: this is not YAML: expected' --config "$file"
    printf '\000\001\377\376' >"$file"
    run_refused $REFUSED 'penstock.yaml: the file is not UTF-8 text; save it as UTF-8' --config "$file"
    echo 'prots: { lan: { device: d0 } }' >"$file"
    run_refused $REFUSED "penstock.yaml:1:1: unknown key 'prots' in the top level: the nearest known key is 'ports'" \
        --config "$file"
    printf 'ports:\n  lan: { device: d0, attack: auto }\n' >"$file"
    run_refused $REFUSED "penstock.yaml:2:22: unknown key 'attack' .*'attach'" --config "$file"
    printf 'ports:\n  lan: { device: d0, queues: many }\n' >"$file"
    run_refused $REFUSED 'penstock.yaml:2:30: .*queues' --config "$file"
    echo 'ports: { lan: { device: d0, queues: 7 } }' >"$file"
    run_refused $FAILED 'more queues than its device: device=d0 queues=1 wanted=7; ' --config "$file"
    printf 'ports: { lan: { device: d0 } }\nnetwork: { addresses: { lan: [10.0.0.1/24] } }\n' >"$file"
    run_refused $REFUSED "network: is for replay and bench.*on live ports set addresses, routes and neighbours with 'ip'" \
        --config "$file"
    printf 'ports: { a: { device: d0 }, b: { device: d0 } }\n' >"$file"
    run_refused $REFUSED "device 'd0' is already port 'a'; a device can be one port only" --config "$file"
    printf 'ports: { lan: { device: d0 } }\nrules: { ipv4: rules.v4 }\n' >"$file"
    run_refused $REFUSED 'rules.v4: there is no such file of rules; check rules: or --rules' --config "$file"
    printf '*filter\n-A FORWARD -j DROP\n-A FORWARD --bogus\nCOMMIT\n' >"$scratch/rules.v4"
    run_refused $REFUSED 'rules.v4:3:12: the rules are refused: unknown option "--bogus"' --config "$file"
    printf 'ports: { lan: { device: d0 } }\nsets: sets.save\n' >"$file"
    run_refused $REFUSED 'sets.save: there is no such file of sets; check sets: or --sets' --config "$file"
    printf 'create a hash:ip\nadd a 10.0.0.1\nadd a 10.0.0.256\n' >"$scratch/sets.save"
    run_refused $REFUSED 'sets.save:3: the sets are refused: ' --config "$file"
    printf 'ports: { lan: { device: d0 } }\nservices: services.save\n' >"$file"
    run_refused $REFUSED 'services.save: there is no such file of services; check services: or --services' --config "$file"
    printf '%s\n' '-A -t 10.1.0.1:80 -s rr' '-a -t 10.1.0.1:80 -r 10.2.0.2:80 -m -x 1 -y 2' >"$scratch/services.save"
    run_refused $REFUSED 'services.save:2: the services are refused: the lower threshold is above the upper one: lower=2 upper=1' --config "$file"
    : >"$file"
    run_refused $REFUSED 'no port is given' --config "$file"
}

# More workers than queues is allowed, and told.
more_workers() {
    say 'more workers than queues'
    start_run --port d0 --port d1 --cpus 0,1
    said 'has fewer queues than there are workers: .* queues=1 workers=2'
    in_client ping -q -c 3 -i 0.05 10.2.0.2 >/dev/null || fail 'it does not forward'
    stop_run
    ok 'runs, and says what it costs'
}

captures() {
    say 'captures'
    local file=$scratch/replay.yaml command=("${penstock[@]}" replay --config "$scratch/replay.yaml" --out "$scratch/replayed")
    printf 'ports: { lan: { device: d0 }, wan: { device: d1 } }\n' >"$file"
    refused $FAILED 'none.pcap: the capture cannot be opened: no such file or directory; check its path' \
        "${command[@]}" --in lan="$scratch/none.pcap"
    : >"$scratch/empty.pcap"
    refused $FAILED 'empty.pcap: offset=0: this is no capture: it is shorter than a magic number; give a pcap or pcapng file' \
        "${command[@]}" --in lan="$scratch/empty.pcap"
    echo 'rubbish' >"$scratch/rubbish.pcap"
    refused $FAILED 'rubbish.pcap: offset=0: this is no capture: magic=0x.*; give a pcap or pcapng file' \
        "${command[@]}" --in lan="$scratch/rubbish.pcap"
    # A header, then a packet that claims two gibibytes.
    printf '\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f' \
        >"$scratch/lies.pcap"
    refused $FAILED 'lies.pcap: offset=[0-9]+: the packet.s length is not believable: captured=2147483647 limit=' \
        "${command[@]}" --in lan="$scratch/lies.pcap"
    head -c 30 "$scratch/lies.pcap" >"$scratch/cut.pcap"
    refused $FAILED 'cut.pcap: offset=[0-9]+: ' "${command[@]}" --in lan="$scratch/cut.pcap"
    refused $USAGE 'there is no port of that name; ports are lan, wan' "${command[@]}" --in nope="$scratch/lies.pcap"
}

privileges() {
    say 'privileges and limits'
    # A user who may not read this checkout cannot start it at all; root without any capability can.
    launch=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    if "${launch[@]}" "${penstock[@]}" --help >/dev/null 2>&1; then
        run_refused $FAILED 'the lock file cannot be made: .*; run as root' --port d0
        mkdir -m 777 "$scratch/nobody"
        chmod 755 "$scratch"
        run_refused $FAILED 'EPERM .*run as root, or with the capabilities CAP_BPF, CAP_NET_ADMIN' \
            --port d0 --socket "$scratch/nobody/x.sock"
    fi
    launch=(setpriv --bounding-set=-all --inh-caps=-all)
    run_refused $FAILED 'EPERM .*run as root, or with the capabilities CAP_BPF, CAP_NET_ADMIN' --port d0 --socket "$scratch/x.sock"
    launch=(setpriv --bounding-set '-sys_admin,-bpf')
    run_refused $FAILED 'EPERM .*CAP_BPF' --port d0
    launch=(setpriv --bounding-set -net_raw)
    run_refused $FAILED 'AF_XDP socket for d0 is not permitted: errno=EPERM; run as root, or grant CAP_NET_RAW' --port d0
    launch=(prlimit --memlock=65536 setpriv --bounding-set -ipc_lock --inh-caps -ipc_lock)
    run_refused $FAILED 'the frames for d0 cannot be locked in memory: errno=ENOBUFS .*LimitMEMLOCK=infinity.*CAP_IPC_LOCK' \
        --port d0
    launch=()
    run_refused $FAILED 'the lock file cannot be made: .*; run as root, or give --socket a path' \
        --port d0 --socket /proc/none/x.sock
    say 'no huge pages'
    launch=(python3 -c 'import ctypes, os, sys
assert ctypes.CDLL(None).prctl(41, 1, 0, 0, 0) == 0  # PR_SET_THP_DISABLE
os.execvp(sys.argv[1], sys.argv[1:])')
    start_run --port d0 --port d1
    said 'huge pages are switched off for this process: THP_enabled=0: '
    in_client ping -q -c 3 -i 0.05 10.2.0.2 >/dev/null || fail 'it does not forward'
    stop_run
    launch=()
    ok 'runs, and says what is missing'
}

others() {
    say 'others on the same device'
    start_run --port d0 --port d1
    run_refused $FAILED "a data plane runs already in this network namespace: pid=$dp_pid; stop it with 'kill $dp_pid'" --port d0
    run_refused $FAILED "another XDP program is attached to d1: id=[0-9]+ name=penstock_redir .*held by process $dp_pid .*; stop that" \
        --port d1 --socket "$scratch/other.sock"
    in_client ping -q -c 3 -i 0.05 10.2.0.2 >/dev/null || fail 'the first one does not forward any more'
    stop_run
    mkfifo "$scratch/hold"
    ip netns exec "$dut" python3 .ci/lib/hold_queue.py d0 0 <"$scratch/hold" >"$scratch/held" &
    local holder=$!
    started+=("$holder")
    exec 7>"$scratch/hold"
    wait_until 10 grep -q holding "$scratch/held" || fail 'the queue could not be taken'
    run_refused $FAILED "queue 0 of d0 is held by another AF_XDP socket: errno=EBUSY .*$holder \(python.*: stop the one that serves d0" \
        --port d0 --port d1
    exec 7>&-
    wait "$holder"
    forget "$holder"
    start_run --port d0 --port d1
    stop_run
    ok 'and runs as soon as the queue is free'
}

hook_jars() {
    say 'hook jars'
    start_run --port d0 --port d1
    # The JDK and the classes of what was started, whatever started it.
    local jdk classes jars=$scratch/jars
    jdk=$(dirname "$(readlink "/proc/$dp_pid/exe")")
    classes=$(tr '\0' '\n' <"/proc/$dp_pid/cmdline" | grep -x -A 1 -e '-cp' | tail -n 1)
    stop_run
    run_refused $FAILED 'hook jar .*none.jar cannot be read; check the path given to --hook-jar' \
        --port d0 --hook-jar "$scratch/none.jar"
    mkdir -p "$jars/empty" "$jars/absent/META-INF/services" "$jars/refusing/META-INF/services"
    local service=META-INF/services/io.penstock.dataplane.api.HookModule
    echo 'nothing' >"$jars/empty/readme"
    echo 'absent.Module' >"$jars/absent/$service"
    echo 'refusing.Module' >"$jars/refusing/$service"
    cat >"$jars/Module.java" <<'END'
package refusing;

import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.api.HookRegistrar;

public final class Module implements HookModule {
    @Override
    public void register(final HookRegistrar hooks) {
        throw new IllegalStateException("license=expired; buy another");
    }
}
END
    "$jdk/javac" -proc:none -cp "$classes" -d "$jars/refusing" "$jars/Module.java"
    local name
    for name in empty absent refusing; do
        "$jdk/jar" --create --file "$jars/$name.jar" -C "$jars/$name" .
    done
    run_refused $FAILED 'hook jar .*empty.jar has no module: name a public class that implements .* in META-INF/services/' \
        --port d0 --hook-jar "$jars/empty.jar"
    run_refused $FAILED 'hook jar .*absent.jar cannot be loaded: .*absent.Module' --port d0 --hook-jar "$jars/absent.jar"
    run_refused $FAILED 'hook jar .*refusing.jar was refused: license=expired; buy another' \
        --port d0 --hook-jar "$jars/refusing.jar"
    echo 'this is no archive' >"$jars/text.jar"
    run_refused $FAILED 'hook jar .*text.jar ' --port d0 --hook-jar "$jars/text.jar"
}

# frames WHAT: malformed frames through a running data plane, from a namespace of its neighbour.
frames() {
    start_run --port d0 --port d1
    # The neighbours are known from here on.
    in_client ping -q -c 1 -W 2 10.2.0.2 >/dev/null || fail 'it does not forward IPv4'
    in_client ping -q -c 1 -W 2 fd02::2 >/dev/null || fail 'it does not forward IPv6'
    take_stat
    local before mac
    before=$(counter forwarded)
    mac=$(in_dut cat /sys/class/net/d0/address)
    in_client python3 .ci/lib/frames.py c0 "$mac" 10.1.0.2 10.2.0.2 fd01::2 fd02::2 >"$scratch/sent.json"
    wait_until 5 all_arrived || true
    local wanted got
    wanted=$(look "$scratch/sent.json" "sorted(d['dropped'].items())")
    got=$(look "$scratch/stat.json" "sorted(d['dropped'].items())")
    [ "$wanted" = "$got" ] || fail "$1: dropped: $got expected: $wanted"
    # The server answers some of what arrives with errors of its own, which come back through the data plane.
    wanted=$(look "$scratch/sent.json" "d['forwarded']")
    [ $(($(counter forwarded) - before)) -ge "$wanted" ] || fail "$1: forwarded=$(($(counter forwarded) - before)) expected=$wanted"
    [ "$(counter unaccounted)" -eq 0 ] || fail "$1: unaccounted=$(counter unaccounted)"
    in_client ping -q -c 3 -i 0.05 10.2.0.2 >/dev/null || fail "$1: it does not forward any more"
    stop_run
    ok "$1: sent=$(look "$scratch/sent.json" "d['sent']") forwarded as they are=$wanted, each other one dropped with its reason:"
    printf '       %s\n' "$got"
}

# Any damage at all: what matters is that every packet is accounted for and that it goes on.
random_frames() {
    start_run --port d0 --port d1
    local mac sent
    mac=$(in_dut cat /sys/class/net/d0/address)
    in_client python3 .ci/lib/frames.py c0 "$mac" 10.1.0.2 10.2.0.2 fd01::2 fd02::2 "$SEED" "$DAMAGED" >"$scratch/sent.json" ||
        fail "the frames could not be sent: seed=$SEED"
    sent=$(look "$scratch/sent.json" "d['sent']")
    sleep 0.5
    take_stat
    [ "$(counter unaccounted)" -eq 0 ] || fail "unaccounted=$(counter unaccounted) seed=$SEED"
    [ "$(counter packets)" -gt $((sent / 2)) ] || fail "the data plane saw only $(counter packets) of $sent packets"
    in_client ping -q -c 3 -i 0.05 10.2.0.2 >/dev/null || fail "it does not forward any more: seed=$SEED"
    stop_run
    said 'frames: ([0-9]+) of \1 accounted for'
    ok "random damage: seed=$SEED sent=$sent seen=$(counter packets) forwarded=$(counter forwarded) unaccounted=0"
    printf '       %s\n' "$(counter dropped)"
}

all_arrived() {
    take_stat
    [ "$(look "$scratch/stat.json" "sum(d['dropped'].values())")" -ge "$(look "$scratch/sent.json" "sum(d['dropped'].values())")" ]
}

services() {
    say 'virtual services'
    start_run --port d0 --port d1
    local before
    in_dut "${penstock[@]}" ipvsadm -R <<'E'
-A -t 10.1.0.1:80 -s rr
-a -t 10.1.0.1:80 -r 10.2.0.2:80 -m
-A -t 10.1.0.1:81 -s rr
E
    before=$(in_dut "${penstock[@]}" ipvsadm -Sn)
    service_refused $NOT_DONE 'Service already exists' -A -t 10.1.0.1:80
    service_refused $NOT_DONE 'Destination already exists' -a -t 10.1.0.1:80 -r 10.2.0.2:80 -g
    service_refused $NOT_DONE 'No such service' -E -t 10.1.0.1:82
    service_refused $NOT_DONE 'No such destination' -d -t 10.1.0.1:80 -r 10.2.0.3:80
    service_refused $NOT_DONE 'Numerical result out of range' -a -t 10.1.0.1:80 -r 10.2.0.3:80 -m -x 1 -y 2
    service_refused $NOT_DONE 'Scheduler or persistence engine not found' -A -t 10.1.0.1:82 -s fairest
    service_refused $WRONG_WORDS 'invalid scheduler flag .sh-fair.' -A -t 10.1.0.1:82 -s sh -b sh-fair
    service_refused $WRONG_WORDS 'Different address family is allowed only for tunneling servers' -a -t 10.1.0.1:80 -r '[fd02::2]:80' -m
    service_refused $WRONG_WORDS 'One-Packet Scheduling is only for UDP virtual services' -A -t 10.1.0.1:82 -o
    service_refused $WRONG_WORDS 'Zero port specified for non-persistent service' -A -t 10.1.0.1:0
    service_refused $NOT_DONE 'penstock: --start-daemon is not supported: connections are not synchronized with other hosts' --start-daemon master
    [ "$before" = "$(in_dut "${penstock[@]}" ipvsadm -Sn)" ] || fail "something was applied: $(in_dut "${penstock[@]}" ipvsadm -Sn)"
    ok 'the services are as before'
    # Of these two the client and the operator are told.
    local status=0
    in_client curl -sS --max-time 3 http://10.1.0.1:81/ >"$scratch/out" 2>"$scratch/err" || status=$?
    [ "$status" -eq 7 ] || fail "a service without a server does not refuse: exit=$status $(cat "$scratch/out" "$scratch/err")"
    ok "no server left: $(cat "$scratch/err")"
    in_dut "${penstock[@]}" ipvsadm -A -t 198.51.100.1:80 >"$scratch/out" 2>"$scratch/err" || fail "198.51.100.1: $(cat "$scratch/err")"
    grep -qx "penstock: 198.51.100.1 is no address of this host, so no packet comes to the service; add it with 'ip address add'" \
        "$scratch/err" || fail "not said: $(cat "$scratch/out" "$scratch/err")"
    ok "$(cat "$scratch/err")"
    stop_run
}

net_up
options
devices
configurations
more_workers
captures
privileges
others
hook_jars
services
say 'truncated and lying headers'
frames 'as in production'
# Any read past a frame's end ends the worker here.
launch=(env "PENSTOCK_JAVA_OPTS=${PENSTOCK_JAVA_OPTS:-} -Dpenstock.checked=true")
frames 'with bounds checks'
random_frames
