package io.penstock.dataplane.replay;

import io.penstock.dataplane.testkit.IpPackets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** IP packets, without a link header, of conversations between a client and a server, with right checksums. */
final class ConversationPackets {

    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int ACK = 16;

    static final int INIT = 1;
    static final int INIT_ACK = 2;
    static final int HEARTBEAT = 4;
    static final int HEARTBEAT_ACK = 5;
    static final int SHUTDOWN = 7;
    static final int SHUTDOWN_ACK = 8;
    static final int COOKIE_ECHO = 10;
    static final int COOKIE_ACK = 11;

    private static final int UDP_LITE = 136;
    private static final int GRE = 47;
    private static final int SCTP = 132;
    /** RFC 3692: for experiments; no tracker knows it. */
    private static final int EXPERIMENT = 253;

    private static final int CLIENT_PORT = 4000;
    private static final int SERVER_PORT = 80;
    private static final int WINDOW = 0x4000;
    private static final int CLIENT_START = 1000;
    private static final int SERVER_START = 5000;
    private static final int CLIENT_TAG = 0xC11E_0001;
    private static final int SERVER_TAG = 0x5E12_0001;
    private static final int INIT_CHUNK_BYTES = 20;

    private final String client;
    private final String server;

    ConversationPackets(final String client, final String server) {
        this.client = client;
        this.server = server;
    }

    /** A TCP segment of an end: numbers count from the SYNs', which are 0. */
    byte[] tcp(final boolean isClients, final int flags, final int sequence, final int acked, final int window, final int bytes) {
        final ByteBuffer tcp = ByteBuffer.allocate(20 + bytes);
        ports(tcp, isClients).putInt((isClients ? CLIENT_START : SERVER_START) + sequence)
                .putInt((flags & ACK) == 0 ? 0 : (isClients ? SERVER_START : CLIENT_START) + acked)
                .put((byte) 0x50).put((byte) flags).putShort((short) window);
        return packet(isClients, IpPackets.TCP, tcp.array(), 16);
    }

    /** A TCP segment without data. */
    byte[] tcp(final boolean isClients, final int flags, final int sequence, final int acked) {
        return tcp(isClients, flags, sequence, acked, WINDOW, 0);
    }

    byte[] udp(final boolean isClients) {
        final ByteBuffer udp = ByteBuffer.allocate(12);
        ports(udp, isClients).putShort((short) 12);
        return packet(isClients, IpPackets.UDP, udp.array(), 6);
    }

    /** UDP-Lite, all of it covered; of IPv6. */
    byte[] udpLite(final boolean isClients) {
        return packet(isClients, UDP_LITE, ports(ByteBuffer.allocate(12), isClients).array(), 6);
    }

    /** An echo request of the client's, or its answer. */
    byte[] echo(final boolean isClients) {
        final boolean isIpv4 = client.indexOf(':') < 0;
        final int type = isIpv4 ? isClients ? 8 : 0 : isClients ? 128 : 129;
        return packet(isClients, isIpv4 ? IpPackets.ICMP : IpPackets.ICMPV6,
                ByteBuffer.allocate(12).put((byte) type).putShort(4, (short) 7).array(), 2);
    }

    /** GRE of version 0, without options. */
    byte[] gre(final boolean isClients) {
        return of(isClients, GRE, ByteBuffer.allocate(24).putShort(2, (short) 0x0800).array());
    }

    /** A protocol that has no tracker. */
    byte[] other(final boolean isClients) {
        return of(isClients, EXPERIMENT, new byte[8]);
    }

    /** An SCTP packet with one chunk, and the tag that it must have. */
    byte[] sctp(final boolean isClients, final int chunk) {
        final boolean isInit = chunk == INIT || chunk == INIT_ACK;
        final int chunkBytes = isInit ? INIT_CHUNK_BYTES : 8;
        final ByteBuffer sctp = ByteBuffer.allocate(12 + chunkBytes);
        ports(sctp, isClients).putInt(chunk == INIT || chunk == HEARTBEAT ? 0 : isClients ? SERVER_TAG : CLIENT_TAG).putInt(0)
                .put((byte) chunk).put((byte) 0).putShort((short) chunkBytes);
        if (isInit) {
            sctp.putInt(isClients ? CLIENT_TAG : SERVER_TAG).putInt(WINDOW).putShort((short) 1).putShort((short) 1).putInt(1);
        }
        final CRC32C sum = new CRC32C();
        sum.update(sctp.array());
        sctp.order(ByteOrder.LITTLE_ENDIAN).putInt(8, (int) sum.getValue());
        return of(isClients, SCTP, sctp.array());
    }

    private static ByteBuffer ports(final ByteBuffer header, final boolean isClients) {
        return header.putShort((short) (isClients ? CLIENT_PORT : SERVER_PORT)).putShort((short) (isClients ? SERVER_PORT : CLIENT_PORT));
    }

    private byte[] packet(final boolean isClients, final int protocol, final byte[] payload, final int checksumAt) {
        return of(isClients, protocol,
                IpPackets.summed(isClients ? client : server, isClients ? server : client, protocol, payload, checksumAt));
    }

    private byte[] of(final boolean isClients, final int protocol, final byte[] payload) {
        return IpPackets.of(isClients ? client : server, isClients ? server : client, protocol, payload);
    }
}
