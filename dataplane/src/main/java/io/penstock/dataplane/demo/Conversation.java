package io.penstock.dataplane.demo;

import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapWriter;
import io.penstock.os.netlink.IpAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the two hosts send in a replay: four connections at once, pings, and packets that no router may forward; and what has
 * to become of it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The same number of segments makes the same files, byte by byte.</li>
 *   <li>The two captures interleave by their timestamps as the conversation would.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
final class Conversation {

    /** Echo requests of each family. */
    static final int ECHOES = 5;

    /** The first connection's; the others' follow. */
    static final int FIRST_CLIENT_PORT = 40_000;

    /** Where no route leads; RFC 5737 and RFC 3849. */
    private static final IpAddress NOWHERE_IPV4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress NOWHERE_IPV6 = IpAddress.parse("2001:db8:ffff::1");

    /** Packets of each kind that must be dropped, of each family. */
    private static final int REFUSED = 3;

    /** 2026-01-01 00:00 UTC: any time will do that is the same each time. */
    private static final long START_NS = 1_767_225_600_000_000_000L;

    /** Between two packets: 100,000 a second. */
    private static final long STEP_NS = 10_000;

    /** A packet beside TCP after that many turns of all connections, so that they come in the midst of it. */
    private static final int TURNS_BETWEEN_EXTRAS = 16;

    private final List<Connection> connections = new ArrayList<>();
    private final Map<DropReason, Long> refused = new EnumMap<>(DropReason.class);
    private final Deque<Runnable> extras = new ArrayDeque<>();
    private final FrameWriter frame;
    private final Map<Side, PcapWriter> captures;
    private long packets;

    private Conversation(final FrameWriter frame, final Map<Side, PcapWriter> captures, final long segments) {
        this.frame = frame;
        this.captures = captures;
        for (final Direction direction : Direction.values()) {
            for (final boolean isIpv6 : new boolean[] {false, true}) {
                connections.add(
                        new Connection(isIpv6, direction, FIRST_CLIENT_PORT + connections.size(), segments));
            }
        }
        for (int i = 1; i <= ECHOES; i++) {
            echo(false, i);
            echo(true, i);
        }
        for (int i = 1; i <= REFUSED; i++) {
            refused(i);
        }
    }

    /**
     * Writes it.
     *
     * @param segments full data segments of each connection
     * @param folder   where a capture of each side goes, named by {@link #capture}
     */
    static Conversation write(final long segments, final Path folder) {
        final LinkType type = LinkType.ETHERNET;
        try (FrameWriter frame = new FrameWriter();
                PcapWriter client = PcapWriter.create(capture(folder, Side.CLIENT), type);
                PcapWriter server = PcapWriter.create(capture(folder, Side.SERVER), type)) {
            final Conversation conversation =
                    new Conversation(frame, Map.of(Side.CLIENT, client, Side.SERVER, server), segments);
            conversation.run();
            return conversation;
        }
    }

    /** The capture of what a host sends. */
    static Path capture(final Path folder, final Side from) {
        return folder.resolve("from-" + from.text() + ".pcap");
    }

    /** The connections, all over. */
    List<Connection> connections() {
        return Collections.unmodifiableList(connections);
    }

    /** Packets in both captures. */
    long packets() {
        return packets;
    }

    /** How many of them have to be dropped, and why. */
    Map<DropReason, Long> refused() {
        return Collections.unmodifiableMap(refused);
    }

    private void run() {
        boolean moved = true;
        for (int turn = 0; moved || !extras.isEmpty(); turn++) {
            moved = false;
            for (final Connection connection : connections) {
                final Connection.Segment segment = connection.next();
                if (segment != null) {
                    moved = true;
                    frame.tcp(segment, connection.isIpv6(), connection.clientPort(), connection.payload());
                    write(segment.from());
                }
            }
            if (turn % TURNS_BETWEEN_EXTRAS == 0 && !extras.isEmpty()) {
                extras.remove().run();
            }
        }
    }

    private void echo(final boolean isIpv6, final int sequence) {
        for (final Side from : Side.values()) {
            extras.add(() -> {
                frame.echo(from, from.other().address(isIpv6), sequence);
                write(from);
            });
        }
    }

    private void refused(final int sequence) {
        for (final boolean isIpv6 : new boolean[] {false, true}) {
            refused(DropReason.TTL_EXPIRED, Side.SERVER.address(isIpv6), sequence, () -> frame.spendTtl(isIpv6));
        }
        refused(DropReason.NO_ROUTE, NOWHERE_IPV4, sequence, () -> { });
        refused(DropReason.NO_ROUTE, NOWHERE_IPV6, sequence, () -> { });
        // IPv6 has no checksum of its own.
        refused(DropReason.IPV4_CHECKSUM, Side.SERVER.address(false), sequence, frame::spoilIpv4);
    }

    private void refused(
            final DropReason reason, final IpAddress destination, final int sequence, final Runnable spoil) {
        refused.merge(reason, 1L, Long::sum);
        extras.add(() -> {
            frame.echo(Side.CLIENT, destination, sequence);
            spoil.run();
            write(Side.CLIENT);
        });
    }

    private void write(final Side from) {
        captures.get(from).write(START_NS + packets * STEP_NS, frame.address(), frame.bytes(), frame.bytes());
        packets++;
    }
}
