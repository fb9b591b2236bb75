package io.penstock.dataplane.ipset;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.dataplane.testkit.ListPortIo;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.netlink.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What the host of an engine sends, to itself too: the engine knows no loopback device, so that one of its ports is given that part.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A packet to a loopback address leaves by the port {@code lo} and comes in there again, through all hooks on its way: OUTPUT,
 *       POSTROUTING, PREROUTING and INPUT, as in the kernel.</li>
 *   <li>For the decisions of routing it has another destination, and for the tables its own.</li>
 * </ol>
 *
 * <p>Threads: one at a time.
 */
final class Loopback {

    /** Its ports, the first one first. */
    static final String NETWORK = """
            ports:
              lo: { device: lo }
              eth0: { device: eth0 }
            network:
              addresses:
                lo: [192.0.2.254/24, "2001:db8:1::fe/64"]
                eth0: [198.51.100.254/24, "2001:db8:2::fe/64"]
              routes:
                - { to: 203.0.113.0/24, via: 192.0.2.1, port: lo }
                - { to: "2001:db8:3::/64", via: "2001:db8:1::1", port: lo }
                - { to: 0.0.0.0/0, via: 198.51.100.1, port: eth0 }
                - { to: "::/0", via: "2001:db8:2::1", port: eth0 }
            """;

    private static final int LO = 0;
    private static final int ETH0 = 1;
    private static final IpAddress OUT4 = IpAddress.parse("203.0.113.1");
    private static final IpAddress OUT6 = IpAddress.parse("2001:db8:3::1");
    private static final IpAddress IN4 = IpAddress.parse("192.0.2.254");
    private static final IpAddress IN6 = IpAddress.parse("2001:db8:1::fe");
    private static final IpAddress LOOPBACK4 = IpAddress.parse("127.0.0.0");
    private static final int LOOPBACK4_BITS = 8;
    private static final IpAddress LOOPBACK6 = IpAddress.parse("::1");

    private final OfflineEngine engine;
    private final Lane lane;
    private final ListPortIo[] ports;
    private final ListPortIo host;
    private final Batch batch = new Batch();
    /** The destination of the packet that is under way to the host itself, or null. */
    private IpAddress own;

    /** The host of an engine whose network is {@link #NETWORK}. */
    Loopback(final OfflineEngine engine) {
        this.engine = engine;
        lane = engine.lane();
        engine.resolveAtOnce();
        ports = new ListPortIo[] {new ListPortIo(engine.frames()), new ListPortIo(engine.frames())};
        engine.port(LO, ports[LO]);
        engine.port(ETH0, ports[ETH0]);
        host = new ListPortIo(engine.frames());
        lane.local(host);
        for (final Family family : List.of(Family.IPV4, Family.IPV6)) {
            engine.hooks().register(List.of(
                    HookOps.of("sent", family, HookPoint.LOCAL_OUT, Priority.FIRST, (packet, state) -> own(packet)),
                    HookOps.of("come", family, HookPoint.PRE_ROUTING, Priority.FIRST, (packet, state) -> own(packet)),
                    HookOps.of("routed", family, HookPoint.PRE_ROUTING, Priority.LAST, (packet, state) -> standIn(packet)),
                    HookOps.of("received", family, HookPoint.LOCAL_IN, Priority.FIRST, (packet, state) -> own(packet))));
        }
    }

    /** Sends a packet, at a time. */
    void send(final SentPacket packet, final long nowNs) {
        final IpAddress to = IpAddress.parse(packet.destination());
        final boolean isOwn = to.family() == IpAddress.V4 ? to.isIn(LOOPBACK4, LOOPBACK4_BITS) : to.equals(LOOPBACK6);
        own = isOwn ? to : null;
        final byte[] frame = frame(packet.bytes());
        if (isOwn) {
            destination(frame, to.family() == IpAddress.V4 ? OUT4 : OUT6);
        }
        run(host, Batch.FROM_HOST, frame, nowNs);
        final byte[] left = ports[LO].sent.isEmpty() ? null : ports[LO].sent.removeFirst();
        if (left != null) {
            destination(left, to.family() == IpAddress.V4 ? IN4 : IN6);
            run(ports[LO], LO, left, nowNs);
        }
        own = null;
        ports[ETH0].sent.clear();
        host.sent.clear();
    }

    private void run(final ListPortIo from, final int port, final byte[] frame, final long nowNs) {
        from.offer(frame);
        Arrays.fill(batch.inPort, port);
        Arrays.fill(batch.outPort, Batch.NO_PORT);
        Arrays.fill(batch.mark, 0);
        Arrays.fill(batch.uid, port == Batch.FROM_HOST ? 0 : -1);
        batch.nowNs = nowNs;
        batch.count = from.receive(batch, Batch.CAPACITY);
        if (port == Batch.FROM_HOST) {
            lane.processOutput(batch);
        } else {
            lane.process(batch);
        }
        engine.settle(nowNs);
        if (lane.counters.unaccounted() != 0) {
            throw new IllegalStateException("a packet is lost: unaccounted=" + lane.counters.unaccounted());
        }
    }

    private int own(final Packet packet) {
        if (own != null) {
            destination(packet.network(), own);
        }
        return Verdict.ACCEPT;
    }

    private int standIn(final Packet packet) {
        if (own != null) {
            destination(packet.network(), own.family() == IpAddress.V4 ? IN4 : IN6);
        }
        return Verdict.ACCEPT;
    }

    /** Over the wire and in hook functions only the address differs, so that the transport's checksum is right where tables look. */
    private static void destination(final long ip, final IpAddress to) {
        if (to.family() == IpAddress.V4) {
            Ipv4Layout.setDestination(ip, to.toInt());
            Checksum.writeIpv4(ip, Ipv4Layout.headerBytes(ip));
        } else {
            Ipv6Layout.setDestination(ip, to.high(), to.low());
        }
    }

    private static void destination(final byte[] frame, final IpAddress to) {
        final ByteBuffer bytes = ByteBuffer.wrap(frame);
        if (to.family() == IpAddress.V4) {
            bytes.putInt(EthernetLayout.HEADER_BYTES + Ipv4Layout.DESTINATION, to.toInt());
            bytes.putShort(EthernetLayout.HEADER_BYTES + Ipv4Layout.CHECKSUM, (short) 0);
            long sum = 0;
            for (int at = 0; at < Ipv4Layout.HEADER_BYTES; at += Short.BYTES) {
                sum += Short.toUnsignedInt(bytes.getShort(EthernetLayout.HEADER_BYTES + at));
            }
            sum = (sum & 0xFFFF) + (sum >>> 16);
            bytes.putShort(EthernetLayout.HEADER_BYTES + Ipv4Layout.CHECKSUM, (short) ~((sum & 0xFFFF) + (sum >>> 16)));
        } else {
            bytes.putLong(EthernetLayout.HEADER_BYTES + Ipv6Layout.DESTINATION, to.high());
            bytes.putLong(EthernetLayout.HEADER_BYTES + Ipv6Layout.DESTINATION + Long.BYTES, to.low());
        }
    }

    private static byte[] frame(final byte... packet) {
        final boolean isIpv4 = packet[0] >>> 4 == 4;
        return ByteBuffer.allocate(EthernetLayout.HEADER_BYTES + packet.length)
                .putShort(EthernetLayout.ETHER_TYPE, (short) (isIpv4 ? EthernetLayout.TYPE_IPV4 : EthernetLayout.TYPE_IPV6))
                .put(EthernetLayout.HEADER_BYTES, packet).array();
    }
}
