package io.penstock.perf.bench.engine;

import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapReader;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.perf.bench.measure.BenchException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A capture in memory: slots of one size, a packet each, in the capture's order.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A slot is a multiple of a cache line, and holds the longest packet.</li>
 *   <li>A packet that the capture has without an Ethernet header has one here, from nobody to {@link #mac}.</li>
 * </ol>
 *
 * <p>Threads: written by the one that makes it, then only read.
 */
public final class CaptureMemory implements AutoCloseable {

    private static final int LINE_BYTES = 64;
    /** The port's, where the capture names none: locally administered, as every address here. */
    private static final long PORT_MAC = 0x0200_0000_0001L;
    private static final long NOBODY = 0x0200_0000_0000L;
    private static final int IPV6_VERSION = 6;

    private final MappedMemory memory;
    private final int slotBytes;
    private final int[] lengths;
    private long mac = PORT_MAC;

    /** Empty slots. */
    CaptureMemory(final int packets, final int longestBytes) {
        this.slotBytes = (longestBytes + LINE_BYTES - 1) & -LINE_BYTES;
        this.lengths = new int[packets];
        this.memory = MappedMemory.reserve((long) slotBytes * packets, MappedMemory.Pages.HUGE);
    }

    /** Loads a capture file. */
    static CaptureMemory read(final Path file) {
        int packets = 0;
        int longest = 0;
        try (PcapReader reader = PcapReader.open(file)) {
            while (reader.next()) {
                packets = Math.addExact(packets, 1);
                longest = Math.max(longest, bytes(reader));
            }
        }
        if (packets == 0) {
            throw new BenchException(file + " holds no packets; give a capture of what the port should receive");
        }
        final CaptureMemory capture = new CaptureMemory(packets, longest);
        try (PcapReader reader = PcapReader.open(file)) {
            // The file may have grown meanwhile.
            for (int i = 0; i < packets && reader.next(); i++) {
                capture.put(i, reader);
            }
        } catch (final RuntimeException e) {
            capture.close();
            throw e;
        }
        capture.mac = capture.commonDestination();
        return capture;
    }

    /** Sets a packet's length and returns where its bytes go. */
    long slot(final int packet, final int bytes) {
        lengths[packet] = bytes;
        return address(packet);
    }

    /** Where a packet lies. */
    public long address(final int packet) {
        return memory.address() + (long) packet * slotBytes;
    }

    /** The lengths in bytes, by packet. */
    public int[] lengths() {
        return lengths;
    }

    public int slotBytes() {
        return slotBytes;
    }

    int longestBytes() {
        return Arrays.stream(lengths).max().orElse(0);
    }

    /** The address of the port that received this: the most common unicast destination. */
    public long mac() {
        return mac;
    }

    @Override
    public void close() {
        memory.close();
    }

    private void put(final int packet, final PcapReader reader) {
        final int bytes = bytes(reader);
        final long to = slot(packet, Math.min(bytes, slotBytes));
        if (reader.linkType() != LinkType.ETHERNET) {
            EthernetLayout.setAddresses(to, mac, NOBODY);
            EthernetLayout.setEtherType(to, isIpv6(reader) ? EthernetLayout.TYPE_IPV6 : EthernetLayout.TYPE_IPV4);
        }
        final int header = bytes - reader.capturedBytes();
        Memory.copy(reader.address(), to + header, lengths[packet] - header);
    }

    private long commonDestination() {
        final Map<Long, Integer> seen = new HashMap<>();
        for (int i = 0; i < lengths.length; i++) {
            final long destination = lengths[i] < EthernetLayout.HEADER_BYTES ? EthernetLayout.BROADCAST
                    : EthernetLayout.destination(address(i));
            if (!EthernetLayout.isMulticast(destination)) {
                seen.merge(destination, 1, Integer::sum);
            }
        }
        return seen.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(PORT_MAC);
    }

    private static boolean isIpv6(final PcapReader reader) {
        return switch (reader.linkType()) {
            case IPV6 -> true;
            case IPV4, ETHERNET -> false;
            case RAW -> reader.capturedBytes() > 0 && Memory.getUnsignedByte(reader.address()) >>> 4 == IPV6_VERSION;
        };
    }

    private static int bytes(final PcapReader reader) {
        return reader.capturedBytes() + (reader.linkType() == LinkType.ETHERNET ? 0 : EthernetLayout.HEADER_BYTES);
    }
}
