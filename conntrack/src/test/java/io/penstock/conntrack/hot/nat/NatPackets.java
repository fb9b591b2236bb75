package io.penstock.conntrack.hot.nat;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.hot.track.IcmpKind;
import io.penstock.conntrack.hot.track.IcmpTracker;
import io.penstock.conntrack.hot.track.Icmpv6Tracker;
import io.penstock.conntrack.hot.track.InnerTuple;
import io.penstock.conntrack.hot.track.PacketCheck;
import io.penstock.conntrack.hot.track.TrackResult;
import io.penstock.conntrack.hot.track.Trackers;
import io.penstock.conntrack.hot.track.TupleReader;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Extensions;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;
import java.util.Arrays;
import java.util.HexFormat;

/** A router with translation in its plainest form: a packet in, a packet out. */
final class NatPackets implements AutoCloseable {

    private static final int BYTES = 1 << 17;
    private static final String NOTHING = "- ; -";

    private final MappedMemory memory = MappedMemory.reserve(BYTES, MappedMemory.Pages.NORMAL);
    private final TrackerSettings settings = new TrackerSettings();
    private final NatBox box;

    private long ip;
    private boolean ipv4;
    private int protocol;
    private long l4;
    private int length;
    private long entry;
    private int info;
    private boolean isNew;
    private boolean isError;

    NatPackets(final NatBox box) {
        this.box = box;
    }

    @Override
    public void close() {
        memory.close();
    }

    /** What comes out, as the files have it. */
    String receive(final int device, final byte[] packet) {
        // At the memory's end, so that checked mode notices what reads on.
        ip = memory.address() + memory.bytes() - packet.length;
        Memory.copyFromArray(packet, 0, ip, packet.length);
        parse(packet.length);
        final int out = forward(device);
        if (out < 0) {
            if (isNew) {
                box.worker(ipv4).free(entry);
            }
            return NOTHING;
        }
        if (isNew && !box.confirm(entry)) {
            return NOTHING;
        }
        Memory.copyToArray(ip, packet, 0, packet.length);
        return out + " " + HexFormat.of().formatHex(packet) + " ; " + (isNew ? NatBox.text(entry, ConnDirection.REPLY) : "-");
    }

    private void parse(final int bytes) {
        ipv4 = Ipv4Layout.version(ip) == 4;
        if (ipv4) {
            protocol = Ipv4Layout.protocol(ip);
            l4 = ip + Ipv4Layout.headerBytes(ip);
        } else {
            final long walk = Ipv6Extensions.walk(ip, ip + bytes);
            protocol = Ipv6Extensions.nextHeader(walk);
            l4 = ip + Ipv6Extensions.l4Offset(walk);
        }
        length = (int) (ip + bytes - l4);
    }

    /** The device by which the packet leaves, or -1. */
    private int forward(final int device) {
        track();
        if (entry != 0 && (isNew && !box.prerouting(entry, device) || !rewrite(false))) {
            return -1;
        }
        final int out = NatBox.route(ipv4, destination());
        if (out < 0) {
            return -1;
        }
        if (ipv4) {
            Ipv4Layout.decrementTtl(ip);
        } else {
            Ipv6Layout.decrementHopLimit(ip);
        }
        if (entry != 0 && (isNew && !box.postrouting(entry, out) || !rewrite(true))) {
            return -1;
        }
        return out;
    }

    private boolean rewrite(final boolean source) {
        if (isError) {
            return ipv4
                    ? NatRewrite.error4(entry, info, source, ip, l4, length)
                    : NatRewrite.error6(entry, info, source, ip, l4, length);
        }
        final int direction = ConnInfo.direction(info);
        return ipv4
                ? NatRewrite.packet4(entry, direction, source, ip, l4, length, false)
                : NatRewrite.packet6(entry, direction, source, ip, l4, length, false);
    }

    private void track() {
        entry = 0;
        isNew = false;
        isError = false;
        final boolean valid = ipv4
                ? PacketCheck.isValid4(ip, protocol, l4, length, false)
                : PacketCheck.isValid6(ip, protocol, l4, length, false);
        if (!valid) {
            return;
        }
        final int kind = protocol == IpProtocol.ICMP ? IcmpTracker.kind(l4)
                : protocol == IpProtocol.ICMPV6 ? Icmpv6Tracker.kind(ip, l4, length) : IcmpKind.QUERY;
        if (kind == IcmpKind.ERROR) {
            trackError();
        } else if (kind == IcmpKind.QUERY) {
            trackPacket();
        }
    }

    private void trackPacket() {
        final int keys = (int) TupleReader.keys(protocol, l4, length);
        final long found = box.find(ipv4, protocol, source(), destination(), keys);
        if (found == 0) {
            begin(keys);
            return;
        }
        entry = TableWorker.entry(found);
        final int direction = TableWorker.direction(found);
        info = direction == ConnDirection.REPLY ? ConnInfo.ESTABLISHED_REPLY : ConnInfo.ESTABLISHED;
        final int verdict = TrackResult.verdict(Trackers.packet(entry, direction, protocol, l4, length, settings, box.nowNs));
        if (verdict == TrackResult.REPEAT) {
            box.worker(ipv4).kill(entry);
            begin(keys);
        } else if (verdict == TrackResult.INVALID) {
            entry = 0;
        } else if (direction == ConnDirection.REPLY) {
            ConnLayout.setStatus(entry, ConnStatus.SEEN_REPLY);
        }
    }

    private void begin(final int keys) {
        entry = box.begin(ipv4, protocol, source(), destination(), keys);
        info = ConnInfo.NEW;
        isNew = entry != 0;
        if (isNew && TrackResult.verdict(Trackers.first(entry, protocol, l4, length, settings, box.nowNs)) != TrackResult.ACCEPT) {
            box.worker(ipv4).free(entry);
            entry = 0;
            isNew = false;
        }
    }

    private void trackError() {
        final long inner = ipv4 ? InnerTuple.read4(l4, length) : InnerTuple.read6(l4, length);
        if (inner == InnerTuple.NONE) {
            return;
        }
        final long quoted = l4 + InnerTuple.ipOffset(inner);
        final long found = box.find(ipv4, InnerTuple.protocol(inner), address(quoted, true), address(quoted, false), InnerTuple.keys(inner));
        if (found != 0 && Arrays.equals(NatBox.destination(TableWorker.entry(found), TableWorker.direction(found)), destination())) {
            entry = TableWorker.entry(found);
            info = TableWorker.direction(found) == ConnDirection.REPLY ? ConnInfo.RELATED_REPLY : ConnInfo.RELATED;
            isError = true;
        }
    }

    private long[] source() {
        return address(ip, false);
    }

    private long[] destination() {
        return address(ip, true);
    }

    private long[] address(final long header, final boolean destination) {
        if (ipv4) {
            return new long[] {0, Integer.toUnsignedLong(destination ? Ipv4Layout.destination(header) : Ipv4Layout.source(header))};
        }
        return destination
                ? new long[] {Ipv6Layout.destinationHigh(header), Ipv6Layout.destinationLow(header)}
                : new long[] {Ipv6Layout.sourceHigh(header), Ipv6Layout.sourceLow(header)};
    }
}
