package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Frames whose sender left the checksum to a card that is not there. */
final class PartialChecksumTest {

    @Property
    void shouldFindAndCompletePartialFrames(
            @ForAll @Size(min = 40, max = 40) final byte[] addresses,
            @ForAll @Size(min = 20, max = 200) final byte[] segment,
            @ForAll final boolean v6,
            @ForAll final boolean tcp) {
        final Packet packet = new Packet(addresses, segment, v6, tcp);
        packet.setField(packet.pseudoSum());
        try (TestFrame frame = new TestFrame()) {
            packet.put(frame);
            assertTrue(packet.isPartial());
            packet.complete();
            assertTrue(packet.verify());
            assertFalse(packet.fieldIsForbiddenZero());
        }
    }

    @Property
    void shouldSurviveRewritingOfAddressesAndPorts(
            @ForAll @Size(min = 40, max = 40) final byte[] addresses,
            @ForAll @Size(min = 20, max = 200) final byte[] segment,
            @ForAll final boolean v6,
            @ForAll final boolean tcp,
            @ForAll final long high,
            @ForAll final long low) {
        final Packet packet = new Packet(addresses, segment, v6, tcp);
        packet.setField(packet.pseudoSum());
        try (TestFrame frame = new TestFrame()) {
            packet.put(frame);
            final long changes;
            if (v6) {
                changes = Checksum.change128(Ipv6Layout.sourceHigh(packet.ip), Ipv6Layout.sourceLow(packet.ip), high, low);
                Ipv6Layout.setSource(packet.ip, high, low);
            } else {
                changes = Checksum.change32(Ipv4Layout.source(packet.ip), (int) low);
                Ipv4Layout.setSource(packet.ip, (int) low);
            }
            UdpLayout.setSourcePort(packet.l4, (int) high);
            packet.writeField(PartialChecksum.apply(packet.readField(), changes));
            assertTrue(packet.isPartial());
            packet.complete();
            assertTrue(packet.verify());
        }
    }

    /** The ambiguity that the class doc reasons about: complete, correct, and equal to the pseudo-header's sum. */
    @Property
    void shouldChangeNothingWhenCompleteFrameLooksPartial(
            @ForAll @Size(min = 40, max = 40) final byte[] addresses,
            @ForAll @Size(min = 24, max = 200) final byte[] segment,
            @ForAll final boolean v6,
            @ForAll final boolean tcp) {
        final Packet packet = new Packet(addresses, segment, v6, tcp);
        final int pseudo = packet.pseudoSum();
        // Choose two bytes of the segment so that the rest sums to -2P: then the right checksum is P.
        packet.setField(0);
        Reference.put16(packet.segment, 20, 0);
        final long rest = Reference.sum(packet.segment);
        Reference.put16(packet.segment, 20, (int) ((3 * 0xFFFFL - 2L * pseudo - rest) % 0xFFFF));
        packet.setField(pseudo);
        try (TestFrame frame = new TestFrame()) {
            packet.put(frame);
            assertTrue(packet.verify(), "the construction gives a correct packet");
            assertTrue(packet.isPartial());
            final byte[] before = TestFrame.get(packet.l4, segment.length);
            packet.complete();
            assertTrue(packet.verify());
            if (pseudo != 0xFFFF) {
                assertArrayEquals(before, TestFrame.get(packet.l4, segment.length));
            }
        }
    }

    @Property
    void shouldNotTakeCompleteFramesForPartial(
            @ForAll @Size(min = 40, max = 40) final byte[] addresses,
            @ForAll @Size(min = 20, max = 200) final byte[] segment,
            @ForAll final boolean v6,
            @ForAll final boolean tcp) {
        final Packet packet = new Packet(addresses, segment, v6, tcp);
        packet.setField(0);
        final int right = packet.checksum();
        packet.setField(right);
        try (TestFrame frame = new TestFrame()) {
            packet.put(frame);
            assertEquals(right == packet.pseudoSum(), packet.isPartial());
        }
    }

    @Test
    void shouldNotTakeUdpWithoutChecksumForPartial() {
        try (TestFrame frame = new TestFrame()) {
            final long ip = frame.putHex("4500001c 00000000 40110000 00000000 0000ffe6 00350035 00080000");
            assertEquals(0xFFFF, Checksum.fold(Checksum.pseudo4(ip, IpProtocol.UDP, 8)), "congruent to 0, but not 0");
            assertFalse(PartialChecksum.isPartial4(ip, ip + 20, 8, IpProtocol.UDP));
        }
    }

    @Test
    void shouldCompletePartialSctp() {
        try (TestFrame frame = new TestFrame()) {
            final long sctp = frame.putHex("1388 1388 00000001 00000000 0b000004");
            assertTrue(PartialChecksum.isPartialSctp(sctp));
            SctpLayout.writeChecksum(sctp, 16);
            assertFalse(PartialChecksum.isPartialSctp(sctp));
            assertTrue(SctpLayout.verifyChecksum(sctp, 16));
        }
    }

    /** An IP header with random addresses before a random TCP or UDP segment. */
    private static final class Packet {

        private final byte[] header;
        private final byte[] segment;
        private final boolean v6;
        private final int protocol;
        private final int field;
        private long ip;
        private long l4;

        Packet(final byte[] addresses, final byte[] segment, final boolean v6, final boolean tcp) {
            this.v6 = v6;
            header = v6 ? addresses.clone() : Arrays.copyOf(addresses, Ipv4Layout.HEADER_BYTES);
            header[0] = (byte) (v6 ? 0x60 : Ipv4Layout.VERSION_4_IHL_5);
            this.segment = segment.clone();
            protocol = tcp ? IpProtocol.TCP : IpProtocol.UDP;
            field = tcp ? TcpLayout.CHECKSUM : UdpLayout.CHECKSUM;
        }

        int pseudoSum() {
            return Reference.sum(Reference.pseudo(header, protocol, segment.length));
        }

        int checksum() {
            final byte[] pseudo = Reference.pseudo(header, protocol, segment.length);
            final int checksum = Reference.checksum(Reference.concat(pseudo, segment));
            return checksum == 0 && protocol == IpProtocol.UDP ? 0xFFFF : checksum;
        }

        void setField(final int value) {
            Reference.put16(segment, field, value);
        }

        void put(final TestFrame frame) {
            ip = frame.put(Reference.concat(header, segment));
            l4 = ip + header.length;
        }

        int readField() {
            return Reference.get16(TestFrame.get(l4 + field, 2), 0);
        }

        void writeField(final int value) {
            if (protocol == IpProtocol.TCP) {
                TcpLayout.setChecksum(l4, value);
            } else {
                UdpLayout.setChecksum(l4, value);
            }
        }

        boolean fieldIsForbiddenZero() {
            return protocol == IpProtocol.UDP && readField() == 0;
        }

        boolean isPartial() {
            return v6
                    ? PartialChecksum.isPartial6(ip, l4, segment.length, protocol)
                    : PartialChecksum.isPartial4(ip, l4, segment.length, protocol);
        }

        void complete() {
            PartialChecksum.complete(l4, segment.length, protocol);
        }

        boolean verify() {
            if (protocol == IpProtocol.TCP) {
                return v6
                        ? Checksum.verifyTcp6(ip, l4, segment.length)
                        : Checksum.verifyTcp4(ip, l4, segment.length);
            }
            return v6
                    ? Checksum.verifyUdp6(ip, l4, segment.length)
                    : Checksum.verifyUdp4(ip, l4, segment.length);
        }
    }
}
