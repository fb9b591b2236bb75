package io.penstock.perf.bench.measure;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/** Which build of Penstock this is: a digest of all that is on the class path. Threads: any. */
public final class Build {

    /** Of a digest's bytes, so many are shown: enough to tell builds apart, and short. */
    private static final int SHOWN_BYTES = 6;

    private Build() {
    }

    /** Of this program. */
    public static String ofThis() {
        return of(System.getProperty("java.class.path"));
    }

    /** Of a class path. */
    static String of(final String classPath) {
        try {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (final String entry : classPath.split(File.pathSeparator)) {
                add(digest, Path.of(entry));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, SHOWN_BYTES);
        } catch (final IOException e) {
            throw new BenchException("the class path cannot be read: " + e.getMessage() + "; build Penstock, and try again");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(final MessageDigest digest, final Path entry) throws IOException {
        if (!Files.exists(entry)) {
            return;
        }
        try (Stream<Path> files = Files.walk(entry)) {
            for (final Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                digest.update(Files.readAllBytes(file));
            }
        }
    }
}
