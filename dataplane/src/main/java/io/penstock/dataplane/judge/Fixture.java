package io.penstock.dataplane.judge;

import io.penstock.rules.api.IpFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A case with what the kernel made of it, as a file that people can read:
 *
 * <pre>
 *  # IPv4: kernel icmp 11/0, ...           what it shows
 *  time: 1234567890123                     the wall clock, in ms
 *  configuration: |                        as for 'penstock replay'
 *    ports: ...
 *  packets:
 *    - port: lan                           by which it comes
 *      in: 4500...                         from its IP header on
 *      link: { from: 02..., to: port }     its Ethernet header, where it has one
 *      pause: 150                          how long nothing came before it, in ms, if at all
 *      verdict: icmp 11/0                  what became of it
 *      out: [{ port: lan, packet: 4500... }]
 *      host: [4500...]                     what the host got
 *  counters: { IpInHdrErrors: 1 }          the kernel's
 *  rules:                                  what the kernel's rules have counted, where there are any
 *    ipv4: |
 *      *filter
 *      ...
 *  connections:                            the kernel's, in the end, where they are tracked
 *    ipv4: |
 *      udp      17 29 src=...
 * </pre>
 *
 * @param comment  what it shows, a line each
 * @param timeMs   when it was made
 * @param subject  configuration and packets
 * @param expected what the kernel did
 * @param counters what the kernel counted
 * @param rules    what its rules counted, as iptables-save -c says it without comments, of families that have rules
 * @param connections its connections in the end, as conntrack -L says them, of families whose are tracked
 */
record Fixture(
        List<String> comment,
        long timeMs,
        Case subject,
        List<Reaction> expected,
        Map<String, Long> counters,
        Map<IpFamily, String> rules,
        Map<IpFamily, String> connections) {

    private static final HexFormat HEX = HexFormat.of();
    private static final int MAC_DIGITS = 12;

    /** Reads a file. */
    static Fixture read(final Path file) {
        final List<String> comment = new ArrayList<>();
        final String text;
        try {
            text = Files.readString(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        text.lines().takeWhile(line -> line.startsWith("#")).forEach(line -> comment.add(line.substring(1).strip()));
        final Map<String, Object> root =
                ConfigTree.cast(new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromString(text));
        final ConfigTree config = ConfigTree.parse((String) root.get("configuration"));
        final List<String> ports = List.copyOf(config.map("ports").keySet());
        final List<Arrival> arrivals = new ArrayList<>();
        final List<Reaction> expected = new ArrayList<>();
        for (final Object element : ConfigTree.castList(root.get("packets"))) {
            final Map<String, Object> packet = ConfigTree.cast(element);
            arrivals.add(new Arrival(ports.indexOf((String) packet.get("port")), bytes(packet.get("in")), link(packet.get("link")),
                    packet.get("pause") instanceof final Number ms ? ms.intValue() : 0));
            final List<Reaction.Sent> sent = new ArrayList<>();
            for (final Object out : list(packet.get("out"))) {
                final Map<String, Object> one = ConfigTree.cast(out);
                sent.add(new Reaction.Sent(ports.indexOf((String) one.get("port")), bytes(one.get("packet"))));
            }
            expected.add(new Reaction(sent, list(packet.get("host")).stream().map(Fixture::bytes).toList(), ""));
        }
        final Map<String, Long> counters = new TreeMap<>();
        if (root.get("counters") instanceof Map<?, ?> map) {
            map.forEach((name, value) -> counters.put((String) name, ((Number) value).longValue()));
        }
        return new Fixture(comment, ((Number) root.get("time")).longValue(), new Case(config, arrivals), expected, counters,
                byFamily(root.get("rules")), byFamily(root.get("connections")));
    }

    /** What became of a packet, in few words. */
    String verdict(final int index) {
        return Words.of(subject.arrivals().get(index), expected.get(index));
    }

    /** Writes a file. */
    void write(final Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, toString());
        } catch (final IOException e) {
            throw new JudgeException("cannot write " + file + ": " + e.getMessage()
                    + "; give --keep a folder that you may write to", e);
        }
    }

    @Override
    public String toString() {
        final StringBuilder out = new StringBuilder();
        comment.forEach(line -> out.append("# ").append(line).append('\n'));
        out.append("time: ").append(timeMs).append("\nconfiguration: |\n");
        subject.config().toString().lines().forEach(line -> out.append("  ").append(line).append('\n'));
        out.append("packets:\n");
        final List<String> ports = List.copyOf(subject.config().map("ports").keySet());
        for (int i = 0; i < expected.size(); i++) {
            final Arrival arrival = subject.arrivals().get(i);
            out.append("  - port: ").append(ports.get(arrival.port())).append('\n');
            out.append("    in: \"").append(HEX.formatHex(arrival.bytes())).append("\"\n");
            if (arrival.link() != null) {
                out.append("    link: { from: \"").append(HEX.toHexDigits(arrival.link().source(), MAC_DIGITS)).append("\", to: ")
                        .append(arrival.link().to().name().toLowerCase(Locale.ROOT)).append(" }\n");
            }
            if (arrival.pauseMs() > 0) {
                out.append("    pause: ").append(arrival.pauseMs()).append('\n');
            }
            out.append("    verdict: \"").append(verdict(i)).append("\"\n");
            if (!expected.get(i).sent().isEmpty()) {
                out.append("    out:\n");
                expected.get(i).sent().forEach(sent -> out.append("      - { port: ").append(ports.get(sent.port()))
                        .append(", packet: \"").append(HEX.formatHex(sent.bytes())).append("\" }\n"));
            }
            if (!expected.get(i).delivered().isEmpty()) {
                out.append("    host:\n");
                expected.get(i).delivered().forEach(packet ->
                        out.append("      - \"").append(HEX.formatHex(packet)).append("\"\n"));
            }
        }
        out.append("counters:\n");
        counters.forEach((name, value) -> out.append("  ").append(name).append(": ").append(value).append('\n'));
        write(out, "rules", rules);
        write(out, "connections", connections);
        return out.toString();
    }

    private static Map<IpFamily, String> byFamily(final Object value) {
        final Map<IpFamily, String> texts = new EnumMap<>(IpFamily.class);
        if (value instanceof final Map<?, ?> map) {
            map.forEach((family, text) -> texts.put(IpFamily.valueOf(((String) family).toUpperCase(Locale.ROOT)), (String) text));
        }
        return texts;
    }

    private static void write(final StringBuilder out, final String key, final Map<IpFamily, String> texts) {
        if (texts.isEmpty()) {
            return;
        }
        out.append(key).append(":\n");
        texts.forEach((family, text) -> {
            out.append("  ").append(family.name().toLowerCase(Locale.ROOT)).append(": ").append(text.isEmpty() ? "\"\"" : "|").append('\n');
            text.lines().forEach(line -> out.append("    ").append(line).append('\n'));
        });
    }

    private static Arrival.Link link(final Object value) {
        if (value == null) {
            return null;
        }
        final Map<String, Object> link = ConfigTree.cast(value);
        return new Arrival.Link(HexFormat.fromHexDigitsToLong((String) link.get("from")),
                Arrival.To.valueOf(((String) link.get("to")).toUpperCase(Locale.ROOT)));
    }

    private static byte[] bytes(final Object hex) {
        return HEX.parseHex((String) hex);
    }

    private static List<Object> list(final Object value) {
        return value == null ? List.of() : ConfigTree.castList(value);
    }
}
