package io.penstock.dataplane.hot.icmp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.fragment.Ipv4Fragments;
import io.penstock.dataplane.hot.fragment.Ipv6Fragments;
import io.penstock.dataplane.hot.options.OptionHost;
import io.penstock.dataplane.hot.options.OptionState;
import io.penstock.dataplane.hot.options.OptionsForward;
import io.penstock.dataplane.hot.options.OptionsReceive;
import io.penstock.dataplane.hot.options.SourceRoute;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;
import java.util.Arrays;

/**
 * For the fuzzer: the input is a packet that a router has reason to change, cut or answer. No byte outside of the packet, or of the
 * room that is asked for, is touched; what comes out is a packet with right lengths and checksums, and fragments put together
 * again are what they were cut from.
 *
 * <pre>
 *   | kind (1) | MTU (2) | packet ... |      the packet's version and lengths are put right
 * </pre>
 */
public final class ReplyFuzzTarget {

    private static final int PREFIX_BYTES = 3;
    private static final int MAX_BYTES = 4096;
    private static final int CHUNK_SHIFT = 13;
    /** Bytes in front of a packet, as behind an Ethernet header. */
    private static final int OFFSET = 14;

    private static final int ROUTE_KINDS = 3;
    private static final int TIMESTAMP_MS = 1000;
    private static final int TTL = 64;

    private static final MappedMemory MEMORY =
            MappedMemory.reserveChunked(2L << CHUNK_SHIFT, MappedMemory.Pages.NORMAL, CHUNK_SHIFT);
    private static final long PACKET = MEMORY.address() + OFFSET;
    private static final long OUT = PACKET + (1L << CHUNK_SHIFT);
    private static final Icmp4Reply REPLY = new Icmp4Reply();
    private static final OptionHost HOST = new Host();

