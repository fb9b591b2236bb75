package io.penstock.dataplane.pcap;

import io.penstock.os.hot.memory.Memory;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * pcapng: blocks of {@code type 4 | total length 4 | body, padded to 4 | total length 4}.
 *
 * <p>Read are Section Header, Interface Description, Enhanced Packet, Simple Packet and the obsolete Packet Block; other
 * blocks say nothing about packets and are passed over. A Simple Packet has no time: it takes that of the packet before it.
 * Each section has its own byte order and interfaces.
 */
final class PcapngReader extends PcapReader {

    static final int SECTION_HEADER = 0x0A0D_0D0A;

    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int OBSOLETE_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;

    private static final int BYTE_ORDER_MAGIC = 0x1A2B_3C4D;
    private static final int OPTION_END = 0;
    private static final int OPTION_TSRESOL = 9;
    private static final int OPTION_TSOFFSET = 14;

    /** Bytes before a block's body: type and length. */
    private static final int LEAD_BYTES = 8;

    /** Type, length, and the length again. */
    private static final int MIN_BLOCK_BYTES = 12;

    /** Interfaces of a section; bounds memory, far beyond what a capture has. */
    private static final int MAX_INTERFACES = 4_096;

    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private final List<Interface> interfaces = new ArrayList<>();
    private boolean swapped;

    PcapngReader(final ByteSource source) {
        super(source);
        // Read here, so that opening tells what is wrong with the file.
        final long start = source.offset();
        final long lead = source.need(LEAD_BYTES, "a block's header");
        sectionHeader(start, lead);
    }

    @Override
    public boolean next() {
        while (!source.atEnd()) {
            final long start = source.offset();
            final long lead = source.need(LEAD_BYTES, "a block's header");
            final int type = getInt(lead);
            if (type == SECTION_HEADER) {
                sectionHeader(start, lead);
                continue;
            }
            final long total = total(start, getInt(lead + 4));
            switch (type) {
                case INTERFACE_DESCRIPTION -> interfaceDescription(start, total);
                case ENHANCED_PACKET -> {
                    packet(start, total, false);
                    return true;
                }
                case OBSOLETE_PACKET -> {
                    packet(start, total, true);
                    return true;
                }
                case SIMPLE_PACKET -> {
                    simplePacket(start, total);
                    return true;
                }
                default -> source.skip(total - MIN_BLOCK_BYTES, "a block");
            }
            trailer(start, total);
        }
        return false;
    }

    private void sectionHeader(final long start, final long lead) {
        // The length's byte order is known only from the magic behind it, and the lead moves when more is read.
        final int rawTotal = Memory.getInt(lead + 4);
        final int magic = Memory.getInt(source.need(4, "a section header"));
        if (magic != BYTE_ORDER_MAGIC && Integer.reverseBytes(magic) != BYTE_ORDER_MAGIC) {
            throw source.errorAt(start + LEAD_BYTES, "the section's byte order is not known: magic=0x"
                    + Integer.toHexString(magic) + "; the file is damaged");
        }
        swapped = magic != BYTE_ORDER_MAGIC;
        final long total = total(start, swapped ? Integer.reverseBytes(rawTotal) : rawTotal);
        atLeast(start, total, 28, "section header");
        final long body = source.need(12, "a section header");
        final int major = getUnsignedShort(body);
        if (major != 1) {
            throw source.errorAt(start + 12, "the format's version is not known: version=" + major
                    + " expected=1; convert it with 'editcap -F pcap IN OUT'");
        }
        source.skip(total - 28, "a section header");
        interfaces.clear();
        trailer(start, total);
    }

    private void interfaceDescription(final long start, final long total) {
        atLeast(start, total, 20, "interface description");
        if (total > ByteSource.WINDOW_BYTES) {
            throw source.errorAt(start + 4, "the interface description is not believable: length=" + total
                    + "; the file is damaged");
        }
        if (interfaces.size() == MAX_INTERFACES) {
            throw source.errorAt(start, "the section has too many interfaces: limit=" + MAX_INTERFACES
                    + "; the file is damaged");
        }
        final int bodyBytes = (int) total - MIN_BLOCK_BYTES;
        final long body = source.need(bodyBytes, "an interface description");
        final Interface description = new Interface(getUnsignedShort(body), getInt(body + 4));
        int at = 8;
        while (bodyBytes - at >= 4) {
            final int code = getUnsignedShort(body + at);
            final int length = getUnsignedShort(body + at + 2);
            if (code == OPTION_END) {
                break;
            }
            if (length > bodyBytes - at - 4) {
                throw source.errorAt(start + LEAD_BYTES + at, "an option runs past its block: length=" + length
                        + "; the file is damaged");
            }
            if (code == OPTION_TSRESOL && length == 1) {
                resolution(description, Memory.getUnsignedByte(body + at + 4), start + LEAD_BYTES + at + 4);
            } else if (code == OPTION_TSOFFSET && length == 8) {
                description.offsetSeconds = getLong(body + at + 4);
            }
            at += 4 + (length + 3 & ~3);
        }
        interfaces.add(description);
    }

    private void resolution(final Interface description, final int value, final long at) {
        final int exponent = value & 0x7F;
        description.binary = (value & 0x80) != 0;
        if (exponent > (description.binary ? 63 : 18)) {
            throw source.errorAt(at, "the time's resolution is finer than Penstock reads: if_tsresol=" + value
                    + "; convert it with 'editcap -F nsecpcap IN OUT'");
        }
        description.exponent = exponent;
    }

