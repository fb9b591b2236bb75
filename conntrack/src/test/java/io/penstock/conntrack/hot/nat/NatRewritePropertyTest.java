package io.penstock.conntrack.hot.nat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.track.PacketCheck;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.PartialChecksum;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.MappedMemory;
import java.util.HexFormat;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Packets of connections whose tuples have nothing to do with each other: every half is rewritten. */
final class NatRewritePropertyTest {

    private static final int BOTH_HALVES = ConnStatus.NAT_MASK | ConnStatus.NAT_DONE_MASK;

    @Provide
    Arbitrary<Integer> protocols() {
        return Arbitraries.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP, IpProtocol.UDPLITE);
    }

    /** A connection with random tuples, a packet of one of its directions, at the end of memory. */
    private static final class Case implements AutoCloseable {

        final long ip;
        final long l4;
        final int length;
        final long entry;
        private final MappedMemory memory = MappedMemory.reserve(1 << 16, MappedMemory.Pages.NORMAL);
        private final boolean ipv4;
        private final int protocol;
        private final int bytes;

        Case(final boolean ipv4, final int protocol, final long seed, final int payload) {
            this.ipv4 = ipv4;
            this.protocol = protocol;
            final SplittableRandom random = new SplittableRandom(seed);
            entry = memory.address();
            length = TcpLayout.HEADER_BYTES + payload;
            final int headerBytes = ipv4 ? Ipv4Layout.HEADER_BYTES : Ipv6Layout.HEADER_BYTES;
            bytes = headerBytes + length;
            ip = memory.address() + memory.bytes() - bytes;
            l4 = ip + headerBytes;
            Memory.putByte(entry + ConnLayout.FAMILY, (byte) (ipv4 ? ConnLayout.FAMILY_IPV4 : ConnLayout.FAMILY_IPV6));
            ConnLayout.setProtocol(entry, protocol);
            ConnLayout.setStatus(entry, BOTH_HALVES);
            for (int direction = 0; direction < 2; direction++) {
                if (ipv4) {
                    ConnLayout.setTuple4(entry, direction, random.nextInt(), random.nextInt(), random.nextInt());
                } else {
                    ConnLayout.setTuple6(entry, direction, random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong(),
                            random.nextInt());
                }
            }
            for (int i = 0; i < bytes; i++) {
                Memory.putByte(ip + i, (byte) random.nextInt());
            }
            if (ipv4) {
                Memory.putByte(ip, (byte) Ipv4Layout.VERSION_4_IHL_5);
                Ipv4Layout.setTotalLength(ip, bytes);
                Ipv4Layout.setProtocol(ip, protocol);
            } else {
                Ipv6Layout.setVersionClassLabel(ip, 0, 0);
                Ipv6Layout.setPayloadLength(ip, length);
                Ipv6Layout.setNextHeader(ip, protocol);
            }
        }

        @Override
        public void close() {
            memory.close();
        }

        /** Makes the packet one of a direction. */
        Case with(final int direction) {
            if (ipv4) {
                Ipv4Layout.setSource(ip, ConnLayout.source4(entry, direction));
                Ipv4Layout.setDestination(ip, ConnLayout.destination4(entry, direction));
                Checksum.writeIpv4(ip, Ipv4Layout.HEADER_BYTES);
            } else {
                Ipv6Layout.setSource(ip, ConnLayout.source6High(entry, direction), ConnLayout.source6Low(entry, direction));
                Ipv6Layout.setDestination(ip, ConnLayout.destination6High(entry, direction), ConnLayout.destination6Low(entry, direction));
            }
            Memory.putIntBE(l4, ConnLayout.keysOf(entry, direction));
            switch (protocol) {
                case IpProtocol.SCTP:
                    SctpLayout.writeChecksum(l4, length);
                    break;
                case IpProtocol.TCP:
                    TcpLayout.setHeaderBytes(l4, TcpLayout.HEADER_BYTES);
                    TcpLayout.setFlags(l4, TcpLayout.ACK);
                    writeChecksum(TcpLayout.CHECKSUM);
                    break;
                default:
                    UdpLayout.setLength(l4, length);
                    writeChecksum(UdpLayout.CHECKSUM);
                    break;
            }
            return this;
        }

        private void writeChecksum(final int offset) {
            Memory.putShort(l4 + offset, 0);
            final int checksum = Checksum.checksum(pseudo() + Checksum.sum(l4, length));
            Memory.putShortBE(l4 + offset, checksum == 0 ? 0xFFFF : checksum);
        }

        void makePartial() {
            Memory.putShort(l4 + (protocol == IpProtocol.TCP ? TcpLayout.CHECKSUM : UdpLayout.CHECKSUM), Checksum.fold(pseudo()));
        }

        private long pseudo() {
            return ipv4 ? Checksum.pseudo4(ip, protocol, length) : Checksum.pseudo6(ip, protocol, length);
        }

        boolean rewrite(final int direction, final boolean source, final int l4Length, final boolean partial) {
            return ipv4
                    ? NatRewrite.packet4(entry, direction, source, ip, l4, l4Length, partial)
                    : NatRewrite.packet6(entry, direction, source, ip, l4, l4Length, partial);
        }

        boolean isValid() {
            return ipv4
                    ? Checksum.verifyIpv4(ip) && PacketCheck.isValid4(ip, protocol, l4, length, true)
                    : PacketCheck.isValid6(ip, protocol, l4, length, true);
        }

        String bytes() {
            final byte[] copy = new byte[bytes];
            Memory.copyToArray(ip, copy, 0, bytes);
            return HexFormat.of().formatHex(copy);
        }
    }

    @Property(tries = 300)
    void shouldBeTheInverseOfTheOtherDirectionWhenBothHalvesAreRewritten(
            @ForAll final boolean ipv4,
            @ForAll("protocols") final int protocol,
            @ForAll final long seed,
            @ForAll @IntRange(max = 90) final int payload,
            @ForAll final boolean reply) {
        final int direction = reply ? ConnDirection.REPLY : ConnDirection.ORIGINAL;
        final int opposite = ConnDirection.opposite(direction);
        try (Case packet = new Case(ipv4, protocol, seed, payload)) {
            packet.with(direction);
            assertTrue(packet.rewrite(direction, false, packet.length, false));
            assertTrue(packet.isValid());
            assertTrue(packet.rewrite(direction, true, packet.length, false));
            assertTrue(packet.isValid());
            assertEquals(Integer.rotateLeft(ConnLayout.keysOf(packet.entry, opposite), 16), Memory.getIntBE(packet.l4));
            if (ipv4) {
                assertEquals(ConnLayout.destination4(packet.entry, opposite), Ipv4Layout.source(packet.ip));
                assertEquals(ConnLayout.source4(packet.entry, opposite), Ipv4Layout.destination(packet.ip));
            } else {
                assertEquals(ConnLayout.destination6Low(packet.entry, opposite), Ipv6Layout.sourceLow(packet.ip));
                assertEquals(ConnLayout.source6High(packet.entry, opposite), Ipv6Layout.destinationHigh(packet.ip));
            }
        }
    }

    @Property(tries = 300)
    void shouldCompleteToTheSameWhenTheChecksumIsPartial(
            @ForAll final boolean ipv4, @ForAll final boolean tcp, @ForAll final long seed, @ForAll @IntRange(max = 90) final int payload) {
        final int protocol = tcp ? IpProtocol.TCP : IpProtocol.UDP;
        try (Case whole = new Case(ipv4, protocol, seed, payload); Case partial = new Case(ipv4, protocol, seed, payload)) {
            whole.with(ConnDirection.ORIGINAL);
            partial.with(ConnDirection.ORIGINAL).makePartial();
            for (int half = 0; half < 2; half++) {
                assertTrue(whole.rewrite(ConnDirection.ORIGINAL, half == 1, whole.length, false));
                assertTrue(partial.rewrite(ConnDirection.ORIGINAL, half == 1, partial.length, true));
            }
            PartialChecksum.complete(partial.l4, partial.length, protocol);
            assertEquals(whole.bytes(), partial.bytes());
        }
    }

    @Property(tries = 100)
    void shouldLeaveAPacketAloneWhenItsHeaderIsCut(
            @ForAll final boolean ipv4,
            @ForAll("protocols") final int protocol,
            @ForAll final long seed,
            @ForAll @IntRange(max = 7) final int length) {
        try (Case packet = new Case(ipv4, protocol, seed, 0).with(ConnDirection.ORIGINAL)) {
            final String before = packet.bytes();
            assertFalse(packet.rewrite(ConnDirection.ORIGINAL, true, length, false));
            assertEquals(before, packet.bytes());
        }
    }

    @Property(tries = 300)
    void shouldLeaveAPacketAloneWhenNothingIsTranslated(
            @ForAll final boolean ipv4, @ForAll("protocols") final int protocol, @ForAll final long seed) {
        try (Case packet = new Case(ipv4, protocol, seed, 5).with(ConnDirection.ORIGINAL)) {
            final String before = packet.bytes();
            ConnLayout.clearStatus(packet.entry, ConnStatus.NAT_MASK);
            assertTrue(packet.rewrite(ConnDirection.ORIGINAL, true, 0, false) && packet.rewrite(ConnDirection.REPLY, false, 0, false));
            assertEquals(before, packet.bytes());
        }
    }

    /** In checked mode whatever reads on behind the packet throws. */
    @Property(tries = 2000)
    void shouldStayWithinThePacketWhenAnErrorQuotesAnything(
            @ForAll final boolean ipv4,
            @ForAll final long seed,
            @ForAll @IntRange(max = 80) final int payload,
            @ForAll final boolean source,
            @ForAll final boolean plausible) {
        try (Case packet = new Case(ipv4, ipv4 ? IpProtocol.ICMP : IpProtocol.ICMPV6, seed, payload)) {
            final SplittableRandom random = new SplittableRandom(seed);
            ConnLayout.setProtocol(packet.entry, random.nextInt(256));
            if (plausible) {
                Memory.putByte(packet.l4 + IcmpLayout.HEADER_BYTES, (byte) (ipv4 ? 0x45 + random.nextInt(3) : 0x60));
                ConnLayout.setProtocol(packet.entry, new int[] {6, 17, 132, 136, 1, 58, 47}[random.nextInt(7)]);
            }
            final int info = random.nextBoolean() ? ConnInfo.RELATED : ConnInfo.RELATED_REPLY;
            if (ipv4) {
                Checksum.writeIpv4(packet.ip, Ipv4Layout.HEADER_BYTES);
                Checksum.writeIcmp(packet.l4, packet.length);
                if (NatRewrite.error4(packet.entry, info, source, packet.ip, packet.l4, packet.length)) {
                    assertTrue(Checksum.verifyIpv4(packet.ip) && Checksum.verifyIcmp(packet.l4, packet.length));
                }
            } else {
                Checksum.writeIcmpv6(packet.ip, packet.l4, packet.length);
                if (NatRewrite.error6(packet.entry, info, source, packet.ip, packet.l4, packet.length)) {
                    assertTrue(Checksum.verifyIcmpv6(packet.ip, packet.l4, packet.length));
                }
            }
        }
    }
}
