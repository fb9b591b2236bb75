package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class SctpLayoutTest {

    private static final String HEADER = "1388 138a 01020304 00000000";
    private static final String INIT = "01000014 a1a2a3a4 00010000 000a ffff 00000001";

    @Test
    void shouldReadAndWriteCommonHeader() {
        try (TestFrame frame = new TestFrame()) {
            final long sctp = frame.putHex(HEADER);
            assertEquals(5000, SctpLayout.sourcePort(sctp));
            assertEquals(5002, SctpLayout.destinationPort(sctp));
            assertEquals(0x0102_0304, SctpLayout.verificationTag(sctp));
            SctpLayout.setSourcePort(sctp, 0xF1F2);
            SctpLayout.setDestinationPort(sctp, 0xF3F4);
            SctpLayout.setVerificationTag(sctp, 0xE1E2_E3E4);
            SctpLayout.setChecksum(sctp, 0x0403_0201);
            assertEquals("f1f2f3f4e1e2e3e401020304", TestFrame.getHex(sctp, 12));
            assertEquals(0x0403_0201, SctpLayout.checksum(sctp));
        }
    }

    @Test
    void shouldListChunksWhenPadded() {
        assertEquals(List.of("0:17", "3:16", "end"), walk("0003 0011" + "00".repeat(13) + "000000"
                + "0300 0010" + "00".repeat(12)));
    }

    @Test
    void shouldEndWhenPaddingOfTheLastChunkIsCut() {
        assertEquals(List.of("10:6", "end"), walk("0a00 0006 abcd"));
    }

    @Test
    void shouldReadInitiateTag() {
        try (TestFrame frame = new TestFrame()) {
            final long sctp = frame.putHex(HEADER + INIT);
            final int chunk = SctpLayout.firstChunk(sctp, 32);
            assertEquals(SctpLayout.INIT, SctpLayout.chunkType(sctp, chunk));
            assertEquals(0, SctpLayout.chunkFlags(sctp, chunk));
            assertEquals(0xA1A2_A3A4, SctpLayout.chunkInitiateTag(sctp, chunk));
        }
    }

    @Test
    void shouldSayMalformedWhenChunkIsTooShortOrLeavesPacket() {
        assertEquals(List.of("malformed"), walk("0b00 0003"));
        assertEquals(List.of("malformed"), walk("0b00 0000"));
        assertEquals(List.of("malformed"), walk("0b00 0005"));
        assertEquals(List.of("malformed"), walk("0b00 00"));
        assertEquals(List.of("11:4", "malformed"), walk("0b00 0004 0000"));
        assertEquals(List.of("end"), walk(""));
    }

    /** RFC 3720, B.4. */
    @Test
    void shouldComputeCrcsOfRfc3720() {
        assertEquals(0x8A91_36AA, crc(new byte[32]));
        final byte[] ones = new byte[32];
        Arrays.fill(ones, (byte) 0xFF);
        assertEquals(0x62A8_AB43, crc(ones));
        final byte[] up = new byte[32];
        for (int i = 0; i < up.length; i++) {
            up[i] = (byte) i;
        }
        assertEquals(0x46DD_794E, crc(up));
    }

    @Property
    void shouldComputeTheCrcThatTheJdkComputes(@ForAll @Size(max = 300) final byte[] bytes) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes);
        assertEquals((int) crc.getValue(), crc(bytes));
    }

    @Property
    void shouldVerifyWhatWasWrittenUntilABitFlips(
            @ForAll @Size(min = 12, max = 200) final byte[] bytes, @ForAll @IntRange(max = 12 * 8 - 1) final int bit) {
        final CRC32C crc = new CRC32C();
        final byte[] zeroed = bytes.clone();
        Arrays.fill(zeroed, 8, 12, (byte) 0);
        crc.update(zeroed);
        try (TestFrame frame = new TestFrame()) {
            final long sctp = frame.put(bytes);
            SctpLayout.writeChecksum(sctp, bytes.length);
            assertEquals((int) crc.getValue(), SctpLayout.checksum(sctp));
            assertTrue(SctpLayout.verifyChecksum(sctp, bytes.length));
            final byte[] flipped = TestFrame.get(sctp, bytes.length);
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertFalse(SctpLayout.verifyChecksum(frame.put(flipped), bytes.length));
        }
    }

    @Property
    void shouldStayInPacketAndEndWhenBytesAreRandom(@ForAll @Size(min = 12, max = 300) final byte[] bytes) {
        for (int i = 12; i + 4 <= bytes.length; i += 4) {
            // Long lengths end the walk at once: keep them below 32.
            bytes[i + 2] = 0;
            bytes[i + 3] &= 31;
        }
        try (TestFrame frame = new TestFrame()) {
            final long sctp = frame.put(bytes);
            int last = 0;
            int chunk = SctpLayout.firstChunk(sctp, bytes.length);
            while (chunk > 0) {
                assertTrue(chunk >= last + 4 && chunk % 4 == 0);
                assertTrue(chunk + SctpLayout.chunkLength(sctp, chunk) <= bytes.length);
                last = chunk;
                chunk = SctpLayout.nextChunk(sctp, chunk, bytes.length);
            }
            assertTrue(chunk == SctpLayout.CHUNKS_END || chunk == SctpLayout.CHUNKS_MALFORMED);
        }
    }

    private static int crc(final byte[] bytes) {
        try (TestFrame frame = new TestFrame()) {
            return ~Crc32c.update(Crc32c.START, frame.put(bytes), bytes.length);
        }
    }

    private static List<String> walk(final String chunks) {
        final byte[] packet = TestFrame.bytes(HEADER + chunks);
        final List<String> seen = new ArrayList<>();
        try (TestFrame frame = new TestFrame()) {
            final long sctp = frame.put(packet);
            int chunk = SctpLayout.firstChunk(sctp, packet.length);
            while (chunk > 0) {
                seen.add(SctpLayout.chunkType(sctp, chunk) + ":" + SctpLayout.chunkLength(sctp, chunk));
                chunk = SctpLayout.nextChunk(sctp, chunk, packet.length);
            }
            seen.add(chunk == SctpLayout.CHUNKS_END ? "end" : "malformed");
        }
        return seen;
    }
}
