package io.penstock.dataplane.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The machine under examination: its files below a root, which is {@code /} but in tests, and what the kernel answers.
 *
 * @param root   what {@code /proc}, {@code /sys} and {@code /run} are looked up in
 * @param path   the folders that programs are looked for in
 * @param probes what only the kernel can tell
 */
record Machine(Path root, List<Path> path, Probes probes) {

    /** A file's text without the blanks around it, or empty when there is none or it is not readable. */
    String read(final String file) {
        // Not readString: it asks for the first byte alone, and a sysctl is all there is at the first read.
        try (InputStream in = Files.newInputStream(at(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (final IOException e) {
            return "";
        }
    }

    /** The {@code key: value} lines of a file. */
    Map<String, String> fields(final String file) {
        final Map<String, String> fields = new HashMap<>();
        for (final String line : read(file).split("\n")) {
            final int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    /** Where a file of the machine lies. */
    Path at(final String file) {
        return root.resolve(file.substring(1));
    }

    /** True when a program of that name can be run. */
    boolean hasProgram(final String name) {
        return path.stream().anyMatch(folder -> Files.isExecutable(folder.resolve(name)));
    }
}
