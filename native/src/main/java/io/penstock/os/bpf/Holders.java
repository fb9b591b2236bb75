package io.penstock.os.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes that have a descriptor of a BPF object, as sentences name them; this one counts, and those that may not be
 * looked at do not.
 *
 * <p>Source: proc(5), /proc/pid/fdinfo. Threads: any.
 */
final class Holders {

    private Holders() {
    }

    /** Of a program, or of a link that attaches it. */
    static List<String> ofProgram(final int id) {
        return of("prog_id:\t" + id);
    }

    /** Of a link. */
    static List<String> ofLink(final int id) {
        return of("link_id:\t" + id);
    }

    private static List<String> of(final String wanted) {
        final List<String> result = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (final Path process : all) {
                if (holds(process.resolve("fdinfo"), wanted)) {
                    result.add("process " + process.getFileName() + " (" + command(process) + ')');
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }

    private static boolean holds(final Path directory, final String wanted) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            for (final Path info : all) {
                if (Files.readAllLines(info).contains(wanted)) {
                    return true;
                }
            }
        } catch (final IOException | DirectoryIteratorException e) {
            return false; // it ended, closed the descriptor, or is not ours to look at
        }
        return false;
    }

    private static String command(final Path process) {
        try {
            return Files.readString(process.resolve("comm")).trim();
        } catch (final IOException e) {
            return "gone";
        }
    }
}