    private ReplyFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        if (input.length <= PREFIX_BYTES || input.length > MAX_BYTES) {
            return;
        }
        final int kind = input[0] & 0xFF;
        final int mtu = (input[1] & 0xFF) << 8 | input[2] & 0xFF;
        final byte[] packet = Arrays.copyOfRange(input, PREFIX_BYTES, input.length);
        if (packet[0] >>> 4 == 6 && packet.length >= Ipv6Layout.HEADER_BYTES) {
            put(packet);
            Ipv6Layout.setPayloadLength(PACKET, packet.length - Ipv6Layout.HEADER_BYTES);
            ipv6(kind, mtu, get(PACKET, packet.length));
        } else {
            packet[0] = (byte) (packet[0] & 0xF | 0x40);
            final int headerBytes = (packet[0] & 0xF) << 2;
            if (headerBytes >= Ipv4Layout.HEADER_BYTES && headerBytes <= packet.length) {
                put(packet);
                Ipv4Layout.setTotalLength(PACKET, packet.length);
                Checksum.writeIpv4(PACKET, headerBytes);
                ipv4(kind, mtu, get(PACKET, packet.length), headerBytes);
            }
        }
    }

    private static void ipv4(final int kind, final int mtu, final byte[] packet, final int headerBytes) {
        fragments4(mtu, packet, headerBytes);
        long state = OptionsReceive.receive(PACKET, headerBytes, TIMESTAMP_MS, HOST);
        if (!OptionState.isProblem(state) && OptionState.hasSourceRoute(state)) {
            state = SourceRoute.receive(PACKET, state, kind % ROUTE_KINDS, HOST);
        }
        if (OptionState.isRefused(state)) {
            return;
        }
        error4(kind, mtu, packet.length, state);
        if (!OptionState.isProblem(state)) {
            OptionsForward.forward(PACKET, headerBytes, state, HOST);
            assertEquals(headerBytes, Ipv4Layout.headerBytes(PACKET));
            assertTrue(Checksum.verifyIpv4(PACKET, headerBytes), "checksum after the options were updated");
        }
    }

    private static void fragments4(final int mtu, final byte[] packet, final int headerBytes) {
        final int count = Ipv4Fragments.count(PACKET, packet.length, mtu);
        assertEquals(packet.length <= mtu, count == 1);
        final int offset = Ipv4Layout.fragmentOffset(PACKET);
        if (count < 2 || offset + packet.length > 65_535) {
            return;
        }
        int at = headerBytes;
        for (int k = 0; k < count; k++) {
            Regions.window(OUT, mtu);
            final int bytes = Ipv4Fragments.write(OUT, PACKET, packet.length, mtu, k);
            assertTrue(bytes <= mtu && Ipv4Layout.totalLength(OUT) == bytes, "length of a fragment");
            assertTrue(Checksum.verifyIpv4(OUT, headerBytes), "checksum of a fragment");
            assertEquals(offset + at - headerBytes, Ipv4Layout.fragmentOffset(OUT));
            final byte[] part = get(OUT + headerBytes, bytes - headerBytes);
            assertArrayEquals(Arrays.copyOfRange(packet, at, at + part.length), part);
            at += part.length;
        }
        assertEquals(packet.length, at);
    }

    private static void error4(final int kind, final int mtu, final int bytes, final long state) {
        if (!IcmpRules.mayAnswer4(PACKET, bytes) || !REPLY.prepare(PACKET, state, HOST)) {
            return;
        }
        Regions.window(OUT, Icmp4Reply.MAX_BYTES);
        final int written = REPLY.write(OUT, PACKET, bytes, IcmpLayout.DESTINATION_UNREACHABLE, kind & 0xF, 0,
                HOST.receiveAddress(PACKET), TTL, 1, mtu, TIMESTAMP_MS);
        if (written == 0) {
            return;
        }
        assertTrue(written <= Icmp4Reply.MAX_BYTES && written <= mtu, "length of the error");
        assertEquals(written, Ipv4Layout.totalLength(OUT));
        final int headerBytes = Ipv4Layout.headerBytes(OUT);
        assertTrue(Checksum.verifyIpv4(OUT, headerBytes), "checksum of the error");
        assertTrue(Checksum.verifyIcmp(OUT + headerBytes, written - headerBytes), "checksum of the ICMP message");
        int option = Ipv4Layout.firstOption(OUT, headerBytes);
        while (option > 0) {
            option = Ipv4Layout.nextOption(OUT, option, headerBytes);
        }
        assertEquals(Ipv4Layout.OPTIONS_END, option, "options of the error");
        final int quoted = headerBytes + IcmpLayout.HEADER_BYTES;
        assertArrayEquals(get(PACKET, written - quoted), get(OUT + quoted, written - quoted));
    }

    private static void ipv6(final int kind, final int mtu, final byte[] packet) {
        fragments6(mtu, packet);
        final int bytes = packet.length;
        final int type = 1 + (kind & 3);
        if (IcmpRules.mayAnswer6(PACKET, bytes, type, kind >>> 2 & 7, mtu, kind > 127)) {
            Regions.window(OUT, Icmp6Reply.MAX_BYTES);
            checkIcmp6(Icmp6Reply.write(OUT, PACKET, bytes, type, kind >>> 2 & 7, mtu, 1, 2, TTL, 0, kind));
        }
        Regions.window(OUT, Icmp6Reply.MAX_BYTES);
        checkIcmp6(NdRedirect.write(OUT, PACKET, bytes, 1, 2, 3, 4, (kind & 1) == 0 ? NdRedirect.NO_MAC : kind, 0));
    }

    private static void checkIcmp6(final int written) {
        assertTrue(written <= Icmp6Reply.MAX_BYTES && written == Ipv6Layout.HEADER_BYTES + Ipv6Layout.payloadLength(OUT));
        final long icmp = OUT + Ipv6Layout.HEADER_BYTES;
        assertTrue(Icmpv6Layout.type(icmp) != 0 && Checksum.verifyIcmpv6(OUT, icmp, written - Ipv6Layout.HEADER_BYTES));
    }

    private static void fragments6(final int mtu, final byte[] packet) {
        final int count = Ipv6Fragments.count(PACKET, packet.length, mtu);
        assertEquals(packet.length <= mtu, count == 1);
        if (count < 2) {
            return;
        }
        final byte[][] parts = new byte[count][];
        int sum = 0;
        for (int k = 0; k < count; k++) {
            Regions.window(OUT, mtu);
            final int bytes = Ipv6Fragments.write(OUT, PACKET, packet.length, mtu, k, k);
            assertTrue(bytes <= mtu && bytes == Ipv6Layout.HEADER_BYTES + Ipv6Layout.payloadLength(OUT), "length of a fragment");
            parts[k] = get(OUT, bytes);
            sum += bytes;
        }
        // Each has the unfragmentable part and a fragment header, the packet had the former once.
        final int header = (sum - packet.length - count * Ipv6FragmentLayout.HEADER_BYTES) / (count - 1);
        final int skipped = header + Ipv6FragmentLayout.HEADER_BYTES;
        int at = header;
        for (int k = 0; k < count; k++) {
            put(OUT, parts[k]);
            final int more = k == count - 1 ? 0 : Ipv6FragmentLayout.MORE_FRAGMENTS;
            assertEquals(at - header | more, Ipv6FragmentLayout.offsetFlags(OUT + header));
            final byte[] part = Arrays.copyOfRange(parts[k], skipped, parts[k].length);
            assertArrayEquals(Arrays.copyOfRange(packet, at, at + part.length), part);
            at += part.length;
        }
        assertEquals(packet.length, at);
    }

    private static void put(final byte... packet) {
        put(PACKET, packet);
    }

    private static void put(final long to, final byte... packet) {
        Regions.window(to, packet.length);
        Memory.copyFromArray(packet, 0, to, packet.length);
    }

    private static byte[] get(final long address, final int bytes) {
        final byte[] copy = new byte[bytes];
        Memory.copyToArray(address, copy, 0, bytes);
        return copy;
    }

    /** A host whose answers follow from the addresses. */
    private static final class Host implements OptionHost {

        private static final int OWN = 0x0A00_00FE;
        private static final int OUTSIDE = 0xC000_0201;

        @Override
        public int receiveAddress(final long ip) {
            return OWN;
        }

        @Override
        public int forwardAddress(final long ip) {
            return OUTSIDE;
        }

        @Override
        public boolean isUnicast(final int address) {
            return address > 0 && (address & 1) != 0;
        }

        @Override
        public int route(final int nextHop) {
            return (nextHop & 0xFF) % ROUTE_KINDS;
        }
    }
}
