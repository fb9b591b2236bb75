#!/usr/bin/env bash
# What threads hand each other without locks, under jcstress in its default mode: about an hour on two cores.
set -euo pipefail
exec ./penstock bench jcstress -m default
