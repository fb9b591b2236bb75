package io.penstock.dataplane.judge;

import io.penstock.dataplane.config.ConfigurationException;
import io.penstock.dataplane.replay.ReplayException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Shrinks a case of each kind of difference and keeps it as a fixture. Threads: one. */
final class Keeper {

    private static final int NAME_CHARS = 80;

    private final Judge judge;
    private final Path folder;

    Keeper(final Judge judge, final Path folder) {
        this.judge = judge;
        this.folder = folder;
    }

    /** Keeps one kind; the file. */
    Path keep(final String kind, final Findings.Kind found) {
        final Case least = new Shrinker(this::differences).shrink(found.subject(), found.shortest());
        final Judge.Finding finding = judge.judge(least);
        final List<String> comment = new ArrayList<>();
        comment.add(kind);
        comment.add("From " + found.name() + ", made smaller. What follows is what the kernel does.");
        final Path file = folder.resolve(fileName(kind));
        fixture(comment, least, finding).write(file);
        return file;
    }

    /** A fixture of a case as the kernel judges it. */
    static Fixture fixture(final List<String> comment, final Case subject, final Judge.Finding finding) {
        return new Fixture(comment, finding.timeMs(), subject, finding.kernelDid(), steady(finding.kernel()), finding.rules(),
                ConnectionList.texts(finding.connections()));
    }

    /** Counters that are the same each time: without octets, and without what the kernel sends on its own account. */
    static Map<String, Long> steady(final Map<String, Long> counters) {
        final Map<String, Long> steady = new TreeMap<>(counters);
        steady.keySet().removeIf(name -> name.contains("Octets") || name.contains("Mcast") || name.contains("MLD")
                || name.contains("OutType143") || name.contains("OutMsgs") || name.contains("OutRequests")
                || name.contains("OutTransmits") || name.contains("Default") || name.contains("NoECT")
                || name.equals("IpForwarding") || name.equals("Ip6OutDiscards")
                || name.startsWith("Tcp") || name.startsWith("IpRe"));
        return steady;
    }

    private List<Difference> differences(final Case subject) {
        try {
            return judge.judge(subject).differences();
        } catch (final JudgeException | ConfigurationException | ReplayException e) {
            // What was left out is needed: the rest is no configuration any more.
            return List.of();
        }
    }

    private static String fileName(final String kind) {
        final String words = kind.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return words.substring(0, Math.min(words.length(), NAME_CHARS)) + ".yaml";
    }
}
