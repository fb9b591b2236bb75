package io.penstock.rules.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.match.TcpMatch;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.Rule;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.RuleText;
import io.penstock.rules.text.SystemNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every rule of {@code targets.txt} is read, written, listed and refused as it was by the real tool and kernel. */
final class RecordedTargetsTest {

    private static final Extensions EXTENSIONS = new Extensions(List.of(TcpMatch.KIND), Targets.all());
    private static final int EINVAL = 22;

    /** A rule and what was recorded of it. */
    private record Recording(IpFamily family, TableName table, RuleHook chain, String rule, List<String> lines) {
    }

    @TestFactory
    Stream<DynamicTest> shouldBehaveAsRecordedWhenRuleIsAppended() throws IOException {
        return recordings().stream()
                .map(recording -> DynamicTest.dynamicTest(
                        recording.family.version() + " " + recording.table.text() + ' ' + recording.chain + ' ' + recording.rule,
                        () -> assertEquals(String.join("\n", recording.lines), String.join("\n", observe(recording)))));
    }

    private static List<Recording> recordings() throws IOException {
        final List<Recording> recordings = new ArrayList<>();
        try (InputStream in = RecordedTargetsTest.class.getResourceAsStream("targets.txt")) {
            for (final String line : new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).split("\n")) {
                if (line.startsWith("  ")) {
                    recordings.getLast().lines.add(line);
                } else if (!line.startsWith("#")) {
                    final String[] parts = line.split(" ", 4);
                    recordings.add(new Recording(parts[0].equals("4") ? IpFamily.IPV4 : IpFamily.IPV6, TableName.of(parts[1]),
                            RuleHook.valueOf(parts[2]), parts[3], new ArrayList<>()));
                }
            }
        }
        return recordings;
    }

    private static List<String> observe(final Recording recording) {
        final List<String> words = new ArrayList<>(List.of("-t", recording.table.text(), "-A", recording.chain.name()));
        words.addAll(words(recording.rule));
        final RuleText text = RuleText.of(EXTENSIONS, new SystemNames(), recording.family, Set.of(), words);
        final List<String> lines = new ArrayList<>();
        int status = text.status();
        String said = text.error();
        if (status == 0) {
            final int errno = errno(recording, text.rules().getFirst());
            if (errno == Kind.FINE) {
                final String listed = tail(text.listed().getFirst());
                final String numeric = tail(text.numeric().getFirst());
                lines.add("  saved " + text.saved().getFirst().strip() + '$');
                lines.add("  listed " + listed + '$');
                if (!numeric.equals(listed)) {
                    lines.add("  numeric " + numeric + '$');
                }
            } else {
                status = 1;
                said += recording.family.tool() + ": " + (errno == EINVAL
                        ? "Invalid argument. Run `dmesg' for more information.\n" : "No chain/target/match by that name.\n");
            }
        }
        if (status != 0) {
            lines.add("  status " + status);
        }
        said.lines().filter(line -> !line.isEmpty() && !line.startsWith("Try `")).forEach(line -> lines.add("  said " + line + '$'));
        return lines;
    }

    private static int errno(final Recording recording, final Rule rule) {
        final Target target = ((Action.Extension) rule.action()).target();
        final TargetKind kind = target.kind();
        final Place place = new Place(recording.family, recording.table, recording.chain.bit(), rule.selector().protocol(),
                rule.selector().protocolInverted());
        final boolean misplaced = !kind.tables().isEmpty() && !kind.tables().contains(recording.table)
                || kind.hooks() != 0 && (recording.chain.bit() & kind.hooks()) == 0
                || !kind.protocols().isEmpty() && (place.protocolInverted() || !kind.protocols().contains(place.protocol()));
        return misplaced ? EINVAL : target.check(place, rule.matches());
    }

    /** What stands behind the destination, which is a field of 20 letters and a blank behind "anywhere" or an address of zeros. */
    private static String tail(final String row) {
        final String line = row.replace("\n", "");
        for (final String anywhere : List.of("anywhere", "0.0.0.0/0", "::/0")) {
            final String field = String.format("%-20s %-20s", anywhere, anywhere);
            final int at = line.indexOf(field);
            if (at >= 0) {
                return line.substring(at + field.length());
            }
        }
        return line;
    }

    private static List<String> words(final String rule) {
        final List<String> words = new ArrayList<>();
        final StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean begun = false;
        for (final char letter : (rule + ' ').toCharArray()) {
            if (letter == '"') {
                quoted = !quoted;
                begun = true;
            } else if (letter != ' ' || quoted) {
                word.append(letter);
                begun = true;
            } else if (begun) {
                words.add(word.toString());
                word.setLength(0);
                begun = false;
            }
        }
        return words;
    }
}
