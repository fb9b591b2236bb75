package io.penstock.conntrack.hot.track;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Extensions;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Connection tracking in its plainest form, to hold the trackers against the kernel: a packet that arrives is judged, a connection that begins is
 * confirmed at once. Packets are whole IP packets; tuples are the keys of a map.
 */
final class PlainConntrack implements AutoCloseable {

    private static final String[] TCP_STATES = {
        "NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE", "SYN_SENT2"
    };
    private static final String[] SCTP_STATES = {
        "NONE", "CLOSED", "COOKIE_WAIT", "COOKIE_ECHOED", "ESTABLISHED", "SHUTDOWN_SENT", "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT"
    };
    private static final int ENTRIES = 64;

    final TrackerSettings settings = new TrackerSettings();
    long nowNs = Long.MAX_VALUE - 3 * Deadline.SECOND_NS;

    private final MappedMemory memory = MappedMemory.reserve(1 << 20, MappedMemory.Pages.NORMAL);
    private final long packets = memory.address() + ENTRIES * ConnLayout.IPV6_BYTES;
    /** By tuple: the entry with the direction in bit 0. */
    private final Map<ByteBuffer, Long> found = new HashMap<>();
    private int allocated;
    private int lastEvents;

    @Override
    public void close() {
        memory.close();
    }

    /** {@link io.penstock.conntrack.hot.ConnEvents} of the last packet. */
    int lastEvents() {
        return lastEvents;
    }

    /** Judges a packet that arrives: its ctstate. */
    String receive(final byte[] packet) {
        // At the memory's end, so that checked mode notices what reads on; the byte in front makes the address odd now and then.
        final long ip = packets + (memory.bytes() - (packets - memory.address())) - packet.length;
        Memory.copyFromArray(packet, 0, ip, packet.length);
        nowNs += 1_000_000;
        lastEvents = 0;
        return packet[0] >>> 4 == 4 ? receive4(ip) : receive6(ip, packet.length);
    }

    /** What entries of a protocol there are, as the listings of the kernel have it. */
    String entries(final int protocol) {
        final TreeSet<Long> entries = new TreeSet<>();
        found.values().forEach(value -> entries.add(value & -2));
        final String text = entries.stream().filter(entry -> ConnLayout.protocol(entry) == protocol).map(this::describe).sorted()
                .collect(Collectors.joining(" & "));
        return text.isEmpty() ? "-" : text;
    }

    /** The only entry. */
    long entry() {
        return found.values().iterator().next() & -2;
    }

    private String receive4(final long ip) {
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        final int protocol = Ipv4Layout.protocol(ip);
        final long l4 = ip + headerBytes;
        final int length = Ipv4Layout.totalLength(ip) - headerBytes;
        if (!PacketCheck.isValid4(ip, protocol, l4, length, settings.checksum != 0)) {
            return "INVALID";
        }
        final byte[] source = bytes(ip + Ipv4Layout.SOURCE, 4);
        final byte[] destination = bytes(ip + Ipv4Layout.DESTINATION, 4);
        if (protocol == IpProtocol.ICMP && IcmpTracker.kind(l4) != IcmpKind.QUERY) {
            return IcmpTracker.kind(l4) == IcmpKind.ERROR ? relate(InnerTuple.read4(l4, length), l4, 4, destination) : "INVALID";
        }
        return track(protocol, l4, length, source, destination);
    }

    private String receive6(final long ip, final int bytes) {
        final long walk = Ipv6Extensions.walk(ip, ip + bytes);
        final int protocol = Ipv6Extensions.nextHeader(walk);
        final long l4 = ip + Ipv6Extensions.l4Offset(walk);
        final int length = bytes - Ipv6Extensions.l4Offset(walk);
        if (!PacketCheck.isValid6(ip, protocol, l4, length, settings.checksum != 0)) {
            return "INVALID";
        }
        final byte[] source = bytes(ip + Ipv6Layout.SOURCE, 16);
        final byte[] destination = bytes(ip + Ipv6Layout.DESTINATION, 16);
        if (protocol == IpProtocol.ICMPV6) {
            switch (Icmpv6Tracker.kind(ip, l4, length)) {
                case IcmpKind.UNTRACKED:
                    return "UNTRACKED";
                case IcmpKind.INVALID:
                    return "INVALID";
                case IcmpKind.ERROR:
                    return relate(InnerTuple.read6(l4, length), l4, 16, destination);
                default:
                    break;
            }
        }
        return track(protocol, l4, length, source, destination);
    }

