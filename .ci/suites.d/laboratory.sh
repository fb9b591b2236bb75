#!/usr/bin/env bash
# The bench laboratory: bench prove finds injected faults, and two quick reports of bench all agree within the spread that they state.
#
# FOLDER  where the reports go
set -euo pipefail
cd "$(dirname "$0")/../.."

FOLDER=${FOLDER:-target/laboratory}

rm -rf "$FOLDER"
mkdir -p "$FOLDER"
./penstock bench prove
for run in one two; do
    started=$SECONDS
    ./penstock bench all --quick --install-peers --out "$FOLDER/$run"
    seconds=$((SECONDS - started))
    printf 'report=%s seconds=%d\n' "$FOLDER/$run/report.html" "$seconds"
    for file in report.html report.md; do
        [ -s "$FOLDER/$run/$file" ] || { printf 'there is no report: file=%s\n' "$FOLDER/$run/$file"; exit 1; }
    done
done
./penstock bench compare "$FOLDER/one/results" "$FOLDER/two/results"
