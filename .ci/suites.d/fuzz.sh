#!/usr/bin/env bash
# Every parser of foreign bytes under Jazzer, bounds checks on, ten minutes each: nothing thrown, no read past the end, no hang.
#
# SECONDS_EACH  how long a target is fuzzed
# SEED          of the mutations; another one each time unless set
# TARGETS       which of them, all unless set
# JOBS          how many at a time
# FOLDER        where inputs that reach something new, finds and logs go; what an earlier run has found there is built upon
#
# A find is kept by copying its input to the target's seeds under a name that starts with find-: from then on every build tries it.
set -euo pipefail
cd "$(dirname "$0")/../.."

SECONDS_EACH=${SECONDS_EACH:-600}
SEED=${SEED:-$RANDOM}
TARGETS=${TARGETS:-headers engine replies netlink mirror pcap configuration counters restore commands control ipvsadm answers}
JOBS=${JOBS:-1}
FOLDER=${FOLDER:-target/fuzz}

# Seconds for one input, and MiB of heap: more is a loop that does not end, or a length that was believed.
INPUT_LIMIT=10
HEAP_MIB=512
# MiB of all memory; the JVM and what the fuzzer counts take some 500 of them.
MEMORY_MIB=2000

declare -A CLASSES=(
    [headers]=io.penstock.os.hot.packet.HeaderFuzzTarget
    [engine]=io.penstock.dataplane.replay.EngineFuzzTarget
    [replies]=io.penstock.dataplane.hot.icmp.ReplyFuzzTarget
    [netlink]=io.penstock.os.netlink.NetlinkFuzzTarget
    [mirror]=io.penstock.os.netlink.MirrorFuzzTarget
    [pcap]=io.penstock.dataplane.pcap.PcapFuzzTarget
    [configuration]=io.penstock.dataplane.config.ConfigurationFuzzTarget
    [counters]=io.penstock.dataplane.metrics.CounterFuzzTarget
    [restore]=io.penstock.rules.text.RestoreFuzzTarget
    [commands]=io.penstock.rules.text.CommandFuzzTarget
    [control]=io.penstock.dataplane.control.ControlFuzzTarget
    [ipvsadm]=io.penstock.dataplane.ipvs.text.IpvsadmFuzzTarget
    [answers]=io.penstock.dataplane.ipvs.health.AnswerFuzzTarget
)

# fuzz NAME: fuzzes one target in place of this shell; what it prints goes to its log.
fuzz() {
    local folder=$FOLDER/$1 seeds
    seeds=$(echo ./*/src/test/resources/fuzz/"$1")
    rm -rf "$folder/finds"
    mkdir -p "$folder/corpus" "$folder/finds"
    exec "$jdk/bin/java" "-Xmx${HEAP_MIB}m" -XX:+UseSerialGC -XX:-OmitStackTraceInFastThrow -XX:+EnableDynamicAgentLoading \
        --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED \
        --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED -Dpenstock.checked=true -cp "$classes" \
        com.code_intelligence.jazzer.Jazzer "--target_class=${CLASSES[$1]}" \
        '--instrumentation_includes=io.penstock.**:org.snakeyaml.**' '--custom_hook_includes=io.penstock.**:org.snakeyaml.**' \
        "--reproducer_path=$folder" "-artifact_prefix=$folder/finds/" "-max_total_time=$SECONDS_EACH" "-seed=$SEED" \
        "-timeout=$INPUT_LIMIT" "-rss_limit_mb=$MEMORY_MIB" -print_final_stats=1 "$folder/corpus" "$seeds" \
        >"$folder/log" 2>&1
}

# report NAME STATUS: one line, and more if there is a find; fails if there is one, or nothing was run.
report() {
    local log=$FOLDER/$1/log runs speed reached finds
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
    speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log" | tail -n 1)
    reached=$(grep -oE 'cov: [0-9]+ ft: [0-9]+ corp: [0-9]+' "$log" | tail -n 1 |
        sed -E 's/cov: ([0-9]+) ft: ([0-9]+) corp: ([0-9]+)/edges=\1 features=\2 inputs=\3/' || true)
    finds=$(find "$FOLDER/$1/finds" -type f | wc -l)
    printf '%-14s executions=%s per_second=%s %s finds=%d\n' "$1" "${runs:-0}" "${speed:-0}" "$reached" "$finds"
    if [ "$2" -ne 0 ] || [ "$finds" -ne 0 ] || [ "${runs:-0}" -eq 0 ]; then
        printf 'FAIL: target=%s exit=%s seed=%s log=%s\n' "$1" "$2" "$SEED" "$log"
        grep -m 1 -A 15 -E '^== (Java|libFuzzer)|^==[0-9]+== ERROR|^Exception in' "$log" || tail -n 20 "$log"
        find "$FOLDER/$1/finds" -type f -printf 'input: %p\n'
        return 1
    fi
}

for name in $TARGETS; do
    if [ -z "${CLASSES[$name]:-}" ]; then
        printf 'no such target: name=%s; there are: %s\n' "$name" "$(printf '%s\n' "${!CLASSES[@]}" | sort | tr '\n' ' ')" >&2
        exit 2
    fi
done

# The launcher knows which JDK is new enough, and builds what is not built.
jdk=$(PENSTOCK_JAVA_OPTS=-XshowSettings:properties ./penstock --help 2>&1 | sed -n 's/^ *java\.home = //p')
mvn -q -B -pl dataplane -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/fuzz.classpath
classes=dataplane/target/test-classes:dataplane/target/classes:rules-jit/target/test-classes:$(cat dataplane/target/fuzz.classpath)

printf 'seconds_each=%s seed=%s jobs=%s folder=%s\n' "$SECONDS_EACH" "$SEED" "$JOBS" "$FOLDER"
mkdir -p "$FOLDER"
failed=0
running=()
names=()
# Waits for the one that was started first.
finish_first() {
    local status=0
    wait "${running[0]}" || status=$?
    report "${names[0]}" "$status" || failed=1
    running=("${running[@]:1}")
    names=("${names[@]:1}")
}
trap 'kill "${running[@]}" 2>/dev/null || true' EXIT
for name in $TARGETS; do
    [ "${#running[@]}" -lt "$JOBS" ] || finish_first
    fuzz "$name" &
    running+=("$!")
    names+=("$name")
done
while [ "${#running[@]}" -gt 0 ]; do
    finish_first
done
exit "$failed"
