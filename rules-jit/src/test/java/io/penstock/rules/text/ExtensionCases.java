package io.penstock.rules.text;

import io.penstock.rules.RuleExtensions;
import io.penstock.rules.model.MemoryTableStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * iptables' own cases of extensions ({@code extensions/*.t}), as its {@code iptables-test.py} runs them for the legacy tools: a rule is
 * appended, looked for in what iptables-save prints, and deleted. No kernel takes part: the tables are in memory.
 */
public final class ExtensionCases {

    private static final int EXPECTED = 2;
    private static final int VARIANT = 3;

    /** Cases that the real tool fails too with a kernel of 2025: by file, or file and line. */
    private static final Map<String, String> OUTDATED = Map.of(
            "libipt_CLUSTERIP.t", "kernels have no CLUSTERIP since 6.3",
            "libxt_LED.t", "the target needs a kernel with LED triggers",
            "libxt_SECMARK.t", "the target needs a security module that knows the label",
            "libxt_recent.t:7", "kernels count up to 65,535 hits since 6.9");

    private final List<String> failures = new ArrayList<>();
    private final String file;
    private final String tool;
    private ToolBox box;
    private String table = "filter";
    private List<String> chains = List.of();
    private int cases;
    private int rules;
    private int outdated;

    private ExtensionCases(final String file, final String tool) {
        this.file = file;
        this.tool = tool;
        this.box = box();
    }

    private static ToolBox box() {
        return new ToolBox(new MemoryTableStore(), RuleExtensions.installed(), new SystemNames(), Clock.systemUTC());
    }

    /**
     * Runs the cases of all files of a folder.
     *
     * @param args the folder
     */
    public static void main(final String[] args) throws IOException {
        final List<Path> files;
        try (Stream<Path> all = Files.list(Path.of(args[0]))) {
            files = all.filter(file -> file.toString().endsWith(".t")).sorted().toList();
        }
        int cases = 0;
        int rules = 0;
        int failed = 0;
        int outdated = 0;
        for (final Path file : files) {
            final String name = file.getFileName().toString();
            if (name.startsWith("libarpt_") || name.startsWith("libebt_")) {
                continue;
            }
            final ExtensionCases one = new ExtensionCases(name, name.startsWith("libip6t_") ? "ip6tables" : "iptables");
            one.run(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
            cases += one.cases;
            rules += one.rules;
            failed += one.failures.size();
            outdated += one.outdated;
            one.failures.forEach(System.out::println);
        }
        System.out.printf("extension cases: cases=%d rules=%d agree=%d disagree=%d outdated=%d%n", cases, rules, rules - failed - outdated,
                failed, outdated);
        System.exit(failed == 0 ? 0 : 1);
    }

    private void run(final List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            final String line = lines.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            switch (line.charAt(0)) {
                case ':' -> chains = List.of(line.substring(1).strip().split(","));
                case '*' -> table = line.substring(1).strip();
                case '@', '%' -> command(line.substring(1));
                default -> testCase(i + 1, line.split(";", -1));
            }
        }
    }

    /** Commands between the cases: those of iptables are run, and others have nothing to set up here. */
    private void command(final String line) {
        final List<String> words = ShellWords.of(line);
        if (words.getFirst().startsWith("ip")) {
            box.run(words.getFirst(), "", words.subList(1, words.size()));
        }
    }

    private void testCase(final int number, final String[] items) {
        cases++;
        String expected = items[EXPECTED].strip();
        if (items.length > VARIANT && items[VARIANT].strip().equals("NFT")) {
            expected = items.length > VARIANT + 1 ? items[VARIANT + 1].strip() : opposite(expected);
        }
        for (final String chain : chains) {
            rules++;
            final String saved = chain + " " + (items[1].equals("=") ? items[0] : items[1]);
            final String problem = problem(chain, items[0], saved, expected);
            if (problem != null && (OUTDATED.containsKey(file) || OUTDATED.containsKey(file + ":" + number))) {
                outdated++;
            } else if (problem != null) {
                failures.add(file + ":" + number + ": " + problem + ": " + tool + " -t " + table + " -A " + chain + " " + items[0]);
            }
        }
    }

    private static String opposite(final String expected) {
        return switch (expected) {
            case "OK" -> "FAIL";
            case "FAIL" -> "OK";
            default -> "OK";
        };
    }

    private String problem(final String chain, final String rule, final String saved, final String expected) {
        final List<String> words = new ArrayList<>(List.of("-A", chain, "-t", table));
        words.addAll(ShellWords.of(rule));
        final ToolBox.Outcome added = box.run(tool, "", words);
        if (added.status() != 0) {
            return expected.equals("FAIL") ? null : "should be taken (" + added.err().strip().lines().findFirst().orElse("") + ")";
        }
        final boolean isFound = box.run(tool + "-save", "", List.of()).out().contains(saved);
        words.set(0, "-D");
        final ToolBox.Outcome deleted = box.run(tool, "", words);
        if (deleted.status() != 0) {
            box = box();
        }
        if (expected.equals("FAIL")) {
            return "should fail";
        }
        if (isFound != expected.equals("OK")) {
            return isFound ? "should not be found when saved" : "should be saved as " + saved;
        }
        return deleted.status() == 0 ? null : "should be deleted (" + deleted.err().strip() + ")";
    }
}
