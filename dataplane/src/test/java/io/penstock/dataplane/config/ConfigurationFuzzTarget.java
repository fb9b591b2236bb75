package io.penstock.dataplane.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Allocation;
import io.penstock.os.testkit.FuzzFile;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * For the fuzzer: the input is a configuration file. It is taken, or refused in one line that says where; and it is read with a
 * heap that its size accounts for, whatever it refers to.
 */
public final class ConfigurationFuzzTarget {

    /** Heap for each byte of the file, and for a file as such: 50 references to a list, each element a record. */
    private static final int HEAP_FACTOR = 8192;
    private static final int HEAP_BYTES = 16 << 20;

    private static final FuzzFile FILE = new FuzzFile(".yaml");
    private static final Pattern PLACE = Pattern.compile(Pattern.quote(FILE.path().toString()) + ":\\d+:\\d+: \\P{Cc}+");
    /** What is wrong with the file as a whole, and so at no place. */
    private static final Pattern WHOLE = Pattern.compile(Pattern.quote(FILE.path().toString())
            + ": (no port is given; |too many ports: |the file is not UTF-8 text; |the file is larger than )\\P{Cc}+");

    private ConfigurationFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        final Path file = FILE.write(input);
        Allocation.atMost(HEAP_BYTES + (long) HEAP_FACTOR * input.length, () -> read(file));
    }

    private static void read(final Path file) {
        try {
            new ConfigurationBuilder().file(file).build();
        } catch (final ConfigurationException e) {
            final String message = e.getMessage();
            assertTrue(PLACE.matcher(message).matches() || WHOLE.matcher(message).matches(), message);
        }
    }
}
