package io.penstock.perf.bench.wire;

import io.penstock.dataplane.demo.Programs;
import io.penstock.os.netlink.IpAddress;
import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What {@code bench wire} lets devices keep of flows. The generator's come in one direction: nobody answers, and no connection is ever established. */
public enum WireTracking {

    /** Nothing: packets are forwarded. */
    NONE,
    /** Their connections. */
    TRACKED,
    /** These, and another source. */
    SNAT,
    /** These, and another destination, each server's in turn: a virtual service's of Penstock, and a DNAT rule's for each server of the kernel. */
    SERVICE;

    private static final int SERVERS = 10;
    /** Of a server's line in a listing of ipvsadm: arrow, address, method, weight, active connections, others. */
    private static final int LISTED_WORDS = 6;

    /** What sources are translated to: of the sink's network, none of the device's own. */
    private static final String SOURCES = "198.19.0.16-198.19.0.250";

    /** Its name in options and results. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of that name, or null. */
    public static WireTracking of(final String text) {
        return Arrays.stream(values()).filter(value -> value.text().equals(text)).findFirst().orElse(null);
    }

    /** All names. */
    static List<String> names() {
        return Arrays.stream(values()).map(WireTracking::text).toList();
    }

    /** Whether Penstock does it by a virtual service, and rules of its own are not needed. */
    boolean isService() {
        return this == SERVICE;
    }

    /** Where the generator's packets go to. */
    byte[] destination() {
        return isService() ? WireNetwork.portInAddress() : WireNetwork.sinkAddress();
    }

    /** For ipvsadm-restore. */
    static String serviceText() {
        final String service = " -u " + address(WireNetwork.portInAddress()) + ':' + WireNetwork.SERVICE_PORT;
        final StringBuilder text = new StringBuilder("-A" + service + " -s rr\n");
        for (int i = 0; i < SERVERS; i++) {
            text.append("-a").append(service).append(" -r ").append(server(i)).append(" -m -w 1\n");
        }
        return text.toString();
    }

    private static String serviceRules() {
        final StringBuilder text = new StringBuilder("*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING "
                + "ACCEPT [0:0]\n");
        for (int i = 0; i < SERVERS; i++) {
            text.append("-A PREROUTING -d ").append(address(WireNetwork.portInAddress())).append("/32 -p udp -m udp --dport ")
                    .append(WireNetwork.SERVICE_PORT)
                    .append(i == SERVERS - 1 ? "" : " -m statistic --mode nth --every " + (SERVERS - i) + " --packet 0")
                    .append(" -j DNAT --to-destination ").append(server(i)).append('\n');
        }
        return text.append("COMMIT\n").toString();
    }

    private static String server(final int number) {
        return address(WireNetwork.serverAddress(number)) + ':' + WireNetwork.SERVICE_PORT;
    }

    private static String address(final byte... bytes) {
        return IpAddress.v4(ByteBuffer.wrap(bytes).getInt()).toString();
    }

    /** Servers' addresses: the sink has them all. */
    static List<String> servers() {
        return IntStream.range(0, SERVERS).mapToObj(i -> address(WireNetwork.serverAddress(i))).toList();
    }

    /** Of a listing of ipvsadm: all connections, active or not. */
    static long listed(final String listing) {
        return listing.lines().map(line -> line.strip().split("\\s+")).filter(words -> words.length == LISTED_WORDS && words[0].equals("->")
                        && !words[1].startsWith("RemoteAddress"))
                .mapToLong(words -> Long.parseLong(words[LISTED_WORDS - 2]) + Long.parseLong(words[LISTED_WORDS - 1])).sum();
    }

    /** For iptables-restore. What is neither established nor new is dropped. */
    String saveText() {
        return (isService() ? serviceRules() : this == SNAT ? "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
                + "-A POSTROUTING -o " + WireNetwork.PORT_OUT + " -j SNAT --to-source " + SOURCES + "\nCOMMIT\n" : "")
                + "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                + "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"
                + "-A FORWARD -i " + WireNetwork.PORT_IN + " -m conntrack --ctstate NEW -j ACCEPT\nCOMMIT\n";
    }

    /** The same, in a file in a folder. */
    Path saveFile(final Path folder) {
        return write(folder.resolve("rules"), saveText());
    }

    /** {@link #serviceText}, in a file in a folder. */
    static Path serviceFile(final Path folder) {
        return write(folder.resolve("services"), serviceText());
    }

    private static Path write(final Path file, final String text) {
        try {
            return Files.writeString(file, text);
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
