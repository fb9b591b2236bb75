package io.penstock.dataplane.ipvs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * How much memory programs can have without swapping: MemAvailable of /proc/meminfo, in pages of 4 KiB.
 *
 * <p>Differs from Linux: IPVS counts what is free and what buffers hold, and nothing of the page cache, so that a machine that has read files seems short.
 *
 * <p>Source: proc_meminfo(5). Threads: control.
 */
final class AvailableMemory implements LongSupplier {

    /** Nobody can tell: it is not short. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private static final String FIELD = "MemAvailable:";
    private static final int KIB_IN_PAGE = 4;

    private final Path file;

    AvailableMemory(final Path file) {
        this.file = file;
    }

    @Override
    public long getAsLong() {
        final String text;
        try {
            text = Files.readString(file, StandardCharsets.US_ASCII);
        } catch (final IOException e) {
            return UNKNOWN;
        }
        return text.lines()
                .filter(line -> line.startsWith(FIELD))
                .mapToLong(line -> pages(line.substring(FIELD.length()).strip()))
                .findFirst()
                .orElse(UNKNOWN);
    }

    private static long pages(final String size) {
        final int space = size.indexOf(' ');
        try {
            return Long.parseLong(space < 0 ? size : size.substring(0, space)) / KIB_IN_PAGE;
        } catch (final NumberFormatException e) {
            return UNKNOWN;
        }
    }
}
