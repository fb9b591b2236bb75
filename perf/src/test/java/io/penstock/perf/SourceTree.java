package io.penstock.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The checkout that the tests run in. */
final class SourceTree {

    /** The modules in the direction of dependency: each may use those before it. */
    static final List<String> MODULES = List.of("native", "conntrack", "rules-jit", "dataplane", "perf");

    private SourceTree() {
    }

    /** The directory that holds the modules, found from wherever the tests were started. */
    static Path root() {
        final Path start = Path.of("").toAbsolutePath();
        for (Path here = start; here != null; here = here.getParent()) {
            if (MODULES.stream().map(here::resolve).allMatch(module -> Files.exists(module.resolve("pom.xml")))) {
                return here;
            }
        }
        throw new IllegalStateException("no checkout around " + start + ": start the tests inside one");
    }

    /** Lines in every Java file of every module, by path below the root. */
    static Map<Path, Long> javaFiles() {
        final Path root = root();
        final Map<Path, Long> lines = new TreeMap<>();
        for (final String module : MODULES) {
            final Path source = root.resolve(module).resolve("src");
            if (Files.isDirectory(source)) {
                try (Stream<Path> files = Files.walk(source)) {
                    files.filter(f -> f.toString().endsWith(".java")).forEach(f -> lines.put(root.relativize(f), count(f)));
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return lines;
    }

    private static long count(final Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
