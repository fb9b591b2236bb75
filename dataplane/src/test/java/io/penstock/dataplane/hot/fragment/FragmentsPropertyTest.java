package io.penstock.dataplane.hot.fragment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.testkit.RandomPacket4;
import io.penstock.dataplane.testkit.RandomPacket6;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** Fragments put together are the packet that they were cut from. */
class FragmentsPropertyTest {

    private static final int CHUNK_SHIFT = 17;
    private static final MappedMemory MEMORY =
            MappedMemory.reserveChunked(2L << CHUNK_SHIFT, MappedMemory.Pages.NORMAL, CHUNK_SHIFT);
    private static final long IN = MEMORY.address();
    private static final long OUT = MEMORY.address() + (1L << CHUNK_SHIFT);
    private static final int MIN_IPV6_MTU = 1280;

    @AfterContainer
    static void close() {
        MEMORY.close();
    }

    @Property(tries = 500)
    void shouldReassembleToThePacketWhenIpv4(
            @ForAll final long seed,
            @ForAll @IntRange(min = 68, max = 2000) final int mtu,
            @ForAll @IntRange(min = 0, max = 9000) final int payloadBytes,
            @ForAll @IntRange(min = 0, max = 7000) final int firstUnit,
            @ForAll final boolean more) {
        final Random random = new Random(seed);
        final byte[] payload = RandomPacket4.bytes(random, payloadBytes);
        final byte[] options = RandomPacket4.options(random, 0x0A00_0001);
        final int word = (random.nextBoolean() ? 0 : firstUnit) | (more ? Ipv4Layout.MORE_FRAGMENTS : 0);
        final byte[] packet = RandomPacket4.packet(3, 77, word, 9, 17, 1, 2, options, payload);
        put(packet);
        final int headerBytes = Ipv4Layout.headerBytes(IN);
        final int count = Ipv4Fragments.count(IN, packet.length, mtu);
        assertTrue(count >= 1);
        final byte[] whole = new byte[payloadBytes];
        int next = 0;
        for (int k = 0; k < count; k++) {
            Regions.window(OUT, Math.max(mtu, 1));
            final int bytes = Ipv4Fragments.write(OUT, IN, packet.length, mtu, k);
            assertTrue(bytes <= mtu);
            assertEquals(bytes, Ipv4Layout.totalLength(OUT));
            assertTrue(Checksum.verifyIpv4(OUT, headerBytes));
            assertEquals(Ipv4Layout.fragmentOffset(IN) + next, Ipv4Layout.fragmentOffset(OUT));
            assertEquals(k < count - 1 || more, (Ipv4Layout.flags(OUT) & Ipv4Layout.MORE_FRAGMENTS) != 0);
            if (k == 0) {
                assertEquals(text(IN + 20, headerBytes - 20), text(OUT + 20, headerBytes - 20));
            }
            Memory.copyToArray(OUT + headerBytes, whole, next, bytes - headerBytes);
            next += bytes - headerBytes;
            // One less than the room for 8 bytes more: no fragment but the last is shorter than it could be.
            assertTrue(k == count - 1 || bytes + 8 > mtu);
        }
        assertEquals(payloadBytes, next);
        assertArrayEquals(payload, whole);
    }

    @Property(tries = 500)
    void shouldReassembleToThePacketWhenIpv6(
            @ForAll final long seed,
            @ForAll @IntRange(min = 56, max = 3000) final int mtu,
            @ForAll @IntRange(min = 0, max = 9000) final int payloadBytes) {
        final Random random = new Random(seed);
        final byte[] chain = RandomPacket6.chain(random, Math.min(payloadBytes, 1900));
        final byte[] packet = RandomPacket6.packet(5, chain[0], 64, new byte[16], new byte[16],
                Arrays.copyOfRange(chain, 1, chain.length));
        put(packet);
        final int count = Ipv6Fragments.count(IN, packet.length, mtu);
        if (count <= 1) {
            assertTrue(count == 0 || packet.length <= mtu);
            return;
        }
        byte[] whole = null;
        int next = 0;
        int headerBytes = 0;
        for (int k = 0; k < count; k++) {
            Regions.window(OUT, mtu);
            final int bytes = Ipv6Fragments.write(OUT, IN, packet.length, mtu, k, 0x1234_5678);
            assertTrue(bytes <= mtu);
            assertEquals(bytes - Ipv6Layout.HEADER_BYTES, Ipv6Layout.payloadLength(OUT));
            if (k == 0) {
                headerBytes = fragmentHeader(packet);
                whole = new byte[packet.length - headerBytes];
            }
            final long fragment = OUT + headerBytes;
            assertEquals(0x1234_5678, Ipv6FragmentLayout.identification(fragment));
            assertEquals(next | (k < count - 1 ? 1 : 0), Ipv6FragmentLayout.offsetFlags(fragment));
            final int data = bytes - headerBytes - Ipv6FragmentLayout.HEADER_BYTES;
            Memory.copyToArray(fragment + Ipv6FragmentLayout.HEADER_BYTES, whole, next, data);
            next += data;
        }
        assertEquals(packet.length - headerBytes, next);
        assertArrayEquals(Arrays.copyOfRange(packet, headerBytes, packet.length), whole);
    }

    @Property(tries = 200)
    void shouldCutNothingWhenThereIsNoRoom(@ForAll @IntRange(min = 0, max = 27) final int mtu) {
        put(RandomPacket4.packet(0, 0, 0, 9, 17, 1, 2, new byte[0], new byte[100]));
        assertEquals(0, Ipv4Fragments.count(IN, 120, mtu));
        put(RandomPacket6.packet(0, IpProtocol.UDP, 9, new byte[16], new byte[16], new byte[MIN_IPV6_MTU]));
        assertEquals(0, Ipv6Fragments.count(IN, Ipv6Layout.HEADER_BYTES + MIN_IPV6_MTU, mtu + 28));
    }

    /** Where the first fragment's chain says that its fragment header is, found by another way than the class's. */
    private static int fragmentHeader(final byte[] packet) {
        for (int at = Ipv6Layout.HEADER_BYTES; at <= packet.length; at += 8) {
            if (Memory.getIntBE(OUT + at + Ipv6FragmentLayout.IDENTIFICATION) == 0x1234_5678
                    && Memory.getUnsignedByte(OUT + at + 1) == 0 && Memory.getUnsignedShortBE(OUT + at + 2) == 1) {
                return at;
            }
        }
        throw new AssertionError("no fragment header");
    }

    private static void put(final byte[] packet) {
        Regions.unwindow(IN);
        Memory.copyFromArray(packet, 0, IN, packet.length);
        Regions.window(IN, packet.length);
    }

    private static String text(final long address, final int bytes) {
        final byte[] array = new byte[bytes];
        Memory.copyToArray(address, array, 0, bytes);
        return Arrays.toString(array);
    }
}
