package io.penstock.rules.text;

import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.TableStore;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Commands for tests: all extensions, names that do not depend on the machine, and a clock that stands still. */
final class TestTools {

    /** Sat Nov 21 10:12:04 2026. */
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-21T10:12:04Z"), ZoneOffset.UTC);

    private TestTools() {
    }

    /** Commands over new tables. */
    static ToolBox box() {
        return box(new MemoryTableStore());
    }

    /** Commands over a store. */
    static ToolBox box(final TableStore store) {
        return new ToolBox(store, RuleExtensions.installed(), new FewNames(), CLOCK);
    }

    /** Runs a line of words, which have no blanks inside unless between apostrophes. */
    static ToolBox.Outcome run(final ToolBox box, final String line) {
        return run(box, line, "");
    }

    /** The same with an input. */
    static ToolBox.Outcome run(final ToolBox box, final String line, final String input) {
        final List<String> words = words(line);
        return box.run(words.getFirst(), input, words.subList(1, words.size()));
    }

    /** A line's words. */
    static List<String> words(final String line) {
        final List<String> words = new ArrayList<>();
        boolean isQuoted = false;
        StringBuilder word = null;
        for (final char c : line.toCharArray()) {
            if (c == '\'') {
                isQuoted = !isQuoted;
                word = word == null ? new StringBuilder() : word;
            } else if (c == ' ' && !isQuoted) {
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

    /** A handful of names. */
    static final class FewNames implements Names {

        @Override
        public int port(final String service, final String protocol) {
            return switch (service) {
                case "ssh" -> 22;
                case "http" -> 80;
                default -> -1;
            };
        }

        @Override
        public String service(final int port, final String protocol) {
            return port == 22 ? "ssh" : port == 80 ? "http" : null;
        }

        @Override
        public int protocol(final String name) {
            return name.equals("gre") ? 47 : name.equals("ipv6-route") ? 43 : name.equals("ipv6-frag") ? 44 : -1;
        }

        @Override
        public String protocolName(final int number) {
            return number == 47 ? "gre" : number == 43 ? "ipv6-route" : number == 44 ? "ipv6-frag" : null;
        }

        @Override
        public long user(final String name) {
            return name.equals("root") ? 0 : -1;
        }

        @Override
        public String userName(final long number) {
            return number == 0 ? "root" : null;
        }

        @Override
        public long group(final String name) {
            return user(name);
        }

        @Override
        public String groupName(final long number) {
            return userName(number);
        }

        @Override
        public List<byte[]> host(final String name, final IpFamily family) {
            return name.equals("two.example") && family == IpFamily.IPV4
                    ? List.of(new byte[] {10, 0, 0, 1}, new byte[] {10, 0, 0, 2}) : List.of();
        }

        @Override
        public String hostName(final byte[] address) {
            return null;
        }
    }
}
