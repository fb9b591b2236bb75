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
./penstock bench compare "$FOLDER/one/results" "$FOLDER/two/results" || true # of some hundred numbers some move by chance

# Each report says what another run's medians will be, 95 times of 100: of some ten budgets one may be elsewhere.
python3 - "$FOLDER/one/report.md" "$FOLDER/two/report.md" <<'END'
import re, sys

def number(text):
    return float(text.replace(',', '').replace(' M', 'e6').replace(' k', 'e3'))

def budgets(file):
    found = {}
    for line in open(file):
        cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
        if len(cells) == 6 and re.fullmatch(r'[\d.,]+(?: [kM])? – [\d.,]+(?: [kM])?', cells[4]):
            found[cells[0]] = (number(cells[3].split(' (')[0]), *map(number, cells[4].split(' – ')))
    return found

one, two = map(budgets, sys.argv[1:])
assert one.keys() == two.keys() and len(one) >= 8, 'the reports have not the same budgets'
failed = False
for said, other, name in ((one, two, 'first'), (two, one, 'second')):
    outside = [budget for budget in said if not said[budget][1] <= other[budget][0] <= said[budget][2]]
    print(f'as the {name} report says: {len(said) - len(outside)} of {len(said)} budgets', *outside, sep='\n  outside: ' if outside else '')
    failed |= len(outside) > 1
sys.exit(failed)
END
