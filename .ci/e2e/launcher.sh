#!/usr/bin/env bash
# The launcher: from any directory, through links, with the right exit codes, and building once only.
set -euo pipefail
root=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# expect STATUS WHAT COMMAND...
expect() {
    local wanted=$1 what=$2 status=0
    shift 2
    "$@" >"$scratch/out" 2>&1 || status=$?
    if [ "$status" -ne "$wanted" ]; then
        printf '%s: exit=%d expected=%d\n' "$what" "$status" "$wanted"
        cat "$scratch/out"
        exit 1
    fi
    printf '%s: exit=%d\n' "$what" "$status"
}

expect 0 'the first start, which builds' "$root/penstock" --help
cd "$scratch"
ln -s "$root/penstock" penstock
mkdir bin
ln -s ../penstock bin/relative
expect 0 'through two links' bin/relative --help
expect 2 'an unknown command' ./penstock no-such-command
expect 3 'stat where nothing runs' env PENSTOCK_SOCKET="$scratch/none.sock" ./penstock stat
# What the JVM gets as its standard streams, where some are closed: the first files that it opens must not be taken for them.
mkdir -p jdk/bin
echo 'JAVA_VERSION="999"' >jdk/release
cat >jdk/bin/java <<'END'
#!/bin/sh
exec 9>open
for stream in 0 1 2; do
    [ ! -e "/proc/$$/fd/$stream" ] || echo "$stream" >&9
done
END
chmod +x jdk/bin/java
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
    (eval "JAVA_HOME=$scratch/jdk exec ./penstock ipset restore $closed")
    [ "$(tr -d '\n' <open)" = 012 ] || {
        printf 'started with %s, the JVM has of its three streams only: %s\n' "$closed" "$(tr '\n' ' ' <open)"
        exit 1
    }
done
echo 'streams that are closed are empty ones'
sed 's/^NEEDED=.*/NEEDED=999/' "$root/penstock" >demanding
expect 1 'no JDK that is new enough' sh demanding
grep -q 'no JDK 999 or newer found' out

# Ten starts in a row: none builds again. What one costs is said, and depends on what else runs.
built=$root/perf/target/launcher
before=$(cat "$built/current")
begin=$(date +%s%N)
for _ in 1 2 3 4 5 6 7 8 9 10; do
    ./penstock --help >/dev/null 2>>said
done
printf 'a short command: ms=%d\n' "$((($(date +%s%N) - begin) / 10000000))"
if [ -s said ] || [ "$(cat "$built/current")" != "$before" ]; then
    printf 'a start after the first built again, or complained:\n'
    cat said
    exit 1
fi