    /** An Enhanced Packet Block, or the obsolete one, which differs in its first four bytes only. */
    private void packet(final long start, final long total, final boolean obsolete) {
        atLeast(start, total, 32, "packet block");
        final long body = source.need(20, "a packet block");
        final int id = obsolete ? getUnsignedShort(body) : getInt(body);
        final Interface from = interfaceOf(id, start);
        final long time = (getInt(body + 4) & UNSIGNED) << 32 | getInt(body + 8) & UNSIGNED;
        final int captured = packetLength(getInt(body + 12), start + LEAD_BYTES + 12);
        final long original = getInt(body + 16) & UNSIGNED;
        timestampNs = nanoseconds(from, time, start);
        data(start, total, 32, captured, original, from);
    }

    private void simplePacket(final long start, final long total) {
        atLeast(start, total, 16, "simple packet block");
        final Interface from = interfaceOf(0, start);
        final long original = getInt(source.need(4, "a simple packet block")) & UNSIGNED;
        final long limit = from.snaplen == 0 ? original : Math.min(original, from.snaplen & UNSIGNED);
        final int captured = packetLength((int) Math.min(limit, total - 16), start + LEAD_BYTES);
        data(start, total, 16, captured, original, from);
    }

    /** Takes the packet's bytes and the rest of its block; {@code used} bytes of the block are not data. */
    private void data(
            final long start,
            final long total,
            final int used,
            final int captured,
            final long original,
            final Interface from) {
        if ((captured + 3L & ~3L) > total - used) {
            throw source.errorAt(start + 4, "the packet is longer than its block: captured=" + captured + " block=" + total
                    + "; the file is damaged");
        }
        // One contiguous piece, trailer included, where options do not stretch it: a later read would move the packet.
        final long rest = total - used - captured;
        final long options = Math.min(rest, ByteSource.WINDOW_BYTES - (long) MAX_PACKET_BYTES - 4);
        final long address = source.need((int) (captured + options + (options == rest ? 4 : 0)), "a packet");
        if (options != rest) {
            throw source.errorAt(start + 4, "the packet's options are not believable: block=" + total
                    + "; the file is damaged");
        }
        checkTrailer(start, total, getInt(address + captured + options));
        packetAddress = address;
        capturedBytes = captured;
        originalBytes = Math.max(captured, original);
        linkType = from.linkType;
    }

    private Interface interfaceOf(final int id, final long start) {
        if (id < 0 || id >= interfaces.size()) {
            throw source.errorAt(start + LEAD_BYTES, "the packet names an interface that the section has not described: "
                    + "interface=" + Integer.toUnsignedString(id) + " interfaces=" + interfaces.size()
                    + "; the file is damaged");
        }
        final Interface found = interfaces.get(id);
        if (found.linkType == null) {
            throw source.errorAt(start + LEAD_BYTES, "the interface's link type is not supported: interface=" + id
                    + " linktype=" + found.linkCode + "; supported: " + supported());
        }
        return found;
    }

    private long nanoseconds(final Interface from, final long time, final long start) {
        final int exponent = from.exponent;
        final long seconds;
        final long fractionNs;
        if (from.binary) {
            seconds = time >>> exponent;
            final long fraction = time & (1L << exponent) - 1;
            final long high = Math.multiplyHigh(fraction, NS_PER_SECOND);
            final long low = fraction * NS_PER_SECOND;
            fractionNs = exponent == 0 ? 0 : high << 64 - exponent | low >>> exponent;
        } else {
            final long unit = power10(exponent);
            seconds = Long.divideUnsigned(time, unit);
            final long fraction = Long.remainderUnsigned(time, unit);
            fractionNs = exponent <= 9 ? fraction * power10(9 - exponent) : fraction / power10(exponent - 9);
        }
        final long shifted = seconds + from.offsetSeconds;
        if (shifted < 0 || shifted >= Long.MAX_VALUE / NS_PER_SECOND) {
            throw source.errorAt(start + LEAD_BYTES + 4, "the packet's time is out of range: seconds=" + shifted
                    + "; the file is damaged");
        }
        return shifted * NS_PER_SECOND + fractionNs;
    }

    private static long power10(final int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }

    private long total(final long start, final int raw) {
        final long total = raw & UNSIGNED;
        if (total < MIN_BLOCK_BYTES || (total & 3) != 0) {
            throw source.errorAt(start + 4, "the block's length is neither 12 nor a greater multiple of 4: length=" + total
                    + "; the file is damaged");
        }
        return total;
    }

    private void atLeast(final long start, final long total, final int least, final String what) {
        if (total < least) {
            throw source.errorAt(start + 4, "the " + what + " is too short: length=" + total + " expected at least " + least
                    + "; the file is damaged");
        }
    }

    private void trailer(final long start, final long total) {
        checkTrailer(start, total, getInt(source.need(4, "a block's end")));
    }

    private void checkTrailer(final long start, final long total, final int again) {
        if ((again & UNSIGNED) != total) {
            throw source.errorAt(start + total - 4, "the block's two lengths differ: first=" + total + " second="
                    + (again & UNSIGNED) + "; the file is damaged");
        }
    }

    private int getUnsignedShort(final long address) {
        final int value = Memory.getUnsignedShort(address);
        return swapped ? Short.toUnsignedInt(Short.reverseBytes((short) value)) : value;
    }

    private int getInt(final long address) {
        final int value = Memory.getInt(address);
        return swapped ? Integer.reverseBytes(value) : value;
    }

    private long getLong(final long address) {
        final long value = Memory.getLong(address);
        return swapped ? Long.reverseBytes(value) : value;
    }

    /** An interface of the current section. */
    private static final class Interface {

        private final int linkCode;
        private final LinkType linkType;
        private final int snaplen;
        private boolean binary;
        private int exponent = 6;
        private long offsetSeconds;

        Interface(final int linkCode, final int snaplen) {
            this.linkCode = linkCode;
            this.linkType = LinkType.of(linkCode);
            this.snaplen = snaplen;
        }
    }
}
