#!/usr/bin/env bash
# ipset-host.sh TESTS JAVA CLASSES FILE...: files of ipset's tests on a host in memory (SetHost), in a network namespace of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."

SERVER=io.penstock.dataplane.ipset.SetToolServer
# Seconds for the server to start.
START=60

tests=$1
java=$2
classes=$3
shift 3

scratch=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT

# A copy, so that nothing is written where it lies, nor to this machine's log. Its scripts run in bash: sh would not read the functions
# that stand in for commands.
cp -r "$tests" "$scratch/tests"
sed -i -e "s|/var/log/kern.log|$scratch/kern.log|g" -e '1s|^#!/bin/sh|#!/bin/bash|' "$scratch"/tests/*.sh "$scratch"/tests/check_*
chmod +x "$scratch"/tests/*.sh "$scratch"/tests/check_*
: >"$scratch/kern.log"

. .ci/lib/ipset-commands.sh
mkdir "$scratch/bin" "$scratch/src"
printf '#!/bin/bash\n"${0##*/}" "$@"\n' >"$scratch/bin/any"
chmod +x "$scratch/bin/any"
for name in "${PENSTOCK_COMMANDS[@]}"; do
    unset -f "$name"
    ln -s any "$scratch/bin/$name"
done
ln -s ../bin/ipset "$scratch/src/ipset"

ip link set lo up
"$java" --enable-native-access=ALL-UNNAMED --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED -Dpenstock.checked=true -cp "$classes" \
    "$SERVER" "$scratch/kern.log" >"$scratch/log" 2>&1 &
server=$!
deadline=$((SECONDS + START))
until grep -q '^port ' "$scratch/log"; do
    kill -0 "$server" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ] || {
        printf 'FAIL: the server of commands did not start: %s\n' "$(cat "$scratch/log")" >&2
        exit 1
    }
    sleep 0.1
done

status=0
(
    PENSTOCK_PORT=$(sed -n 's/^port //p' "$scratch/log")
    BASH_ENV=$PWD/.ci/lib/ipset-commands.sh
    IPSET_BIN=ipset
    PATH=$scratch/bin:$PATH
    checks=$PWD/.ci/lib/ipset-checks.sh
    export PENSTOCK_PORT BASH_ENV IPSET_BIN PATH
    cd "$scratch/tests"
    exec bash "$checks" "$scratch" "$@"
) || status=$?
# What is not a command's own business to say: defects.
sed -n '/^port /!p' "$scratch/log"
exit "$status"
