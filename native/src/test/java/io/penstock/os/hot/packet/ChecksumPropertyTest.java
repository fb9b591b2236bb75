package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The fast sums against the slow one; updates against recomputation. */
final class ChecksumPropertyTest {

    @Property
    void shouldSumAsTheReferenceAtAnyLengthAndAlignment(
            @ForAll @Size(max = 400) final byte[] bytes, @ForAll @IntRange(max = 15) final int offset) {
        assertSum(bytes, offset);
    }

    @Property(tries = 50)
    void shouldSumAsTheReferenceWhenRangeIsLarge(
            @ForAll @IntRange(min = 400, max = 65535) final int length, @ForAll final Random random,
            @ForAll final boolean ones) {
        final byte[] bytes = new byte[length];
        if (ones) {
            Arrays.fill(bytes, (byte) 0xFF);
        } else {
            random.nextBytes(bytes);
        }
        assertSum(bytes, random.nextInt(8));
    }

    @Property
    void shouldAddUpWhenRangeIsCutAtEvenOffset(
            @ForAll @Size(max = 300) final byte[] bytes, @ForAll @IntRange(max = 300) final int cut) {
        final int even = Math.min(cut, bytes.length) & -2;
        try (TestFrame frame = new TestFrame()) {
            final long address = frame.put(bytes);
            final long sum = Checksum.sum(address, even) + Checksum.sum(address + even, bytes.length - even);
            assertEquals(Reference.checksum(bytes), Checksum.checksum(sum));
        }
    }

    @Property
    void shouldUpdateToWhatRecomputingGives(
            @ForAll @Size(min = 64, max = 64) final byte[] bytes,
            @ForAll @Size(min = 16, max = 16) final byte[] change,
            @ForAll @IntRange(max = 24) final int word,
            @ForAll @IntRange(max = 2) final int kind) {
        final byte[] before = bytes.clone();
        // As in every header that is updated in place, some byte is never 0.
        before[63] |= 1;
        final int changed = kind == 0 ? 2 : kind == 1 ? 4 : 16;
        final int at = word * 2 & -Math.min(changed, 4);
        final byte[] after = before.clone();
        System.arraycopy(change, 0, after, at, changed);
        after[63] |= 1;
        try (TestFrame one = new TestFrame(); TestFrame other = new TestFrame()) {
            final long from = one.put(before) + at;
            final long to = other.put(after) + at;
            final int old = Reference.checksum(before);
            final int updated = switch (kind) {
                case 0 -> Checksum.update16(old, UdpLayout.sourcePort(from), UdpLayout.sourcePort(to));
                case 1 -> Checksum.update32(old, Ipv4Layout.source(from - 12), Ipv4Layout.source(to - 12));
                default -> Checksum.update128(old, Ipv6Layout.sourceHigh(from - 8), Ipv6Layout.sourceLow(from - 8),
                        Ipv6Layout.sourceHigh(to - 8), Ipv6Layout.sourceLow(to - 8));
            };
            assertEquals(Reference.checksum(after), updated);
        }
    }

    @Property
    void shouldDecrementTtlToWhatRecomputingGives(
            @ForAll @Size(min = 20, max = 20) final byte[] bytes, @ForAll @IntRange(min = 1, max = 255) final int ttl) {
        final byte[] header = bytes.clone();
        header[0] = Ipv4Layout.VERSION_4_IHL_5;
        try (TestFrame frame = new TestFrame()) {
            final long ip = frame.put(header);
            Ipv4Layout.setTtl(ip, ttl);
            Checksum.writeIpv4(ip, 20);
            assertTrue(Checksum.verifyIpv4(ip));
            assertEquals(ttl - 1, Ipv4Layout.decrementTtl(ip));
            final byte[] decremented = TestFrame.get(ip, 20);
            Ipv4Layout.setChecksum(ip, 0xFFFF);
            Checksum.writeIpv4(ip, 20);
            assertArrayEquals(TestFrame.get(ip, 20), decremented);
        }
    }

    @Property
    void shouldWriteAndVerifyL4AsTheReference(
            @ForAll @Size(min = 40, max = 40) final byte[] addresses,
            @ForAll @Size(min = 20, max = 200) final byte[] segment,
            @ForAll final boolean v6,
            @ForAll @IntRange(max = 2) final int kind) {
        final byte[] ip = v6 ? addresses.clone() : Arrays.copyOf(addresses, 20);
        ip[0] = (byte) (v6 ? 0x60 : Ipv4Layout.VERSION_4_IHL_5);
        final int icmp = v6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP;
        final int protocol = kind == 0 ? IpProtocol.TCP : kind == 1 ? IpProtocol.UDP : icmp;
        final int field = kind == 0 ? 16 : kind == 1 ? 6 : 2;
        final byte[] zeroed = segment.clone();
        Reference.put16(zeroed, field, 0);
        final byte[] pseudo = protocol == IpProtocol.ICMP ? new byte[0] : Reference.pseudo(ip, protocol, segment.length);
        final int plain = Reference.checksum(Reference.concat(pseudo, zeroed));
        final int expected = plain == 0 && protocol == IpProtocol.UDP ? 0xFFFF : plain;
        try (TestFrame frame = new TestFrame()) {
            final long header = frame.put(Reference.concat(ip, segment));
            final long l4 = header + ip.length;
            write(protocol, v6, header, l4, segment.length);
            assertEquals(expected, Reference.get16(TestFrame.get(l4, segment.length), field));
            assertTrue(verify(protocol, v6, header, l4, segment.length));
        }
    }

    private static void assertSum(final byte[] bytes, final int offset) {
        try (TestFrame frame = new TestFrame()) {
            final long address = frame.put(bytes, offset);
            final long sum = Checksum.sum(address, bytes.length);
            assertEquals(Reference.checksum(bytes), Checksum.checksum(sum));
            assertTrue(sum >= 0 && sum < 1L << 47, "sum=" + sum);
            assertEquals(Reference.sum(bytes) == 0xFFFF, Checksum.isValid(sum));
        }
    }

    private static void write(final int protocol, final boolean v6, final long ip, final long l4, final int l4Bytes) {
        switch (protocol) {
            case IpProtocol.TCP -> {
                if (v6) {
                    Checksum.writeTcp6(ip, l4, l4Bytes);
                } else {
                    Checksum.writeTcp4(ip, l4, l4Bytes);
                }
            }
            case IpProtocol.UDP -> {
                if (v6) {
                    Checksum.writeUdp6(ip, l4, l4Bytes);
                } else {
                    Checksum.writeUdp4(ip, l4, l4Bytes);
                }
            }
            case IpProtocol.ICMP -> Checksum.writeIcmp(l4, l4Bytes);
            default -> Checksum.writeIcmpv6(ip, l4, l4Bytes);
        }
    }

    private static boolean verify(
            final int protocol, final boolean v6, final long ip, final long l4, final int l4Bytes) {
        return switch (protocol) {
            case IpProtocol.TCP -> v6 ? Checksum.verifyTcp6(ip, l4, l4Bytes) : Checksum.verifyTcp4(ip, l4, l4Bytes);
            case IpProtocol.UDP -> v6 ? Checksum.verifyUdp6(ip, l4, l4Bytes) : Checksum.verifyUdp4(ip, l4, l4Bytes);
            case IpProtocol.ICMP -> Checksum.verifyIcmp(l4, l4Bytes);
            default -> Checksum.verifyIcmpv6(ip, l4, l4Bytes);
        };
    }
}
