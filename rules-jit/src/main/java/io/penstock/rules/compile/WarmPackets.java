package io.penstock.rules.compile;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.PacketServices;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.model.AddressTest;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Packets that nobody sent, for the JIT compiler to see a table's code run: most are such as some rule takes, so that all of it runs.
 *
 * <p>Threads: one.
 */
final class WarmPackets implements AutoCloseable {

    private static final int BYTES = 512;
    /** Where the network header is: behind an Ethernet header. */
    private static final int NETWORK = 16;
    private static final int TRANSPORT_BYTES = 64;
    private static final int HEADER_WORDS = 5;
    private static final int MAX_TTL = 64;

    private final MappedMemory memory = MappedMemory.reserve(BYTES, MappedMemory.Pages.NORMAL);
    private final SplittableRandom random = new SplittableRandom(1);
    private final RulePacket packet = new RulePacket();
    private final WarmConnections connections;
    private final IpFamily family;
    private final List<List<RuleFields>> pools;

    /**
     * Packets for rules.
     *
     * @param pools from each of which as many packets come as from the others; empty ones are passed over
     */
    WarmPackets(final IpFamily family, final List<List<RuleFields>> pools) {
        this.family = family;
        this.pools = pools.stream().filter(pool -> !pool.isEmpty()).toList();
        this.connections = new WarmConnections(family, random);
        packet.services = new NoServices();
    }

    /** The next packet, at a hook. */
    RulePacket next(final int hook) {
        final RuleFields like = like();
        final long ip = memory.address() + NETWORK;
        packet.version = family.version();
        packet.hook = hook;
        packet.network = ip;
        packet.frame = random.nextInt(8) == 0 ? 0 : ip - EthernetLayout.HEADER_BYTES;
        EthernetLayout.setAddresses(ip - EthernetLayout.HEADER_BYTES, EthernetLayout.BROADCAST,
                like == null || like.mac() == null ? random.nextLong() >>> Short.SIZE : like.mac().source());
        packet.protocol = like == null || like.protocol() == 0 || random.nextInt(8) == 0
                ? random.nextBoolean() ? IpProtocol.TCP : IpProtocol.UDP : like.protocol();
        packet.transportLength = TRANSPORT_BYTES;
        if (family == IpFamily.IPV4) {
            packet.transport = ip + Ipv4Layout.HEADER_BYTES;
            Memory.putByte(ip, (byte) Ipv4Layout.VERSION_4_IHL_5);
            Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + TRANSPORT_BYTES);
            Ipv4Layout.setProtocol(ip, packet.protocol);
            Ipv4Layout.setTtl(ip, 1 + random.nextInt(MAX_TTL));
            Ipv4Layout.setSource(ip, (int) low(like == null ? AddressTest.ANY : like.source()));
            Ipv4Layout.setDestination(ip, (int) low(like == null ? AddressTest.ANY : like.destination()));
        } else {
            packet.transport = ip + Ipv6Layout.HEADER_BYTES;
            Ipv6Layout.setPayloadLength(ip, TRANSPORT_BYTES);
            Ipv6Layout.setNextHeader(ip, packet.protocol);
            Ipv6Layout.setHopLimit(ip, 1 + random.nextInt(MAX_TTL));
            final AddressTest source = like == null ? AddressTest.ANY : like.source();
            final AddressTest destination = like == null ? AddressTest.ANY : like.destination();
            Ipv6Layout.setSource(ip, high(source), low(source));
            Ipv6Layout.setDestination(ip, high(destination), low(destination));
        }
        packet.length = (int) (packet.transport - ip) + TRANSPORT_BYTES;
        TcpLayout.setSourcePort(packet.transport, port(like == null ? PortRange.ALL : like.sourceRange()));
        TcpLayout.setDestinationPort(packet.transport, port(like == null ? PortRange.ALL : like.destinationRange()));
        TcpLayout.setHeaderBytes(packet.transport, HEADER_WORDS * Integer.BYTES);
        TcpLayout.setFlags(packet.transport, random.nextBoolean() ? TcpLayout.SYN : TcpLayout.ACK);
        packet.inName = like == null ? 0 : like.in().word(0);
        packet.inNameRest = like == null ? 0 : like.in().word(Long.BYTES);
        packet.outName = like == null ? 0 : like.out().word(0);
        packet.outNameRest = like == null ? 0 : like.out().word(Long.BYTES);
        packet.mark = mark(like);
        connections.fill(packet);
        packet.hotdrop = false;
        return packet;
    }

    /** The one that is asked for; or small ones, none, and every bit. */
    private int mark(final RuleFields like) {
        if (like != null && like.mark() != null && random.nextInt(8) != 0) {
            return like.mark().mark() | random.nextInt() & ~like.mark().mask();
        }
        return random.nextBoolean() ? random.nextInt(4) : random.nextInt();
    }

    private RuleFields like() {
        if (pools.isEmpty()) {
            return null;
        }
        final List<RuleFields> pool = pools.get(random.nextInt(pools.size()));
        return pool.get(random.nextInt(pool.size()));
    }

    private long high(final AddressTest test) {
        return test.high() | random.nextLong() & ~test.maskHigh();
    }

    private long low(final AddressTest test) {
        return test.low() | random.nextLong() & ~test.maskLow();
    }

    private int port(final PortRange range) {
        return random.nextInt(8) == 0 ? random.nextInt(PortRange.ALL.last() + 1) : random.nextInt(range.first(), range.last() + 1);
    }

    @Override
    public void close() {
        connections.close();
        memory.close();
    }

    /** Surroundings that know nothing and do nothing. */
    private final class NoServices implements PacketServices {

        @Override
        public int addressType(final RulePacket ignored, final long address, final int device) {
            return 1 + (random.nextInt() & 3);
        }

        @Override
        public boolean reversePath(
                final RulePacket ignored, final boolean loose, final boolean useMark, final boolean acceptLocal) {
            return random.nextBoolean();
        }

        @Override
        public int pathMtu(final RulePacket ignored) {
            return 0;
        }

        @Override
        public void reject(final RulePacket ignored, final int type, final int code) {
        }

        @Override
        public void log(final RulePacket ignored, final int level, final String prefix, final int flags) {
        }

        @Override
        public void traceRule(
                final RulePacket ignored, final String table, final String chain, final int what, final int number) {
        }

        @Override
        public void tee(final RulePacket ignored, final long gatewayHigh, final long gatewayLow, final String device) {
        }

        @Override
        public int random() {
            return random.nextInt();
        }

        @Override
        public boolean insert(final RulePacket ignored, final long at, final int bytes) {
            return false;
        }
    }
}
