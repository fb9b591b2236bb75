#!/usr/bin/env bash
# A thousand random scenarios of IP sets, IPv4 and IPv6: the kernel's ip_set and Penstock answer some hundred ipset commands each with the same
# words, rules with -m set and -j SET do the same to the same packets, one by one and in batches, and all sets and counters are the same in the end.
# Types that the kernel here lacks are left out, and named.
#
# SCENARIOS  how many
# SEED       the first one's
set -euo pipefail
cd "$(dirname "$0")/../.."

scenarios=${SCENARIOS:-1000}
seed=${SEED:-1}
./penstock judge --random "$scenarios" --seed "$seed" --sets
# With every access to memory checked.
PENSTOCK_JAVA_OPTS=-Dpenstock.checked=true ./penstock judge --random $((scenarios / 10)) --seed $((seed + scenarios)) --sets
