#!/usr/bin/env bash
# Five minutes of two workers that share all connections, races provoked: one entry a connection, and no binding is lost.
#
# SECONDS_OF_SOAK  how long, of the traffic
set -euo pipefail
exec mvn -B verify -pl dataplane -am -Dtest=ConnectionSoakTest -Dsurefire.failIfNoSpecifiedTests=false \
    -Dpenstock.soak.seconds="${SECONDS_OF_SOAK:-300}"
