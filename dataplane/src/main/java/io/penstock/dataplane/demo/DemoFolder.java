package io.penstock.dataplane.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of its own among the temporary files.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Closing removes it with all that is in it, also while somebody still writes there; a second close does nothing.</li>
 * </ol>
 *
 * <p>Threads: {@link #close} from any.
 */
final class DemoFolder implements AutoCloseable {

    /** A file that is made while others are removed is removed the next time. */
    private static final int ATTEMPTS = 10;

    private final Path path;

    private DemoFolder(final Path path) {
        this.path = path;
    }

    /** Makes it. */
    static DemoFolder create() {
        try {
            return new DemoFolder(Files.createTempDirectory("penstock-demo-"));
        } catch (final IOException e) {
            throw new DemoException("no folder can be made in " + System.getProperty("java.io.tmpdir") + ": " + e.getMessage()
                    + "; make room there, or name another with PENSTOCK_JAVA_OPTS=-Djava.io.tmpdir=...", e);
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(path); attempt++) {
            try (Stream<Path> all = Files.walk(path)) {
                final List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
                for (final Path file : deepestFirst) {
                    Files.deleteIfExists(file);
                }
            } catch (final IOException | UncheckedIOException e) {
                // Somebody was quicker, in making or in removing: once more.
            }
        }
    }
}
