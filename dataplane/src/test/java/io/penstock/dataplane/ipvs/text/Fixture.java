package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.Traffic;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** Services, servers and connections as text, a line each, which the real tool was shown too. */
final class Fixture {

    final List<ServiceState> services = new ArrayList<>();
    final List<ConnectionState> connections = new ArrayList<>();

    /** Reads what lies beside this class. */
    Fixture(final String name) {
        try (InputStream in = Fixture.class.getResourceAsStream(name)) {
            new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines()
                    .forEach(line -> add(Arrays.asList(line.split(" ")).iterator()));
        } catch (final IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private void add(final Iterator<String> words) {
        switch (words.next()) {
            case "service" -> services.add(service(words));
            case "server" -> services.getLast().servers().add(server(words));
            case "conn" -> connections.add(connection(words));
            default -> { }
        }
    }

    private static int number(final Iterator<String> words) {
        return Integer.parseUnsignedInt(words.next());
    }

    private static String orNull(final String word) {
        return word.equals("-") ? null : word;
    }

    private static int protocol(final String name) {
        return switch (name) {
            case "TCP", "tcp" -> 6;
            case "UDP", "udp" -> 17;
            case "SCTP", "sctp" -> 132;
            default -> 0;
        };
    }

    private static Traffic traffic(final Iterator<String> words) {
        final long[] counts = new long[5];
        Arrays.setAll(counts, i -> Long.parseUnsignedLong(words.next()));
        return new Traffic(counts[0], counts[1], counts[2], counts[3], counts[4]);
    }

    private static ServiceState service(final Iterator<String> words) {
        final String protocol = words.next();
        final String name = words.next();
        final String second = words.next();
        final ServiceKey key = protocol.equals("mark")
                ? ServiceKey.ofMark(second.equals("v6") ? IpAddress.V6 : IpAddress.V4, Integer.parseUnsignedInt(name))
                : ServiceKey.of(protocol(protocol), IpAddress.parse(name), Integer.parseInt(second));
        final String scheduler = words.next();
        final ServiceSpec spec = new ServiceSpec(scheduler, number(words), number(words), number(words), orNull(words.next()));
        return new ServiceState(key, spec, new ArrayList<>(), traffic(words), traffic(words));
    }

    private static ServerState server(final Iterator<String> words) {
        final ServerKey key = new ServerKey(IpAddress.parse(words.next()), number(words));
        final String shown = words.next();
        final Forwarding method =
                Arrays.stream(Forwarding.values()).filter(each -> each.shown().equals(shown)).findFirst().orElseThrow();
        final int weight = number(words);
        final long upper = number(words);
        final long lower = number(words);
        final long active = Integer.toUnsignedLong(number(words));
        final long inactive = Integer.toUnsignedLong(number(words));
        final long persistent = Integer.toUnsignedLong(number(words));
        final TunnelSpec tunnel = new TunnelSpec(TunnelSpec.Kind.values()[number(words)], number(words),
                TunnelSpec.Checksum.values()[number(words)]);
        return new ServerState(key, new ServerSpec(method, weight, upper, lower, tunnel), active, inactive, persistent, traffic(words),
                traffic(words));
    }

    private static ConnectionState connection(final Iterator<String> words) {
        return new ConnectionState(protocol(words.next()), number(words), words.next(), IpAddress.parse(words.next()), number(words),
                IpAddress.parse(words.next()), number(words), IpAddress.parse(words.next()), number(words),
                words.hasNext() ? words.next() : null, words.hasNext() ? words.next() : null);
    }
}
