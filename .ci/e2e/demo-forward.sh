#!/usr/bin/env bash
# Real TCP, IPv4 and IPv6, in both directions through a data plane between three namespaces: intact, and every packet accounted for.
set -euo pipefail

# The namespaces of demos: others' checks have their own.
demos() { ip netns list | sed -n 's/^\(penstock-[0-9]*-[a-z]*\).*/\1/p'; }

result=$(./penstock demo forward --json --seconds 2)
printf '%s\n' "$result"
for wanted in '"ok":true' '"unaccounted":0,'; do
    if ! grep -qF "$wanted" <<<"$result"; then
        printf 'not in the result: %s\n' "$wanted"
        exit 1
    fi
done
if [ "$(grep -oF '"intact":true' <<<"$result" | wc -l)" -ne 4 ]; then
    echo 'not all four connections arrived intact'
    exit 1
fi
if [ -n "$(demos)" ]; then
    printf 'left behind: %s\n' "$(demos)"
    exit 1
fi

# Ctrl-C, or a service manager, in the middle of it.
./penstock demo forward --seconds 60 >/dev/null 2>&1 &
demo=$!
deadline=$((SECONDS + 40))
until [ "$(demos | wc -l)" -eq 3 ] || [ "$SECONDS" -ge "$deadline" ]; do
    sleep 0.2
done
[ "$(demos | wc -l)" -eq 3 ]
sleep 3
kill -TERM "$demo"
wait "$demo" || true
if [ -n "$(demos)" ]; then
    printf 'left behind after SIGTERM: %s\n' "$(demos)"
    exit 1
fi
echo 'cleans up after itself, also after SIGTERM'
