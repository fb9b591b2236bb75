package io.penstock.os.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A fuzz target's input as a file: always the same one, in memory where there is such a file system, gone when the JVM ends. */
public final class FuzzFile {

    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path path;

    /** A file whose name ends in this way. */
    public FuzzFile(final String suffix) {
        try {
            path = Files.isWritable(MEMORY)
                    ? Files.createTempFile(MEMORY, "penstock", suffix)
                    : Files.createTempFile("penstock", suffix);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        path.toFile().deleteOnExit();
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Replaces what it holds. */
    public Path write(final byte[] bytes) {
        try {
            return Files.write(path, bytes);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
