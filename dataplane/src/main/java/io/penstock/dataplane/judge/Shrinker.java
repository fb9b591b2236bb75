package io.penstock.dataplane.judge;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Makes a case smaller for as long as it shows the same kind of difference: fewer packets, then less configuration, then a
 * shorter and plainer packet.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What comes out shows the kind, or is what went in.</li>
 *   <li>It ends: every step that is kept leaves less.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
final class Shrinker {

    /** Packets that are kept at the most while single ones are tried; most differences need one. */
    private static final int MAX_ROUNDS = 8;

    private static final int FULL_TTL = 64;

    /** Bytes that are made plain one by one; what lies behind is so at once. */
    private static final int MAX_BYTE_BY_BYTE = 160;

    private final Function<Case, List<Difference>> judge;

    /** @param judge finds the differences of a case; a case that cannot be judged has none */
    Shrinker(final Function<Case, List<Difference>> judge) {
        this.judge = judge;
    }

    /** The smallest case that was found. */
    Case shrink(final Case whole, final Difference difference) {
        final String kind = difference.kind();
        Case least = packets(whole, difference.index(), kind);
        for (int round = 0; round < MAX_ROUNDS; round++) {
            final Case before = least;
            least = ports(configuration(least, kind), kind);
            if (least.arrivals().size() == 1) {
                least = packet(least, kind);
            }
            if (least == before) {
                break;
            }
        }
        return least;
    }

    private boolean shows(final Case candidate, final String kind) {
        return judge.apply(candidate).stream().anyMatch(difference -> difference.kind().equals(kind));
    }

    /** The packet alone, or with as few before it as do. */
    private Case packets(final Case whole, final int index, final String kind) {
        final Case alone = new Case(whole.config(), List.of(whole.arrivals().get(index)));
        if (shows(alone, kind)) {
            return alone;
        }
        Case least = new Case(whole.config(), whole.arrivals().subList(0, index + 1));
        if (!shows(least, kind)) {
            return whole;
        }
        for (int chunk = least.arrivals().size() / 2; chunk > 0; chunk /= 2) {
            for (int from = 0; from + chunk < least.arrivals().size(); ) {
                final List<Arrival> fewer = new ArrayList<>(least.arrivals());
                fewer.subList(from, from + chunk).clear();
                final Case candidate = new Case(least.config(), fewer);
                if (shows(candidate, kind)) {
                    least = candidate;
                } else {
                    from += chunk;
                }
            }
        }
        return least;
    }

    /** Without what the difference does not need: from the end, because what comes later hangs on what comes first. */
    private Case configuration(final Case whole, final String kind) {
        Case least = whole;
        for (int chunk = Removals.count(least.config()); chunk > 0; chunk /= 2) {
            int to = Removals.count(least.config());
            while (to > 0) {
                final int from = Math.max(0, to - chunk);
                final Case candidate = new Case(Removals.without(least.config(), from, to), least.arrivals());
                if (shows(candidate, kind)) {
                    least = candidate;
                }
                to = Math.min(from, Removals.count(least.config()));
            }
        }
        return least;
    }

    /** Without ports by which nothing comes and of which nothing is said. */
    private Case ports(final Case whole, final String kind) {
        Case least = whole;
        final List<String> names = new ArrayList<>(whole.config().map("ports").keySet());
        for (int port = names.size() - 1; port > 0; port--) {
            final int gone = port;
            if (least.arrivals().stream().anyMatch(arrival -> arrival.port() == gone)) {
                continue;
            }
            final ConfigTree config = least.config().copy();
            config.map("ports").remove(names.get(port));
            final Case candidate = new Case(config, least.arrivals().stream()
                    .map(arrival -> arrival.port() > gone ? arrival.by(arrival.port() - 1) : arrival)
                    .toList());
            if (shows(candidate, kind)) {
                least = candidate;
            }
        }
        return least;
    }

