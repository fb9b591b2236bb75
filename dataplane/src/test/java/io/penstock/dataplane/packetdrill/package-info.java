/** Runs packetdrill's scripts about connection tracking through the engine, with a host in place of the kernel's TCP. */
package io.penstock.dataplane.packetdrill;
