package io.penstock.rules.match;

import io.penstock.rules.text.CNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of connections' labels, as /etc/xtables/connlabel.conf has them: a line each, number and name. Control. */
final class ConnlabelNames {

    private static final Path FILE = Path.of("/etc/xtables/connlabel.conf");
    private static final int LABELS = 128;

    private final Map<Integer, String> names = new HashMap<>();
    private final Map<String, Integer> labels = new HashMap<>();

    private final String complaint;

    private ConnlabelNames(final List<String> lines, final String complaint) {
        this.complaint = complaint;
        for (final String line : lines) {
            final String[] words = line.strip().split("\\s+", 2);
            final CNumber number = words.length < 2 ? null : CNumber.whole(words[0], 0, LABELS - 1);
            if (number != null) {
                final int label = (int) number.value();
                names.putIfAbsent(label, words[1]);
                labels.putIfAbsent(words[1], label);
            }
        }
    }

    /** What the file says now; nothing if it cannot be read. */
    static ConnlabelNames read() {
        try {
            return new ConnlabelNames(Files.readAllLines(FILE, StandardCharsets.ISO_8859_1), "");
        } catch (final IOException e) {
            final String reason = e instanceof NoSuchFileException ? "No such file or directory" : e.getMessage();
            return new ConnlabelNames(List.of(), "Warning: cannot open " + FILE + ": " + reason + '\n');
        }
    }

    /** What the tool says when it cannot read the file, or nothing. */
    String complaint() {
        return complaint;
    }

    /** A label's name, or null. */
    String name(final int label) {
        return names.get(label);
    }

    /** A name's label, or -1. */
    int label(final String name) {
        return labels.getOrDefault(name, -1);
    }
}
