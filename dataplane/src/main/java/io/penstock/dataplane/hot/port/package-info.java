/**
 * The ends of ports that a worker polls: AF_XDP, AF_PACKET, memory; the host's own end; and the way of packets to a worker that
 * has a queue which this one lacks. Hot: runs on worker threads.
 */
package io.penstock.dataplane.hot.port;
