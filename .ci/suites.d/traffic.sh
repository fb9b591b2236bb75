#!/usr/bin/env bash
# iperf3, ping, a 1 GiB file over curl, and routes and neighbours that change under traffic, at length.
set -euo pipefail
FILE_MIB=${FILE_MIB:-1024} IPERF_SECONDS=${IPERF_SECONDS:-10} RATE=${RATE:-5000} ROUNDS=${ROUNDS:-20} exec bash .ci/e2e/traffic.sh
