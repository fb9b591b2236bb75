#!/usr/bin/env bash
# Programs that people use, through routers with each of them as the host's: .ci/e2e/programs.sh with local: penstock and local: kernel.
set -euo pipefail
LOCAL='penstock,kernel short' exec bash .ci/e2e/programs.sh