    private String relate(final long inner, final long icmp, final int addressBytes, final byte[] outerDestination) {
        if (inner == InnerTuple.NONE) {
            return "INVALID";
        }
        final long ip = icmp + InnerTuple.ipOffset(inner);
        final long addresses = ip + (addressBytes == 4 ? Ipv4Layout.SOURCE : Ipv6Layout.SOURCE);
        final byte[] source = bytes(addresses, addressBytes);
        final byte[] destination = bytes(addresses + addressBytes, addressBytes);
        final Long value = found.get(tuple(InnerTuple.protocol(inner), destination, source, InnerTuple.keys(inner)));
        // Without address translation the found tuple's destination is the quoted packet's source.
        return value != null && Arrays.equals(source, outerDestination) ? "RELATED" : "INVALID";
    }

    private String track(final int protocol, final long l4, final int length, final byte[] source, final byte[] destination) {
        final long keys = TupleReader.keys(protocol, l4, length);
        if (keys == TupleReader.NONE) {
            return "INVALID";
        }
        final Long value = found.get(tuple(protocol, source, destination, (int) keys));
        if (value == null) {
            return begin(protocol, l4, length, source, destination, (int) keys);
        }
        final long entry = value & -2;
        final int direction = (int) (value & 1);
        final boolean answered = ConnLayout.hasStatus(entry, ConnStatus.SEEN_REPLY);
        final int result = Trackers.packet(entry, direction, protocol, l4, length, settings, nowNs);
        final int verdict = TrackResult.verdict(result);
        final boolean isAccepted = verdict == TrackResult.ACCEPT || verdict == TrackResult.ACCEPT_AND_KILL;
        lastEvents = isAccepted ? TrackResult.events(result) : 0;
        if (verdict == TrackResult.REPEAT) {
            kill(entry);
            return track(protocol, l4, length, source, destination);
        }
        if (verdict == TrackResult.INVALID) {
            return "INVALID";
        }
        if (verdict == TrackResult.ACCEPT_AND_KILL) {
            kill(entry);
        }
        if (direction == ConnDirection.REPLY) {
            ConnLayout.setStatus(entry, ConnStatus.SEEN_REPLY);
        }
        return answered || direction == ConnDirection.REPLY ? "ESTABLISHED" : "NEW";
    }

    private String begin(
            final int protocol, final long l4, final int length, final byte[] source, final byte[] destination, final int keys) {
        final long inverse = TupleReader.invert(protocol, keys);
        if (inverse == TupleReader.NONE) {
            return "INVALID";
        }
        final long entry = memory.address() + allocated++ % ENTRIES * ConnLayout.IPV6_BYTES;
        Memory.fill(entry, ConnLayout.IPV6_BYTES, (byte) 0);
        ConnLayout.setProtocol(entry, protocol);
        ConnLayout.setKeys(entry, ConnDirection.ORIGINAL, keys);
        ConnLayout.setKeys(entry, ConnDirection.REPLY, (int) inverse);
        final int result = Trackers.first(entry, protocol, l4, length, settings, nowNs);
        lastEvents = TrackResult.events(result);
        if (TrackResult.verdict(result) != TrackResult.ACCEPT) {
            return "INVALID";
        }
        Deadline.start(entry, nowNs);
        ConnLayout.setStatus(entry, ConnStatus.CONFIRMED);
        found.put(tuple(protocol, source, destination, keys), entry);
        found.put(tuple(protocol, destination, source, (int) inverse), entry | ConnDirection.REPLY);
        return "NEW";
    }

    private void kill(final long entry) {
        found.values().removeIf(value -> (value & -2) == entry);
    }

    private String describe(final long entry) {
        final int protocol = ConnLayout.protocol(entry);
        final int state = ConnLayout.trackerState(entry);
        final String name = protocol == IpProtocol.TCP ? TCP_STATES[state] + " " : protocol == IpProtocol.SCTP ? SCTP_STATES[state] + " " : "";
        final String flags = (ConnLayout.hasStatus(entry, ConnStatus.SEEN_REPLY) ? "R" : "")
                + (ConnLayout.hasStatus(entry, ConnStatus.ASSURED) ? "A" : "");
        final long seconds = (Deadline.left(entry, nowNs) + Deadline.SECOND_NS - 1) / Deadline.SECOND_NS;
        return name + seconds + " " + (flags.isEmpty() ? "." : flags);
    }

    private static ByteBuffer tuple(final int protocol, final byte[] source, final byte[] destination, final int keys) {
        return ByteBuffer.allocate(2 * source.length + 5).put((byte) protocol).put(source).put(destination).putInt(keys).flip();
    }

    private static byte[] bytes(final long address, final int bytes) {
        final byte[] copy = new byte[bytes];
        Memory.copyToArray(address, copy, 0, bytes);
        return copy;
    }
}
