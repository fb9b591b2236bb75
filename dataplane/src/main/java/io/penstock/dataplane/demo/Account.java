package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Where every packet went, from what {@code stat --json} says: those that reached the ports are passed on to the kernel, lost
 * before the data plane, or taken in by it; those that it took in are forwarded, dropped for a reason, or something rarer.
 */
final class Account {

    private static final String PASSED = "xdp_passed_";
    private static final String REDIRECTED = "xdp_redirected";
    private static final String RING_FULL = "rx_ring_full";
    private static final String OTHERWISE_LOST = "rx_dropped";

    /** Why the XDP program left a frame to the kernel: the counter's end, and its words on the screen. */
    private static final Map<String, String> LEFT = Map.of(
            "non_ip", "not IP (ARP)",
            "not_our_mac", "to another MAC address",
            "group", "multicast",
            "link_local", "IPv6 link-local",
            "local", "to the router itself",
            "no_socket", "queue not served");

    /** What may become of a packet besides being forwarded or dropped: the counter, and its words on the screen. */
    private static final Map<String, String> RARER = rarer();

    private final Counts stat;

    Account(final Counts stat) {
        this.stat = stat;
    }

    private static Map<String, String> rarer() {
        final Map<String, String> words = new LinkedHashMap<>();
        words.put("fragmented", "left in fragments");
        words.put("gathered", "are fragments of others");
        words.put("delivered", "delivered to the host");
        words.put("stolen", "stolen by a hook");
        words.put("queued", "handed to a queue");
        words.put("parked", "waiting for a neighbour");
        return words;
    }

    /** Packets that left by a port. */
    long forwarded() {
        return stat.number("forwarded");
    }

    /** Packets that no counter explains. */
    long unaccounted() {
        return stat.number("unaccounted");
    }

    /** A port counter's sum over the ports. */
    long ports(final String counter) {
        final Counts ports = stat.object("ports");
        return ports.names().stream().mapToLong(name -> ports.object(name).number(counter)).sum();
    }

    /** Packets that the kernel had for the data plane but no room where to put them. */
    long lost() {
        return xdp(RING_FULL) + xdp(OTHERWISE_LOST);
    }

    /**
     * Packets that the XDP program handed to the sockets and that are neither lost nor taken in: not 0 while the kernel's
     * counters, which are copied now and then, and the data plane's show different moments.
     */
    long between() {
        return xdp(REDIRECTED) == 0 ? 0 : xdp(REDIRECTED) - lost() - ports("rx_packets");
    }

    /** The ports, a line each. */
    void showPorts(final Screen screen) {
        screen.heading("%-5s %-18s %13s %13s %11s %11s", "port", "through", "packets in", "packets out", "bytes in", "bytes out");
        final Counts ports = stat.object("ports");
        String why = "";
        for (final String name : ports.names()) {
            final Counts port = ports.object(name);
            screen.line("%-5s %-18s %,13d %,13d %11s %11s", name, through(port), port.number("rx_packets"),
                    port.number("tx_packets"), Screen.megabytes(port.number("rx_bytes")),
                    Screen.megabytes(port.number("tx_bytes")));
            // The ports share their memory: the first one's reason is everyone's.
            why = why.isEmpty() ? port.text("why") : why;
        }
        if (!why.isEmpty()) {
            screen.line("      %s", why);
        }
    }

    /**
     * All packets.
     *
     * @param seconds how long it took, for rates
     */
    void show(final Screen screen, final double seconds) {
        screen.heading("where every packet went");
        final Map<String, Long> passed = passed();
        final long reached = ports("rx_packets") + lost() + between() + passed.values().stream().mapToLong(Long::longValue).sum();
        if (reached != ports("rx_packets")) {
            count(screen, "reached the ports", reached);
            passed.forEach((why, packets) -> count(screen,
                    "  left to the kernel: " + LEFT.getOrDefault(why, why), packets));
            if (lost() != 0) {
                count(screen, "  lost, receive ring full (TCP sends again)", lost());
            }
            if (between() != 0) {
                count(screen, "  on their way in", between());
            }
        }
        count(screen, "taken in by Penstock", stat.number("packets"));
        rare(screen, "made by Penstock itself", "originated");
        rare(screen, "given back by hooks", "returned");
        screen.line("  %-42s %,13d %13s", "  forwarded", forwarded(), Screen.perSecond(forwarded() / seconds));
        RARER.forEach((counter, words) -> rare(screen, "  " + words, counter));
        final Map<String, Long> dropped = stat.object("dropped").numbers();
        dropped.forEach((reason, packets) -> count(screen, "  dropped: " + reason, packets));
        if (dropped.isEmpty()) {
            count(screen, "  dropped", 0);
        }
        screen.verdict(unaccounted() == 0, "  %-42s %,13d", "  unaccounted", unaccounted());
    }

    /** The packets' part of a report in JSON, within its object. */
    void write(final Json json, final double seconds) {
        json.field("packets", stat.number("packets"));
        json.field("packets_per_second", seconds == 0 ? 0 : stat.number("packets") / seconds);
        json.field("forwarded", forwarded());
        json.name("dropped");
        stat.object("dropped").write(json);
        json.field("unaccounted", unaccounted());
        json.name("stat");
        stat.write(json);
    }

    private Map<String, Long> passed() {
        final Map<String, Long> passed = new LinkedHashMap<>();
        final Counts ports = stat.object("ports");
        for (final String name : ports.names()) {
            ports.object(name).object("xdp").numbers().forEach((counter, packets) -> {
                if (counter.startsWith(PASSED)) {
                    passed.merge(counter.substring(PASSED.length()), packets, Long::sum);
                }
            });
        }
        return passed;
    }

    private long xdp(final String counter) {
        final Counts ports = stat.object("ports");
        return ports.names().stream().mapToLong(name -> ports.object(name).object("xdp").number(counter)).sum();
    }

    private static String through(final Counts port) {
        final String attach = port.text("attach");
        return switch (attach) {
            case "native", "generic" -> attach + " XDP, " + port.text("copy");
            case "packet" -> "AF_PACKET";
            case "memory" -> "captures";
            default -> attach.toLowerCase(Locale.ROOT);
        };
    }

    private void rare(final Screen screen, final String words, final String counter) {
        if (stat.number(counter) != 0) {
            count(screen, words, stat.number(counter));
        }
    }

    private static void count(final Screen screen, final String words, final long packets) {
        screen.line("  %-42s %,13d", words, packets);
    }
}
