#!/usr/bin/env bash
# A million random packets over 500 random set-ups, IPv4 and IPv6: the kernel and Penstock do the same with each. SEEDS: one run each (default: 1)
set -euo pipefail
cd "$(dirname "$0")/../.."

setups=${SETUPS:-500}
for seed in ${SEEDS:-1}; do
    # With generated code and without; then with every access to memory checked.
    ./penstock judge --random "$setups" --packets 2000 --seed "$seed" --engine both
    PENSTOCK_JAVA_OPTS=-Dpenstock.checked=true ./penstock judge --random "$setups" --packets 2000 --seed "$seed" --engine both
done
