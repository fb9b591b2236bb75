#!/usr/bin/env bash
# A small sample of what the suite fuzz does at length, the same one each time.
set -euo pipefail
rm -rf target/fuzz-sample
SECONDS_EACH=${SECONDS_EACH:-3} SEED=${SEED:-1} JOBS=${JOBS:-2} FOLDER=target/fuzz-sample exec bash .ci/suites.d/fuzz.sh
