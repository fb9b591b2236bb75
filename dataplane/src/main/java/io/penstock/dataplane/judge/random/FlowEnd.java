package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.FlowKeys;
import io.penstock.dataplane.judge.Wire;
import io.penstock.os.netlink.IpAddress;

/** One end of a flow, as the host there sees it: what lies between may have rewritten all. Threads: one. */
final class FlowEnd {

    /** Its keys before a packet has come there, if they are not chosen. */
    private static final int NO_KEY = 0;

    /** The router's port that leads to it. */
    int port;
    IpAddress local;
    IpAddress peer;
    int localKey = NO_KEY;
    int peerKey = NO_KEY;
    /** The last packet that came there, or null. */
    byte[] last;

    /** Whether it knows whom to send to. */
    boolean isKnown() {
        return local != null;
    }

    /** A packet has come there by a port of the router. */
    void learn(final int by, final byte... packet) {
        port = by;
        last = packet;
        final boolean isIpv4 = Wire.isIpv4(packet);
        peer = isIpv4 ? IpAddress.v4(Wire.u32(packet, 12)) : IpAddress.v6(Wire.u64(packet, 8), Wire.u64(packet, 16));
        local = isIpv4 ? IpAddress.v4(Wire.u32(packet, 16)) : IpAddress.v6(Wire.u64(packet, 24), Wire.u64(packet, 32));
        final long keys = FlowKeys.of(packet);
        if (keys != FlowKeys.NONE) {
            final int protocol = FlowKeys.protocol(packet);
            final boolean isEcho = protocol == Wire.ICMP || protocol == Wire.ICMPV6;
            peerKey = FlowKeys.source(keys);
            localKey = isEcho ? peerKey : FlowKeys.destination(keys);
        }
    }
}
