package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnectionStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command over one store: for tests. */
final class ConntrackBox {

    /** Sat Nov 21 14:05:13 2026. */
    static final Instant NOW = Instant.parse("2026-11-21T14:05:13.152014Z");

    private static final String PROTOCOLS = "ip\t0\tIP\nicmp\t1\tICMP\nigmp\t2\tIGMP\t# a comment\ntcp\t6\tTCP\nipv6-icmp 58 IPv6-ICMP\n";

    private final ConnectionStore store;
    private final Clock clock;
    private final ConntrackCommand.Ending ending;
    private final Map<String, String> files;

    /** What a command did. Text is bytes. */
    record Outcome(int status, String out, String err) {
    }

    ConntrackBox(final ConnectionStore store, final Clock clock, final Map<String, String> files, final ConntrackCommand.Ending ending) {
        this.store = store;
        this.clock = clock;
        this.files = files;
        this.ending = ending;
    }

    /** With no files but the names of a few protocols, and events that end at once. */
    ConntrackBox(final ConnectionStore store, final Clock clock) {
        this(store, clock, Map.of(ConntrackFiles.PROTOCOLS, PROTOCOLS), () -> {
        });
    }

    /** A clock that goes on by a millisecond whenever it is looked at, so that a timeout of 50 seconds is soon one of 49. */
    static Clock ticking() {
        return new Clock() {

            private long looks;

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(final ZoneId zone) {
                throw new UnsupportedOperationException("this clock has one zone: asked=" + zone);
            }

            @Override
            public synchronized Instant instant() {
                return NOW.plusMillis(looks++);
            }
        };
    }

    /** A clock that stands still. */
    static Clock still() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    Outcome run(final List<String> words, final String input) {
        final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(outBytes, false, StandardCharsets.ISO_8859_1);
        final PrintStream err = new PrintStream(errBytes, false, StandardCharsets.ISO_8859_1);
        final ConntrackFiles reader = name -> {
            if (!files.containsKey(name)) {
                throw new IOException("No such file or directory");
            }
            return new ByteArrayInputStream(files.get(name).getBytes(StandardCharsets.ISO_8859_1));
        };
        final int status = new ConntrackCommand(store, reader, clock, ending)
                .run(words, new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)), out, err);
        out.flush();
        err.flush();
        return new Outcome(status, outBytes.toString(StandardCharsets.ISO_8859_1), errBytes.toString(StandardCharsets.ISO_8859_1));
    }

    /** Runs a line of words, which have no blanks inside unless between apostrophes. */
    Outcome run(final String line) {
        return run(words(line), "");
    }

    /** A line's words, as a shell splits them; inside quotation marks blanks count too. */
    static List<String> words(final String line) {
        final List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (final char c : line.toCharArray()) {
            if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
                word = word == null ? new StringBuilder() : word;
            } else if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == ' ' || c == '\t')) {
                if (word != null) {
                    words.add(word.toString());
                }
                word = null;
            } else {
                word = (word == null ? new StringBuilder() : word).append(c);
            }
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }
}
