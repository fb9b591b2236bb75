package io.penstock.perf.wire;

import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapReader;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.MappedMemory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * The frames of a capture as a router is to be sent them, in their order.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Frames keep their bytes but for this: Ethernet addresses are the generator's and the device's; the TTL is 64, so that the
 *       sink knows what is left of it, and the header checksum right; what the capture cut off is zeros; what follows the IP
 *       packet (padding) is gone, because devices differ in whether they forward it.</li>
 *   <li>A UDP frame of 16 bytes of payload or more, with no IP options and no fragment, is stamped when it is sent: the first 16
 *       bytes of the payload and, where there is room, the last 8. Its UDP checksum is 0: none. The others are sent as they are,
 *       and the sink can only count them.</li>
 *   <li>Frames that no router passes on, and those of more than 1514 bytes, are left out and counted: {@link #leftOut}.</li>
 *   <li>Flows, by addresses, protocol and ports, are numbered; with more than 65,536 some share a number and are held to one
 *       order.</li>
 * </ol>
 *
 * <p>Threads: written by the one that makes it, then only read.
 */
public final class Replay implements AutoCloseable {

    /** Frames of one capture: 16 MB of tables in the kernel. */
    public static final int MAX_FRAMES = 1 << 20;
    /** Bytes of one capture, which the kernel holds, too; below what a program can address in one map, 512 MB. */
    public static final long MAX_BYTES = 256L << 20;

    static final int ENTRY_OFFSET = 0;
    static final int ENTRY_LENGTH = 4;
    static final int ENTRY_FLOW = 8;
    static final int ENTRY_BYTES = 16;
    /** For the flow of a frame that is not stamped. */
    static final int NO_FLOW = Integer.MAX_VALUE;
    static final int IP = EthernetLayout.HEADER_BYTES;
    static final int STAMP_OFFSET = IP + Ipv4Layout.HEADER_BYTES + UdpLayout.HEADER_BYTES;

    private static final int MAX_FLOW_BITS = 16;
    private static final int MULTICAST_FIRST_BYTE = 224;
    private static final int LOOPBACK_FIRST_BYTE = 127;
    /** 198.18.0.0/15, where the devices of a measurement have their own addresses (RFC 2544, appendix C.2.2). */
    private static final int BENCHMARK_NETWORK = 198 << 8 | 18;
    private static final int BENCHMARK_MASK = 0xFFFE;

    /** Why a frame is left out. */
    public enum Reason {
        /** Another protocol than IPv4. */
        NOT_IPV4("not IPv4"),
        /** No whole and valid IPv4 header. */
        MALFORMED("malformed"),
        /** More than an MTU of 1500 allows. */
        TOO_LONG("longer than 1514 bytes"),
        /** From or to an address that is not routed. */
        NOT_ROUTED("of an address that is not routed");

        private final String text;

        Reason(final String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * What a number of frames add up to.
     *
     * @param stamped      frames with a stamp
     * @param stampedBytes their bytes
     * @param others       frames without one
     * @param otherBytes   their bytes
     */
    public record Counts(long stamped, long stampedBytes, long others, long otherBytes) {
    }

    private final Path file;
    private final MappedMemory memory;
    private final Map<Reason, Long> leftOut = new EnumMap<>(Reason.class);
    private final Map<FlowKey, Integer> flows = new HashMap<>();
    private int[] offsets = new int[1024];
    private int[] lengths = new int[1024];
    private int[] flowOf = new int[1024];
    private long[] times = new long[1024];
    private int size;
    private int bytes;
    private int longest;

    private Replay(final Path file) {
        this.file = file;
        this.memory = MappedMemory.reserve(MAX_BYTES, MappedMemory.Pages.NORMAL);
    }

    /**
     * Reads a capture.
     *
     * @throws IllegalArgumentException when it holds no frame that can be sent, or too much, with what to do
     * @throws io.penstock.dataplane.pcap.PcapException when it is no capture
     */
    public static Replay read(final Path file, final long sourceMac, final long destinationMac) {
        final Replay replay = new Replay(file);
        try (PcapReader reader = PcapReader.open(file)) {
            while (reader.next()) {
                replay.add(reader, sourceMac, destinationMac);
            }
            if (replay.size == 0) {
                throw new IllegalArgumentException(file + " holds no frame that a router passes on: left out=" + replay.leftOut
                        + "; give a capture of IPv4 traffic");
            }
        } catch (final RuntimeException e) {
            replay.close();
            throw e;
        }
        return replay;
    }

    /** Where it was read from. */
    public Path file() {
        return file;
    }

    /** Frames that are sent, one after the other, before the first one comes again. */
    public int size() {
        return size;
    }

    /** Frames that are not sent, by reason. */
    public Map<Reason, Long> leftOut() {
        return Map.copyOf(leftOut);
    }

    /** How many flows are numbered, rounded up to a power of two: what the sink is told. */
    public int flows() {
        return 1 << flowBits();
    }

    /** The mean rate at which frames were recorded, in frames a second; 0 when all have the same time. */
    public double recordedPps() {
        final long span = times[size - 1] - times[0];
        return span <= 0 ? 0 : 1e9 * (size - 1) / span;
    }

    /**
     * Frames at the spacing at which they were recorded; after the last one comes the mean gap.
     *
     * @throws IllegalArgumentException when all were recorded at one time
     */
    public ArrivalPattern recordedPattern() {
        if (recordedPps() == 0) {
            throw new IllegalArgumentException(file + " has no times to keep to: frames=" + size + ", all of one time; send it as "
                    + "fast as it goes");
        }
        final long[] gaps = new long[size];
        for (int i = 0; i < size - 1; i++) {
            // A capture's times may step back.
            gaps[i] = Math.max(0, times[i + 1] - times[i]);
        }
        gaps[size - 1] = Math.round(1e9 / recordedPps());
        return ArrivalPattern.recorded(gaps);
    }

    /** What the first frames of a run add up to. */
    public Counts counts(final long frames) {
        final Counts whole = count(size);
        final Counts rest = count((int) (frames % size));
        final long rounds = frames / size;
        return new Counts(whole.stamped * rounds + rest.stamped, whole.stampedBytes * rounds + rest.stampedBytes,
                whole.others * rounds + rest.others, whole.otherBytes * rounds + rest.otherBytes);
    }

    int bytes() {
        return bytes;
    }

    int longest() {
        return longest;
    }

    int flowBits() {
        return Math.min(MAX_FLOW_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, flows.size() - 1)));
    }

    /** Writes the table of frames. */
    void writeEntries(final long to) {
        final int mask = flows() - 1;
        for (int i = 0; i < size; i++) {
            final long entry = to + (long) i * ENTRY_BYTES;
            Memory.putInt(entry + ENTRY_OFFSET, offsets[i]);
            Memory.putInt(entry + ENTRY_LENGTH, lengths[i]);
            Memory.putInt(entry + ENTRY_FLOW, flowOf[i] == NO_FLOW ? NO_FLOW : flowOf[i] & mask);
        }
    }

    /** Writes the frames, one behind the other. */
    void writeFrames(final long to) {
        Memory.copy(memory.address(), to, bytes);
    }

    /** The frame of that number, as it is sent but for the stamp. */
    byte[] frame(final int number) {
        final byte[] frame = new byte[lengths[number]];
        Memory.copyToArray(memory.address() + offsets[number], frame, 0, frame.length);
        return frame;
    }

    @Override
    public void close() {
        memory.close();
    }

    private Counts count(final int frames) {
        long stamped = 0;
        long stampedBytes = 0;
        long otherBytes = 0;
        for (int i = 0; i < frames; i++) {
            if (flowOf[i] == NO_FLOW) {
                otherBytes += lengths[i];
            } else {
                stamped++;
                stampedBytes += lengths[i];
            }
        }
        return new Counts(stamped, stampedBytes, frames - stamped, otherBytes);
    }

    private void add(final PcapReader reader, final long sourceMac, final long destinationMac) {
        final int header = reader.linkType() == LinkType.ETHERNET ? EthernetLayout.HEADER_BYTES : 0;
        final long ip = reader.address() + header;
        final int captured = reader.capturedBytes() - header;
        final Reason reason = reason(reader, ip, captured);
        if (reason != null) {
            leftOut.merge(reason, 1L, Long::sum);
            return;
        }
        final int ipBytes = Ipv4Layout.totalLength(ip);
        final int frameBytes = EthernetLayout.HEADER_BYTES + ipBytes;
        if (size == MAX_FRAMES || (long) bytes + frameBytes > MAX_BYTES) {
            throw new IllegalArgumentException(file + " is too long to be replayed: frames=" + size + " most=" + MAX_FRAMES
                    + " bytes=" + bytes + " most=" + MAX_BYTES + "; cut it with 'editcap -r IN OUT 1-" + size + "'");
        }
        final long to = memory.address() + bytes;
        EthernetLayout.setAddresses(to, destinationMac, sourceMac);
        EthernetLayout.setEtherType(to, EthernetLayout.TYPE_IPV4);
        // What the capture lacks stays zero.
        Memory.copy(ip, to + IP, Math.min(captured, ipBytes));
        append(frameBytes, reader.timestampNs(), prepare(to + IP, ipBytes));
    }

    private static Reason reason(final PcapReader reader, final long ip, final int captured) {
        if (reader.linkType() == LinkType.IPV6 || reader.linkType() == LinkType.ETHERNET
                && (captured < 0 || EthernetLayout.etherType(reader.address()) != EthernetLayout.TYPE_IPV4)) {
            return Reason.NOT_IPV4;
        }
        if (captured < Ipv4Layout.HEADER_BYTES) {
            return Reason.MALFORMED;
        }
        if (Ipv4Layout.version(ip) != 4) {
            return reader.linkType() == LinkType.RAW ? Reason.NOT_IPV4 : Reason.MALFORMED;
        }
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        if (headerBytes < Ipv4Layout.HEADER_BYTES || headerBytes > captured || headerBytes > Ipv4Layout.totalLength(ip)) {
            return Reason.MALFORMED;
        }
        if (EthernetLayout.HEADER_BYTES + Ipv4Layout.totalLength(ip) > TrafficProfile.MAX_FRAME_BYTES) {
            return Reason.TOO_LONG;
        }
        return isRouted(Ipv4Layout.source(ip)) && isRouted(Ipv4Layout.destination(ip)) ? null : Reason.NOT_ROUTED;
    }

    private static boolean isRouted(final int address) {
        final int first = address >>> 24;
        return first != 0 && first != LOOPBACK_FIRST_BYTE && first < MULTICAST_FIRST_BYTE
                && (address >>> 16 & BENCHMARK_MASK) != BENCHMARK_NETWORK;
    }

    /** Sets TTL and checksums; the flow's number, or {@link #NO_FLOW} when the frame is not stamped. */
    private int prepare(final long ip, final int ipBytes) {
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        Ipv4Layout.setTtl(ip, TrafficProfile.TTL);
        Ipv4Layout.setChecksum(ip, 0);
        int sum = 0;
        for (int at = 0; at < headerBytes; at += Short.BYTES) {
            sum += Memory.getUnsignedShortBE(ip + at);
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        Ipv4Layout.setChecksum(ip, ~((sum & 0xFFFF) + (sum >>> 16)) & 0xFFFF);
        final long udp = ip + Ipv4Layout.HEADER_BYTES;
        final int udpBytes = ipBytes - Ipv4Layout.HEADER_BYTES;
        if (headerBytes != Ipv4Layout.HEADER_BYTES || Ipv4Layout.isFragment(ip) || Ipv4Layout.protocol(ip) != IpProtocol.UDP
                || udpBytes < UdpLayout.HEADER_BYTES + StampLayout.BYTES || UdpLayout.length(udp) != udpBytes) {
            return NO_FLOW;
        }
        UdpLayout.setChecksum(udp, 0);
        return flows.computeIfAbsent(new FlowKey(Ipv4Layout.source(ip), Ipv4Layout.destination(ip), Memory.getInt(udp)),
                key -> flows.size());
    }

    private void append(final int frameBytes, final long timeNs, final int flow) {
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, size * 2);
            lengths = Arrays.copyOf(lengths, size * 2);
            flowOf = Arrays.copyOf(flowOf, size * 2);
            times = Arrays.copyOf(times, size * 2);
        }
        offsets[size] = bytes;
        lengths[size] = frameBytes;
        flowOf[size] = flow;
        times[size] = timeNs;
        size++;
        bytes += frameBytes;
        longest = Math.max(longest, frameBytes);
    }

    private record FlowKey(int source, int destination, int ports) {
    }
}
