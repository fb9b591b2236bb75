#!/usr/bin/env bash
# A million packets of random connections over 5,000 random rule sets, IPv4 and IPv6: the kernel's nf_conntrack and nf_nat and Penstock do the same
# with each, and have the same connections, rules' counts and statistics in the end; and the same packets in batches do the same.
# How many rules of each kind there were, and how many of them took a packet, is printed; kinds that took none are named.
#
# SCENARIOS  how many
# SEED       the first one's
set -euo pipefail
cd "$(dirname "$0")/../.."

scenarios=${SCENARIOS:-5000}
seed=${SEED:-1}
./penstock judge --random "$scenarios" --packets 200 --seed "$seed" --flows
# With every access to memory checked.
PENSTOCK_JAVA_OPTS=-Dpenstock.checked=true ./penstock judge --random $((scenarios / 10)) --packets 200 --seed $((seed + scenarios)) --flows
