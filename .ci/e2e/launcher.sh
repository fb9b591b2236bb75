#!/usr/bin/env bash
# The launcher: from any directory, through links, with the right exit codes, and quickly once it has built.
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
sed 's/^NEEDED=.*/NEEDED=999/' "$root/penstock" >demanding
expect 1 'no JDK that is new enough' sh demanding
grep -q 'no JDK 999 or newer found' out

# Ten starts in a row; a second each would be an accident, such as a build at every start.
begin=$(date +%s%N)
for _ in 1 2 3 4 5 6 7 8 9 10; do
    ./penstock --help >/dev/null
done
ms=$((($(date +%s%N) - begin) / 10000000))
printf 'a short command: ms=%d\n' "$ms"
[ "$ms" -lt 1000 ]
