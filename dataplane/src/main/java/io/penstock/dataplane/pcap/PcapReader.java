package io.penstock.dataplane.pcap;

import io.penstock.os.hot.memory.Memory;
import java.nio.file.Path;

/**
 * Reads a capture packet by packet: classic pcap in both byte orders with micro- or nanoseconds, and pcapng.
 *
 * <pre>
 *   try (PcapReader reader = PcapReader.open(path)) {
 *       while (reader.next()) { use(reader.timestampNs(), reader.address(), reader.capturedBytes()); }
 *   }
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>{@link #address} is valid until the next {@link #next} and holds exactly {@link #capturedBytes} bytes.</li>
 *   <li>{@code capturedBytes <= originalBytes}, and at most {@link #MAX_PACKET_BYTES}.</li>
 *   <li>A file that is not well formed throws {@link PcapException} naming the byte; what came before it was delivered.</li>
 *   <li>Memory is bounded, and every call to {@code next} consumes bytes, so that no file makes it hang.</li>
 * </ol>
 *
 * <p>Threads: one. Source: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
public abstract sealed class PcapReader implements AutoCloseable permits ClassicReader, PcapngReader {

    /** Bytes of the longest packet: libpcap's MAXIMUM_SNAPLEN. A larger length is a damaged file, not a packet. */
    public static final int MAX_PACKET_BYTES = 262_144;

    static final long NS_PER_SECOND = 1_000_000_000L;

    final ByteSource source;

    long timestampNs;
    long packetAddress;
    int capturedBytes;
    long originalBytes;
    LinkType linkType;

    PcapReader(final ByteSource source) {
        this.source = source;
    }

    /** Opens a file and reads its header. */
    public static PcapReader open(final Path file) {
        final ByteSource source = ByteSource.open(file.toString());
        try {
            return open(source);
        } catch (final PcapException e) {
            source.close();
            throw e;
        }
    }

    private static PcapReader open(final ByteSource source) {
        final long address = source.peek(4);
        if (address == 0) {
            throw source.error("this is no capture: it is shorter than a magic number; give a pcap or pcapng file");
        }
        final int magic = Memory.getIntBE(address);
        if (magic == PcapngReader.SECTION_HEADER) {
            return new PcapngReader(source);
        }
        if (magic >>> 16 == 0x1F8B) {
            throw source.error("this is compressed by gzip; uncompress it with 'gunzip' first");
        }
        return new ClassicReader(source, magic);
    }

    /** Moves to the next packet; false at the end of the file. */
    public abstract boolean next();

    /** When the packet was captured, in nanoseconds since 1970. It may lie before the packet's before it. */
    public final long timestampNs() {
        return timestampNs;
    }

    /** The address of the packet's first byte. */
    public final long address() {
        return packetAddress;
    }

    /** How many bytes of the packet the file holds. */
    public final int capturedBytes() {
        return capturedBytes;
    }

    /** How many bytes the packet had on the wire: more than captured when the capture cut it. */
    public final long originalBytes() {
        return originalBytes;
    }

    /** What the packet starts with. */
    public final LinkType linkType() {
        return linkType;
    }

    @Override
    public final void close() {
        source.close();
    }

    /** A length as the file has it, checked, so that it can be an int. */
    final int packetLength(final int raw, final long at) {
        if (Integer.compareUnsigned(raw, MAX_PACKET_BYTES) > 0) {
            throw source.errorAt(at, "the packet's length is not believable: captured=" + Integer.toUnsignedString(raw)
                    + " limit=" + MAX_PACKET_BYTES + "; the file is damaged");
        }
        return raw;
    }

    static String supported() {
        final StringBuilder text = new StringBuilder();
        for (final LinkType type : LinkType.values()) {
            text.append(text.isEmpty() ? "" : ", ").append(type.code()).append(" (").append(type).append(')');
        }
        return text.toString();
    }
}
