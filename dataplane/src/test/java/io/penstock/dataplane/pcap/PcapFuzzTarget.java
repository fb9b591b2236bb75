package io.penstock.dataplane.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.testkit.Allocation;
import io.penstock.os.testkit.FuzzFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * For the fuzzer: the input is a capture. It gives packets within bounds, then its end or one sentence; and where it is cut short,
 * the same packets as far as they go: none has been made of bytes that were not there.
 */
public final class PcapFuzzTarget {

    /** Bytes of the shortest block and record. */
    private static final int MIN_RECORD_BYTES = 12;

    /** How far from its end the file is cut at the most. */
    private static final int CUT_MASK = 0x3F;

    /** Heap for each byte of the file, and for a file as such: packets are copied for comparison. */
    private static final int HEAP_FACTOR = 64;
    private static final int HEAP_BYTES = 1 << 20;

    private static final FuzzFile FILE = new FuzzFile(".pcap");

    private PcapFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        final List<Seen> all = packets(input);
        if (input.length > 0) {
            final int cut = input[input.length - 1] & CUT_MASK;
            final List<Seen> some = packets(Arrays.copyOf(input, Math.max(0, input.length - 1 - cut)));
            assertTrue(some.size() <= all.size(), "the part has more packets than the whole");
            assertEquals(all.subList(0, some.size()), some);
        }
    }

    private static List<Seen> packets(final byte[] input) {
        final Path file = FILE.write(input);
        final List<Seen> packets = new ArrayList<>();
        Allocation.atMost(HEAP_BYTES + (long) HEAP_FACTOR * input.length, () -> read(file, input.length, packets));
        return packets;
    }

    private static void read(final Path file, final int fileBytes, final List<Seen> packets) {
        packets.clear();
        try (PcapReader reader = PcapReader.open(file)) {
            while (reader.next()) {
                assertTrue(reader.capturedBytes() >= 0 && reader.capturedBytes() <= reader.originalBytes());
                assertTrue(reader.capturedBytes() <= fileBytes);
                assertTrue(reader.timestampNs() >= 0);
                final byte[] data = new byte[reader.capturedBytes()];
                Memory.copyToArray(reader.address(), data, 0, data.length);
                packets.add(new Seen(reader.timestampNs(), reader.originalBytes(), reader.linkType(), data.length,
                        Arrays.hashCode(data)));
                assertTrue(packets.size() <= fileBytes / MIN_RECORD_BYTES, "more packets than the file has room for");
            }
        } catch (final PcapException e) {
            assertTrue(e.getMessage().startsWith(file + ": offset="), e.getMessage());
            assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e.getMessage());
        }
    }

    private record Seen(long timestampNs, long originalBytes, LinkType linkType, int capturedBytes, int hash) {
    }
}
