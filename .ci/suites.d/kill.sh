#!/usr/bin/env bash
# 1,000 cycles of start, traffic, kill -9: the kernel forwards at once, nothing is left, memory does not shrink.
set -euo pipefail
CYCLES=${CYCLES:-1000} exec bash .ci/e2e/kill.sh
