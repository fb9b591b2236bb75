#!/usr/bin/env bash
# Every test of the bench commands, also those that take many seconds, of which .ci/run takes some.
set -euo pipefail
cd "$(dirname "$0")/../.."

./penstock bench peers --install
PENSTOCK_REQUIRE_PRIVILEGED=1 mvn -B -q verify -Dpenstock.whole=true '-Dtest=**/perf/**/*Test.java' -Dsurefire.failIfNoSpecifiedTests=false
