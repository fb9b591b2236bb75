#!/usr/bin/env bash
# A million random packets over 2,000 random rule sets, IPv4 and IPv6: the kernel's iptables and Penstock do the same with each, and count the
# same. Then ten times as many rule sets, for which all the ways in which Penstock runs rules must do the same. SEED: the first (default: 1)
set -euo pipefail
cd "$(dirname "$0")/../.."

sets=${RULE_SETS:-2000}
seed=${SEED:-1}
./penstock judge --random "$sets" --packets 500 --seed "$seed" --rules
# With every access to memory checked.
PENSTOCK_JAVA_OPTS=-Dpenstock.checked=true ./penstock judge --random $((sets / 10)) --packets 500 --seed $((seed + sets)) --rules
./penstock judge --random $((sets * 10)) --packets 500 --seed "$seed" --tiers
