package io.penstock.rules.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Real rulesets, which are kept outside the repository, beside it: {@code shared/rulesets}, or where {@code penstock.rulesets} says. */
final class Rulesets {

    private Rulesets() {
    }

    /** The folder, or null if it is not there. */
    static Path folder() {
        final String property = System.getProperty("penstock.rulesets");
        if (property != null) {
            return Path.of(property);
        }
        for (Path from = Path.of("").toAbsolutePath(); from != null; from = from.getParent()) {
            if (Files.isDirectory(from.resolve("shared/rulesets"))) {
                return from.resolve("shared/rulesets");
            }
        }
        return null;
    }

    /** Files below a folder of it that end so, by name. */
    static List<Path> files(final String below, final String end) {
        try (Stream<Path> files = Files.walk(folder().resolve(below))) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        } catch (final IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** A file's text. */
    static String read(final Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (final IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
