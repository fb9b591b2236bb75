package io.penstock.perf.bench;

import io.penstock.dataplane.demo.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What {@code bench wire} lets devices keep of flows. The generator's come in one direction: nobody answers, and no connection is ever established. */
enum WireTracking {

    /** Nothing: packets are forwarded. */
    NONE,
    /** Their connections. */
    TRACKED,
    /** These, and another source. */
    SNAT;

    /** What sources are translated to: of the sink's network, none of the device's own. */
    private static final String SOURCES = "198.19.0.16-198.19.0.250";

    /** Its name in options and results. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of that name, or null. */
    static WireTracking of(final String text) {
        return Arrays.stream(values()).filter(value -> value.text().equals(text)).findFirst().orElse(null);
    }

    /** All names. */
    static List<String> names() {
        return Arrays.stream(values()).map(WireTracking::text).toList();
    }

    /** For iptables-restore. What is neither established nor new is dropped. */
    String saveText() {
        return (this == SNAT ? "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
                + "-A POSTROUTING -o " + WireNetwork.PORT_OUT + " -j SNAT --to-source " + SOURCES + "\nCOMMIT\n" : "")
                + "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                + "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"
                + "-A FORWARD -i " + WireNetwork.PORT_IN + " -m conntrack --ctstate NEW -j ACCEPT\nCOMMIT\n";
    }

    /** The same, in a file in a folder. */
    Path saveFile(final Path folder) {
        try {
            return Files.writeString(folder.resolve("rules"), saveText());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a flow of Open vSwitch does with a packet before it is sent. */
    String ovsAction() {
        return this == SNAT ? "ct(commit,nat(src=" + SOURCES + "),table=1)" : "ct(commit,table=1)";
    }

    /** A number that a program prints. */
    static long number(final List<String> command) {
        final String text = Programs.run(command).strip();
        try {
            return Long.parseLong(text);
        } catch (final NumberFormatException e) {
            throw new BenchException(String.join(" ", command) + " printed no number: " + text);
        }
    }
}
