#!/usr/bin/env bash
# That nothing is allocated for a packet: all tiers, families, matches, targets and kinds of connections, of which .ci/run takes some.
set -euo pipefail
cd "$(dirname "$0")/../.."

mvn -B -q verify -Dpenstock.whole=true '-Dtest=*AllocationTest' -Dsurefire.failIfNoSpecifiedTests=false
