package io.penstock.dataplane.judge;

import io.penstock.dataplane.cli.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Rules and sets within a case's configuration: their text, where a user's configuration names files, so that cases can be made, shrunk and kept.
 *
 * <p>Threads: one.
 */
final class RuleFiles {

    private final Map<String, Path> files;
    private final Path sets;

    /** Files beside another one, there from the first rules on until {@link #delete} or the process ends. */
    RuleFiles(final Path beside) {
        files = Map.of("ipv4", named(beside, ".rules4"), "ipv6", named(beside, ".rules6"));
        sets = named(beside, ".sets");
    }

    private static Path named(final Path beside, final String end) {
        final Path file = beside.resolveSibling(beside.getFileName() + end);
        file.toFile().deleteOnExit();
        return file;
    }

    /** A configuration's own words, with rules in files where they were in it; changes and gives the tree. */
    ConfigTree inFiles(final ConfigTree tree) throws IOException {
        if (tree.root().get("rules") instanceof Map<?, ?> map) {
            final Map<String, Object> rules = ConfigTree.cast(map);
            for (final Map.Entry<String, Path> file : files.entrySet()) {
                if (rules.get(file.getKey()) instanceof final String text && text.endsWith("\n")) {
                    Files.writeString(file.getValue(), text, StandardCharsets.ISO_8859_1);
                    rules.put(file.getKey(), file.getValue().toString());
                }
            }
        }
        if (tree.root().get("sets") instanceof final String text && text.endsWith("\n")) {
            Files.writeString(sets, text, StandardCharsets.ISO_8859_1);
            tree.root().put("sets", sets.toString());
        }
        return tree;
    }

    /** Puts a file's text where its name stood. */
    static void inline(final Map<String, Object> rules, final String family, final Path file) {
        if (file == null) {
            return;
        }
        try {
            final String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            rules.put(family, text.endsWith("\n") ? text : text + '\n');
        } catch (final IOException e) {
            throw new JudgeException(ExitCode.CONFIGURATION_REFUSED, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    void delete() {
        try {
            for (final Path file : files.values()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(sets);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
