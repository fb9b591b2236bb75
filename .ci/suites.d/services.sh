#!/usr/bin/env bash
# Virtual services end to end with 10,000 connections at once, a thousand services of a hundred servers each reconfigured under traffic, and
# a million random flows for which two data planes choose the same servers.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v wrk >/dev/null || { apt-get -qq update && apt-get -qq -y install wrk >/dev/null; }
CLIENTS=${CLIENTS:-10000} SERVICES=${SERVICES:-1000} LOAD_SECONDS=${LOAD_SECONDS:-20} FLOWS=${FLOWS:-1000000} .ci/e2e/services.sh
