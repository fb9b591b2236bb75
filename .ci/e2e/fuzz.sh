#!/usr/bin/env bash
# A small sample of what the suite fuzz does at length, the same one each time: what packets and files bring.
set -euo pipefail
rm -rf target/fuzz-sample
TARGETS=${TARGETS:-headers engine restore} SECONDS_EACH=${SECONDS_EACH:-2} SEED=${SEED:-1} JOBS=${JOBS:-2} FOLDER=target/fuzz-sample exec bash .ci/suites.d/fuzz.sh
