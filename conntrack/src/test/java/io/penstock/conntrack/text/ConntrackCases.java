package io.penstock.conntrack.text;

import io.penstock.conntrack.model.MemoryConnectionStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * conntrack-tools' own cases ({@code tests/conntrack/testsuite}), as its {@code test-conntrack} runs them, one after another over the same
 * connections. No kernel takes part: they are in memory.
 *
 * <p>A line is a command, a semicolon, and what is expected of it: {@code OK} or {@code BAD}; or {@code |} and words for sed, when its
 * output is the input of the next line's command; or nothing, when the line itself is.
 */
public final class ConntrackCases {

    private final ConntrackBox box;
    private final String file;
    private final List<String> failures = new ArrayList<>();
    private StringBuilder input = new StringBuilder();
    private int cases;

    private ConntrackCases(final ConntrackBox box, final String file) {
        this.box = box;
        this.file = file;
    }

    /**
     * Runs the cases of all files of a folder.
     *
     * @param args the folder
     */
    public static void main(final String[] args) throws IOException {
        final List<Path> files;
        try (Stream<Path> all = Files.list(Path.of(args[0]))) {
            files = all.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
        }
        final Clock clock = Clock.systemUTC();
        final ConntrackBox box = new ConntrackBox(new MemoryConnectionStore(clock, MemoryConnectionStore.Keeps.LITTLE), clock);
        int cases = 0;
        int failed = 0;
        for (final Path path : files) {
            final ConntrackCases one = new ConntrackCases(box, path.getFileName().toString());
            one.run(Files.readAllLines(path, StandardCharsets.ISO_8859_1));
            one.failures.forEach(System.out::println);
            cases += one.cases;
            failed += one.failures.size();
        }
        System.out.printf("conntrack cases: files=%d cases=%d agree=%d disagree=%d%n", files.size(), cases, cases - failed, failed);
        System.exit(failed == 0 && cases > 0 ? 0 : 1);
    }

    private void run(final List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            final String line = lines.get(i);
            if (!line.startsWith("#") && !line.startsWith(" ")) {
                run(i + 1, line);
            }
        }
    }

    private void run(final int number, final String line) {
        final int end = line.indexOf(';');
        final String command = line.substring(0, end);
        final String expected = line.substring(end + 1).strip();
        if (expected.isEmpty()) {
            input.append(command).append('\n');
            return;
        }
        final ConntrackBox.Outcome outcome = box.run(ConntrackBox.words(command), input.toString());
        input = new StringBuilder();
        if (expected.startsWith("|")) {
            input.append(edited(outcome.out(), expected.substring(1)));
            return;
        }
        cases++;
        final boolean isGood = outcome.status() == 0;
        if (isGood != expected.equals("OK")) {
            failures.add(file + ":" + number + ": should be " + expected + ": " + command + ": status=" + outcome.status() + " "
                    + outcome.err().strip());
        }
    }

    /** What sed makes of a text with substitutions, in which nothing is special. */
    private static String edited(final String text, final String script) {
        String result = text;
        for (final String word : script.split(";")) {
            final String[] parts = word.strip().split("/", -1);
            if (parts.length == 4 && parts[0].equals("s")) {
                result = result.replace(parts[1], parts[2]);
            }
        }
        return result;
    }
}
