package io.penstock.perf.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders of other programs' files, which nobody needs once these have ended. */
public final class Folders {

    private Folders() {
    }

    /** Removes a folder with all that is in it, if there is one. */
    public static void remove(final Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            throw new BenchException("what a measurement left cannot be removed: " + e + "; remove " + folder);
        }
    }
}
