/**
 * AF_XDP: the frames of a worker, the sockets on a device's queues, and the program that redirects packets to them. Control:
 * opened, asked and closed here; packets go through {@link io.penstock.os.hot.ring}.
 */
package io.penstock.os.xdp;
