package io.penstock.dataplane.pcap;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever the bytes: packets within bounds, then the end or one sentence. Over-reading is caught by checked memory, hanging
 * by counting packets against bytes.
 */
class PcapFuzzTest {

    private static final int[] LENGTHS = {0, 1, 3, 4, 11, 12, 13, 28, 32, 0x7FFF_FFFF, 0x8000_0000, -1, -4, 262_144, 262_145};

    private static Path file;

    @BeforeContainer
    static void create() throws IOException {
        file = Files.createTempFile("penstock", ".pcap");
    }

    @AfterContainer
    static void delete() throws IOException {
        Files.delete(file);
    }

    @Property(tries = 3_000)
    void shouldStayInBoundsWhenTheFileIsDamaged(@ForAll final long seed) throws IOException {
        final Random random = new Random(seed);
        final byte[] bytes = damage(random, random.nextBoolean() ? classic(random) : next(random));
        Files.write(file, bytes);
        int packets = 0;
        try (PcapReader reader = PcapReader.open(file)) {
            while (reader.next()) {
                assertTrue(reader.capturedBytes() <= reader.originalBytes());
                assertTrue(reader.capturedBytes() <= bytes.length);
                assertTrue(reader.timestampNs() >= 0);
                PcapTest.data(reader);
                packets++;
                assertTrue(packets <= bytes.length / 16);
            }
        } catch (final PcapException e) {
            assertTrue(e.getMessage().startsWith(file + ": offset="), e.getMessage());
            assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
        }
    }

    private static byte[] damage(final Random random, final byte[] good) {
        byte[] bytes = good;
        for (int i = random.nextInt(4); i > 0; i--) {
            final int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> {
                    final int value = LENGTHS[random.nextInt(LENGTHS.length)];
                    for (int b = 0; b < 4 && (at & ~3) + b < bytes.length; b++) {
                        bytes[(at & ~3) + b] = (byte) (value >>> 8 * b);
                    }
                }
                default -> bytes = Arrays.copyOf(bytes, at + 1);
            }
        }
        return bytes;
    }

    private static byte[] classic(final Random random) {
        final CaptureBytes bytes = new CaptureBytes(order(random)).classic(ClassicReader.MICROSECONDS, 1);
        for (int i = random.nextInt(5); i >= 0; i--) {
            final byte[] data = new byte[random.nextInt(60)];
            bytes.packet(random.nextInt(), random.nextInt(1_000_000), data.length, data);
        }
        return bytes.toArray();
    }

    private static byte[] next(final Random random) {
        final CaptureBytes bytes = new CaptureBytes(order(random));
        bytes.section()
                .description(1, random.nextInt(100), bytes.none().option(9, (byte) random.nextInt()).option(0))
                .description(101, 0, bytes.none());
        for (int i = random.nextInt(5); i >= 0; i--) {
            final byte[] data = new byte[random.nextInt(60)];
            switch (random.nextInt(4)) {
                case 0 -> bytes.simple(data.length, data);
                case 1 -> bytes.obsolete(1, random.nextLong() >>> 13, data);
                case 2 -> bytes.section().description(229, 0, bytes.none()).enhanced(0, random.nextLong() >>> 13, 99, data);
                default -> bytes.enhanced(random.nextInt(2), random.nextLong() >>> 13, data.length, data);
            }
        }
        return bytes.toArray();
    }

    private static ByteOrder order(final Random random) {
        return random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }
}
