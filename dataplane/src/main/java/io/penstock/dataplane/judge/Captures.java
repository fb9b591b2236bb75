package io.penstock.dataplane.judge;

import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapMerge;
import io.penstock.dataplane.pcap.PcapReader;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a user's captures as arrivals, by time. Threads: one. */
final class Captures {

    private long skipped;

    /**
     * All IP packets.
     *
     * @param ports the index of the port of each capture
     */
    List<Arrival> read(final List<Path> captures, final List<Integer> ports) {
        final List<PcapReader> readers = new ArrayList<>();
        final List<Arrival> arrivals = new ArrayList<>();
        try {
            captures.forEach(capture -> readers.add(PcapReader.open(capture)));
            final PcapMerge merge = new PcapMerge(readers);
            for (int input = merge.next(); input >= 0; input = merge.next()) {
                final byte[] packet = packet(merge.reader());
                if (packet == null) {
                    skipped++;
                } else {
                    arrivals.add(new Arrival(ports.get(input), packet));
                }
            }
        } finally {
            readers.forEach(PcapReader::close);
        }
        if (arrivals.isEmpty()) {
            throw new JudgeException("the captures hold no IP packet that can be judged: skipped=" + skipped
                    + "; give captures of Ethernet or raw IP");
        }
        return arrivals;
    }

    /** Packets that were none of IP, or longer than a device takes. */
    long skipped() {
        return skipped;
    }

    private static byte[] packet(final PcapReader reader) {
        int offset = 0;
        if (reader.linkType() == LinkType.ETHERNET) {
            offset = EthernetLayout.HEADER_BYTES;
            if (reader.capturedBytes() < offset) {
                return null;
            }
            final int type = EthernetLayout.etherType(reader.address());
            if (type != EthernetLayout.TYPE_IPV4 && type != EthernetLayout.TYPE_IPV6) {
                return null;
            }
        }
        final int length = reader.capturedBytes() - offset;
        if (length < 1 || length > 0xFFFF) {
            return null;
        }
        final byte[] packet = new byte[length];
        Memory.copyToArray(reader.address() + offset, packet, 0, length);
        final int version = Wire.version(packet);
        return version == 4 || version == 6 ? packet : null;
    }
}
