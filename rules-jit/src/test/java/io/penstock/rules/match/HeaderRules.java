package io.penstock.rules.match;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.Names;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.RuleText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules with matches of headers, through the parser and the printers. */
final class HeaderRules {

    private static final Extensions EXTENSIONS = new Extensions(MatchesC.all(), List.of());
    private static final String BEGIN = "-A INPUT ";

    private HeaderRules() {
    }

    /** A rule of {@code 4} or {@code 6}, its words with blanks between them and {@code ''} for an empty one. */
    static RuleText read(final int version, final String rule) {
        final List<String> words = new ArrayList<>(List.of("-A", "INPUT"));
        for (final String word : rule.split(" ")) {
            words.add("''".equals(word) ? "" : word);
        }
        return RuleText.of(EXTENSIONS, new FewNames(), version == 4 ? IpFamily.IPV4 : IpFamily.IPV6, Set.of(), words);
    }

    /** What is saved of it, or what is said: the message without the tool's name, its hint and line ends. */
    static String text(final int version, final String rule) {
        final RuleText text = read(version, rule);
        if (text.status() != 0) {
            final String error = text.error();
            return text.status() + ": " + error.substring(error.indexOf("): ") + 3, error.indexOf("Try ")).strip();
        }
        final String saved = text.saved().getFirst();
        return saved.substring(BEGIN.length()).strip();
    }

    /** How its matches are listed. */
    static String list(final int version, final String rule, final boolean isNumeric) {
        final RuleText text = read(version, rule);
        final String line = (isNumeric ? text.numeric() : text.listed()).getFirst().replace("\n", "");
        final String last = version == 4 ? isNumeric ? "0.0.0.0/0 " : "anywhere " : isNumeric ? "::/0 " : "anywhere ";
        return line.substring(line.lastIndexOf(last) + last.length()).strip();
    }

    /** Its last match. */
    static Match match(final int version, final String rule) {
        return read(version, rule).rules().getFirst().matches().getLast();
    }

    /** The few names that the tests know. */
    private static final class FewNames implements Names {

        private static final Map<String, Integer> SERVICES = Map.of("ssh", 22, "domain", 53, "http", 80, "https", 443);
        private static final Map<String, Integer> PROTOCOLS = Map.ofEntries(Map.entry("ip", 0), Map.entry("icmp", 1),
                Map.entry("tcp", 6), Map.entry("udp", 17), Map.entry("dccp", 33), Map.entry("ipv6-route", 43),
                Map.entry("ipv6-frag", 44), Map.entry("esp", 50), Map.entry("ah", 51), Map.entry("ipv6-icmp", 58),
                Map.entry("ipv6-nonxt", 59), Map.entry("ipv6-opts", 60), Map.entry("ipcomp", 108), Map.entry("sctp", 132),
                Map.entry("mobility-header", 135), Map.entry("udplite", 136));

        @Override
        public int port(final String service, final String protocol) {
            return SERVICES.getOrDefault(service, -1);
        }

        @Override
        public String service(final int port, final String protocol) {
            return key(SERVICES, port);
        }

        @Override
        public int protocol(final String name) {
            return PROTOCOLS.getOrDefault(name, -1);
        }

        @Override
        public String protocolName(final int number) {
            return key(PROTOCOLS, number);
        }

        @Override
        public long user(final String name) {
            return -1;
        }

        @Override
        public String userName(final long number) {
            return null;
        }

        @Override
        public long group(final String name) {
            return -1;
        }

        @Override
        public String groupName(final long number) {
            return null;
        }

        @Override
        public List<byte[]> host(final String name, final IpFamily family) {
            return List.of();
        }

        @Override
        public String hostName(final byte[] address) {
            return null;
        }

        private static String key(final Map<String, Integer> map, final int value) {
            return map.entrySet().stream().filter(entry -> entry.getValue() == value).map(Map.Entry::getKey).findFirst().orElse(null);
        }
    }
}
