package io.penstock.dataplane.pcap;

import io.penstock.os.hot.memory.Memory;
import java.nio.ByteOrder;

/**
 * Classic pcap.
 *
 * <pre>
 *   file:   magic 4 | version 2+2 | zone 4 | accuracy 4 | snaplen 4 | link type 4     (24 bytes)
 *   record: seconds 4 | micro- or nanoseconds 4 | captured 4 | original 4 | data      (16 bytes and the data)
 * </pre>
 *
 * <p>Seconds are unsigned: they last until 2106. The upper half of the link type tells of a frame check sequence, which lies
 * after the packet like Ethernet padding and is ignored like it.
 */
final class ClassicReader extends PcapReader {

    static final int FILE_HEADER_BYTES = 24;
    static final int RECORD_HEADER_BYTES = 16;
    static final int MICROSECONDS = 0xA1B2_C3D4;
    static final int NANOSECONDS = 0xA1B2_3C4D;

    private static final int MODIFIED = 0xA1B2_CD34;
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private final boolean swapped;
    private final int fractionNs;
    private final LinkType fileLinkType;

    ClassicReader(final ByteSource source, final int magicBE) {
        super(source);
        final boolean littleEndian =
                isKnown(Integer.reverseBytes(magicBE)) || Integer.reverseBytes(magicBE) == MODIFIED;
        final int magic = littleEndian ? Integer.reverseBytes(magicBE) : magicBE;
        if (magic == MODIFIED) {
            throw source.error("this is Kuznetzov's variant of pcap, which Penstock does not read; convert it with "
                    + "'editcap -F pcap IN OUT'");
        }
        if (!isKnown(magic)) {
            throw source.error("this is no capture: magic=0x" + Integer.toHexString(magicBE)
                    + "; give a pcap or pcapng file");
        }
        swapped = littleEndian != (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
        fractionNs = magic == NANOSECONDS ? 1 : 1_000;
        final long header = source.need(FILE_HEADER_BYTES, "the file header");
        final int version = swapped
                ? Short.toUnsignedInt(Short.reverseBytes((short) Memory.getUnsignedShort(header + 4)))
                : Memory.getUnsignedShort(header + 4);
        if (version != 2) {
            throw source.errorAt(4, "the format's version is not known: version=" + version + " expected=2; convert it with "
                    + "'editcap -F pcap IN OUT'");
        }
        final int code = getInt(header + 20) & 0xFFFF;
        fileLinkType = LinkType.of(code);
        if (fileLinkType == null) {
            throw source.errorAt(20, "the link type is not supported: linktype=" + code + "; supported: " + supported());
        }
    }

    private static boolean isKnown(final int magic) {
        return magic == MICROSECONDS || magic == NANOSECONDS;
    }

    @Override
    public boolean next() {
        if (source.atEnd()) {
            return false;
        }
        final long start = source.offset();
        final long header = source.need(RECORD_HEADER_BYTES, "a packet's header");
        final long seconds = getInt(header) & UNSIGNED;
        final long fraction = getInt(header + 4) & UNSIGNED;
        final int captured = packetLength(getInt(header + 8), start + 8);
        final long original = getInt(header + 12) & UNSIGNED;
        packetAddress = source.need(captured, "a packet");
        timestampNs = seconds * NS_PER_SECOND + fraction * fractionNs;
        capturedBytes = captured;
        originalBytes = Math.max(captured, original);
        linkType = fileLinkType;
        return true;
    }

    private int getInt(final long address) {
        final int value = Memory.getInt(address);
        return swapped ? Integer.reverseBytes(value) : value;
    }
}
