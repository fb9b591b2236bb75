#!/usr/bin/env bash
# A million random packets over 500 random set-ups, IPv4 and IPv6: the kernel and Penstock do the same with each. SEEDS: one run each (default: 1)
set -euo pipefail
cd "$(dirname "$0")/../.."

for seed in ${SEEDS:-1}; do
    ./penstock judge --random 500 --packets 2000 --seed "$seed"
    # The same without generated code, and with every access to memory checked.
    ./penstock judge --random 500 --packets 2000 --seed "$seed" --engine plain
    PENSTOCK_JAVA_OPTS=-Dpenstock.checked=true ./penstock judge --random 500 --packets 2000 --seed "$seed"
done
