/**
 * AF_PACKET sockets, for devices and kernels where AF_XDP cannot be had. Control: opened, read out and closed here; packets
 * go through {@link io.penstock.os.hot.ring.PacketRxRing} and {@link io.penstock.os.hot.ring.PacketTx}.
 */
package io.penstock.os.packetsocket;
