#!/usr/bin/env bash
# A sample of what the suite ipset does: the files of ipset's tests that are done soon.
set -euo pipefail
export FILES='init ipmap bitmap:ip macipmap portmap iphash ipporthash ipmarkhash ipportiphash nethash hash:mac setlist match_target
    match_flags match_target6'
exec bash .ci/suites.d/ipset.sh