    /** Shorter and plainer: all candidates are judged at once, and the first that shows the kind is taken up. */
    private Case packet(final Case whole, final String kind) {
        Case least = whole;
        while (true) {
            final Arrival arrival = least.arrivals().getFirst();
            final Map<ByteBuffer, Arrival> candidates = new LinkedHashMap<>();
            for (final byte[] plainer : plainer(arrival.bytes())) {
                candidates.putIfAbsent(ByteBuffer.wrap(plainer), arrival.with(plainer));
            }
            candidates.remove(ByteBuffer.wrap(arrival.bytes()));
            final List<Arrival> all = List.copyOf(candidates.values());
            final List<Arrival> good = judge.apply(new Case(least.config(), all)).stream()
                    .filter(difference -> difference.kind().equals(kind)).map(Difference::arrival).toList();
            if (good.isEmpty()) {
                return least;
            }
            final Case together = new Case(least.config(), List.of(together(arrival, good)));
            if (good.size() > 1 && shows(together, kind)) {
                least = together;
                continue;
            }
            // Alone once more: it must not live on what the others left behind.
            final Case before = least;
            for (int i = 0; i < good.size() && least == before; i++) {
                final Case candidate = new Case(least.config(), List.of(good.get(i)));
                least = shows(candidate, kind) ? candidate : least;
            }
            if (least == before) {
                return least;
            }
        }
    }

    /** The shortest, with all bytes plain that are so in one of the same length. */
    private static Arrival together(final Arrival before, final List<Arrival> good) {
        final byte[] shortest = good.stream().map(Arrival::bytes).reduce((a, b) -> b.length < a.length ? b : a).orElseThrow();
        final byte[] merged = shortest.clone();
        for (final Arrival one : good) {
            for (int i = 0; i < Math.min(merged.length, one.bytes().length); i++) {
                if (one.bytes().length == before.bytes().length && one.bytes()[i] != before.bytes()[i]
                        && !(Wire.isIpv4(merged) && (i == 10 || i == 11))) {
                    merged[i] = one.bytes()[i];
                }
            }
        }
        return before.with(checked(before.bytes(), merged));
    }

    private static List<byte[]> plainer(final byte... packet) {
        final List<byte[]> candidates = new ArrayList<>();
        final boolean ipv4 = Wire.isIpv4(packet);
        final int header = ipv4 ? Wire.ipv4HeaderBytes(packet) : Math.min(packet.length, Wire.IPV6_BYTES);
        for (int cut = packet.length - header; cut > 0; cut /= 2) {
            candidates.add(shorter(packet, packet.length - cut));
        }
        if (ipv4 && header > Wire.IPV4_BYTES) {
            final byte[] plain = new byte[packet.length - header + Wire.IPV4_BYTES];
            System.arraycopy(packet, 0, plain, 0, Wire.IPV4_BYTES);
            System.arraycopy(packet, header, plain, Wire.IPV4_BYTES, packet.length - header);
            Wire.put8(plain, 0, 0x45);
            candidates.add(shorter(plain, plain.length));
        }
        final int ttl = ipv4 ? 8 : 7;
        if (packet.length > ttl && Wire.u8(packet, ttl) > FULL_TTL) {
            candidates.add(with(packet, ttl, FULL_TTL));
        }
        if (packet.length > MAX_BYTE_BY_BYTE) {
            final byte[] plain = packet.clone();
            Arrays.fill(plain, MAX_BYTE_BY_BYTE, plain.length, (byte) 0);
            candidates.add(checked(packet, plain));
        }
        for (int at = 1; at < Math.min(packet.length, MAX_BYTE_BY_BYTE); at++) {
            if (packet[at] != 0 && !(ipv4 && (at == 2 || at == 3 || at == 10 || at == 11)) && (ipv4 || at != 4 && at != 5)) {
                candidates.add(with(packet, at, 0));
            }
        }
        return candidates;
    }

    private static byte[] with(final byte[] packet, final int at, final int value) {
        final byte[] changed = packet.clone();
        Wire.put8(changed, at, value);
        return checked(packet, changed);
    }

    /** Cut, with the length that it tells cut as well, if it told the truth. */
    private static byte[] shorter(final byte[] packet, final int length) {
        final byte[] cut = Arrays.copyOf(packet, length);
        if (Wire.isIpv4(cut)) {
            Wire.put16(cut, 2, length);
        } else if (Wire.isIpv6(cut)) {
            Wire.put16(cut, 4, length - Wire.IPV6_BYTES);
        }
        return checked(packet, cut);
    }

    /** With the IPv4 checksum made to fit, if it fitted before. */
    private static byte[] checked(final byte[] before, final byte... packet) {
        if (Wire.hasValidChecksum4(before) && Wire.isIpv4(packet)) {
            Wire.checksum4(packet);
        }
        return packet;
    }
}
