package io.penstock.os.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Real rulesets, which are kept outside the repository, beside it: {@code shared/rulesets}, or where {@code penstock.rulesets} says. Text
 * is bytes.
 */
public final class Rulesets {

    private static final Path FOLDER = folder();

    private Rulesets() {
    }

    /**
     * A ruleset, as iptables-restore takes it.
     *
     * @param name   its file, and behind a blank which family's part it is where the file has both
     * @param isIpv6 whether it is ip6tables-restore that takes it
     * @param text   what it takes
     */
    public record Ruleset(String name, boolean isIpv6, String text) {

        /** The family's tool. */
        public String tool() {
            return isIpv6 ? "ip6tables" : "iptables";
        }
    }

    private static Path folder() {
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

    /** Skips what needs them where they are not. */
    public static void need() {
        Assumptions.assumeTrue(FOLDER != null, "../shared is absent: no folder shared/rulesets above " + Path.of("").toAbsolutePath());
    }

    /** Files below a folder of it that end so, by name. */
    public static List<Path> files(final String below, final String end) {
        try (Stream<Path> files = Files.walk(FOLDER.resolve(below))) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        } catch (final IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** A file's text. */
    public static String read(final Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (final IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** A file that iptables-save has written. */
    public static Ruleset saved(final Path file) {
        final String name = file.getFileName().toString();
        return new Ruleset(name, name.contains("-v6") || name.contains("ip6tables"), read(file));
    }

    /** What iptables-save has written on hosts: all that the real tool takes. */
    public static List<Ruleset> hosts() {
        return files("", ".save").stream().filter(file -> !file.getParent().endsWith("expect-reject")).map(Rulesets::saved).toList();
    }

    /** What Docker sets up. */
    public static List<Ruleset> containers() {
        return files("docker", ".golden").stream().map(Rulesets::saved).toList();
    }

    /** What Istio sets up: commands' names taken out, a line end behind each {@code COMMIT}, families apart. */
    public static List<Ruleset> meshes() {
        return files("istio", ".golden").stream().flatMap(file -> parts(file).stream()).toList();
    }

    /** A file has the tables of IPv4 and then, if any, those of IPv6: where the first table comes again, these begin. */
    private static List<Ruleset> parts(final Path file) {
        final List<StringBuilder> parts = new ArrayList<>(List.of(new StringBuilder()));
        final Set<String> tables = new HashSet<>();
        for (final String line : (Iterable<String>) read(file).lines()::iterator) {
            if (line.matches("ip6?tables-save\\s*")) {
                continue;
            }
            final String restorable = line.replaceFirst("^\\* ", "*");
            if (restorable.startsWith("*") && !tables.add(restorable)) {
                tables.clear();
                tables.add(restorable);
                parts.add(new StringBuilder());
            }
            parts.getLast().append(restorable).append('\n');
        }
        final String name = file.getFileName().toString();
        final List<Ruleset> rulesets = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            rulesets.add(new Ruleset(parts.size() == 1 ? name : name + (i == 0 ? " (IPv4)" : " (IPv6)"), i > 0, parts.get(i).toString()));
        }
        return rulesets;
    }
}
