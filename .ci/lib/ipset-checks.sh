#!/usr/bin/env bash
# ipset-checks.sh SCRATCH FILE...: the checks of files of ipset's tests, in the copy of its folder that this is started in, with the
# commands of ipset-commands.sh. It reads and runs a file as runtest.sh does, but goes on after a failure, and counts.
LC_ALL=C
export LC_ALL
scratch=$1
shift
passed=0
failed=0
skipped=0
outdated=0

# What ipset 7.17 itself fails: FILE: COMMAND.
declare -A OUTDATED=(
    ["ipportnethash: diff -u -I 'Size in memory.*' .foo ipportnethash.t.list0"]='a listing of ipset 6'
    ["ipportnethash: diff -u -I 'Size in memory.*' .foo ipportnethash.t.list1"]='a listing of ipset 6'
)

# run COMMAND: as runtest.sh does; what the first ipset complains of is in .foo.err.
run() {
    # Split and joined again as runtest.sh's echo does.
    # shellcheck disable=SC2206
    local words=($1)
    local line=${words[*]}
    line=${line/ipset/ipset 2>.foo.err}
    eval $line </dev/null >>"$scratch/output" 2>&1
}

for file in "$@"; do
    started=$EPOCHREALTIME
    file_passed=0
    file_failed=0
    file_outdated=0
    ipset -X test >/dev/null 2>&1
    while read -u 9 wanted command; do
        case $wanted in
        \#)
            [ "$command" != eof ] || break
            what=$command
            continue
            ;;
        skip)
            eval $command >/dev/null && continue
            printf 'skipped: %s: the rest: %s\n' "$file" "$command"
            skipped=$((skipped + 1))
            break
            ;;
        esac
        : >"$scratch/output"
        run "$command"
        status=$?
        if [ "$status" = "$wanted" ]; then
            file_passed=$((file_passed + 1))
        elif [ -n "${OUTDATED["$file: $command"]:-}" ]; then
            printf 'outdated: %s: %s: %s: %s\n' "$file" "$what" "$command" "${OUTDATED["$file: $command"]}"
            file_outdated=$((file_outdated + 1))
        else
            file_failed=$((file_failed + 1))
            printf 'FAIL: %s: %s: status=%s expected=%s: %s\n' "$file" "$what" "$status" "$wanted" "$command"
            head -c 2000 "$scratch/output" .foo.err 2>/dev/null
        fi
    done 9<"$file.t"
    took=$((${EPOCHREALTIME/./} - ${started/./}))
    printf '%s: checks=%d passed=%d failed=%d outdated=%d seconds=%d.%03d\n' "$file" "$((file_passed + file_failed + file_outdated))" \
        "$file_passed" "$file_failed" "$file_outdated" "$((took / 1000000))" "$((took / 1000 % 1000))"
    passed=$((passed + file_passed))
    failed=$((failed + file_failed))
    outdated=$((outdated + file_outdated))
done
printf 'ipset: files=%d checks=%d passed=%d failed=%d outdated=%d skipped=%d\n' "$#" "$((passed + failed + outdated))" "$passed" "$failed" \
    "$outdated" "$skipped"
[ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ] && [ "$passed" -gt 0 ]
