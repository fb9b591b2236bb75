package io.penstock.perf.bench.peer;

import io.penstock.dataplane.demo.Programs;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Rules of iptables in nf_tables' own words, by the program that netfilter has for that: what an administrator who moves over gets.
 *
 * <p>Source: iptables-restore-translate(8). Threads: any.
 */
public final class NftRules {

    /** Brings the words. */
    static final String PROGRAM = "iptables-restore-translate";
    /** What it has no words for it puts in a comment. */
    private static final String UNTRANSLATED = "# -A ";

    private static final Pattern COUNTER = Pattern.compile("counter packets (\\d+) ");

    private NftRules() {
    }

    /** Refuses a machine without what it takes; its version. */
    public static String require() {
        return Peers.of(Peers.NFT).require();
    }

    /** Commands for nft of what iptables-save prints. */
    public static String translate(final String saveText) {
        try (ScratchFolder folder = ScratchFolder.make("rules")) {
            final Path file = Files.writeString(folder.path().resolve("save"), saveText);
            return check(Programs.run(List.of(PROGRAM, "-f", file.toString())));
        } catch (final IOException e) {
            throw new BenchException("the peer's rules cannot be written: " + e.getMessage() + "; free space in "
                    + System.getProperty("java.io.tmpdir"));
        }
    }

    /** Of a listed chain: the packets that its last rule took. */
    public static long lastCounter(final String listed) {
        return COUNTER.matcher(listed).results().mapToLong(counter -> Long.parseLong(counter.group(1))).reduce((first, second) -> second).orElse(0);
    }

    /** Refuses what leaves something out. */
    static String check(final String translated) {
        translated.lines().filter(line -> line.startsWith(UNTRANSLATED)).findFirst().ifPresent(line -> {
            throw new BenchException(PROGRAM + " has no words of nf_tables for a rule: " + line.substring(2));
        });
        return translated;
    }
}
