#!/usr/bin/env bash
# Restores of 11,008 rules, 200 changes of single ones among 10,000, under load: nothing lost, counters exact, the worker's loop never given up.
# RATE: packets a second (default: 200000)
set -euo pipefail
cd "$(dirname "$0")/../.."

# All that is offered may wait: what else the machine does must not decide.
./penstock bench update --rate "${RATE:-200000}" --ring 16777216 --restores 5 --changes 200
