#!/usr/bin/env bash
# iptables' own tests: every case of its extensions, and its shell scripts about the legacy commands, with ours in their place.
#
# First within one JVM, with tables in memory; then a sample of the cases, and the scripts, as processes beside the installed tools.
#
# SOURCE  iptables' source tree; Debian's package is fetched when unset
# CASES   how many cases run as processes
# SEED    which ones; printed
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/lib/debian.sh

FOLDER=$PWD/target/iptables
VERSION=1.8.9
SERVER=io.penstock.rules.text.ToolServer
# Seconds for a script, and for the server to start.
PATIENCE=120
START=30

# What these ask is not there.
declare -A UNFIT=(
    [chain/0004extra-base_0]='asks nft'
    [iptables/0008-unprivileged_0]='asks as another user, whom the server does not tell from root'
    [ipt-restore/0017-pointless-compat-checks_0]='counts system calls'
    [ipt-save/0006iptables-xml_0]='asks iptables-xml'
    [ipt-save/0007-overhead_0]='counts system calls'
)

fail() {
    printf 'FAIL: %s\n' "$*" >&2
    exit 1
}

# fetch: Debian's source package, from the mirror that packages come from, with its key.
fetch() {
    [ ! -d "$FOLDER/iptables-$VERSION" ] || return 0
    printf 'fetching the source of iptables %s\n' "$VERSION"
    mkdir -p "$FOLDER/lists/partial"
    printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s bookworm main\n' "$(debian_mirror)" \
        >"$FOLDER/sources.list"
    local options=(-qq -o "Dir::Etc::SourceList=$FOLDER/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$FOLDER/lists")
    apt-get "${options[@]}" update
    (cd "$FOLDER" && apt-get "${options[@]}" source --download-only iptables)
    tar -xf "$FOLDER/iptables_$VERSION.orig.tar.xz" -C "$FOLDER"
}

if [ -z "${SOURCE:-}" ]; then
    fetch
    SOURCE=$FOLDER/iptables-$VERSION
fi

# The launcher knows which JDK is new enough, and builds what is not built.
jdk=$(PENSTOCK_JAVA_OPTS=-XshowSettings:properties ./penstock --help 2>&1 | sed -n 's/^ *java\.home = //p')
mvn -q -B -pl rules-jit -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/iptables.classpath
classes=rules-jit/target/test-classes:rules-jit/target/classes:$(cat rules-jit/target/iptables.classpath)
run_java() {
    exec "$jdk/bin/java" --enable-native-access=ALL-UNNAMED --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED -cp "$classes" "$@"
}

cases=0
(run_java io.penstock.rules.text.ExtensionCases "$SOURCE/extensions") || cases=$?

scratch=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT
export PENSTOCK_TOOLS=$scratch/socket
cp .ci/lib/xtables.py "$scratch/xtables-legacy-multi"
run_java "$SERVER" "$PENSTOCK_TOOLS" >"$scratch/log" 2>&1 &
server=$!
deadline=$((SECONDS + START))
until grep -q ready "$scratch/log"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "the server of commands did not start: $(cat "$scratch/log")"
    sleep 0.1
done

passed=0
failed=0
skipped=0
export XT_MULTI=$scratch/xtables-legacy-multi
folder=$SOURCE/iptables/tests/shell/testcases
for script in "$folder"/{chain,iptables,ip6tables,ipt-restore,ipt-save}/*_[0-9]; do
    name=${script#"$folder/"}
    if [ -n "${UNFIT[$name]:-}" ]; then
        printf 'skipped: %s: it %s\n' "$name" "${UNFIT[$name]}"
        skipped=$((skipped + 1))
        continue
    fi
    "$XT_MULTI" reset
    status=0
    # Some of them are not executable in the package.
    runner=()
    [ -x "$script" ] || runner=(bash)
    timeout "$PATIENCE" "${runner[@]}" "$script" </dev/null >"$scratch/output" 2>&1 || status=$?
    if [ "$status" -eq "${name##*_}" ]; then
        passed=$((passed + 1))
    else
        printf 'FAIL: script=%s status=%d expected=%s\n' "$name" "$status" "${name##*_}"
        tail -n 20 "$scratch/output"
        failed=$((failed + 1))
    fi
done
printf 'scripts: passed=%d failed=%d skipped=%d\n' "$passed" "$failed" "$skipped"
processes=0
SOURCE=$SOURCE bash .ci/lib/iptables-processes.sh || processes=$?
[ "$failed" -eq 0 ] && [ "$cases" -eq 0 ] && [ "$processes" -eq 0 ]
