#!/usr/bin/env bash
# Every property that does not fix its own number of tries, with 20,000 instead of 1,000.
set -euo pipefail
exec mvn -B verify -Djqwik.tries.default=20000
