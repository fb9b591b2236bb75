#!/usr/bin/env bash
# A million random packets over 2,000 random rule sets, IPv4 and IPv6: the kernel's iptables and Penstock do the same with each, and count the
# same, and log the same. Then ten times as many rule sets, for which all the ways in which Penstock runs rules must do the same.
# How many rules of each kind there were, and how many of them took a packet, is printed; kinds that took none are named.
#
# RULE_SETS  how many rule sets go through the kernel
# SEED       the first one's
set -euo pipefail
cd "$(dirname "$0")/../.."

# The kernel logs for its first network namespace alone, unless it is told otherwise.
all_log=/proc/sys/net/netfilter/nf_log_all_netns
before=$(cat "$all_log")
trap 'echo "$before" >"$all_log"' EXIT
echo 1 >"$all_log"

sets=${RULE_SETS:-2000}
seed=${SEED:-1}
./penstock judge --random "$sets" --packets 500 --seed "$seed" --rules
# With every access to memory checked.
PENSTOCK_JAVA_OPTS=-Dpenstock.checked=true ./penstock judge --random $((sets / 10)) --packets 500 --seed $((seed + sets)) --rules
./penstock judge --random $((sets * 10)) --packets 500 --seed "$seed" --tiers
