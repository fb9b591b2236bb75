/** The ends of ports that a worker polls: AF_XDP, AF_PACKET, memory. Hot: runs on worker threads. */
package io.penstock.dataplane.hot.port;
