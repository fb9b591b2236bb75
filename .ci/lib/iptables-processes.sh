#!/usr/bin/env bash
# A sample of iptables' own tests as processes: the launcher's links against a running data plane beside the installed legacy tools.
#
# SOURCE  iptables' source tree
# CASES   how many cases of extensions, evenly taken
# SEED    which ones; printed
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=.ci/lib/net.sh
. .ci/lib/net.sh

CASES=${CASES:-150}
SEED=${SEED:-$RANDOM}
# Seconds for a script.
PATIENCE=120

# What these ask is not there, or takes thousands of processes.
declare -A UNFIT=(
    [chain/0004extra-base_0]='asks nft'
    [ipt-restore/0017-pointless-compat-checks_0]='counts system calls'
    [ipt-save/0006iptables-xml_0]='asks iptables-xml'
    [ipt-save/0007-overhead_0]='counts system calls'
)

launcher=$(readlink -f "${penstock[0]}")
links=$scratch/bin
mkdir "$links"
for tool in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -s "$launcher" "$links/$tool"
done
real=pe-$$-r
namespaces+=("$real")

# multi FILE COMMAND...: what scripts call instead of xtables-legacy-multi: the command with the tool's name and arguments behind it.
multi() {
    local file=$1
    shift
    printf '#!/bin/sh\nexec %s "$@"\n' "$*" >"$file"
    chmod +x "$file"
}
mkdir "$scratch/ours" "$scratch/theirs"
multi "$scratch/ours/xtables-legacy-multi" "ip netns exec $dut $launcher"
multi "$scratch/theirs/xtables-legacy-multi" "ip netns exec $real xtables-legacy-multi"

# script SIDE PATH: runs a script of theirs; what it exits with is in $status, what it prints in a file named as the side.
script() {
    # Some of them are not executable in the package.
    local runner=()
    [ -x "$2" ] || runner=(bash)
    status=0
    XT_MULTI=$scratch/$1/xtables-legacy-multi timeout "$PATIENCE" "${runner[@]}" "$2" </dev/null >"$scratch/$1.text" 2>&1 || status=$?
    # Names of files are new with each run, and so is the time; a trace (set -x) of a pipeline comes in any order.
    sed -i -E -e '/^\+/d' -e "s|$scratch/$1||g" -e 's|/tmp/tmp\.[A-Za-z0-9]+|FILE|g' \
        -e 's/^(# (Generated|Completed) .*) on .*/\1/' "$scratch/$1.text"
}

net_up
ip netns add "$real"

say "cases of extensions"
start_run --port d0 --port d1
python3 .ci/lib/beside.py "$dut" "$real" "$links" cases "$SOURCE/extensions" "$CASES" "$SEED" || fail 'cases of extensions'
stop_run

say 'scripts'
folder=$SOURCE/iptables/tests/shell/testcases
passed=0
failed=0
skipped=0
later=0
for path in "$folder"/{chain,iptables,ip6tables,ipt-restore,ipt-save}/*_[0-9]; do
    name=${path#"$folder/"}
    if [ -n "${UNFIT[$name]:-}" ]; then
        printf 'skipped: %s: it %s\n' "$name" "${UNFIT[$name]}"
        skipped=$((skipped + 1))
        continue
    fi
    ip netns del "$real"
    ip netns add "$real"
    start_run --port d0 --port d1
    script ours "$path"
    ours=$status
    script theirs "$path"
    stop_run
    if [ "$ours" -eq "$status" ] && diff -q "$scratch/ours.text" "$scratch/theirs.text" >/dev/null; then
        passed=$((passed + 1))
    elif grep -q 'can be read and written, and cannot run yet' "$scratch/ours.text"; then
        printf 'later: %s: %s\n' "$name" "$(grep -m 1 -o "[a-z]* '[^']*' can be read and written.*" "$scratch/ours.text")"
        later=$((later + 1))
    else
        printf 'FAIL: script=%s ours=%d real=%d\n' "$name" "$ours" "$status"
        diff "$scratch/ours.text" "$scratch/theirs.text" | head -n 20
        failed=$((failed + 1))
    fi
done
printf 'scripts as processes: passed=%d failed=%d skipped=%d later=%d\n' "$passed" "$failed" "$skipped" "$later"
[ "$failed" -eq 0 ]
