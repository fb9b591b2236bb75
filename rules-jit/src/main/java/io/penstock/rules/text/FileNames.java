package io.penstock.rules.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Files that commands name. */
final class FileNames {

    private FileNames() {
    }

    /** The file of a name, whose characters are bytes. */
    static Path of(final String name) {
        return Path.of(new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }

    /** Why it cannot be opened, in the C library's words. */
    static String reason(final String name) {
        final Path file;
        try {
            file = of(name);
        } catch (final InvalidPathException problem) {
            return "No such file or directory";
        }
        if (Files.isDirectory(file)) {
            return "Is a directory";
        }
        final Path parent = file.toAbsolutePath().getParent();
        if (Files.exists(file)) {
            return "Permission denied";
        }
        return parent == null || Files.isDirectory(parent) || !Files.exists(parent) ? "No such file or directory" : "Not a directory";
    }
}
