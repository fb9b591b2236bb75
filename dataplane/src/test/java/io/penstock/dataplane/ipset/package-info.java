/**
 * A host for ipset's own tests: commands over sets and tables in memory, packets that the host sends to itself, and a clock that only
 * moves when it is told to. Started by {@code .ci/lib/ipset-host.sh}.
 */
package io.penstock.dataplane.ipset;
